#include "test/simulation/api_server/field_set.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::test {
namespace {

const FieldSet kNothing;

std::string shown(const std::string& prefix, const std::string& element) {
  const std::string_view name = std::string_view{element}.substr(2);
  if (element.starts_with("f:")) return text::cat(prefix, ".", name);
  if (element.starts_with("v:")) return text::cat(prefix, "[=", name, "]");
  std::string inner;
  const auto keys = json::parse(name);
  if (keys.has_value() && keys->is_object()) {
    for (const auto& key : keys->as_object()) {
      text::append(inner, inner.empty() ? "" : ",", key.key, "=", json::write(key.value));
    }
  }
  return text::cat(prefix, "[", inner, "]");
}

/// First what is here, then what is below.
void collect(const FieldSet& set, const std::string& prefix, std::vector<std::string>& out) {
  for (const auto& step : set.steps()) {
    if (step.is_member) out.push_back(shown(prefix, step.element));
  }
  for (const auto& step : set.steps()) {
    if (!step.below.empty()) collect(step.below, shown(prefix, step.element), out);
  }
}

}  // namespace

const FieldSet::Step* FieldSet::find(std::string_view element) const {
  const auto at = std::ranges::lower_bound(steps_, element, std::ranges::less{}, [](const Step& step) {
    return std::string_view{step.element};
  });
  return at == steps_.end() || at->element != element ? nullptr : &*at;
}

bool FieldSet::has(std::string_view element) const {
  const auto* step = find(element);
  return step != nullptr && step->is_member;
}

const FieldSet& FieldSet::below(std::string_view element) const {
  const auto* step = find(element);
  return step == nullptr ? kNothing : step->below;
}

void FieldSet::add(std::string element, bool is_member, FieldSet below) {
  if (!is_member && below.empty()) return;
  const auto at = std::ranges::lower_bound(steps_, element, std::ranges::less{}, [](const Step& step) {
    return std::string_view{step.element};
  });
  if (at == steps_.end() || at->element != element) {
    Step step;
    step.element = std::move(element);
    step.is_member = is_member;
    step.below = std::move(below);
    steps_.insert(at, std::move(step));
    return;
  }
  at->is_member = at->is_member || is_member;
  if (!below.empty()) at->below = at->below.empty() ? std::move(below) : at->below.united(below);
}

FieldSet FieldSet::united(const FieldSet& other) const {
  FieldSet out;
  auto left = steps_.begin();
  auto right = other.steps_.begin();
  while (left != steps_.end() || right != other.steps_.end()) {
    if (right == other.steps_.end() || (left != steps_.end() && left->element < right->element)) {
      out.steps_.push_back(*left++);
    } else if (left == steps_.end() || right->element < left->element) {
      out.steps_.push_back(*right++);
    } else {
      Step step;
      step.element = left->element;
      step.is_member = left->is_member || right->is_member;
      step.below = left->below.united(right->below);
      out.steps_.push_back(std::move(step));
      ++left;
      ++right;
    }
  }
  return out;
}

FieldSet FieldSet::without(const FieldSet& other) const {
  FieldSet out;
  for (const auto& step : steps_) {
    const auto* there = other.find(step.element);
    if (there == nullptr) {
      out.steps_.push_back(step);
    } else {
      out.add(step.element, step.is_member && !there->is_member, step.below.without(there->below));
    }
  }
  return out;
}

FieldSet FieldSet::common(const FieldSet& other) const {
  FieldSet out;
  for (const auto& step : steps_) {
    const auto* there = other.find(step.element);
    if (there == nullptr) continue;
    out.add(step.element, step.is_member && there->is_member, step.below.common(there->below));
  }
  return out;
}

FieldSet FieldSet::without_trees(const FieldSet& other) const {
  FieldSet out;
  for (const auto& step : steps_) {
    const auto* there = other.find(step.element);
    if (there == nullptr) {
      out.steps_.push_back(step);
    } else if (!there->is_member) {
      out.add(step.element, step.is_member, step.below.without_trees(there->below));
    }
  }
  return out;
}

FieldSet FieldSet::with_named(const Type* type) const {
  FieldSet out;
  for (const auto& step : steps_) {
    const Type* next = nullptr;
    bool is_member = step.is_member;
    if (type != nullptr && step.element.starts_with("f:")) {
      const auto name = std::string_view{step.element}.substr(2);
      next = type->of_member(name);
      const bool is_declared =
          type->field(name) != nullptr || (type->is_kind && (name == "apiVersion" || name == "kind"));
      if (!step.below.empty() && is_declared) is_member = true;
    } else if (type != nullptr) {
      next = type->element;
    }
    out.add(step.element, is_member, step.below.with_named(next));
  }
  return out;
}

json::Value FieldSet::tree() const {
  auto out = json::Value::object();
  for (const auto& step : steps_) {
    auto below = step.below.tree();
    if (step.is_member && !step.below.empty()) below.append_unchecked(".", json::Value::object());
    out.append_unchecked(step.element, std::move(below));
  }
  return out;
}

FieldSet FieldSet::of_tree(const json::Value& tree) {
  FieldSet out;
  if (!tree.is_object()) return out;
  for (const auto& member : tree.as_object()) {
    if (member.key == ".") continue;
    const bool is_member = member.value.empty() || member.value.contains(".");
    out.add(member.key, is_member, of_tree(member.value));
  }
  return out;
}

std::vector<std::string> FieldSet::texts() const {
  std::vector<std::string> out;
  collect(*this, "", out);
  return out;
}

bool operator==(const FieldSet& left, const FieldSet& right) { return left.steps_ == right.steps_; }

std::string field_element(std::string_view name) { return text::cat("f:", name); }

std::string item_element(const json::Value& item, const Type& list) {
  if (list.is_set) return text::cat("v:", json::write(item));
  std::string out = "k:{";
  bool is_first = true;
  for (const auto& key : list.keys) {
    if (!is_first) out += ',';
    is_first = false;
    json::write_string_to(out, key);
    out += ':';
    const auto* value = item.find(key);
    if (value != nullptr) {
      json::write_to(out, *value);
      continue;
    }
    const auto* field = list.element == nullptr ? nullptr : list.element->field(key);
    if (field == nullptr || !field->key_default) return {};
    json::write_string_to(out, *field->key_default);
  }
  out += '}';
  return out;
}

}  // namespace weir::test
