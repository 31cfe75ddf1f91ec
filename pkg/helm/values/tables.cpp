#include "pkg/helm/values/tables.hpp"

#include <algorithm>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/helm/values/join.hpp"
#include "pkg/helm/values/number.hpp"
#include "pkg/yaml/scalar.hpp"

namespace weir::helm {

using json::Member;
using json::Value;

namespace {

template <class Members>
auto place_of(Members& members, std::string_view key) {
  return std::lower_bound(members.begin(), members.end(), key, [](const Member& member, std::string_view wanted) {
    return std::string_view{member.key} < wanted;
  });
}

std::string joined(std::string_view prefix, std::string_view key) {
  return prefix.empty() ? std::string{key} : text::cat(prefix, ".", key);
}

void warn(Warnings* warnings, std::string message) {
  if (warnings != nullptr) warnings->push_back(std::move(message));
}

}  // namespace

const Value* find_key(const Value& table, std::string_view key) {
  if (!table.is_object()) return nullptr;
  const auto& members = table.as_object();
  const auto found = place_of(members, key);
  return found != members.end() && found->key == key ? &found->value : nullptr;
}

Value* find_key(Value& table, std::string_view key) { return const_cast<Value*>(find_key(std::as_const(table), key)); }

Value& set_key(Value& table, std::string_view key, Value value) {
  auto& members = table.as_object();
  const auto found = place_of(members, key);
  if (found != members.end() && found->key == key) return found->value = std::move(value);
  return members.insert(found, Member{std::string{key}, std::move(value)})->value;
}

void erase_key(Value& table, std::string_view key) {
  auto& members = table.as_object();
  const auto found = place_of(members, key);
  if (found != members.end() && found->key == key) members.erase(found);
}

const Value* find_table(const Value& table, std::string_view dotted_path) {
  const Value* current = &table;
  for (const auto key : text::split(dotted_path, '.')) {
    current = find_key(*current, key);
    if (current == nullptr || !current->is_object()) return nullptr;
  }
  return current;
}

void sort_members(Value::Object& members) {
  const auto by_key = [](const Member& left, const Member& right) { return left.key < right.key; };
  if (!std::is_sorted(members.begin(), members.end(), by_key)) std::stable_sort(members.begin(), members.end(), by_key);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i + 1 < members.size() && members[i + 1].key == members[i].key) continue;
    if (kept != i) members[kept] = std::move(members[i]);
    ++kept;
  }
  members.erase(members.begin() + static_cast<std::ptrdiff_t>(kept), members.end());
}

void merge_over(Value& into, Value from) {
  auto& below = into.as_object();
  auto& above = from.as_object();
  if (below.empty()) {
    into = std::move(from);
    return;
  }
  Value::Object merged;
  merged.reserve(below.size() + above.size());
  auto left = below.begin();
  for (auto& member : above) {
    while (left != below.end() && left->key < member.key) merged.push_back(std::move(*left++));
    if (left != below.end() && left->key == member.key) {
      if (left->value.is_object() && member.value.is_object()) {
        merge_over(left->value, std::move(member.value));
        merged.push_back(std::move(*left++));
        continue;
      }
      ++left;
    }
    merged.push_back(std::move(member));
  }
  std::move(left, below.end(), std::back_inserter(merged));
  below = std::move(merged);
}

namespace {

/// What happens to one member that both tables have. @returns false when the winner's goes
bool coalesce_member(Member& winner, const Value& loser, Nulls nulls, std::string_view prefix, Warnings* warnings) {
  if (loser.is_null()) return true;
  if (winner.value.is_null()) return nulls == Nulls::kKeep;
  if (loser.is_object()) {
    if (winner.value.is_object()) {
      coalesce_tables(winner.value, loser, nulls, warnings == nullptr ? "" : joined(prefix, winner.key), warnings);
    } else if (warnings != nullptr) {
      warn(
          warnings,
          text::cat(
              "warning: cannot overwrite table with non table for ",
              joined(prefix, winner.key),
              " (",
              go_print(loser),
              ")"
          )
      );
    }
  } else if (winner.value.is_object() && warnings != nullptr) {
    warn(
        warnings,
        text::cat(
            "warning: destination for ",
            joined(prefix, winner.key),
            " is a table. Ignoring non-table value (",
            go_print(loser),
            ")"
        )
    );
  }
  return true;
}

}  // namespace

void coalesce_tables(Value& winner, const Value& loser, Nulls nulls, std::string_view prefix, Warnings* warnings) {
  join_members(
      winner.as_object(),
      loser.as_object(),
      [&](Member& own, const Value& other) { return coalesce_member(own, other, nulls, prefix, warnings); },
      [&](const Member& missing) -> std::optional<Value> {
        if (nulls == Nulls::kKeep) return missing.value;
        if (missing.value.is_null()) return std::nullopt;
        return without_nulls(missing.value);
      }
  );
}

bool is_same(const Value& left, const Value& right) {
  if (left.kind() != right.kind() || left.size() != right.size()) return false;
  switch (left.kind()) {
    case Value::Kind::kArray:
      return std::equal(left.as_array().begin(), left.as_array().end(), right.as_array().begin(), &is_same);
    case Value::Kind::kObject:
      return std::equal(
          left.as_object().begin(),
          left.as_object().end(),
          right.as_object().begin(),
          [](const auto& one, const auto& other) { return one.key == other.key && is_same(one.value, other.value); }
      );
    case Value::Kind::kNumber: return left.as_number() == right.as_number();
    default: return left == right;
  }
}

Value without_nulls(const Value& value) {
  if (!value.is_object()) return value;
  Value::Object members;
  members.reserve(value.size());
  for (const auto& member : value.as_object())
    if (!member.value.is_null()) members.emplace_back(member.key, without_nulls(member.value));
  return Value{std::move(members)};
}

std::string go_print(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull: return "<nil>";
    case Value::Kind::kBool: return value.as_bool() ? "true" : "false";
    case Value::Kind::kString: return value.as_string();
    case Value::Kind::kNumber:
      return is_int64(value.as_number()) ? value.as_number().text : yaml::yaml_number(*value.real());
    case Value::Kind::kArray: {
      std::string text = "[";
      for (const auto& item : value.as_array()) {
        if (text.size() > 1) text += ' ';
        text += go_print(item);
      }
      return text + ']';
    }
    case Value::Kind::kObject: {
      std::string text = "map[";
      for (const auto& member : value.as_object()) {
        if (text.size() > 4) text += ' ';
        text::append(text, member.key, ":", go_print(member.value));
      }
      return text + ']';
    }
  }
  return {};
}

}  // namespace weir::helm
