// Base64, base32 and JSON.
#include <cmath>
#include <string>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/template/nil_map.hpp"
#include "pkg/template/numbers.hpp"
#include "pkg/template/print.hpp"
#include "pkg/template/sprig/groups.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::templates::sprig {
namespace {

struct Alphabet {
  std::string_view digits;
  std::string_view name;
  unsigned bits;      // of a digit
  std::size_t group;  // digits of a whole group
};

constexpr Alphabet kBase64{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "base64", 6, 4};
constexpr Alphabet kBase32{"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "base32", 5, 8};

std::string encode(std::string_view bytes, const Alphabet& alphabet) {
  std::string out;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  const std::uint32_t mask = (1U << alphabet.bits) - 1;
  for (const char c : bytes) {
    buffer = (buffer << 8U) | static_cast<unsigned char>(c);
    bits += 8;
    for (; bits >= alphabet.bits; bits -= alphabet.bits)
      out += alphabet.digits[(buffer >> (bits - alphabet.bits)) & mask];
  }
  if (bits > 0) out += alphabet.digits[(buffer << (alphabet.bits - bits)) & mask];
  while (out.size() % alphabet.group != 0) out += '=';
  return out;
}

/// The digits of a text as bytes, whole groups or the last one cut short.
std::string bytes_of(const std::vector<std::size_t>& digits, const Alphabet& alphabet) {
  std::string out;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (const auto digit : digits) {
    buffer = (buffer << alphabet.bits) | static_cast<std::uint32_t>(digit);
    bits += alphabet.bits;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>((buffer >> bits) & 0xffU);
  }
  return out;
}

std::string complaint(const Alphabet& alphabet, std::size_t at) {
  return text::cat("illegal ", alphabet.name, " data at input byte ", at);
}

// On bad input these give the message about it as their text, as Sprig does: nothing fails.

std::string decode_base64(std::string_view text) {
  std::vector<std::size_t> digits;
  std::size_t at = 0;
  const auto skip_breaks = [&] {
    while (at < text.size() && (text[at] == '\n' || text[at] == '\r')) ++at;
  };
  for (skip_breaks(); at < text.size(); skip_breaks()) {
    const std::size_t in_group = digits.size() % kBase64.group;
    if (text[at] == '=') {
      if (in_group < 2) return complaint(kBase64, at);
      ++at;
      skip_breaks();
      if (in_group == 2) {
        if (at == text.size()) return complaint(kBase64, at);
        if (text[at] != '=') return complaint(kBase64, at - 1);
        ++at;
        skip_breaks();
      }
      return at < text.size() ? complaint(kBase64, at) : bytes_of(digits, kBase64);
    }
    const auto digit = kBase64.digits.find(text[at]);
    if (digit == std::string_view::npos) return complaint(kBase64, at);
    digits.push_back(digit);
    ++at;
  }
  const std::size_t left_over = digits.size() % kBase64.group;
  return left_over == 0 ? bytes_of(digits, kBase64) : complaint(kBase64, at - left_over);
}

std::string decode_base32(const std::string& spelled) {
  std::string text = spelled;
  std::erase_if(text, [](char c) { return c == '\n' || c == '\r'; });
  std::vector<std::size_t> digits;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t in_group = digits.size() % kBase32.group;
    const std::size_t behind = text.size() - at - 1;
    if (text[at] == '=' && in_group >= 2 && behind < kBase32.group) {
      if (behind + in_group < kBase32.group - 1) return complaint(kBase32, text.size());
      const auto bad = text.find_first_not_of('=', at + 1);
      if (bad != std::string::npos && bad - at < kBase32.group - in_group) return complaint(kBase32, bad - 1);
      const bool is_whole = in_group != 3 && in_group != 6;  // digits that end with a byte
      return is_whole ? bytes_of(digits, kBase32) : complaint(kBase32, at);
    }
    const auto digit = kBase32.digits.find(text[at]);
    if (digit == std::string_view::npos) return complaint(kBase32, at);
    digits.push_back(digit);
  }
  const std::size_t left_over = digits.size() % kBase32.group;
  return left_over == 0 ? bytes_of(digits, kBase32) : complaint(kBase32, text.size() - left_over);
}

// --- JSON ----------------------------------------------------------------------------------------------------------

enum class Html { kEscape, kPlain };

class JsonWriter {
 public:
  JsonWriter(Budget& budget, Html html, std::string_view indent)
      : budget_{budget}, out_{budget}, html_{html}, indent_{indent} {}

