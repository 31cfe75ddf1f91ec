#include "pkg/kustomize/schema.hpp"

#include <algorithm>
#include <charconv>

#include "pkg/base/text.hpp"
#include "pkg/kustomize/schema_data.hpp"

namespace weir::kustomize {
namespace {

std::string kind_key(std::string_view api_version, std::string_view kind) { return text::cat(api_version, " ", kind); }

/// The parsed form of the built-in tables.
struct Builtin {
  Builtin() {
    read(kTypeRows, kResourceRows);
    read(kKustomizeTypeRows, kKustomizeResourceRows);
  }

  void read(std::string_view type_rows, std::string_view resource_rows) {
    std::vector<SchemaType*> numbered;
    const auto lines = text::split(type_rows, '\n');
    numbered.push_back(&types.emplace_back());
    for (const auto line : lines)
      if (!line.empty()) numbered.push_back(&types.emplace_back());
    for (const auto line : lines) {
      if (line.empty()) continue;
      const auto words = text::split(line, ' ');
      SchemaType& type = *numbered[number(words[0])];
      type.name = words[1];
      by_name[words[1]] = &type;
      for (std::size_t i = 2; i < words.size(); ++i) {
        const auto [name, form] = text::cut(words[i], "=");
        type.fields.emplace_back(name, read_form(form, numbered));
      }
    }
    for (const auto line : text::split(resource_rows, '\n')) {
      if (line.empty()) continue;
      const auto last = line.rfind(' ');
      by_kind.emplace(line.substr(0, last), numbered[number(line.substr(last + 1))]);
    }
  }

  static std::size_t number(std::string_view digits) {
    std::size_t out = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return out;
  }

  const SchemaType* read_form(std::string_view form, const std::vector<SchemaType*>& numbered) {
    if (form.starts_with('*')) {
      SchemaType& map = types.emplace_back();
      map.values = read_form(form.substr(1), numbered);
      return &map;
    }
    if (form.starts_with('[')) {
      SchemaType& list = types.emplace_back();
      list.is_merged_list = true;
      const auto [keys, element] = text::cut(form.substr(1), "]");
      if (!keys.empty()) list.keys = text::split(keys, ',');
      if (!element.empty()) list.elements = read_form(element, numbered);
      return &list;
    }
    return numbered[number(form)];
  }

  std::deque<SchemaType> types;
  std::unordered_map<std::string_view, const SchemaType*> by_kind;
  std::unordered_map<std::string_view, const SchemaType*> by_name;
};

const Builtin& builtin() {
  static const Builtin tables;
  return tables;
}

}  // namespace

const SchemaType* Schema::current(const SchemaType* type) const {
  if (type == nullptr || type->name.empty() || definitions_.empty()) return type;
  const auto found = definitions_.find(type->name);
  if (found != definitions_.end()) return found->second;
  return type->is_reference ? nullptr : type;
}

const SchemaType* Schema::field(const SchemaType& type, std::string_view name) const {
  const auto found = std::ranges::lower_bound(type.fields, name, {}, [](const auto& field) { return field.first; });
  return current(found != type.fields.end() && found->first == name ? found->second : type.values);
}

const SchemaType* Schema::elements(const SchemaType& type) const { return current(type.elements); }

/// Turns the definitions of an OpenAPI document into types. A reference may lead to a type that is read later.
struct Schema::Loader {
  Schema& schema;

  std::string_view keep(std::string_view text) { return schema.names_.emplace_back(text); }

  const SchemaType* read(const json::Value& form) {
    SchemaType& type = schema.types_.emplace_back();
    if (const auto* reference = form.find("$ref"); reference != nullptr && reference->is_string()) {
      constexpr std::string_view kPrefix = "#/definitions/";
      if (!reference->as_string().starts_with(kPrefix)) return nullptr;
      type.name = keep(std::string_view{reference->as_string()}.substr(kPrefix.size()));
      type.is_reference = true;
      return &type;
    }
    read_into(type, form);
    return &type;
  }

