#include "test/simulation/api_server/go_form.hpp"

#include <algorithm>
#include <array>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/base/time.hpp"

namespace weir::test {
namespace {

using Shape = Type::Shape;
using json::Value;

/// Ends the reading.
struct Unreadable {
  std::string text;
};

std::string_view go_kind(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kString: return "string";
    case Value::Kind::kBool: return "bool";
    case Value::Kind::kNumber: return "number";
    case Value::Kind::kArray: return "array";
    default: return "object";
  }
}

std::string go_type(const Type& type) {
  switch (type.shape) {
    case Shape::kString: return "string";
    case Shape::kInt32: return "int32";
    case Shape::kInt64: return "int64";
    case Shape::kNumber: return "float64";
    case Shape::kBool: return "bool";
    case Shape::kBytes: return "[]uint8";
    case Shape::kObject:
      if (!type.name.empty()) return text::cat("v1.", type.name);
      return text::cat("map[string]", type.element == nullptr ? "string" : go_type(*type.element));
    case Shape::kList: return text::cat("[]", go_type(*type.element));
    default: return "interface {}";
  }
}

class Reader {
 public:
  explicit Reader(GoReading& out) : out_{out} {}

  void object(Value& value, const Type& type, const std::string& at) {
    auto& members = value.as_object();
    std::erase_if(members, [&](json::Member& member) {
      const auto* field = type.field(member.key);
      if (field == nullptr) {
        out_.unknown.push_back(below(at, member.key));
        return true;
      }
      if (member.value.is_null()) return true;
      read(member.value, *field->type, below(at, member.key), type);
      // The store does not tell an empty list from none.
      if (field->is_always_written && member.value.is_array() && member.value.empty()) member.value = Value{};
      return is_left_out(member.value, *field);
    });
    for (const auto& field : type.fields) {
      if (field.is_always_written && value.find(field.name) == nullptr) {
        value.append_unchecked(field.name, field.is_pointer ? Value{} : zero(*field.type));
      }
    }
  }

 private:
  static std::string below(const std::string& at, std::string_view name) {
    return at.empty() ? std::string{name} : text::cat(at, ".", name);
  }

  static bool is_zero(const Value& value) {
    switch (value.kind()) {
      case Value::Kind::kNull: return true;
      case Value::Kind::kBool: return !value.as_bool();
      case Value::Kind::kNumber: return value.real() == 0.0;
      case Value::Kind::kString: return value.as_string().empty();
      default: return value.empty();
    }
  }
  /// A struct is never empty for Go; a pointer to something empty is something.
  static bool is_left_out(const Value& value, const Field& field) {
    if (field.is_pointer || field.is_always_written) return false;
    if (field.type->shape == Shape::kTime || field.type->shape == Shape::kMicroTime) return value.is_null();
    return is_zero(value);
  }

  static Value zero(const Type& type) {
    switch (type.shape) {
      case Shape::kString:
      case Shape::kBytes: return "";
      case Shape::kInt32:
      case Shape::kInt64:
      case Shape::kNumber:
      case Shape::kIntOrString: return 0;
      case Shape::kBool: return false;
      case Shape::kQuantity: return "0";
      case Shape::kObject: {
        if (type.name.empty()) return {};
        auto out = Value::object();
        for (const auto& field : type.fields) {
          if (!field.is_always_written) continue;
          out.append_unchecked(field.name, field.is_pointer ? Value{} : zero(*field.type));
        }
        return out;
      }
      default: return {};
    }
  }

  /// Nor the place in a list.
  static std::string without_places(const std::string& at) {
    std::string out;
    bool is_inside = false;
    for (const char c : at) {
      if (c == '[') is_inside = true;
      if (!is_inside) out += c;
      if (c == ']') is_inside = false;
    }
    return out;
  }

  [[noreturn]] static void refuse(const Value& value, const Type& type, const std::string& at, const Type& parent) {
    throw Unreadable{text::cat(
        "json: cannot unmarshal ",
        go_kind(value),
        " into Go struct field ",
        parent.name,
        ".",
        without_places(at),
        " of type ",
        go_type(type)
    )};
  }

  void read(Value& value, const Type& type, const std::string& at, const Type& parent) {
    switch (type.shape) {
      case Shape::kAny: return;
      case Shape::kString:
        if (!value.is_string()) refuse(value, type, at, parent);
        return;
      case Shape::kInt32:
      case Shape::kInt64: {
        if (!value.is_number()) refuse(value, type, at, parent);
        const auto number = value.integer();
        if (!number)
          throw Unreadable{text::cat(
              "json: cannot unmarshal number ",
              value.as_number().text,
              " into Go struct field ",
              parent.name,
              ".",
              at,
              " of type ",
              go_type(type)
          )};
        value = Value{*number};
        return;
      }
      case Shape::kNumber:
        if (!value.is_number()) refuse(value, type, at, parent);
        return;
      case Shape::kBool:
        if (!value.is_bool()) refuse(value, type, at, parent);
        return;
      case Shape::kIntOrString:
        if (!value.is_string() && !value.is_number()) refuse(value, type, at, parent);
        return;
      case Shape::kBytes:
        if (!value.is_string()) refuse(value, type, at, parent);
        if (base64::decode(value.as_string()).has_error()) {
          const auto& text = value.as_string();
          const auto bad = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");
          throw Unreadable{
              text::cat("illegal base64 data at input byte ", bad == std::string::npos ? text.size() : bad)};
        }
        return;
      case Shape::kQuantity: return quantity(value);
      case Shape::kTime:
      case Shape::kMicroTime: return time(value, type, at, parent);
      case Shape::kList:
        if (!value.is_array()) refuse(value, type, at, parent);
        {
          std::size_t place = 0;
          for (auto& item : value.as_array()) read(item, *type.element, text::cat(at, "[", place++, "]"), parent);
        }
        return;
      case Shape::kObject:
        if (!value.is_object()) refuse(value, type, at, parent);
        if (!type.name.empty()) return object(value, type, at);
        for (auto& member : value.as_object()) {
          if (member.value.is_null()) {
            member.value = zero(*type.element);
          } else {
            read(member.value, *type.element, at, parent);  // Go does not tell the key
          }
        }
        return;
    }
  }

