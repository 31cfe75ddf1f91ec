#include "pkg/json/codec.hpp"

#include <unordered_set>

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "pkg/base/text.hpp"

namespace weir::json {
namespace {

/// From this many members on, keys are looked up in a table instead of one after the other.
constexpr std::size_t kLinearKeys = 16;

/// Builds the tree from RapidJSON's events. Numbers arrive as text (kParseNumbersAsStringsFlag).
class Builder {
 public:
  explicit Builder(ParseLimits limits) : limits_{limits} {}

  bool Null() { return add(Value{}); }
  bool Bool(bool value) { return add(Value{value}); }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool) {
    return add(Value{Number{std::string{text, length}}});
  }
  bool String(const char* text, rapidjson::SizeType length, bool) { return add(Value{std::string{text, length}}); }
  bool StartObject() { return open(Value{Value::Object{}}); }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    auto& frame = frames_.back();
    const std::string_view key{text, length};
    if (!is_new(frame, key)) {
      problem_ = text::cat("the key ", text::quoted(key), " stands twice in one object");
      return false;
    }
    frame.key.assign(key);
    return true;
  }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool StartArray() { return open(Value{Value::Array{}}); }
  bool EndArray(rapidjson::SizeType) { return close(); }

  // The other number events are not sent with kParseNumbersAsStringsFlag.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

  Value take() { return std::move(root_); }
  const std::string& problem() const { return problem_; }

 private:
  struct Frame {
    explicit Frame(Value container_) : container{std::move(container_)} {}
    Value container;
    std::string key;  // of the member that comes next
    std::unordered_set<std::string> seen;
  };

  static bool is_new(Frame& frame, std::string_view key) {
    const auto& members = frame.container.as_object();
    if (members.size() < kLinearKeys) return !frame.container.contains(key);
    if (frame.seen.empty()) {
      for (const auto& member : members) frame.seen.insert(member.key);
    }
    return frame.seen.emplace(key).second;
  }

  bool add(Value value) {
    if (frames_.empty()) {
      root_ = std::move(value);
    } else if (auto& frame = frames_.back(); frame.container.is_array()) {
      frame.container.as_array().push_back(std::move(value));
    } else {
      frame.container.append_unchecked(std::move(frame.key), std::move(value));
      frame.key.clear();
    }
    return true;
  }

  bool open(Value container) {
    if (frames_.size() >= limits_.depth) {
      problem_ = text::cat("nested deeper than ", limits_.depth);
      return false;
    }
    frames_.emplace_back(std::move(container));
    return true;
  }

  bool close() {
    Value done = std::move(frames_.back().container);
    frames_.pop_back();
    return add(std::move(done));
  }

  ParseLimits limits_;
  std::vector<Frame> frames_;
  Value root_;
  std::string problem_;
};

void write_indented(std::string& out, const Value& value, std::size_t indent) {
  const auto line = [&](std::size_t depth) { out.append(1, '\n').append(depth * 2, ' '); };
  if (value.is_array() && !value.empty()) {
    out += '[';
    for (const auto& element : value.as_array()) {
      if (&element != &value.as_array().front()) out += ',';
      line(indent + 1);
      write_indented(out, element, indent + 1);
    }
    line(indent);
    out += ']';
  } else if (value.is_object() && !value.empty()) {
    out += '{';
    for (const auto& member : value.as_object()) {
      if (&member != &value.as_object().front()) out += ',';
      line(indent + 1);
      write_string_to(out, member.key);
      out += ": ";
      write_indented(out, member.value, indent + 1);
    }
    line(indent);
    out += '}';
  } else {
    write_to(out, value);
  }
}

}  // namespace

Result<Value> parse(std::string_view text, ParseLimits limits) {
  // Iterative: the depth of a document never becomes the depth of our stack.
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseValidateEncodingFlag;
  Builder builder{limits};
  rapidjson::MemoryStream memory{text.data(), text.size()};
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream{memory};
  rapidjson::Reader reader;
  const auto outcome = reader.Parse<kFlags>(stream, builder);
  if (outcome.IsError()) {
    std::string message =
        builder.problem().empty() ? text::lower(rapidjson::GetParseError_En(outcome.Code())) : builder.problem();
    if (message.ends_with('.')) message.pop_back();
    return InputError{text::cat("byte ", outcome.Offset()), std::move(message)};
  }
  return builder.take();
}

void write_string_to(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  std::size_t clean = 0;  // start of the run that needs no escape
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out.append(text.substr(clean, at - clean));
    clean = at + 1;
    switch (byte) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: text::append(out, "\\u00", kHex[byte >> 4], kHex[byte & 15]);
    }
  }
  out.append(text.substr(clean));
  out += '"';
}

void write_to(std::string& out, const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull: out += "null"; break;
    case Value::Kind::kBool: out += value.as_bool() ? "true" : "false"; break;
    case Value::Kind::kNumber: out += value.as_number().text; break;
    case Value::Kind::kString: write_string_to(out, value.as_string()); break;
    case Value::Kind::kArray:
      out += '[';
      for (const auto& element : value.as_array()) {
        if (&element != &value.as_array().front()) out += ',';
        write_to(out, element);
      }
      out += ']';
      break;
    case Value::Kind::kObject:
      out += '{';
      for (const auto& member : value.as_object()) {
        if (&member != &value.as_object().front()) out += ',';
        write_string_to(out, member.key);
        out += ':';
        write_to(out, member.value);
      }
      out += '}';
      break;
  }
}

std::string write(const Value& value) {
  std::string out;
  write_to(out, value);
  return out;
}

std::string write_pretty(const Value& value) {
  std::string out;
  write_indented(out, value, 0);
  return out;
}

}  // namespace weir::json
