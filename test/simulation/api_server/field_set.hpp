#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "test/simulation/api_server/schema.hpp"

namespace weir::test {

/// A set of fields of an object, as managedFields holds it: a tree whose steps are "f:spec", "k:{\"name\":\"web\"}" and
/// "v:\"example.com/hold\"", each of which is in the set itself, or leads to some that are.  Threads: value.
/// Source of the rules: Kubernetes, "Server-Side Apply"; the form FieldsV1.
class FieldSet {
 public:
  struct Step;

  bool empty() const { return steps_.empty(); }
  const std::vector<Step>& steps() const { return steps_; }
  /// nullptr: no such step.
  const Step* find(std::string_view element) const;
  bool has(std::string_view element) const;
  /// What is below a step; an empty set when there is none.
  const FieldSet& below(std::string_view element) const;

  /// Adds the step itself when `is_member`, and what is below it; nothing when there is neither.
  void add(std::string element, bool is_member, FieldSet below = {});

  /// Field by field.
  FieldSet united(const FieldSet& other) const;
  FieldSet without(const FieldSet& other) const;
  FieldSet common(const FieldSet& other) const;
  /// Without the fields of another set and all that is below them.
  FieldSet without_trees(const FieldSet& other) const;
  /// Declared fields that lead to others count as members too.
  FieldSet with_named(const Type* type) const;

  /// fieldsV1.
  json::Value tree() const;
  static FieldSet of_tree(const json::Value& tree);
  /// Each field as conflicts name it: ".spec.ports[port=80,protocol=\"TCP\"].name".
  std::vector<std::string> texts() const;

  friend bool operator==(const FieldSet& left, const FieldSet& right);

 private:
  std::vector<Step> steps_;  // sorted by element
};

struct FieldSet::Step {
  std::string element;
  bool is_member = false;
  FieldSet below;

  friend bool operator==(const Step&, const Step&) = default;
};

/// "f:name".
std::string field_element(std::string_view name);
/// How an item of a list with keys, or of a set, is called; empty when a key is missing that has no default.
std::string item_element(const json::Value& item, const Type& list);

}  // namespace weir::test
