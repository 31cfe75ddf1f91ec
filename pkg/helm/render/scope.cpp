#include "pkg/helm/render/scope.hpp"

#include <algorithm>
#include <charconv>

#include "pkg/base/text.hpp"
#include "pkg/helm/render/files.hpp"
#include "pkg/helm/values/number.hpp"
#include "pkg/template/comparison.hpp"
#include "pkg/template/functions.hpp"
#include "pkg/template/nil_map.hpp"

namespace weir::helm {
namespace {

using templates::Call;
using templates::Kind;
using templates::StructType;
using templates::Value;

Value texts(const std::vector<std::string>& from) {
  Value::Items items;
  items.reserve(from.size());
  for (const auto& text : from) items.emplace_back(text);
  return Value::list(std::move(items));
}

Value number_of(const json::Number& number) {
  if (is_int64(number)) {
    std::int64_t out = 0;
    const auto [end, error] = std::from_chars(number.text.data(), number.text.data() + number.text.size(), out);
    if (error == std::errc{} && end == number.text.data() + number.text.size())
      return Value::integer(out, Kind::kInt64);
  }
  return Value::real(json::Value{number}.real().value_or(0));
}

// -- .Chart -----------------------------------------------------------------------------------------------------------

Value dependency_value(const Dependency& dependency) {
  Value::Items imports;
  for (const auto& value : dependency.import_values) imports.push_back(value_of(value));
  return Value::dict(
      {{"Alias", dependency.alias},
       {"Condition", dependency.condition},
       {"Enabled", dependency.is_enabled},
       {"ImportValues", Value::list(std::move(imports))},
       {"Name", dependency.name},
       {"Repository", dependency.repository},
       {"Tags", texts(dependency.tags)},
       {"Version", dependency.version}}
  );
}

Value chart_value(const Metadata& from, bool is_root) {
  Value::Items maintainers;
  for (const auto& person : from.maintainers)
    maintainers.push_back(Value::dict({{"Email", person.email}, {"Name", person.name}, {"URL", person.url}}));
  Value::Items dependencies;
  for (const auto& dependency : from.dependencies) dependencies.push_back(dependency_value(dependency));
  Value annotations = from.annotations.empty() ? templates::nil_text_map() : Value::map("string", "string");
  for (const auto& [key, value] : from.annotations) annotations.as_map().set(key, value);
  return Value::dict(
      {{"APIVersion", from.api_version},
       {"Annotations", std::move(annotations)},
       {"AppVersion", from.app_version},
       {"Condition", from.condition},
       {"Dependencies", Value::list(std::move(dependencies))},
       {"Deprecated", from.is_deprecated},
       {"Description", from.description},
       {"Home", from.home},
       {"Icon", from.icon},
       {"IsRoot", is_root},
       {"Keywords", texts(from.keywords)},
       {"KubeVersion", from.kube_version},
       {"Maintainers", Value::list(std::move(maintainers))},
       {"Name", from.name},
       {"Sources", texts(from.sources)},
       {"Tags", from.tags},
       {"Type", from.type},
       {"Version", from.version}}
  );
}

// -- .Capabilities, .Release ------------------------------------------------------------------------------------------

using Type = std::shared_ptr<const StructType>;

Type struct_type(std::string name, std::vector<StructType::Field> fields) {
  auto out = std::make_shared<StructType>(std::move(name));
  out->fields = std::move(fields);
  return out;
}

const templates::NamedType& version_set_type() {
  static const templates::NamedType type{
      "common.VersionSet",
      {{"Has", templates::make_function([](Call& call, const Value& set, const std::string& version) {
          const auto& items = set.as_list().items;
          call.budget().spend(items.size() / 16);
          return std::ranges::any_of(items, [&](const Value& item) { return item.as_string() == version; });
        })}}};
  return type;
}

Type kube_version_type() {
  auto out = std::make_shared<StructType>("common.KubeVersion");
  out->fields = {
      StructType::Field{"Version"},
      StructType::Field{"normalizedVersion"},
      StructType::Field{"Major"},
      StructType::Field{"Minor"}};
  out->methods["String"] = templates::make_function([](Call&, const Value& self) {
    const Value& normalized = *self.as_struct().find_field("normalizedVersion");
    return normalized.as_string().empty() ? *self.as_struct().find_field("Version") : normalized;
  });
  out->methods["GitVersion"] =
      templates::make_function([](Call&, const Value& self) { return *self.as_struct().find_field("Version"); });
  out->prints_by_address = true;
  return out;
}

Value capabilities_value(const Capabilities& from) {
  static const Type kKubeVersion = kube_version_type();
  static const Type kBuildInfo = struct_type(
      "version.BuildInfo",
      {StructType::Field{"Version", "version"},
       StructType::Field{"GitCommit", "git_commit"},
       StructType::Field{"GitTreeState", "git_tree_state"},
       StructType::Field{"GoVersion", "go_version"},
       StructType::Field{"KubeClientVersion", "kube_client_version"}}
  );
  static const Type kCapabilities = struct_type(
      "*common.Capabilities",
      {StructType::Field{"KubeVersion"}, StructType::Field{"APIVersions"}, StructType::Field{"HelmVersion"}}
  );
  auto kube_version = Value::structure(
      kKubeVersion, {from.kube_version, from.normalized_kube_version, from.kube_major, from.kube_minor}
  );
  auto helm_version = Value::structure(
      kBuildInfo,
      {from.helm_version,
       from.helm_git_commit,
       from.helm_git_tree_state,
       from.helm_go_version,
       from.helm_kube_client_version}
  );
  auto versions = Value::texts(from.api_versions).named(version_set_type());
  return Value::structure(kCapabilities, {std::move(kube_version), std::move(versions), std::move(helm_version)});
}

Value release_value(const ReleaseFacts& from) {
  return Value::dict(
      {{"IsInstall", !from.is_upgrade},
       {"IsUpgrade", from.is_upgrade},
       {"Name", from.name},
       {"Namespace", from.ns},
       {"Revision", Value::integer(from.revision)},
       {"Service", from.service}}
  );
}

// -- Scopes -----------------------------------------------------------------------------------------------------------

/// The part of the values that belongs to a subchart; a name with dots is a path. A new map when there is none.
Value values_for(const Value& parent, const std::string& name) {
  Value at = parent;
  for (const auto& key : text::split(name, '.')) {
    const Value* next = at.as_map().find(key);
    if (!next || next->kind() != Kind::kMap) return Value::map().named(values_type());
    const Value found = *next;
    at = found;
  }
  return at.named(values_type());
}

/// Tables in the members of `global` are one object for a chart and its dependencies.
void share_globals(const Value& parent, const Value& child, templates::Budget& budget) {
  const Value* from = parent.as_map().find("global");
  const Value* to = child.as_map().find("global");
  if (!from || !to || from->kind() != Kind::kMap || to->kind() != Kind::kMap) return;
  for (const auto& [key, member] : from->as_map().entries) {
    const Value* own = key.is_string() ? to->as_map().find(key.as_string()) : nullptr;
    if (!own || own->kind() != Kind::kMap || member.kind() != Kind::kMap) continue;
    for (const auto& [inner, table] : member.as_map().entries) {
      const Value* own_table = inner.is_string() ? own->as_map().find(inner.as_string()) : nullptr;
      if (!own_table || own_table->kind() != Kind::kMap || table.kind() != Kind::kMap) continue;
      if (!own_table->is_same(table) && templates::deep_equal(*own_table, table, budget))
        own->as_map().set(inner, table);
    }
  }
}

bool is_partial(std::string_view name) {
  const auto slash = name.rfind('/');
  return name.substr(slash == std::string_view::npos ? 0 : slash + 1).starts_with('_');
}

struct Builder {
  templates::Budget& budget;
  Value release;
  Value capabilities;
  std::map<std::string, ReleaseTemplate> templates;

