#include "pkg/helm/values/read_yaml.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/helm/values/number.hpp"
#include "pkg/helm/values/tables.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/template/quote.hpp"
#include "pkg/yaml/node.hpp"
#include "pkg/yaml/parser.hpp"
#include "pkg/yaml/scalar.hpp"

namespace weir::helm {

using json::Value;

namespace {

/// Private to this file: how what JSON cannot hold reaches read_yaml().
struct Unfit {
  std::string message;
};

double number_of(const yaml::Scalar& scalar) {
  if (const auto* number = std::get_if<std::int64_t>(&scalar.value)) return static_cast<double>(*number);
  if (const auto* number = std::get_if<std::uint64_t>(&scalar.value)) return static_cast<double>(*number);
  return std::get<double>(scalar.value);
}

std::string infinity_text(double number) { return std::isnan(number) ? "NaN" : number > 0 ? "+Inf" : "-Inf"; }

std::string_view short_tag(yaml::Tag tag) {
  switch (tag) {
    case yaml::Tag::kInt: return "!!int";
    case yaml::Tag::kFloat: return "!!float";
    case yaml::Tag::kBool: return "!!bool";
    case yaml::Tag::kNull: return "!!null";
    default: return "!!str";
  }
}

yaml::Scalar resolved(const yaml::Node& node) {
  // The parser has typed the word of a boolean; in both typings it is the same word.
  const auto typing = node.tag == yaml::Tag::kBool ? yaml::Typing::kYaml11 : yaml::Typing::kCore;
  const auto scalar = yaml::resolve(node.value, typing);
  const bool fits = node.tag == yaml::Tag::kNone || scalar.tag == node.tag ||
                    (node.tag == yaml::Tag::kFloat && scalar.tag == yaml::Tag::kInt);
  if (!fits)
    throw Unfit{text::cat(
        "error converting YAML to JSON: yaml: cannot decode ",
        short_tag(yaml::resolve_tag(node.value, yaml::Typing::kYaml11)),
        " `",
        node.value,
        "` as a ",
        short_tag(node.tag)
    )};
  return scalar;
}

bool is_text(const yaml::Node& node) {
  return node.tag == yaml::Tag::kString || node.tag == yaml::Tag::kOther || node.tag == yaml::Tag::kMerge ||
         node.tag == yaml::Tag::kTimestamp;
}

enum class Integers { kFloat, kAsWritten };

Value number_value(const yaml::Scalar& scalar, Integers integers) {
  if (integers == Integers::kAsWritten) {
    if (const auto* number = std::get_if<std::int64_t>(&scalar.value)) return Value{*number};
    if (const auto* number = std::get_if<std::uint64_t>(&scalar.value)) return Value{*number};
  }
  const double number = number_of(scalar);
  if (!std::isfinite(number))
    throw Unfit{text::cat("error converting YAML to JSON: json: unsupported value: ", infinity_text(number))};
  return float64(number);
}

Value scalar_value(const yaml::Node& node, Integers integers) {
  if (is_text(node)) return Value{node.value};
  if (node.tag == yaml::Tag::kBinary) {
    const auto bytes = base64::decode(node.value);
    if (!bytes) throw Unfit{"error converting YAML to JSON: yaml: !!binary value contains invalid base64 data"};
    return Value{yaml::valid_utf8(*bytes)};
  }
  const auto scalar = resolved(node);
  switch (scalar.tag) {
    case yaml::Tag::kNull: return Value{};
    case yaml::Tag::kBool: return Value{std::get<bool>(scalar.value)};
    case yaml::Tag::kInt:
    case yaml::Tag::kFloat: return number_value(scalar, integers);
    default: return Value{node.value};
  }
}

/// Go prints a key that is a float with the digits of a float32.
std::string float_key(double number) {
  if (!std::isfinite(number)) return std::isnan(number) ? ".nan" : number > 0 ? ".inf" : "-.inf";
  const auto narrow = static_cast<float>(number);
  if (!std::isfinite(narrow)) return number > 0 ? ".inf" : "-.inf";
  char digits[32];
  // The shortest digits of a float32 as a double, which yaml_number() then writes in Go's form.
  const auto end = std::to_chars(digits, digits + sizeof digits, narrow).ptr;
  double shortest = 0;
  std::from_chars(digits, end, shortest);
  return yaml::yaml_number(shortest);
}

/// A node as Go's %#v prints what it decodes to.
std::string go_syntax(const yaml::Node& node) {
  if (node.is_sequence()) {
    std::string text = "[]interface {}{";
    for (const auto* item : node.content) text::append(text, text.ends_with('{') ? "" : ", ", go_syntax(*item));
    return text + "}";
  }
  if (node.is_mapping()) {
    std::string text = "map[interface {}]interface {}{";
    for (std::size_t i = 0; i + 1 < node.content.size(); i += 2)
      text::append(text, i == 0 ? "" : ", ", go_syntax(*node.content[i]), ":", go_syntax(*node.content[i + 1]));
    return text + "}";
  }
  if (node.tag == yaml::Tag::kFloat)
    if (const double number = number_of(resolved(node)); !std::isfinite(number)) return infinity_text(number);
  const Value value = scalar_value(node, Integers::kAsWritten);
  switch (value.kind()) {
    case Value::Kind::kNull: return "interface {}(nil)";
    case Value::Kind::kBool: return value.as_bool() ? "true" : "false";
    case Value::Kind::kNumber:
      return is_int64(value.as_number()) ? value.as_number().text : yaml::yaml_number(*value.real());
    default: return templates::quote(value.as_string());
  }
}

/// @param value  of the key, for messages
std::string key_text(const yaml::Node& node, const yaml::Node& value) {
  if (!node.is_scalar())
    throw Unfit{text::cat("error converting YAML to JSON: yaml: invalid map key: ", go_syntax(node))};
  if (is_text(node) || node.tag == yaml::Tag::kBinary) return scalar_value(node, Integers::kFloat).as_string();
  const auto scalar = resolved(node);
  switch (scalar.tag) {
    case yaml::Tag::kBool: return std::get<bool>(scalar.value) ? "true" : "false";
    case yaml::Tag::kInt:
      if (const auto* number = std::get_if<std::int64_t>(&scalar.value)) return std::to_string(*number);
      return std::to_string(std::get<std::uint64_t>(scalar.value));
    case yaml::Tag::kFloat: return float_key(std::get<double>(scalar.value));
    case yaml::Tag::kNull:
      throw Unfit{text::cat(
          "error converting YAML to JSON: unsupported map key of type: %!s(<nil>), key: <nil>, value: ",
          value.tag == yaml::Tag::kNull ? "<nil>" : go_syntax(value)
      )};
    default: return std::string{node.value};
  }
}

Value node_value(const yaml::Node& node, Integers integers) {
  switch (node.kind) {
    case yaml::Kind::kScalar: return scalar_value(node, integers);
    case yaml::Kind::kSequence: {
      Value::Array items;
      items.reserve(node.content.size());
      for (const auto* item : node.content) items.push_back(node_value(*item, integers));
      return Value{std::move(items)};
    }
    case yaml::Kind::kMapping: {
      Value::Object members;
      members.reserve(node.content.size() / 2);
      for (std::size_t i = 0; i + 1 < node.content.size(); i += 2)
        members.emplace_back(
            key_text(*node.content[i], *node.content[i + 1]), node_value(*node.content[i + 1], integers)
        );
      sort_members(members);
      return Value{std::move(members)};
    }
    default: return Value{};
  }
}

/// Whether node_value() certainly takes a tree as it is.
bool is_fit(const yaml::Node& node) {
  switch (node.kind) {
    case yaml::Kind::kScalar: {
      if (is_text(node)) return true;
      if (node.tag == yaml::Tag::kBinary) return false;
      const auto scalar = resolved(node);
      const bool is_number = scalar.tag == yaml::Tag::kInt || scalar.tag == yaml::Tag::kFloat;
      return !is_number || std::isfinite(number_of(scalar));
    }
    case yaml::Kind::kSequence:
      return std::all_of(node.content.begin(), node.content.end(), [](const auto* item) { return is_fit(*item); });
    case yaml::Kind::kMapping:
      for (std::size_t i = 0; i + 1 < node.content.size(); i += 2) {
        const auto& key = *node.content[i];
        if (!key.is_scalar() || !is_text(key) || !is_fit(*node.content[i + 1])) return false;
      }
      return true;
    default: return true;
  }
}

/// Those members of a mapping that are wanted; everything, when anything of it may be refused.
Value wanted_value(const yaml::Node& node, IsWanted is_wanted) {
  if (!node.is_mapping() || !is_fit(node)) return node_value(node, Integers::kFloat);
  Value::Object members;
  for (std::size_t i = 0; i + 1 < node.content.size(); i += 2) {
    const auto& key = node.content[i]->value;
    if (is_wanted(key)) members.emplace_back(std::string{key}, node_value(*node.content[i + 1], Integers::kFloat));
  }
  sort_members(members);
  return Value{std::move(members)};
}

std::string_view go_kind(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kArray: return "array";
    case Value::Kind::kObject: return "object";
    case Value::Kind::kString: return "string";
    case Value::Kind::kNumber: return "number";
    case Value::Kind::kBool: return "bool";
    default: return "null";
  }
}

/// Cuts the text at lines that are "---" and nothing but blanks or a comment; one at the very beginning of a document
/// belongs to it.
/// @param problem  a line that is neither; what stands before it has been cut
std::vector<std::string_view> cut_documents(std::string_view text, std::optional<InputError>& problem) {
  std::vector<std::string_view> documents;
  std::size_t start = 0, at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::size_t next = std::min(end + 1, text.size());
    const auto line = text.substr(at, end - at);
    if (line.starts_with("---")) {
      const auto rest = text::trim(line.substr(3));
      if (!rest.empty() && rest.front() != '#') {
        problem = InputError{"", text::cat("error reading yaml document: invalid Yaml document separator: ", rest)};
        return documents;
      }
      if (at > start) {
        documents.push_back(text.substr(start, at - start));
        start = next;
      }
    }
    at = next;
  }
  if (start < text.size()) documents.push_back(text.substr(start));
  return documents;
}

