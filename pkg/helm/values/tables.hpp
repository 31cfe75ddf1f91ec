#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/json/value.hpp"

/// Values are objects ("tables") whose members are sorted by key, so that two are merged in one pass over both.
/// Threads: any, pure.
namespace weir::helm {

/// Messages of warnings, in the words of Helm's log, in the order in which they came up.
using Warnings = std::vector<std::string>;

/// The member of this key; nullptr when there is none or `table` is no object. Binary search.
const json::Value* find_key(const json::Value& table, std::string_view key);
json::Value* find_key(json::Value& table, std::string_view key);

/// Sets a member at its place in the order. @returns the member's value
json::Value& set_key(json::Value& table, std::string_view key, json::Value value);
void erase_key(json::Value& table, std::string_view key);

/// The table at a path of keys joined by '.'; nullptr when a step is missing or no table.
const json::Value* find_table(const json::Value& table, std::string_view dotted_path);

/// Sorts members by key, all the way down; of equal keys the last stays.
void sort_members(json::Value::Object& members);

/// Merges `from` over `into`: tables member by member, all else replaced, nulls too.
void merge_over(json::Value& into, json::Value from);

enum class Nulls {
  kDrop,  ///< Helm "coalesces": a null of the winner removes the loser's key, the loser's own nulls do not count
  kKeep   ///< Helm "merges": nulls stay
};

/// Fills `winner` with what it lacks of `loser`: tables member by member.
/// @param prefix    names the table in warnings; "" for the top
/// @param warnings  nullptr: nobody listens
void coalesce_tables(
    json::Value& winner, const json::Value& loser, Nulls nulls, std::string_view prefix, Warnings* warnings
);

/// Deep equality of values whose members are sorted, in one pass; numbers are equal when their texts are.
bool is_same(const json::Value& left, const json::Value& right);

/// A copy without members that are null, at every depth of tables (not inside of lists).
json::Value without_nulls(const json::Value& value);

/// A value as Go's %v prints it, for warnings: map[a:1 b:[x y]].
std::string go_print(const json::Value& value);

}  // namespace weir::helm
