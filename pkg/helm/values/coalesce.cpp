#include "pkg/helm/values/coalesce.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/helm/values/join.hpp"
#include "pkg/helm/values/number.hpp"
#include "pkg/template/quote.hpp"

namespace weir::helm {

using json::Member;
using json::Value;

namespace {

constexpr std::string_view kGlobal = "global";

std::string joined(std::string_view prefix, std::string_view key) {
  return prefix.empty() ? std::string{key} : text::cat(prefix, ".", key);
}

/// What Go prints for a value that is no boolean where it expects one.
std::string go_print_as_bool(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kBool: return go_print(value);
    case Value::Kind::kNull: return "%!t(<nil>)";
    case Value::Kind::kString: return text::cat("%!t(string=", value.as_string(), ")");
    case Value::Kind::kNumber:
      return text::cat("%!t(", is_int64(value.as_number()) ? "int64" : "float64", "=", go_print(value), ")");
    case Value::Kind::kArray: {
      std::string text = "[";
      for (const auto& item : value.as_array()) text::append(text, text.size() > 1 ? " " : "", go_print_as_bool(item));
      return text + "]";
    }
    default: return go_print(value);
  }
}

/// Calls `share(parent's table, child's table)` for every table that is one object in Helm.
template <class Parent, class Child, class Share>
void for_each_shared(Parent& parent, Child& child, Share&& share) {
  auto* above = find_key(parent, kGlobal);
  auto* below = find_key(child, kGlobal);
  if (above == nullptr || below == nullptr || !above->is_object() || !below->is_object()) return;
  for (auto& group : above->as_object()) {
    if (!group.value.is_object()) continue;
    auto* const group_below = find_key(*below, group.key);
    if (group_below == nullptr || !group_below->is_object()) continue;
    for (auto& member : group.value.as_object()) {
      if (!member.value.is_object()) continue;
      auto* const member_below = find_key(*group_below, member.key);
      if (member_below != nullptr && member_below->is_object()) share(member.value, *member_below);
    }
  }
}

class Coalescer {
 public:
  Coalescer(Nulls nulls, Warnings* warnings) : nulls_{nulls}, warnings_{warnings} {}

  Result<void> run(const Chart& chart, Value& values, const std::string& prefix, const PathTree* only) {
    const std::string path = warnings_ == nullptr ? "" : joined(prefix, chart.name());
    if (only == nullptr) {
      take_defaults(chart, *chart.values, values, path);
    } else {
      take_defaults(chart, project(*chart.values, *only), values, path);
    }
    return run_dependencies(chart, values, path, only);
  }

 private:
  void warn(std::string message) {
    if (warnings_ != nullptr) warnings_->push_back(std::move(message));
  }

  static bool has_dependency(const Chart& chart, std::string_view name) {
    return std::any_of(chart.dependencies.begin(), chart.dependencies.end(), [name](const ChartPtr& child) {
      return child->name() == name;
    });
  }

  void take_defaults(const Chart& chart, const Value& defaults, Value& values, const std::string& path) {
    const auto on_both = [&](Member& own, const Value& other) {
      if (own.value.is_null()) return nulls_ == Nulls::kKeep;
      if (!own.value.is_object()) return true;
      if (!other.is_object()) {
        if (!other.is_null() && warnings_ != nullptr)
          warn(text::cat("warning: skipped value for ", path, ".", own.key, ": Not a table."));
        return true;
      }
      // What concerns a dependency is decided when it is its turn.
      const Nulls nulls = has_dependency(chart, own.key) ? Nulls::kKeep : nulls_;
      coalesce_tables(own.value, other, nulls, warnings_ == nullptr ? "" : joined(path, own.key), warnings_);
      return true;
    };
    const auto on_missing = [&](const Member& missing) -> std::optional<Value> {
      if (nulls_ == Nulls::kKeep) return missing.value;
      if (missing.value.is_null()) return std::nullopt;
      return without_nulls(missing.value);
    };
    join_members(values.as_object(), defaults.as_object(), on_both, on_missing);
  }

  Result<void> run_dependencies(const Chart& chart, Value& values, const std::string& path, const PathTree* only) {
    bool is_spread = false;
    for (const auto& child : chart.dependencies) {
      const PathTree* below = nullptr;
      if (only != nullptr) {
        const auto found = only->children.find(child->name());
        if (found == only->children.end()) continue;
        below = &found->second;
      }
      Value* own = find_key(values, child->name());
      if (own == nullptr) own = &set_key(values, child->name(), Value::object());
      if (!own->is_object())
        return InputError{"", text::cat("type mismatch on ", child->name(), ": ", go_print_as_bool(*own))};
      hand_down_globals(*own, values, path);
      const auto done = run(*child, *own, path, below);
      if (!done) return done.error();
      for_each_shared(values, *own, [&is_spread](Value& above, const Value& table) {
        if (is_same(above, table)) return;
        above = table;
        is_spread = true;
      });
    }
    if (is_spread) spread_globals(chart, values);
    return {};
  }

  static void spread_globals(const Chart& chart, Value& values) {
    for (const auto& child : chart.dependencies) {
      Value* const own = find_key(values, child->name());
      if (own == nullptr || !own->is_object()) continue;
      for_each_shared(std::as_const(values), *own, [](const Value& above, Value& table) { table = above; });
      spread_globals(*child, *own);
    }
  }

  /// The parent's globals win over those that stand in the dependency's section.
  void hand_down_globals(Value& own, const Value& parent, const std::string& path) {
    Value* below = find_key(own, kGlobal);
    if (below != nullptr && !below->is_object()) {
      warn("warning: skipping globals because destination global is not a table.");
      return;
    }
    const Value* const above = find_key(parent, kGlobal);
    if (above != nullptr && !above->is_object()) {
      warn("warning: skipping globals because source global is not a table.");
      return;
    }
    if (below == nullptr) below = &set_key(own, kGlobal, Value::object());
    if (above == nullptr) return;
    join_members(
        below->as_object(),
        above->as_object(),
        [&](Member& member, const Value& winner) {
          hand_down(member, winner, path);
          return true;
        },
        [](const Member& missing) -> std::optional<Value> { return missing.value; }
    );
  }

  void hand_down(Member& own, const Value& winner, const std::string& path) {
    if (winner.is_object()) {
      if (!own.value.is_object()) {
        warn(text::cat("Conflict: cannot merge map onto non-map for ", templates::quote(own.key), ". Skipping."));
        return;
      }
      Value merged = winner;
      coalesce_tables(merged, own.value, Nulls::kKeep, warnings_ == nullptr ? "" : joined(path, own.key), warnings_);
      own.value = std::move(merged);
    } else if (own.value.is_object()) {
      if (warnings_ != nullptr) warn(text::cat("key ", own.key, " is table. Skipping"));
    } else {
      own.value = winner;
    }
  }

  const Nulls nulls_;
  Warnings* const warnings_;
};

}  // namespace

Value project(const Value& table, const PathTree& paths) {
  Value::Object members;
  for (const auto& [key, below] : paths.children) {
    const Value* const found = find_key(table, key);
    if (found == nullptr) continue;
    members.emplace_back(key, found->is_object() ? project(*found, below) : *found);
  }
  return Value{std::move(members)};
}

Result<void> coalesce_chart(const Chart& chart, Value& values, Nulls nulls, Warnings* warnings, const PathTree* only) {
  return Coalescer{nulls, warnings}.run(chart, values, "", only);
}

}  // namespace weir::helm
