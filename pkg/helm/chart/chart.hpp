#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pkg/json/value.hpp"

/// Charts: what a folder or an archive says, parsed once and shared.
/// Source of the rules: Helm 4.2 (https://helm.sh/docs/topics/charts), observed.
namespace weir::helm {

/// One file of a chart. The text is shared by every copy of the chart.
struct File {
  std::string name;  ///< relative to the chart's folder, with '/': "templates/service.yaml"
  std::shared_ptr<const std::string> text;

  std::string_view view() const { return text ? std::string_view{*text} : std::string_view{}; }
};

struct Maintainer {
  std::string name;
  std::string email;
  std::string url;
};

/// One entry of `dependencies` in Chart.yaml (or requirements.yaml, Chart.lock).
struct Dependency {
  std::string name;
  std::string version;  ///< a range; empty: any
  std::string repository;
  std::string condition;
  std::vector<std::string> tags;
  bool is_enabled = false;  ///< as written; after prepare() true for every entry that is left
  /// Entries are texts or objects {child, parent}. After prepare() all are objects, as Helm leaves them.
  json::Value::Array import_values;
  std::string alias;
};

/// What Chart.yaml says. All of it is shown to templates as `.Chart`: Name, Home, Sources, Version, Description,
/// Keywords, Maintainers (Name, Email, URL), Icon, APIVersion, Condition, Tags, AppVersion, Deprecated, Annotations,
/// KubeVersion, Dependencies (Name, Version, Repository, Condition, Tags, Enabled, ImportValues, Alias), Type.
struct Metadata {
  std::string name;  ///< the alias, in a chart that prepare() has made for one
  std::string home;
  std::vector<std::string> sources;
  std::string version;
  std::string description;
  std::vector<std::string> keywords;
  std::vector<Maintainer> maintainers;
  std::string icon;
  std::string api_version;  ///< "v1" when Chart.yaml has none
  std::string condition;
  std::string tags;
  std::string app_version;
  bool is_deprecated = false;
  std::vector<std::pair<std::string, std::string>> annotations;  ///< sorted by key
  std::string kube_version;                                      ///< a range; empty: any
  std::vector<Dependency> dependencies;
  std::string type;  ///< "", "application" or "library"

  bool is_library() const;
};

/// Chart.lock or requirements.lock.
struct Lock {
  std::string generated;  ///< RFC 3339, as written
  std::string digest;
  std::vector<Dependency> dependencies;
};

/// The files of one chart, without those of its dependencies. Never changed after loading, shared by aliases.
struct Contents {
  std::vector<File> templates;  ///< below templates/, in the order in which they were found
  std::vector<File> files;      ///< what `.Files` sees: all that has no meaning of its own; crds/ too
  std::vector<File> raw;        ///< every file of the chart and its dependencies, for `show` and packing again
  std::shared_ptr<const std::string> values_text;  ///< values.yaml; nullptr: there is none
  std::shared_ptr<const std::string> schema;       ///< values.schema.json; nullptr: there is none
};

/// A chart with its dependencies. A value whose copies are cheap: files, values and dependencies are shared and are
/// never changed. A chart does not know its parent; whoever walks the tree keeps the path (see child_path). Threads:
/// value.
struct Chart {
  Metadata metadata;
  std::shared_ptr<const Lock> lock;  ///< nullptr: there is none
  std::shared_ptr<const Contents> contents;
  /// values.yaml, {} when absent; in a prepared chart with the defaults and imports of its dependencies. Never nullptr.
  /// Members of every object are sorted by key; numbers as pkg/helm/values/number.hpp says.
  std::shared_ptr<const json::Value> values;
  std::vector<std::shared_ptr<const Chart>> dependencies;  ///< sorted by the name below charts/
  /// The path that Helm shows for this chart in front of those of its dependencies, when it is not this chart's own:
  /// set by prepare(), see values/chart_paths.hpp.
  std::string path_below;

  const std::string& name() const { return metadata.name; }
  const std::vector<File>& templates() const { return contents->templates; }
  const std::vector<File>& files() const { return contents->files; }
};

using ChartPtr = std::shared_ptr<const Chart>;

/// The path of a dependency: "parent/charts/name". A chart at the top has its name as its path; the name of a template
/// as messages and `.Template.Name` show it is the path, '/' and the file's name.
std::string child_path(std::string_view parent_path, const Chart& child);
/// The same, as Helm prints it.
std::string printed_child_path(std::string_view parent_path, const Chart& parent, const Chart& child);

/// A file of crds/ with the path under which it is printed: "parent/charts/name/crds/x.yaml".
struct CrdFile {
  std::string path;
  File file;
};

/// The files of crds/ (.yaml, .yml, .json) of the chart, then of each dependency.
std::vector<CrdFile> crd_files(const Chart& chart);

}  // namespace weir::helm