  std::string run(const Value& value) {
    write(value, 0);
    return out_.take();
  }

 private:
  void line_break(int depth) {
    if (indent_.empty()) return;
    out_.append("\n");
    for (int i = 0; i < depth; ++i) out_.append(indent_);
  }

  void string(std::string_view text) {
    out_.append("\"");
    while (!text.empty()) {
      const auto next = unicode::decode(text);
      const auto bytes = text.substr(0, next.size);
      const auto rune = next.rune;
      const bool is_html = html_ == Html::kEscape && (rune == '<' || rune == '>' || rune == '&');
      if (rune == '"' || rune == '\\') {
        out_.append("\\");
        out_.append(bytes);
      } else if (rune == '\n') {
        out_.append("\\n");
      } else if (rune == '\r') {
        out_.append("\\r");
      } else if (rune == '\t') {
        out_.append("\\t");
      } else if (rune == '\b') {
        out_.append("\\b");
      } else if (rune == '\f') {
        out_.append("\\f");
      } else if (!next.is_valid) {
        out_.append("\\ufffd");
      } else if (rune < ' ' || is_html || rune == 0x2028 || rune == 0x2029) {
        static constexpr std::string_view kHex = "0123456789abcdef";
        out_.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) out_.append(1, kHex[(rune >> shift) & 0xfU]);
      } else {
        out_.append(bytes);
      }
      text.remove_prefix(next.size);
    }
    out_.append("\"");
  }

  void real(double number) {
    if (!std::isfinite(number)) throw CallError{text::cat("json: unsupported value: ", format_real(number, 'g', -1))};
    const double size = std::fabs(number);
    const bool has_exponent = size != 0 && (size < 1e-6 || size >= 1e21);
    std::string text = format_real(number, has_exponent ? 'e' : 'f', -1);
    // e-09 as e-9
    const auto at = text.find("e-0");
    if (at != std::string::npos) text.erase(at + 2, 1);
    out_.append(text);
  }

  void object(const Value& value, int depth) {
    const Map& map = value.as_map();
    out_.append("{");
    bool is_first = true;
    for (const auto& [key, element] : map.entries) {
      if (!std::exchange(is_first, false)) out_.append(",");
      line_break(depth + 1);
      if (!key.is_string() && !key.is_integer() && !key.is_unsigned())
        throw CallError{"json: unsupported type: " + map.type()};
      string(print(key, budget_));
      out_.append(indent_.empty() ? ":" : ": ");
      write(element, depth + 1);
    }
    if (!is_first) line_break(depth);
    out_.append("}");
  }

  void structure(const Value& value, int depth) {
    const Struct& structure = value.as_struct();
    bool has_fields = false;
    out_.append("{");
    for (std::size_t i = 0; i < structure.fields.size(); ++i) {
      const std::string& name = structure.type->fields[i].name;
      if (name.empty() || (name[0] >= 'a' && name[0] <= 'z')) continue;
      const std::string* member = structure.type->fields[i].json_member(structure.fields[i]);
      if (!member) continue;
      if (std::exchange(has_fields, true)) out_.append(",");
      line_break(depth + 1);
      string(*member);
      out_.append(indent_.empty() ? ":" : ": ");
      write(structure.fields[i], depth + 1);
    }
    if (has_fields) line_break(depth);
    out_.append("}");
  }