  void read_into(SchemaType& type, const json::Value& form) {
    if (const auto* properties = form.find("properties"); properties != nullptr && properties->is_object()) {
      for (const auto& member : properties->as_object())
        if (const auto* field = read(member.value)) type.fields.emplace_back(keep(member.key), field);
      std::ranges::sort(type.fields, {}, [](const auto& field) { return field.first; });
    }
    if (const auto* values = form.find("additionalProperties"); values != nullptr && values->is_object())
      type.values = read(*values);
    if (form.text_at({"type"}) == "array") {
      if (const auto* items = form.find("items"); items != nullptr && items->is_object()) type.elements = read(*items);
    }
    const auto strategy = form.text_at({"x-kubernetes-patch-strategy"});
    const auto strategies = text::split(strategy, ',');
    type.is_merged_list = std::ranges::find(strategies, std::string_view{"merge"}) != strategies.end();
    if (!type.is_merged_list) return;
    if (const auto* keys = form.find("x-kubernetes-list-map-keys"); keys != nullptr && keys->is_array()) {
      for (const auto& key : keys->as_array())
        if (key.is_string()) type.keys.push_back(keep(key.as_string()));
    } else if (const auto key = form.text_at({"x-kubernetes-patch-merge-key"}); !key.empty()) {
      type.keys.push_back(keep(key));
    }
  }

  static std::string key_of(const json::Value& gvk) {
    const auto group = gvk.text_at({"group"});
    return kind_key(text::cat(group, group.empty() ? "" : "/", gvk.text_at({"version"})), gvk.text_at({"kind"}));
  }

  void load(const json::Value& document) {
    const auto* definitions = document.find("definitions");
    if (definitions != nullptr && definitions->is_object()) {
      for (const auto& member : definitions->as_object()) {
        SchemaType& type = schema.types_.emplace_back();
        type.name = keep(member.key);
        read_into(type, member.value);
        schema.definitions_[type.name] = &type;
        const auto* gvks = member.value.find("x-kubernetes-group-version-kind");
        if (gvks == nullptr || !gvks->is_array()) continue;
        for (const auto& gvk : gvks->as_array()) schema.by_kind_[key_of(gvk)] = &type;
      }
    }
    const auto* paths = document.find("paths");
    if (paths == nullptr || !paths->is_object()) return;
    for (const auto& member : paths->as_object()) {
      const auto* gvk = member.value.find_path({"get", "x-kubernetes-group-version-kind"});
      if (gvk == nullptr || !gvk->is_object()) continue;
      const bool is_namespaced = member.key.find("namespaces/{namespace}") != std::string::npos;
      if (is_namespaced) {
        schema.scopes_[key_of(*gvk)] = true;
      } else {
        schema.scopes_.emplace(key_of(*gvk), false);
      }
    }
  }
};

Schema::Schema() {
  // kustomize's own kinds are known whatever schema is used.
  for (const auto line : text::split(kKustomizeResourceRows, '\n')) {
    if (line.empty()) continue;
    const std::string key{line.substr(0, line.rfind(' '))};
    by_kind_[key] = builtin().by_kind.at(key);
  }
}
Schema::~Schema() = default;
Schema::Schema(Schema&&) noexcept = default;

Result<bool> Schema::add(const json::Value& document) {
  if (!document.is_object())
    return InputError{"", text::cat("expected an OpenAPI document, got ", json::describe_kind(document.kind()))};
  if (has_builtin_ && definitions_.empty())
    for (const auto& [name, type] : builtin().by_name) definitions_[name] = type;
  Loader{*this}.load(document);
  return true;
}

void Schema::add_builtin() {
  has_builtin_ = true;
  if (!definitions_.empty())
    for (const auto& [name, type] : builtin().by_name) definitions_[name] = type;
  for (const auto& [key, type] : builtin().by_kind) by_kind_[std::string{key}] = type;
}

const SchemaType* Schema::find(std::string_view api_version, std::string_view kind) const {
  const auto found = by_kind_.find(kind_key(api_version, kind));
  return found == by_kind_.end() ? nullptr : found->second;
}

std::optional<bool> builtin_is_namespaced(std::string_view api_version, std::string_view kind) {
  const std::pair wanted{api_version, kind};
  const auto* end = kScopeRows + kScopeRowCount;
  const auto* found = std::lower_bound(kScopeRows, end, wanted, [](const ScopeRow& row, const auto& key) {
    return std::pair{row.api_version, row.kind} < key;
  });
  if (found == end || found->api_version != api_version || found->kind != kind) return std::nullopt;
  return found->is_namespaced;
}

std::optional<bool> Schema::is_namespaced(std::string_view api_version, std::string_view kind) const {
  if (const auto known = builtin_is_namespaced(api_version, kind)) return known;
  const auto found = scopes_.find(kind_key(api_version, kind));
  return found == scopes_.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace weir::kustomize
