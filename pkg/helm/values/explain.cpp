#include "pkg/helm/values/explain.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/helm/values/coalesce.hpp"
#include "pkg/helm/values/dependencies.hpp"
#include "pkg/helm/values/tables.hpp"

namespace weir::helm {

using json::Value;

namespace {

/// A key as --set writes it.
std::string escaped(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == '.' || c == ',' || c == '=' || c == '[' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

/// What stands at the leaves, by path.
using Leaves = std::map<std::string, Value>;

void add_leaves(Leaves& leaves, const Value& value, const std::string& path) {
  if (!value.is_object() || (value.empty() && !path.empty())) {
    leaves.emplace(path, value);
    return;
  }
  for (const auto& member : value.as_object())
    add_leaves(leaves, member.value, path.empty() ? escaped(member.key) : text::cat(path, ".", escaped(member.key)));
}

/// The tree of a chart in which only some charts have values.
class Masked {
 public:
  explicit Masked(const Chart& chart) {
    collect(chart, chart.name(), 0);
    std::stable_sort(order_.begin(), order_.end(), [](const auto& left, const auto& right) {
      return left.depth > right.depth;
    });
  }

  std::size_t size() const { return order_.size(); }
  std::string layer(std::size_t i) const { return text::cat(order_[i].path, "/values.yaml"); }
  bool has_values(std::size_t i) const { return !order_[i].chart->values->empty(); }

  /// The tree with the values of the first `count` charts, the deepest first.
  Chart with_first(const Chart& chart, std::size_t count) const {
    std::map<std::string, bool> shown;
    for (std::size_t i = 0; i < count; ++i) shown[order_[i].path] = true;
    return copy(chart, chart.name(), shown);
  }

 private:
  struct Place {
    std::string path;
    const Chart* chart;
    std::size_t depth;
  };

  void collect(const Chart& chart, const std::string& path, std::size_t depth) {
    order_.push_back({path, &chart, depth});
    for (const auto& child : chart.dependencies) collect(*child, child_path(path, *child), depth + 1);
  }

  static Chart copy(const Chart& chart, const std::string& path, const std::map<std::string, bool>& shown) {
    Chart masked = chart;
    if (!shown.contains(path)) masked.values = std::make_shared<const Value>(Value::object());
    for (auto& child : masked.dependencies)
      child = std::make_shared<const Chart>(copy(*child, child_path(path, *child), shown));
    return masked;
  }

  std::vector<Place> order_;
};

Result<Leaves> leaves_of(const Chart& enabled, const Value& user_values) {
  const auto imported = import_values(enabled, nullptr);
  if (!imported) return imported.error();
  Value values = user_values;
  const auto filled = coalesce_chart(*imported, values, Nulls::kDrop, nullptr);
  if (!filled) return filled.error();
  Leaves leaves;
  add_leaves(leaves, values, "");
  return leaves;
}

/// Adds what is different now to the histories.
class History {
 public:
  void add(const std::string& layer, Leaves now) {
    for (const auto& [path, value] : now) {
      const auto before = last_.find(path);
      if (before == last_.end()) {
        note(path, {layer, ValueStep::Change::kSet, value});
      } else if (!is_same(before->second, value)) {
        note(path, {layer, ValueStep::Change::kChanged, value});
      }
    }
    for (const auto& [path, value] : last_)
      if (!now.contains(path)) note(path, {layer, ValueStep::Change::kRemoved, Value{}});
    last_ = std::move(now);
  }

  std::vector<ExplainedKey> take() {
    std::vector<ExplainedKey> keys;
    for (auto& [path, steps] : steps_) {
      const bool is_there = steps.back().change != ValueStep::Change::kRemoved;
      keys.push_back({path, std::move(steps), is_there});
    }
    return keys;
  }

 private:
  void note(const std::string& path, ValueStep step) { steps_[path].push_back(std::move(step)); }

  Leaves last_;
  std::map<std::string, std::vector<ValueStep>> steps_;
};

}  // namespace

Result<std::vector<ExplainedKey>> explain_values(
    const Chart& chart, const std::vector<UserLayer>& layers, const ReadFile& read
) {
  Value all = Value::object();
  for (const auto& layer : layers)
    if (const auto applied = apply_layer(layer, all, read); !applied) return applied.error();
  if (const auto checked = check_dependencies(chart); !checked) return checked.error();
  const auto enabled = enable_dependencies(chart, all, nullptr);
  if (!enabled) return enabled.error();

  History history;
  const Masked masked{*enabled};
  for (std::size_t i = 0; i < masked.size(); ++i) {
    if (!masked.has_values(i)) continue;
    auto leaves = leaves_of(masked.with_first(*enabled, i + 1), Value::object());
    if (!leaves) return leaves.error();
    history.add(masked.layer(i), std::move(*leaves));
  }
  Value user = Value::object();
  for (const auto& layer : layers) {
    if (const auto applied = apply_layer(layer, user, read); !applied) return applied.error();
    auto leaves = leaves_of(*enabled, user);
    if (!leaves) return leaves.error();
    history.add(layer.name(), std::move(*leaves));
  }
  return history.take();
}

}  // namespace weir::helm