/// @param convert  from a node to a value
template <class Convert>
Result<Value> read_first(std::string_view text, const YamlLimits& limits, Convert convert) {
  yaml::ParseOptions options;
  options.typing = yaml::Typing::kYaml11;
  options.duplicates = limits.refuses_equal_keys ? yaml::DuplicateKeys::kRefuse : yaml::DuplicateKeys::kLastWins;
  options.words = yaml::Words::kGo;
  options.first_line = limits.first_line;
  options.max_bytes = limits.max_bytes;
  options.max_depth = limits.max_depth;
  options.max_memory_bytes = limits.max_memory_bytes;
  yaml::Arena arena{limits.max_memory_bytes};
  try {
    const auto node = yaml::parse_first(text, arena, options);
    if (!node) return InputError{"", text::cat("error converting YAML to JSON: ", node.error().message)};
    if (*node == nullptr) return Value{};
    return convert(**node);
  } catch (const Unfit& unfit) {
    return InputError{"", unfit.message};
  } catch (const yaml::ArenaFull& full) {
    return InputError{"", text::cat("the YAML text takes more than ", full.limit_bytes, " bytes of memory")};
  }
}

}  // namespace

Result<Value> read_yaml(std::string_view text, const YamlLimits& limits) {
  return read_first(text, limits, [](const auto& node) { return node_value(node, Integers::kFloat); });
}

