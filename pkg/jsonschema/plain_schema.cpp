#include "pkg/jsonschema/plain_schema.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "pkg/jsonschema/formats.hpp"

namespace weir::jsonschema {
namespace {

using json::Value;

constexpr int kMaxDepth = 100;

/// What a keyword's value must be.
enum class Shape {
  kAnything,
  kText,
  kBool,
  kNumber,
  kPositive,
  kCount,
  kList,
  kChoices,
  kTypes,
  kRegex,
  kTexts,
  kSchema,
  kItems,
  kSchemas,
  kNamedSchemas,
  kPatternSchemas,
  kDialect,
  kReference,
};

struct Keyword {
  std::string_view name;
  Shape shape;
};

/// By name. What is not here is free, unless it begins with '$'; what is too rare to be worth it is asked of the
/// metaschema.
constexpr Keyword kKeywords[] = {
    {"$comment", Shape::kText},
    {"$defs", Shape::kNamedSchemas},
    {"$ref", Shape::kReference},
    {"$schema", Shape::kDialect},
    {"additionalItems", Shape::kSchema},
    {"additionalProperties", Shape::kSchema},
    {"allOf", Shape::kSchemas},
    {"anyOf", Shape::kSchemas},
    {"const", Shape::kAnything},
    {"contains", Shape::kSchema},
    {"contentEncoding", Shape::kText},
    {"contentMediaType", Shape::kText},
    {"default", Shape::kAnything},
    {"definitions", Shape::kNamedSchemas},
    {"dependentSchemas", Shape::kNamedSchemas},
    {"deprecated", Shape::kBool},
    {"description", Shape::kText},
    {"else", Shape::kSchema},
    {"enum", Shape::kChoices},
    {"examples", Shape::kList},
    {"exclusiveMaximum", Shape::kNumber},
    {"exclusiveMinimum", Shape::kNumber},
    {"format", Shape::kText},
    {"if", Shape::kSchema},
    {"items", Shape::kItems},
    {"maxContains", Shape::kCount},
    {"maxItems", Shape::kCount},
    {"maxLength", Shape::kCount},
    {"maxProperties", Shape::kCount},
    {"maximum", Shape::kNumber},
    {"minContains", Shape::kCount},
    {"minItems", Shape::kCount},
    {"minLength", Shape::kCount},
    {"minProperties", Shape::kCount},
    {"minimum", Shape::kNumber},
    {"multipleOf", Shape::kPositive},
    {"not", Shape::kSchema},
    {"oneOf", Shape::kSchemas},
    {"pattern", Shape::kRegex},
    {"patternProperties", Shape::kPatternSchemas},
    {"prefixItems", Shape::kSchemas},
    {"properties", Shape::kNamedSchemas},
    {"propertyNames", Shape::kSchema},
    {"readOnly", Shape::kBool},
    {"required", Shape::kTexts},
    {"then", Shape::kSchema},
    {"title", Shape::kText},
    {"type", Shape::kTypes},
    {"unevaluatedItems", Shape::kSchema},
    {"unevaluatedProperties", Shape::kSchema},
    {"uniqueItems", Shape::kBool},
    {"writeOnly", Shape::kBool},
};
static_assert(std::ranges::is_sorted(kKeywords, {}, &Keyword::name));

/// Known words of drafts whose metaschemas say more of them.
constexpr std::string_view kRare[] = {"contentSchema", "dependencies", "dependentRequired"};

bool is_type_name(const Value& value) {
  static constexpr std::string_view kNames[] = {"array", "boolean", "integer", "null", "number", "object", "string"};
  return value.is_string() && std::ranges::find(kNames, value.as_string()) != std::end(kNames);
}

/// Texts of which no two are the same; long lists are left to the metaschema.
bool are_distinct_texts(const Value& value) {
  constexpr std::size_t kMaxTexts = 64;
  if (!value.is_array() || value.size() > kMaxTexts) return false;
  const auto& items = value.as_array();
  for (auto at = items.begin(); at != items.end(); ++at) {
    if (!at->is_string()) return false;
    if (std::any_of(items.begin(), at, [&](const Value& before) { return before.as_string() == at->as_string(); }))
      return false;
  }
  return true;
}

bool is_types(const Value& value) {
  if (value.is_string()) return is_type_name(value);
  return are_distinct_texts(value) && !value.empty() && std::ranges::all_of(value.as_array(), is_type_name);
}

bool is_regex(std::string_view text) {
  const auto* format = find_format("regex");
  return format != nullptr && !format->check(text);
}

bool is_count(const Value& value) {
  const auto number = value.integer();
  return number && *number >= 0;
}

/// Letters, digits and a few signs that mean nothing in URLs.
bool is_simple(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '_' ||
           c == '-' || c == '.';
  });
}

