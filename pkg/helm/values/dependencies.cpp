#include "pkg/helm/values/dependencies.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/helm/values/chart_paths.hpp"
#include "pkg/helm/values/coalesce.hpp"
#include "pkg/helm/values/import_graph.hpp"
#include "pkg/semver/range.hpp"
#include "pkg/semver/version.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::helm {

using json::Value;

namespace {

/// A tree of more paths than that is not made: everything is looked at instead.
constexpr std::size_t kMostPaths = 100'000;

void warn(Warnings* warnings, std::string message) {
  if (warnings != nullptr) warnings->push_back(std::move(message));
}

bool matches(const Dependency& wanted, const Chart& chart) {
  return chart.name() == wanted.name && is_compatible(wanted.version, chart.metadata.version);
}

bool is_wanted(const Chart& child, const std::vector<Dependency>& wanted) {
  return std::any_of(wanted.begin(), wanted.end(), [&child](const auto& entry) { return matches(entry, child); });
}

/// The dependencies under their final names; those that are not wanted by name come first.
std::vector<ChartPtr> named_dependencies(const Chart& chart) {
  const auto& wanted = chart.metadata.dependencies;
  std::vector<ChartPtr> named;
  for (const auto& child : chart.dependencies)
    if (!is_wanted(*child, wanted)) named.push_back(child);
  for (const auto& entry : wanted) {
    const auto found = std::find_if(chart.dependencies.begin(), chart.dependencies.end(), [&entry](const auto& child) {
      return matches(entry, *child);
    });
    if (found == chart.dependencies.end()) continue;
    if (entry.alias.empty()) {
      named.push_back(*found);
      continue;
    }
    auto copy = std::make_shared<Chart>(**found);
    copy->metadata.name = entry.alias;
    named.push_back(std::move(copy));
  }
  return named;
}

std::vector<std::string_view> conditions_of(const Dependency& dependency) {
  std::vector<std::string_view> paths;
  for (const auto path : text::split(templates::unicode::trim_space(dependency.condition), ','))
    if (!path.empty()) paths.push_back(path);
  return paths;
}

/// Collects every path that deciding about dependencies may ask for.
class Paths {
 public:
  /// nullptr when there are too many of them
  const PathTree* collect(const Chart& chart) {
    add_chart(chart, {}, false);
    for (PathTree* place : places_) add_tree(place->children["global"], globals_);
    return count_ > kMostPaths ? nullptr : &root_;
  }

 private:
  using Path = std::vector<std::string_view>;

  PathTree& add(PathTree& from, const Path& path, std::size_t start = 0) {
    PathTree* place = &from;
    for (std::size_t i = start; i < path.size(); ++i) {
      place = &place->children[std::string{path[i]}];
      ++count_;
    }
    return *place;
  }

  void add_tree(PathTree& to, const PathTree& from) {
    if (++count_ > kMostPaths) return;
    for (const auto& [key, below] : from.children) add_tree(to.children[key], below);
  }

  void add_chart(const Chart& chart, const Path& path, bool is_below_old_names) {
    if (count_ > kMostPaths) return;
    // Helm fills the values of the top with the defaults of each chart in turn, so a chart is met at every end of its
    // path.
    for (std::size_t start = 0; start <= path.size(); ++start) places_.insert(&add(root_, path, start));
    // A chart that wants nothing leaves its dependencies as they are.
    const bool is_settled = is_below_old_names || chart.metadata.dependencies.empty();
    if (!is_below_old_names)
      for (const auto& dependency : chart.metadata.dependencies) add_conditions(dependency, path);
    const auto below = [&path](const Chart& child) {
      Path longer = path;
      longer.push_back(child.name());
      return longer;
    };
    for (const auto& child : chart.dependencies) add_chart(*child, below(*child), true);
    if (is_settled) return;
    for (const auto& child : keep(named_dependencies(chart))) add_chart(*child, below(*child), false);
  }

  /// Names are views of charts, which must live as long as the paths.
  const std::vector<ChartPtr>& keep(std::vector<ChartPtr> charts) {
    return *kept_.emplace_back(std::make_unique<std::vector<ChartPtr>>(std::move(charts)));
  }

  void add_conditions(const Dependency& dependency, const Path& path) {
    for (const auto& tag : dependency.tags) add(root_, {"tags", tag});
    for (const auto condition : conditions_of(dependency)) {
      Path longer = path;
      for (const auto key : text::split(condition, '.')) longer.push_back(key);
      add(root_, longer);
      for (std::size_t i = 0; i < longer.size(); ++i)
        if (longer[i] == "global") add(globals_, longer, i + 1);
    }
  }

