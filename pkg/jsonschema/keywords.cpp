#include "pkg/jsonschema/keywords.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/jsonschema/url.hpp"
#include "pkg/template/quote.hpp"

namespace weir::jsonschema {

using json::Value;
using templates::quote;

namespace {

unsigned type_bit(std::string_view name) {
  static constexpr std::pair<std::string_view, unsigned> kNames[] = {
      {"null", kNull},
      {"boolean", kBoolean},
      {"number", kNumber},
      {"integer", kInteger},
      {"string", kString},
      {"array", kArray},
      {"object", kObject}};
  for (const auto& [known, bit] : kNames)
    if (known == name) return bit;
  return 0;
}

std::vector<std::string> texts_of(const Value& list) {
  std::vector<std::string> texts;
  for (const auto& item : list.as_array())
    if (item.is_string()) texts.push_back(item.as_string());
  return texts;
}

}  // namespace

void KeywordReader::read() {
  schema_.ref = reference("$ref");
  if (schema_.draft >= 6 && has("validation")) schema_.constant = find("const");
  // Up to draft 7 what stands beside a reference does not count, but for const, which the library reads all the same.
  if (schema_.draft < 2019 && schema_.ref != nullptr) return;
  if (has("applicator")) read_applicators();
  if (has("validation")) read_assertions();
  const bool is_format_asserted = compiler_.is_format_asserted_ || schema_.draft < 2019 ||
                                  has(schema_.draft == 2019 ? "format" : "format-assertion");
  if (is_format_asserted)
    if (const auto name = text("format")) schema_.format = find_format(*name);
  read_later_drafts();
}

void KeywordReader::read_applicators() {
  schema_.all_of = list("allOf");
  schema_.any_of = list("anyOf");
  schema_.one_of = list("oneOf");
  schema_.not_ = below("not");
  read_array_applicators();
  schema_.properties = map("properties");
  std::sort(schema_.properties.begin(), schema_.properties.end(), [](const auto& left, const auto& right) {
    return left.first < right.first;
  });
  for (const auto& [name, child] : map("patternProperties"))
    schema_.pattern_properties.push_back({pattern(name, "patternProperties"), child});
  schema_.additional_properties = additional("additionalProperties");
  if (const Value* const found = find("dependencies"); found != nullptr && found->is_object()) {
    for (const auto& member : found->as_object()) {
      if (member.value.is_array()) {
        schema_.dependencies.push_back({member.key, texts_of(member.value), nullptr});
      } else {
        schema_.dependencies.push_back({member.key, {}, below("dependencies", member.key)});
      }
    }
  }
  if (schema_.draft < 6) return;
  schema_.contains = below("contains");
  schema_.property_names = below("propertyNames");
  if (schema_.draft < 7) return;
  schema_.if_ = below("if");
  if (schema_.if_ == nullptr) return;
  const Value& condition = *find("if");
  if (!condition.is_bool() || condition.as_bool()) schema_.then = below("then");
  if (!condition.is_bool() || !condition.as_bool()) schema_.else_ = below("else");
}

void KeywordReader::read_array_applicators() {
  if (schema_.draft >= 2020) {
    schema_.item_list = list("prefixItems");
    schema_.has_item_list = find("prefixItems") != nullptr;
    schema_.items = below("items");
    return;
  }
  const Value* const items = find("items");
  if (items == nullptr) return;
  if (!items->is_array()) {
    schema_.items = below("items");
    return;
  }
  schema_.item_list = list("items");
  schema_.has_item_list = true;
  schema_.additional_items = additional("additionalItems");
}

void KeywordReader::read_assertions() {
  if (const Value* const type = find("type")) {
    if (type->is_string()) schema_.types = type_bit(type->as_string());
    if (type->is_array())
      for (const auto& name : texts_of(*type)) schema_.types |= type_bit(name);
  }
  if (const Value* const values = find("enum"); values != nullptr && values->is_array())
    schema_.enumeration = &values->as_array();
  read_numbers();
  schema_.min_length = integer("minLength");
  schema_.max_length = integer("maxLength");
  if (const auto expression = text("pattern"))
    schema_.pattern = Schema::Pattern{pattern(*expression, "pattern"), *expression};
  schema_.min_items = integer("minItems");
  schema_.max_items = integer("maxItems");
  schema_.unique_items = is_true("uniqueItems");
  schema_.min_properties = integer("minProperties");
  schema_.max_properties = integer("maxProperties");
  if (const Value* const required = find("required"); required != nullptr && required->is_array())
    schema_.required = texts_of(*required);
  if (schema_.draft < 2019) return;
  if (schema_.contains != nullptr) {
    schema_.min_contains = integer("minContains");
    schema_.max_contains = integer("maxContains");
  }
  if (const Value* const found = find("dependentRequired"); found != nullptr && found->is_object())
    for (const auto& member : found->as_object())
      if (member.value.is_array()) schema_.dependent_required.push_back({member.key, texts_of(member.value), nullptr});
}

void KeywordReader::read_numbers() {
  schema_.multiple_of = number("multipleOf");
  if (schema_.multiple_of && schema_.multiple_of->is_zero()) schema_.multiple_of.reset();
  // In draft 4 the exclusive ones are booleans.
  schema_.maximum = number("maximum");
  schema_.exclusive_maximum = number("exclusiveMaximum");
  if (is_true("exclusiveMaximum")) std::swap(schema_.maximum, schema_.exclusive_maximum);
  schema_.minimum = number("minimum");
  schema_.exclusive_minimum = number("exclusiveMinimum");
  if (is_true("exclusiveMinimum")) std::swap(schema_.minimum, schema_.exclusive_minimum);
}

void KeywordReader::read_later_drafts() {
  if (schema_.draft < 2019) return;
  schema_.recursive_ref = reference("$recursiveRef");
  schema_.recursive_anchor = is_true("$recursiveAnchor");
  if (has("applicator")) schema_.dependent_schemas = map("dependentSchemas");
  if (has(schema_.draft == 2019 ? "applicator" : "unevaluated")) {
    schema_.unevaluated_items = below("unevaluatedItems");
    schema_.unevaluated_properties = below("unevaluatedProperties");
  }
  if (schema_.draft < 2020) return;
  schema_.dynamic_anchor = text("$dynamicAnchor").value_or("");
  schema_.dynamic_ref = reference("$dynamicRef");
  if (schema_.dynamic_ref == nullptr) return;
  const auto fragment = unescape_url(split_fragment(find("$dynamicRef")->as_string()).second);
  if (fragment && !fragment->starts_with('/')) schema_.dynamic_ref_anchor = *fragment;
}

const Schema* KeywordReader::below(std::string_view keyword) {
  if (find(keyword) == nullptr) return nullptr;
  return compiler_.enqueue({schema_.url, text::cat(schema_.pointer, "/", escape_pointer(keyword))});
}

const Schema* KeywordReader::below(std::string_view keyword, std::string_view token) {
  return compiler_.enqueue(
      {schema_.url, text::cat(schema_.pointer, "/", escape_pointer(keyword), "/", escape_pointer(token))}
  );
}

std::vector<const Schema*> KeywordReader::list(std::string_view keyword) {
  std::vector<const Schema*> schemas;
  const Value* const found = find(keyword);
  if (found == nullptr || !found->is_array()) return schemas;
  for (std::size_t i = 0; i < found->size(); ++i) schemas.push_back(below(keyword, std::to_string(i)));
  return schemas;
}

Schema::Named KeywordReader::map(std::string_view keyword) {
  Schema::Named schemas;
  const Value* const found = find(keyword);
  if (found == nullptr || !found->is_object()) return schemas;
  for (const auto& member : found->as_object()) schemas.emplace_back(member.key, below(keyword, member.key));
  return schemas;
}

Additional KeywordReader::additional(std::string_view keyword) {
  const Value* const found = find(keyword);
  if (found == nullptr) return {};
  if (found->is_bool()) return {nullptr, found->as_bool()};
  return {below(keyword), std::nullopt};
}

const Schema* KeywordReader::reference(std::string_view keyword) {
  const auto said = text(keyword);
  if (!said) return nullptr;
  const auto [reference, escaped] = split_fragment(*said);
  const auto fragment = unescape_url(escaped);
  if (!fragment) throw SchemaRefused{text::cat("error in parsing ", quote(*said), ": ", fragment.error().message)};
  const auto url = join_url(resource_.id, reference);
  if (!url) throw SchemaRefused{url.error().message};
  // A resource of this document, or another document.
  const Document& own = compiler_.document(schema_.url);
  if (*url == own.url) return compiler_.enqueue(Compiler::resolve_in(own, *fragment, own.resources.at("")));
  for (const auto& entry : own.resources)
    if (entry.second.id == *url) return compiler_.enqueue(Compiler::resolve_in(own, *fragment, entry.second));
  return compiler_.enqueue(compiler_.resolve(*url, *fragment));
}

std::optional<std::string> KeywordReader::text(std::string_view keyword) const {
  const Value* const found = find(keyword);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return found->as_string();
}

bool KeywordReader::is_true(std::string_view keyword) const {
  const Value* const found = find(keyword);
  return found != nullptr && found->is_bool() && found->as_bool();
}

std::optional<Decimal> KeywordReader::number(std::string_view keyword) const {
  const Value* const found = find(keyword);
  if (found == nullptr || !found->is_number()) return std::nullopt;
  return Decimal::parse(found->as_number().text);
}

std::optional<std::int64_t> KeywordReader::integer(std::string_view keyword) const {
  const auto value = number(keyword);
  if (!value || !value->is_integer()) return std::nullopt;
  return value->integer().value_or(std::numeric_limits<std::int64_t>::max());
}

regex::Regex KeywordReader::pattern(const std::string& expression, std::string_view keyword) const {
  auto regex = regex::Regex::compile(expression);
  if (!regex)
    throw SchemaRefused{text::cat(
        "invalid regex ",
        quote(expression),
        " at ",
        quote(text::cat(location_text(schema_.url, schema_.pointer), "/", keyword)),
        ": error parsing regexp: ",
        regex::Regex::go_error(expression)
    )};
  return std::move(*regex);
}

}  // namespace weir::jsonschema