bool is_dialect(const Value& value) {
  if (!value.is_string()) return false;
  std::string_view text = value.as_string();
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    text.remove_prefix(scheme.size());
    if (text.ends_with('#')) text.remove_suffix(1);
    return is_simple(text);
  }
  return false;
}

class Look {
 public:
  explicit Look(int draft) : draft_{draft} {}

  bool is_schema(const Value& value, int depth) const {
    if (value.is_bool()) return true;
    if (!value.is_object() || depth > kMaxDepth) return false;
    return std::ranges::all_of(value.as_object(), [&](const json::Member& member) {
      return is_member(member.key, member.value, depth + 1);
    });
  }

 private:
  bool is_member(std::string_view name, const Value& value, int depth) const {
    const auto* at = std::ranges::lower_bound(kKeywords, name, {}, &Keyword::name);
    if (at == std::end(kKeywords) || at->name != name)
      return !name.starts_with('$') && std::ranges::find(kRare, name) == std::end(kRare);
    switch (at->shape) {
      case Shape::kAnything: return true;
      case Shape::kText: return value.is_string();
      case Shape::kBool: return value.is_bool();
      case Shape::kNumber: return value.is_number();
      case Shape::kPositive: return value.is_number() && value.real().value_or(0) > 0;
      case Shape::kCount: return is_count(value);
      case Shape::kList: return value.is_array();
      case Shape::kChoices:
        // The older drafts want some, and no two that are the same.
        return draft_ > 7 ? value.is_array() : are_distinct_texts(value) && !value.empty();
      case Shape::kTypes: return is_types(value);
      case Shape::kRegex: return value.is_string() && is_regex(value.as_string());
      case Shape::kTexts: return are_distinct_texts(value);
      case Shape::kSchema: return is_schema(value, depth);
      case Shape::kItems: return (draft_ < 2020 && are_schemas(value, depth)) || is_schema(value, depth);
      case Shape::kSchemas: return are_schemas(value, depth);
      case Shape::kNamedSchemas: return are_named_schemas(value, depth);
      case Shape::kPatternSchemas:
        return are_named_schemas(value, depth) &&
               std::ranges::all_of(value.as_object(), [](const json::Member& member) { return is_regex(member.key); });
      case Shape::kDialect: return is_dialect(value);
      case Shape::kReference:
        return value.is_string() && value.as_string().starts_with("#/") && is_simple(value.as_string().substr(2));
    }
    return false;
  }

  bool are_schemas(const Value& value, int depth) const {
    return value.is_array() && !value.empty() &&
           std::ranges::all_of(value.as_array(), [&](const Value& item) { return is_schema(item, depth); });
  }

  bool are_named_schemas(const Value& value, int depth) const {
    return value.is_object() && std::ranges::all_of(value.as_object(), [&](const json::Member& member) {
             return is_schema(member.value, depth);
           });
  }

  const int draft_;
};

}  // namespace

bool is_plainly_valid(const Value& schema, int draft) {
  return (draft == 6 || draft == 7 || draft == 2019 || draft == 2020) && Look{draft}.is_schema(schema, 0);
}

}  // namespace weir::jsonschema