  PathTree root_, globals_;
  std::set<PathTree*> places_;
  std::vector<std::unique_ptr<std::vector<ChartPtr>>> kept_;
  std::size_t count_ = 0;
};

/// The value at a dotted path that is no table; nullptr when there is none.
const Value* find_value(const Value& values, std::string_view path) {
  const auto dot = path.rfind('.');
  const Value* const table = dot == path.npos ? &values : find_table(values, path.substr(0, dot));
  if (table == nullptr) return nullptr;
  const Value* const found = find_key(*table, dot == path.npos ? path : path.substr(dot + 1));
  return found == nullptr || found->is_object() ? nullptr : found;
}

/// The copies of charts that nobody named. When their parent is there under two aliases, Helm has two of such a chart
/// with one Chart.yaml: what is done to its dependencies is done for both, and what has been done is not done again.
class Twins {
 public:
  using Copies = std::vector<std::shared_ptr<Chart>>;

  /// The copies of the same chart that were met before.
  Copies& of(const Chart& chart) { return copies_[chart.contents.get()]; }
  /// Calls `each` for the copies of every chart of which there are several.
  template <class Each>
  void each_group(Each each) {
    for (auto& [contents, copies] : copies_)
      if (copies.size() > 1) each(copies);
  }

 private:
  std::map<const Contents*, Copies> copies_;
};

class Enabler {
 public:
  Enabler(const PathTree* paths, Warnings* warnings) : paths_{paths}, warnings_{warnings} {}

  /// @param path  "" for the top, else "a.b."
  Result<void> run(Chart& chart, const Value& values_above, const std::string& path) {
    auto& wanted = chart.metadata.dependencies;
    if (wanted.empty()) return {};
    settled_.insert(&chart);
    std::set<const Chart*> unnamed;
    for (const auto& child : chart.dependencies)
      if (!is_wanted(*child, wanted)) unnamed.insert(child.get());
    chart.dependencies = named_dependencies(chart);
    for (auto& entry : wanted) {
      if (!entry.alias.empty()) entry.name = entry.alias;
    }
    Value values = values_above;
    const auto filled = coalesce_chart(chart, values, Nulls::kDrop, nullptr, paths_);
    if (!filled) return filled.error();

    std::set<std::string, std::less<>> off;
    for (auto& entry : wanted) {
      entry.is_enabled = is_enabled(entry, values, path);
      if (!entry.is_enabled) off.insert(entry.name);
    }
    std::erase_if(chart.dependencies, [&off](const ChartPtr& child) { return off.contains(child->name()); });
    for (auto& child : chart.dependencies) {
      if (child->metadata.dependencies.empty()) continue;
      auto copy = std::make_shared<Chart>(*child);
      if (unnamed.contains(child.get())) {
        auto& twins = twins_.of(*copy);
        if (!twins.empty()) copy->metadata.dependencies = twins.back()->metadata.dependencies;
        twins.push_back(copy);
      }
      const auto done = run(*copy, values, text::cat(path, copy->name(), "."));
      if (!done) return done.error();
      child = std::move(copy);
    }
    std::erase_if(wanted, [&off](const Dependency& entry) { return off.contains(entry.name); });
    return {};
  }

  /// After the top was run.
  /// @param loaded  the top as it was
  void finish(Chart& top, const Chart& loaded) {
    twins_.each_group([](Twins::Copies& copies) {
      for (auto& copy : copies) copy->metadata.dependencies = copies.back()->metadata.dependencies;
    });
    set_paths_below(top, loaded, settled_);
  }

 private:
  bool is_enabled(const Dependency& entry, const Value& values, const std::string& path) {
    const bool by_tags = is_enabled_by_tags(entry, values);
    for (const auto condition : conditions_of(entry)) {
      const Value* const found = find_value(values, text::cat(path, condition));
      if (found == nullptr) continue;
      if (found->is_bool()) return found->as_bool();
      warn(warnings_, text::cat("returned non-bool value path=", condition, " chart=", entry.name));
    }
    return by_tags;
  }

  bool is_enabled_by_tags(const Dependency& entry, const Value& values) {
    const Value* const tags = find_key(values, "tags");
    if (tags == nullptr || !tags->is_object()) return true;
    bool has_true = false, has_false = false;
    for (const auto& tag : entry.tags) {
      const Value* const found = find_key(*tags, tag);
      if (found == nullptr) continue;
      if (!found->is_bool()) {
        warn(warnings_, text::cat("returned non-bool value tag=", tag, " chart=", entry.name));
      } else {
        (found->as_bool() ? has_true : has_false) = true;
      }
    }
    return has_true || !has_false;
  }

