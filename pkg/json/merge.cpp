#include "pkg/json/merge.hpp"

namespace weir::json {

void merge_patch(Value& target, const Value& patch) {
  if (!patch.is_object()) {
    target = patch;
    return;
  }
  if (!target.is_object()) target = Value::object();
  for (const auto& member : patch.as_object()) {
    if (member.value.is_null()) {
      target.erase(member.key);
    } else {
      merge_patch(target[member.key], member.value);
    }
  }
}

Value make_merge_patch(const Value& before, const Value& after) {
  Value patch = Value::object();
  for (const auto& member : before.as_object()) {
    if (!after.contains(member.key)) patch.append_unchecked(member.key, Value{});
  }
  for (const auto& member : after.as_object()) {
    if (member.value.is_null()) continue;
    const auto* old = before.find(member.key);
    if (old == nullptr) {
      patch.append_unchecked(member.key, member.value);
    } else if (old->is_object() && member.value.is_object()) {
      auto inner = make_merge_patch(*old, member.value);
      if (!inner.empty()) patch.append_unchecked(member.key, std::move(inner));
    } else if (!(*old == member.value)) {
      patch.append_unchecked(member.key, member.value);
    }
  }
  return patch;
}

}  // namespace weir::json
