#include "pkg/kustomize/helm_charts.hpp"

#include <iterator>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/kustomize/context.hpp"
#include "pkg/yaml/documents.hpp"

namespace weir::kustomize {
namespace {

/// "helmCharts[0].name".
std::string field_of(const Fields& fields, std::string_view name) {
  return text::cat(fields.path(), fields.path().empty() ? "" : ".", name);
}

std::optional<json::Value> read_inline(Fields& fields, std::string_view name, Context& context) {
  if (!fields.object(name)) return std::nullopt;  // or it is refused here
  const yaml::Node* node = fields.node(name);
  if (node->content.empty()) return std::nullopt;
  auto options = context.parse_options(fields.place(name));
  options.typing = yaml::Typing::kYaml11;
  auto value = yaml::to_json(*node, options);
  if (!value) fail(fields.place(name), text::cat(field_of(fields, name), ": ", value.error().message));
  context.charge(*value);
  return std::move(*value);
}

ValuesMerge read_merge(Fields& fields) {
  const std::string word = fields.text("valuesMerge");
  if (word == "merge") return ValuesMerge::kMerge;
  if (word == "replace") return ValuesMerge::kReplace;
  if (word.empty() || word == "override") return ValuesMerge::kOverride;
  fail(
      fields.place("valuesMerge"),
      text::cat(
          field_of(fields, "valuesMerge"),
          ": valuesMerge must be one of [merge override replace], got ",
          text::quoted(word)
      )
  );
}

/// A name is that of one folder, so that no chart lies outside of chartHome.
std::string read_name(Fields& fields, std::string_view field) {
  std::string name = fields.text(field);
  if (name.empty()) fail(fields.place(), text::cat(field_of(fields, field), ": chart name cannot be empty"));
  if (name.find('/') != name.npos || name == "." || name == "..")
    fail(
        fields.place(field),
        text::cat(field_of(fields, field), ": expected the name of a folder, got ", text::quoted(name))
    );
  return name;
}

int shape(const json::Value& value) { return value.is_object() ? 0 : value.is_array() ? 1 : 2; }

/// What a member that was not there becomes: a patch's nulls take away, also where there is nothing.
json::Value without_nulls(const json::Value& patch) {
  if (!patch.is_object()) return patch;
  json::Value::Object kept;
  for (const auto& [key, value] : patch.as_object())
    if (!value.is_null()) kept.emplace_back(key, without_nulls(value));
  return kept;
}

/// Both sorted by key, and so is what comes of them.
Result<void> merge_sorted(json::Value::Object& into, const json::Value::Object& patch) {
  json::Value::Object out;
  out.reserve(into.size() + patch.size());
  auto own = into.begin();
  for (const auto& [key, value] : patch) {
    for (; own != into.end() && own->key < key; ++own) out.push_back(std::move(*own));
    const bool is_there = own != into.end() && own->key == key;
    if (value.is_null()) {
      // taken away
    } else if (!is_there || own->value.is_null()) {
      out.emplace_back(key, without_nulls(value));
    } else if (shape(own->value) != shape(value)) {
      return InputError{
          key,
          text::cat(
              "cannot put ", json::describe_kind(value.kind()), " over ", json::describe_kind(own->value.kind())
          )};
    } else if (value.is_object()) {
      const auto merged = merge_sorted(own->value.as_object(), value.as_object());
      if (!merged) return InputError{text::cat(key, ".", merged.error().where), merged.error().message};
      out.push_back(std::move(*own));
    } else {
      out.emplace_back(key, value);
    }
    if (is_there) ++own;
  }
  std::move(own, into.end(), std::back_inserter(out));
  into = std::move(out);
  return {};
}

}  // namespace

ChartArguments read_chart(Fields& fields, Context& context) {
  ChartArguments chart;
  chart.place = fields.place();
  chart.field = fields.path();
  chart.name = read_name(fields, "name");
  chart.version = fields.text("version");
  chart.repository = fields.text("repo");
  chart.release_name = fields.text("releaseName");
  chart.name_template = fields.text("nameTemplate");
  chart.space = fields.text("namespace");
  chart.values_file = fields.text("valuesFile");
  chart.values_inline = read_inline(fields, "valuesInline", context);
  chart.values_merge = read_merge(fields);
  chart.additional_values_files = fields.texts("additionalValuesFiles");
  chart.include_crds = fields.flag("includeCRDs");
  chart.skip_hooks = fields.flag("skipHooks");
  chart.skip_tests = fields.flag("skipTests");
  chart.api_versions = fields.texts("apiVersions");
  chart.kube_version = fields.text("kubeVersion");
  chart.allows_prereleases = fields.flag("devel");
  fields.flag("debug");  // words of a program that is not run
  return chart;
}

ChartArguments read_old_chart(Fields& fields, Context& context, std::string& home) {
  ChartArguments chart;
  chart.place = fields.place();
  chart.field = fields.path();
  chart.name = read_name(fields, "chartName");
  chart.version = fields.text("chartVersion");
  chart.repository = fields.text("chartRepoUrl");
  chart.release_name = fields.text("releaseName");
  chart.values_file = fields.text("values");
  chart.values_inline = read_inline(fields, "valuesLocal", context);
  chart.values_merge = read_merge(fields);
  if (std::string own = fields.text("chartHome"); !own.empty()) home = std::move(own);
  for (const auto* name : {"chartRepoName", "helmBin", "helmHome", "releaseNamespace"}) fields.text(name);
  fields.texts("extraArgs");
  return chart;
}

std::string read_chart_home(Fields& fields) {
  fields.text("configHome");  // of a program that is not run
  return fields.text("chartHome");
}

Result<void> merge_values(json::Value& into, const json::Value& patch) {
  json::Value sorted = patch;
  json::sort_keys(sorted);
  json::sort_keys(into);
  if (into.is_null()) into = json::Value::object();
  if (!into.is_object() || !sorted.is_object()) return InputError{"", "expected objects of values"};
  return merge_sorted(into.as_object(), sorted.as_object());
}

}  // namespace weir::kustomize
