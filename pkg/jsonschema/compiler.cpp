#include "pkg/jsonschema/compiler.hpp"

#include <algorithm>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/jsonschema/keywords.hpp"
#include "pkg/jsonschema/metaschemas.hpp"
#include "pkg/jsonschema/url.hpp"
#include "pkg/template/quote.hpp"

namespace weir::jsonschema {

using json::Value;
using templates::quote;

namespace {

enum class Shape { kSchema, kMap, kList, kSchemaOrList };

/// Where schemas are below a schema.
struct Position {
  std::string_view keyword;
  Shape shape;
  int since;  ///< draft
};

constexpr Position kPositions[] = {
    {"definitions", Shape::kMap, 4},
    {"not", Shape::kSchema, 4},
    {"allOf", Shape::kList, 4},
    {"anyOf", Shape::kList, 4},
    {"oneOf", Shape::kList, 4},
    {"properties", Shape::kMap, 4},
    {"additionalProperties", Shape::kSchema, 4},
    {"patternProperties", Shape::kMap, 4},
    {"items", Shape::kSchemaOrList, 4},
    {"additionalItems", Shape::kSchema, 4},
    {"dependencies", Shape::kMap, 4},
    {"propertyNames", Shape::kSchema, 6},
    {"contains", Shape::kSchema, 6},
    {"if", Shape::kSchema, 7},
    {"then", Shape::kSchema, 7},
    {"else", Shape::kSchema, 7},
    {"$defs", Shape::kMap, 2019},
    {"dependentSchemas", Shape::kMap, 2019},
    {"unevaluatedProperties", Shape::kSchema, 2019},
    {"unevaluatedItems", Shape::kSchema, 2019},
    {"contentSchema", Shape::kSchema, 2019},
    {"prefixItems", Shape::kList, 2020},
};

/// 0 for a URL that is no draft's.
int draft_from_url(std::string_view url) {
  const auto [before, fragment] = split_fragment(url);
  if (!fragment.empty()) return 0;
  std::string_view path = before;
  for (const std::string_view scheme : {"http://", "https://"})
    if (path.starts_with(scheme)) path.remove_prefix(scheme.size());
  if (path == "json-schema.org/schema" || path == "json-schema.org/draft/2020-12/schema") return 2020;
  if (path == "json-schema.org/draft/2019-09/schema") return 2019;
  if (path == "json-schema.org/draft-07/schema") return 7;
  if (path == "json-schema.org/draft-06/schema") return 6;
  if (path == "json-schema.org/draft-04/schema") return 4;
  return 0;
}

std::string_view text_of(const Value& object, std::string_view key) {
  const Value* const found = object.find(key);
  return found == nullptr ? std::string_view{} : found->text().value_or(std::string_view{});
}

/// The id of a schema without its fragment; empty when it has none.
std::string id_of(const Value& schema, int draft) {
  if (draft < 2019 && schema.contains("$ref")) return {};
  return std::string{split_fragment(text_of(schema, draft == 4 ? "id" : "$id")).first};
}

std::string unescaped_fragment(std::string_view text) {
  const auto [url, fragment] = split_fragment(text);
  auto plain = unescape_url(fragment);
  if (!plain) throw SchemaRefused{text::cat("error in parsing ", quote(text), ": ", plain.error().message)};
  return std::move(*plain);
}

bool is_anchor(std::string_view fragment) { return !fragment.empty() && !fragment.starts_with('/'); }

}  // namespace

bool Dialect::has(std::string_view vocabulary) const {
  if (vocabulary == "core" || draft < 2019) return true;
  if (vocabularies) return vocabularies->contains(vocabulary);
  if (vocabulary == "unevaluated") return draft >= 2020;
  return vocabulary == "applicator" || vocabulary == "validation";
}

std::string Schema::location() const { return location_text(url, pointer); }

std::string location_text(std::string_view url, std::string_view pointer) {
  return text::cat(url, "#", escape_url(pointer));
}

const Value& value_at(const Value& top, const std::string& url, std::string_view pointer) {
  const Value* value = &top;
  for (auto rest = pointer; !rest.empty();) {
    rest.remove_prefix(1);
    const auto slash = std::min(rest.find('/'), rest.size());
    const auto token = unescape_pointer(rest.substr(0, slash));
    if (!token) throw SchemaRefused{text::cat("invalid json-pointer ", quote(location_text(url, pointer)))};
    const Value* next = nullptr;
    if (value->is_object()) {
      next = value->find(*token);
    } else if (value->is_array() && !token->empty() && token->size() < 9 && std::all_of(token->begin(), token->end(), [](char c) {
                 return c >= '0' && c <= '9';
               })) {
      const auto index = static_cast<std::size_t>(std::stoul(*token));
      if (index < value->size()) next = &value->as_array()[index];
    }
    if (next == nullptr)
      throw SchemaRefused{text::cat("json-pointer in ", quote(location_text(url, pointer)), " not found")};
    value = next;
    rest.remove_prefix(slash);
  }
  return *value;
}

Resource& Document::resource_of(std::string_view pointer) {
  for (;;) {
    if (const auto found = resources.find(pointer); found != resources.end()) return found->second;
    pointer = pointer.substr(0, pointer.rfind('/'));
  }
}

void Compiler::add_document(const std::string& url, std::shared_ptr<const Value> value) {
  values_.emplace(url, std::move(value));
}

const Schema* Compiler::compile(std::string_view location) {
  const auto [url, fragment] = split_fragment(location);
  Schema* const wanted = enqueue(resolve(std::string{url}, unescaped_fragment(location)));
  while (compiled_ < schemas_.size()) compile_value(schemas_[compiled_++]);
  return wanted;
}

Schema* Compiler::enqueue(const Place& place) {
  const auto [found, is_new] = by_place_.try_emplace(text::cat(place.url, "#", place.pointer), nullptr);
  if (!is_new) return found->second;
  if (schemas_.size() >= options_.limits.schemas)
    throw SchemaRefused{text::cat("the schema has more than ", options_.limits.schemas, " parts")};
  Schema& schema = schemas_.emplace_back();
  schema.url = place.url;
  schema.pointer = place.pointer;
  return found->second = &schema;
}

void Compiler::compile_value(Schema& schema) {
  ensure_visited({schema.url, schema.pointer});
  Document& doc = document(schema.url);
  const Value& value = value_at(*doc.value, schema.url, schema.pointer);
  const Resource& resource = doc.resource_of(schema.pointer);
  schema.draft = resource.dialect.draft;
  schema.resource = enqueue({schema.url, resource.pointer});
  if (schema.draft >= 2020 && schema.resource == &schema)
    for (const auto& name : resource.dynamic_anchors)
      schema.dynamic_anchors[name] = enqueue({schema.url, resource.anchors.at(name)});
  if (value.is_bool()) {
    schema.boolean = value.as_bool();
  } else if (value.is_object()) {
    if (value.empty()) {
      schema.boolean = true;
    } else {
      KeywordReader{*this, value, schema, resource}.read();
    }
  }
  schema.all_properties_evaluated = schema.additional_properties.is_there();
  schema.all_items_evaluated = schema.items != nullptr || schema.additional_items.is_there();
  schema.items_evaluated = schema.item_list.size();
}

Compiler::Place Compiler::resolve(const std::string& url, std::string_view fragment) {
  Document& doc = document(url);
  return resolve_in(doc, fragment, doc.resources.at(""));
}

Compiler::Place Compiler::resolve_in(const Document& document, std::string_view fragment, const Resource& resource) {
  if (!is_anchor(fragment)) return {document.url, text::cat(resource.pointer, fragment)};
  const auto found = resource.anchors.find(fragment);
  if (found == resource.anchors.end())
    throw SchemaRefused{text::cat(
        "anchor in ", quote(location_text(resource.id, fragment)), " not found in schema ", quote(document.url)
    )};
  return {document.url, found->second};
}

Document& Compiler::document(const std::string& url) {
  if (const auto found = documents_.find(url); found != documents_.end()) return *found->second;
  auto doc = std::make_unique<Document>();
  doc->url = url;
  doc->value = load(url);
  collect(*doc, *doc->value, url, "", Dialect{});
  check(*doc, *doc->value, "");
  return *(documents_[url] = std::move(doc));
}

std::shared_ptr<const Value> Compiler::load(const std::string& url) {
  if (const auto known = values_.find(url); known != values_.end()) return known->second;
  if (++loaded_ > options_.limits.documents)
    throw SchemaRefused{text::cat("the schema refers to more than ", options_.limits.documents, " documents")};
  const auto keep = [&](Value value) { return values_[url] = std::make_shared<const Value>(std::move(value)); };
  if (const auto meta = metaschema(url); !meta.empty()) return keep(json::parse(meta).value());
  const auto failed = [&url](std::string_view why) {
    return SchemaRefused{text::cat("failing loading ", quote(url), ": ", why)};
  };
  const auto parsed = Url::parse(url);
  if (!parsed) throw failed(parsed.error().message);
  if (parsed->scheme == "urn") {
    if (warnings_ != nullptr)
      warnings_->push_back(text::cat("unresolved URN reference ignored; using permissive schema urn=", url));
    return keep(Value{true});
  }
  const bool is_file = parsed->scheme == "file";
  if (!is_file && parsed->scheme != "http" && parsed->scheme != "https")
    throw failed(text::cat("no URLLoader registered for ", quote(url)));
  if (options_.loader == nullptr) {
    if (is_file) throw failed(text::cat("open ", parsed->path, ": no such file or directory"));
    throw failed(text::cat("HTTP request failed for ", url, ": Get ", quote(url), ": no network is used here"));
  }
  auto loaded = options_.loader->load(url);
  if (!loaded) throw failed(loaded.error().message);
  return keep(std::move(*loaded));
}

void Compiler::ensure_visited(const Place& place) {
  Document& doc = document(place.url);
  if (doc.visited.contains(place.pointer)) return;
  // A reference to what no keyword says to be a schema.
  const Value& value = value_at(*doc.value, place.url, place.pointer);
  Resource& above = doc.resource_of(place.pointer);
  const std::string base = above.id;
  const Dialect dialect = above.dialect;
  collect(doc, value, base, place.pointer, dialect);
  if (!doc.resources.contains(place.pointer))
    collect_anchors(doc, value, place.pointer, doc.resource_of(place.pointer));
  check(doc, value, place.pointer);
}

void Compiler::check(const Document& document, const Value& value, const std::string& pointer) {
  if (checker_ == nullptr || document.url.starts_with("http://json-schema.org/") ||
      document.url.starts_with("https://json-schema.org/"))
    return;
  const auto& dialect = const_cast<Document&>(document).resource_of(pointer).dialect;
  checker_->check(value, dialect, location_text(document.url, pointer));
}

void Compiler::collect(
    Document& document, const Value& value, const std::string& base, const std::string& pointer, const Dialect& above
) {
  if (!document.visited.insert(pointer).second) return;
  if (document.visited.size() > options_.limits.schemas)
    throw SchemaRefused{text::cat("the schema has more than ", options_.limits.schemas, " parts")};
  if (!value.is_object()) {
    if (pointer.empty()) document.resources[pointer] = {pointer, base, above, {}, {}};
    return;
  }
  Dialect dialect = above;
  bool has_schema = value.find("$schema") != nullptr && value.find("$schema")->is_string();
  dialect.draft = draft_of(value, document.url, pointer, above.draft);
  std::string id = id_of(value, dialect.draft);
  if (id.empty() && !pointer.empty()) {
    dialect.draft = above.draft;
    has_schema = false;
    id = id_of(value, dialect.draft);
  }
  std::string own_base = base;
  if (!id.empty()) {
    auto joined = join_url(base, id);
    if (!joined) throw SchemaRefused{text::cat("error in parsing id at ", quote(location_text(document.url, pointer)))};
    own_base = std::move(*joined);
  }
  if (!id.empty() || pointer.empty()) {
    for (const auto& [place, resource] : document.resources)
      if (resource.id == own_base && place != pointer)
        throw SchemaRefused{text::cat(
            "duplicate id ", quote(own_base), " in ", quote(document.url), " at ", quote(pointer), " and ", quote(place)
        )};
    if (has_schema) {
      dialect.vocabularies = vocabularies_of(value, dialect.draft);
    } else {
      dialect = above;
    }
    document.resources[pointer] = {pointer, own_base, dialect, {}, {}};
  }
  Resource* resource = nullptr;
  for (auto& entry : document.resources)
    if (entry.second.id == own_base) resource = &entry.second;
  if (resource == nullptr) resource = &document.resource_of(pointer);
  collect_anchors(document, value, pointer, *resource);
  const Dialect below = resource->dialect;
  collect_below(document, value, own_base, pointer, below);
}

void Compiler::collect_below(
    Document& document, const Value& value, const std::string& base, const std::string& pointer, const Dialect& above
) {
  for (const auto& position : kPositions) {
    if (position.since > above.draft) continue;
    const Value* const found = value.find(position.keyword);
    if (found == nullptr) continue;
    const std::string place = text::cat(pointer, "/", position.keyword);
    if (position.shape == Shape::kSchema || position.shape == Shape::kSchemaOrList)
      collect(document, *found, base, place, above);
    if (position.shape == Shape::kMap && found->is_object())
      for (const auto& member : found->as_object())
        collect(document, member.value, base, text::cat(place, "/", escape_pointer(member.key)), above);
    if ((position.shape == Shape::kList || position.shape == Shape::kSchemaOrList) && found->is_array())
      for (std::size_t i = 0; i < found->size(); ++i)
        collect(document, found->as_array()[i], base, text::cat(place, "/", i), above);
  }
}

void Compiler::collect_anchors(Document& document, const Value& value, const std::string& pointer, Resource& resource) {
  if (!value.is_object()) return;
  const auto add = [&](std::string_view name) {
    if (name.empty()) return;
    const auto [found, is_new] = resource.anchors.emplace(std::string{name}, pointer);
    if (!is_new && found->second != pointer)
      throw SchemaRefused{text::cat(
          "duplicate anchor ",
          quote(name),
          " in ",
          quote(document.url),
          " at ",
          quote(found->second),
          " and ",
          quote(pointer)
      )};
  };
  const int draft = resource.dialect.draft;
  if (draft < 2019) {
    if (value.contains("$ref")) return;
    const auto id = text_of(value, draft == 4 ? "id" : "$id");
    const std::string fragment = unescaped_fragment(id);
    if (is_anchor(fragment)) add(fragment);
    return;
  }
  add(text_of(value, "$anchor"));
  if (draft < 2020) return;
  const auto dynamic = text_of(value, "$dynamicAnchor");
  if (dynamic.empty()) return;
  add(dynamic);
  auto& known = resource.dynamic_anchors;
  if (std::find(known.begin(), known.end(), dynamic) == known.end()) known.emplace_back(dynamic);
}

int Compiler::draft_of(const Value& value, const std::string& url, const std::string& pointer, int above) {
  std::set<std::string> seen;
  const Value* schema = &value;
  std::string own = url;
  for (;;) {
    const Value* const said = schema->is_object() ? schema->find("$schema") : nullptr;
    if (said == nullptr || !said->is_string()) return above;
    if (const int draft = draft_from_url(said->as_string()); draft != 0) return draft;
    const std::string meta{split_fragment(said->as_string()).first};
    if (const auto parsed = Url::parse(meta); !parsed)
      throw SchemaRefused{
          text::cat("invalid $schema in ", quote(location_text(url, pointer)), ": ", parsed.error().message)};
    if (pointer.empty() && meta == own) throw SchemaRefused{text::cat("draft ", quote(meta), " is not supported")};
    if (!seen.insert(meta).second) throw SchemaRefused{text::cat("cycle in resolving $schema in ", quote(meta))};
    schema = load(meta).get();
    own = meta;
  }
}

std::optional<std::set<std::string, std::less<>>> Compiler::vocabularies_of(const Value& value, int draft) {
  const auto said = text_of(value, "$schema");
  if (draft < 2019 || said.empty() || draft_from_url(said) != 0) return std::nullopt;
  const std::string url{split_fragment(said).first};
  const auto meta = load(url);
  const Value* const listed = meta->is_object() ? meta->find("$vocabulary") : nullptr;
  if (listed == nullptr || !listed->is_object()) return std::nullopt;
  const std::string prefix =
      text::cat("https://json-schema.org/draft/", draft == 2019 ? "2019-09" : "2020-12", "/vocab/");
  std::set<std::string, std::less<>> names{"core"};
  for (const auto& member : listed->as_object()) {
    if (!member.value.is_bool() || !member.value.as_bool()) continue;
    const bool is_known = member.key.starts_with(prefix) &&
                          !metaschema(text::cat(
                                          prefix.substr(0, prefix.size() - std::string_view{"vocab/"}.size()),
                                          "meta/",
                                          member.key.substr(prefix.size())
                                      ))
                               .empty();
    if (!is_known) throw SchemaRefused{text::cat("unsupported vocabulary ", quote(member.key), " in ", quote(url))};
    names.insert(member.key.substr(prefix.size()));
  }
  return names;
}

}  // namespace weir::jsonschema