  void array(const List& list, int depth) {
    out_.append("[");
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      if (i > 0) out_.append(",");
      line_break(depth + 1);
      write(list.items[i], depth + 1);
    }
    if (!list.items.empty()) line_break(depth);
    out_.append("]");
  }

  /// A struct that shows nothing but has a text form, such as a version, is that text.
  bool is_text(const Value& value) const {
    for (const auto& field : value.as_struct().type->fields) {
      if (field.is_embedded || (!field.name.empty() && !(field.name[0] >= 'a' && field.name[0] <= 'z'))) return false;
    }
    return find_method(value, "String").function != nullptr;
  }

  void write(const Value& value, int depth) {
    budget_.spend(1);
    if (depth > kMaxValueDepth) throw CallError{"json: a value is nested too deep"};
    switch (value.kind()) {
      case Kind::kNone:
      case Kind::kNil: return out_.append("null");
      case Kind::kBool: return out_.append(value.as_bool() ? "true" : "false");
      case Kind::kBytes:
        out_.append("\"");
        out_.append(encode(value.as_bytes(), kBase64));
        return out_.append("\"");
      case Kind::kString: return string(value.as_string());
      case Kind::kFloat64: return real(value.as_real());
      case Kind::kList:
        if (value.as_list().is_nil) return out_.append("null");
        return array(value.as_list(), depth);
      case Kind::kMap:
        if (is_nil_map(value)) return out_.append("null");
        return object(value, depth);
      case Kind::kStruct:
        if (const auto method = find_method(value, "MarshalText"); method.function != nullptr) {
          Call call{budget_, {method.receiver}};
          return string(method.function->body(call).as_string());
        }
        if (is_text(value)) return string(print(value, budget_));
        return structure(value, depth);
      case Kind::kComplex128:
      case Kind::kFunction: throw CallError{"json: unsupported type: " + value.type()};
      default: return out_.append(print(value.unnamed(), budget_));
    }
  }

  Budget& budget_;
  BoundedText out_;
  Html html_;
  std::string_view indent_;
};

/// toJson gives nothing for what cannot be written, mustToJson fails.
void add_json_writer(Functions& out, const std::string& name, Html html, std::string_view indent) {
  const auto write = [html, indent](Call& call, const Value& value) {
    return JsonWriter{call.budget(), html, indent}.run(value);
  };
  add_with_must(out, name, make_function(write));
  if (name == "toRawJson") return;
  out[name] = make_function([write](Call& call, const Value& value) -> std::string {
    try {
      return write(call, value);
    } catch (const CallError& error) {
      if (std::string_view{error.what()}.starts_with("json: ")) return "";
      throw;
    }
  });
}

Value read_json(const std::string& text) {
  const auto parsed = json::parse(text);
  if (!parsed) throw CallError{parsed.error().text()};
  return from_json(*parsed);
}

}  // namespace

void add_encoding(Functions& out) {
  out["b64enc"] = make_function([](Call&, const std::string& bytes) { return encode(bytes, kBase64); });
  out["b64dec"] = make_function([](Call&, const std::string& text) { return decode_base64(text); });
  out["b32enc"] = make_function([](Call&, const std::string& bytes) { return encode(bytes, kBase32); });
  out["b32dec"] = make_function([](Call&, const std::string& text) { return decode_base32(text); });
  add_json_writer(out, "toJson", Html::kEscape, "");
  add_json_writer(out, "toPrettyJson", Html::kEscape, "  ");
  add_json_writer(out, "toRawJson", Html::kPlain, "");
  out["mustFromJson"] = make_function([](Call& call, const std::string& text) {
    call.budget().spend(text.size() / 4);
    return read_json(text);
  });
  // A text that is no JSON gives nil.
  out["fromJson"] = make_function([](Call& call, const std::string& text) {
    call.budget().spend(text.size() / 4);
    const auto parsed = json::parse(text);
    return parsed ? from_json(*parsed) : Value::nil();
  });
}

}  // namespace weir::templates::sprig