  static void quantity(Value& value) {
    const auto canonical = canonical_quantity(
        value.is_string()   ? value.as_string()
        : value.is_number() ? value.as_number().text
                            : ""
    );
    if (!canonical)
      throw Unreadable{"quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"};
    value = Value{*canonical};
  }

  static void time(Value& value, const Type& type, const std::string& at, const Type& parent) {
    if (!value.is_string()) refuse(value, type, at, parent);
    const auto parsed = parse_rfc3339(value.as_string());
    if (parsed.has_error()) {
      throw Unreadable{
          text::cat("parsing time ", text::quoted(value.as_string()), " as \"2006-01-02T15:04:05Z07:00\"")};
    }
    constexpr std::size_t kSecondsEnd = 19;
    const auto rest = std::string_view{value.as_string()}.substr(kSecondsEnd);
    const bool is_exact = rest.size() > 7 && rest[0] == '.' && rest.find_first_not_of("0123456789", 1) == 7;
    if (type.shape == Shape::kMicroTime && !is_exact) {
      throw Unreadable{text::cat(
          "parsing time ",
          text::quoted(value.as_string()),
          " as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse ",
          text::quoted(rest),
          " as \".000000\""
      )};
    }
    value = Value{type.shape == Shape::kTime ? to_rfc3339(*parsed) : to_rfc3339_microseconds(*parsed)};
  }

  GoReading& out_;
};

constexpr std::array<std::string_view, 7> kBinary{"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
constexpr std::array<std::string_view, 10> kDecimal{"n", "u", "m", "", "k", "M", "G", "T", "P", "E"};
using Large = __int128;

/// The number in billionths; nullopt when it is none, or far too large.
std::optional<Large> billionths(std::string_view digits, Large factor) {
  bool is_negative = false;
  if (!digits.empty() && (digits.front() == '-' || digits.front() == '+')) {
    is_negative = digits.front() == '-';
    digits.remove_prefix(1);
  }
  if (digits.empty() || digits.size() > 18) return std::nullopt;
  Large number = 0;
  Large scale = 1;
  bool is_behind = false;
  for (const char c : digits) {
    if (c == '.' && !is_behind) {
      is_behind = true;
    } else if (c >= '0' && c <= '9') {
      number = number * 10 + (c - '0');
      if (is_behind) scale *= 10;
    } else {
      return std::nullopt;
    }
  }
  const Large all = number * factor;
  const Large out = (all + scale - 1) / scale;  // rounded up, as the server does
  return is_negative ? -out : out;
}

}  // namespace

GoReading to_go_form(Value& object, const Type& type) {
  GoReading out;
  try {
    Reader{out}.object(object, type, "");
  } catch (const Unreadable& error) {
    out.error = error.text;
  }
  return out;
}

std::optional<std::string> canonical_quantity(std::string_view text) {
  const auto end = text.find_first_not_of("+-0123456789.");
  const auto digits = text.substr(0, end);
  const auto suffix = end == std::string_view::npos ? std::string_view{} : text.substr(end);
  constexpr Large kOne = 1'000'000'000;
  Large factor = kOne;
  const auto binary = std::ranges::find(kBinary, suffix);
  const bool is_binary = !suffix.empty() && binary != kBinary.end();
  if (is_binary) {
    for (auto i = kBinary.begin(); i != binary; ++i) factor *= 1024;
  } else if (const auto decimal = std::ranges::find(kDecimal, suffix); decimal != kDecimal.end()) {
    factor = 1;
    for (auto i = kDecimal.begin(); i != decimal; ++i) factor *= 1000;
  } else {
    return std::nullopt;
  }
  auto number = billionths(digits, factor);
  if (!number) return std::nullopt;
  if (*number == 0) return "0";
  if (is_binary && *number % kOne == 0) {
    Large whole = *number / kOne;
    std::size_t power = 0;
    while (whole % 1024 == 0 && power + 1 < kBinary.size()) {
      whole /= 1024;
      ++power;
    }
    return text::cat(static_cast<long long>(whole), kBinary[power]);
  }
  std::size_t power = 0;
  while (*number % 1000 == 0 && power + 1 < kDecimal.size()) {
    *number /= 1000;
    ++power;
  }
  return text::cat(static_cast<long long>(*number), kDecimal[power]);
}

}  // namespace weir::test
