#pragma once

#include <iterator>
#include <optional>
#include <utility>

#include "pkg/json/value.hpp"

namespace weir::helm {

/// Walks two tables with sorted members side by side and changes the first in place.
/// @param on_both     bool(Member& winner, const Value& loser): false removes the winner's member
/// @param on_missing  optional<Value>(const Member& loser): what the winner gets for a key that it lacks
template <class OnBoth, class OnMissing>
void join_members(
    json::Value::Object& own, const json::Value::Object& other, OnBoth&& on_both, OnMissing&& on_missing
) {
  // Most often nothing is missing, and then nothing moves.
  json::Value::Object merged;
  bool is_moved = false;
  auto left = own.begin();
  const auto begin_moving = [&] {
    if (is_moved) return;
    is_moved = true;
    merged.reserve(own.size() + other.size());
    std::move(own.begin(), left, std::back_inserter(merged));
  };
  for (const auto& member : other) {
    for (; left != own.end() && left->key < member.key; ++left)
      if (is_moved) merged.push_back(std::move(*left));
    if (left != own.end() && left->key == member.key) {
      if (!on_both(*left, member.value)) {
        begin_moving();
      } else if (is_moved) {
        merged.push_back(std::move(*left));
      }
      ++left;
      continue;
    }
    std::optional<json::Value> added = on_missing(member);
    if (!added) continue;
    begin_moving();
    merged.emplace_back(member.key, std::move(*added));
  }
  if (!is_moved) return;
  std::move(left, own.end(), std::back_inserter(merged));
  own = std::move(merged);
}

}  // namespace weir::helm