  Value add(const Chart& chart, const std::string& path, const Value& values, bool is_root) {
    Value children = Value::map();
    Value scope = Value::dict(
        {{"Capabilities", capabilities},
         {"Chart", chart_value(chart.metadata, is_root)},
         {"Files", files_value(chart.files())},
         {"Release", release},
         {"Subcharts", children},
         {"Values", values}}
    );
    for (const auto& child : chart.dependencies) {
      const std::string& name = child->name();
      const Value own = values_for(values, name);
      share_globals(values, own, budget);
      children.as_map().set(name, add(*child, printed_child_path(path, chart, *child), own, false));
    }
    const std::string base_path = path + "/templates";
    for (const auto& file : chart.templates()) {
      if (chart.metadata.is_library() && !is_partial(file.name)) continue;
      templates[text::cat(path, "/", file.name)] = {file.text, scope.named(values_type()), base_path};
    }
    return scope;
  }
};

}  // namespace

const templates::NamedType& values_type() {
  static const templates::NamedType type{"common.Values", {}};
  return type;
}

Value value_of(const json::Value& document) {
  switch (document.kind()) {
    case json::Value::Kind::kNull: return Value::nil();
    case json::Value::Kind::kBool: return document.as_bool();
    case json::Value::Kind::kNumber: return number_of(document.as_number());
    case json::Value::Kind::kString: return document.as_string();
    case json::Value::Kind::kArray: {
      Value::Items items;
      items.reserve(document.size());
      for (const auto& element : document.as_array()) items.push_back(value_of(element));
      return Value::list(std::move(items));
    }
    case json::Value::Kind::kObject: break;
  }
  std::vector<templates::Entries::Entry> entries;
  entries.reserve(document.size());
  for (const auto& [key, member] : document.as_object()) entries.emplace_back(key, value_of(member));
  Value out = Value::map();
  out.as_map().entries.assign(std::move(entries));
  return out;
}

std::map<std::string, ReleaseTemplate> release_templates(const RenderInput& input) {
  templates::Budget budget{input.limits, input.stop};
  Builder builder{budget, release_value(input.release), capabilities_value(input.capabilities), {}};
  Value values = input.values ? value_of(*input.values) : Value::map();
  if (values.kind() != Kind::kMap) values = Value::map();
  builder.add(*input.chart, input.chart->name(), values.named(values_type()), true);
  return std::move(builder.templates);
}

}  // namespace weir::helm