Result<Value> read_yaml_members(std::string_view text, IsWanted is_wanted, const YamlLimits& limits) {
  return read_first(text, limits, [is_wanted](const auto& node) { return wanted_value(node, is_wanted); });
}

Result<Value> read_yaml_as_written(std::string_view text, const YamlLimits& limits) {
  return read_first(text, limits, [](const auto& node) { return node_value(node, Integers::kAsWritten); });
}

std::string go_unmarshal_error(const Value& value, std::string_view go_type) {
  return text::cat("json: cannot unmarshal ", go_kind(value), " into Go value of type ", go_type);
}

Result<Value> read_values(std::string_view text, const YamlLimits& limits) {
  // Helm ends the last line, which shows in the lines that errors name.
  std::string ended;
  if (!text.empty() && text.back() != '\n') text = ended = text::cat(text, "\n");
  auto values = Value::object();
  std::optional<InputError> problem;
  for (const auto document : cut_documents(text, problem)) {
    auto value = read_yaml(document, limits);
    if (!value) return InputError{"", text::cat("cannot unmarshal yaml document: ", value.error().message)};
    if (value->is_null()) continue;
    if (!value->is_object())
      return InputError{
          "",
          text::cat(
              "cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: ",
              go_unmarshal_error(*value, "map[string]interface {}")
          )};
    merge_over(values, std::move(*value));
  }
  if (problem) return std::move(*problem);
  return values;
}

void normalize_values(Value& value) {
  if (value.is_number()) {
    value = float64(*value.real());
  } else if (value.is_array()) {
    for (auto& item : value.as_array()) normalize_values(item);
  } else if (value.is_object()) {
    for (auto& member : value.as_object()) normalize_values(member.value);
    sort_members(value.as_object());
  }
}

Result<Value> read_json_values(std::string_view text) {
  auto value = json::parse(text);
  if (value) normalize_values(*value);
  return value;
}

}  // namespace weir::helm