  const PathTree* const paths_;
  Warnings* const warnings_;
  Twins twins_;
  std::set<const Chart*> settled_;  // whose dependencies were sorted out
};

/// The entry in its long form; nullopt for what is neither a text nor an object.
std::optional<std::pair<std::string, std::string>> import_of(const Value& entry) {
  if (entry.is_string()) return std::pair{text::cat("exports.", entry.as_string()), std::string{"."}};
  if (!entry.is_object()) return std::nullopt;
  const auto field = [&entry](std::string_view key) {
    const Value* const found = entry.find(key);
    return found == nullptr ? "<nil>" : go_print(*found);
  };
  return std::pair{field("child"), field("parent")};
}

void take_imports(Dependency& entry, ImportGraph& graph, Warnings* warnings) {
  Value::Array long_forms;
  for (const auto& item : entry.import_values) {
    const auto import = import_of(item);
    if (!import) continue;
    const auto& [child, parent] = *import;
    long_forms.push_back(Value::object({{"child", child}, {"parent", parent}}));
    if (!graph.import(text::cat(entry.name, ".", child), parent))
      warn(warnings, text::cat("ImportValues missing table from chart chart=", entry.name, " table=", child));
  }
  entry.import_values = std::move(long_forms);
}

void forget_imports(Chart& chart) {
  for (auto& entry : chart.metadata.dependencies) entry.import_values.clear();
}

Result<void> import_into(Chart& chart, Twins& twins, Warnings* warnings) {
  for (auto& child : chart.dependencies) {
    const bool is_plain = child->dependencies.empty();
    if (is_plain) continue;
    auto copy = std::make_shared<Chart>(*child);
    if (!is_wanted(*child, chart.metadata.dependencies)) {
      auto& copies = twins.of(*copy);
      if (!copies.empty()) forget_imports(*copy);
      copies.push_back(copy);
    }
    const auto done = import_into(*copy, twins, warnings);
    if (!done) return done.error();
    child = std::move(copy);
  }
  if (chart.metadata.dependencies.empty()) return {};

  Value values = Value::object();
  const auto filled = coalesce_chart(chart, values, Nulls::kKeep, nullptr);
  if (!filled) return filled.error();
  const auto& wanted = chart.metadata.dependencies;
  const bool has_imports =
      std::any_of(wanted.begin(), wanted.end(), [](const auto& entry) { return !entry.import_values.empty(); });
  if (has_imports) {
    ImportGraph graph{values};
    for (auto& entry : chart.metadata.dependencies) take_imports(entry, graph, warnings);
    auto merged = graph.finish();
    if (!merged)
      return InputError{"", text::cat("import-values of ", chart.name(), ": the imported tables contain themselves")};
    values = std::move(*merged);
  }
  chart.values = std::make_shared<const Value>(std::move(values));
  return {};
}

}  // namespace

Result<void> check_dependencies(const Chart& chart) {
  std::vector<std::string> missing;
  for (const auto& entry : chart.metadata.dependencies) {
    const bool is_there =
        std::any_of(chart.dependencies.begin(), chart.dependencies.end(), [&entry](const auto& child) {
          return child->name() == entry.name;
        });
    if (!is_there) missing.push_back(entry.name);
  }
  if (missing.empty()) return {};
  return InputError{
      "", text::cat("found in Chart.yaml, but missing in charts/ directory: ", text::join(missing, ", "))};
}

bool is_compatible(std::string_view range, std::string_view version) {
  if (text::trim(range).empty()) return false;
  const auto parsed = semver::Version::parse_lenient(version);
  const auto wanted = semver::Range::parse(range);
  return parsed && wanted && wanted->contains(*parsed);
}

Result<Chart> enable_dependencies(const Chart& chart, const Value& user_values, Warnings* warnings) {
  Chart copy = chart;
  Paths collected;
  const PathTree* const paths = collected.collect(chart);
  Enabler enabler{paths, warnings};
  const auto done = enabler.run(copy, paths == nullptr ? user_values : project(user_values, *paths), "");
  if (!done) return done.error();
  enabler.finish(copy, chart);
  return copy;
}

Result<Chart> import_values(const Chart& chart, Warnings* warnings) {
  Chart copy = chart;
  Twins twins;
  const auto done = import_into(copy, twins, warnings);
  if (!done) return done.error();
  twins.each_group([](Twins::Copies& copies) {
    for (auto& twin : copies) forget_imports(*twin);
  });
  return copy;
}

}  // namespace weir::helm
