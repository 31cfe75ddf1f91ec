#include "pkg/helm/storage/go_json_text.hpp"

#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/helm/values/number.hpp"

namespace weir::helm {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kLineSeparators = "\xE2\x80";  // U+2028 and U+2029 begin so

bool is_kept(unsigned char byte) {
  return byte >= 0x20 && byte != '"' && byte != '\\' && byte != '<' && byte != '>' && byte != '&' && byte != 0xE2;
}

}  // namespace

void append_go_string(std::string& out, std::string_view input) {
  const std::string text = text::valid_utf8(input);
  out += '"';
  std::size_t clean = 0;  // start of the run that needs no escape
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (is_kept(byte)) continue;
    const bool is_separator = byte == 0xE2 && text.compare(at, 2, kLineSeparators) == 0 && at + 2 < text.size() &&
                              (static_cast<unsigned char>(text[at + 2]) & 0xFEU) == 0xA8;
    if (byte == 0xE2 && !is_separator) continue;
    out.append(text, clean, at - clean);
    clean = at + 1;
    switch (byte) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case 0xE2:
        text::append(out, "\\u202", kHex[static_cast<unsigned char>(text[at + 2]) & 15U]);
        at += 2;
        clean = at + 1;
        break;
      default: text::append(out, "\\u00", kHex[byte >> 4U], kHex[byte & 15U]);
    }
  }
  out.append(text, clean);
  out += '"';
}

void append_go_json(std::string& out, const json::Value& value) {
  switch (value.kind()) {
    case json::Value::Kind::kNull: out += "null"; break;
    case json::Value::Kind::kBool: out += value.as_bool() ? "true" : "false"; break;
    case json::Value::Kind::kNumber: out += go_json_text(value.as_number()); break;
    case json::Value::Kind::kString: append_go_string(out, value.as_string()); break;
    case json::Value::Kind::kArray: {
      out += '[';
      bool is_first = true;
      for (const auto& item : value.as_array()) {
        if (!std::exchange(is_first, false)) out += ',';
        append_go_json(out, item);
      }
      out += ']';
      break;
    }
    case json::Value::Kind::kObject: {
      out += '{';
      bool is_first = true;
      for (const auto& member : value.as_object()) {
        if (!std::exchange(is_first, false)) out += ',';
        append_go_string(out, member.key);
        out += ':';
        append_go_json(out, member.value);
      }
      out += '}';
      break;
    }
  }
}

}  // namespace weir::helm
