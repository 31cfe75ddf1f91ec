#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pkg/kustomize/edit.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/kustomize/gvk.hpp"

namespace weir::kustomize {

/// A place in resources of some kinds that a transformer may change: "spec/containers[]/image" of every Pod.
struct FieldSpec {
  std::string group;
  std::string version;
  std::string kind;
  std::string path;
  bool may_create = false;

  Gvk gvk() const { return {group, version, kind}; }
  friend bool operator==(const FieldSpec&, const FieldSpec&) = default;
};

using FieldSpecs = std::vector<FieldSpec>;

/// Adds those that are not covered yet. @throws Failure when the same place may be created in one and not in the other
void merge_specs(FieldSpecs& specs, const FieldSpecs& incoming);
void merge_spec(FieldSpecs& specs, const FieldSpec& incoming);

/// The kinds that refer to another kind by name, and where.
struct NameReference {
  std::string group;
  std::string version;
  std::string kind;
  FieldSpecs referrers;

  Gvk gvk() const { return {group, version, kind}; }
};

/// A field spec whose path is cut into steps once.
struct ParsedSpec {
  struct Step {
    std::string name;
    bool is_list = false;  ///< written as "name[]": a null becomes a list, and nothing is created
  };
  explicit ParsedSpec(const FieldSpec& spec);
  FieldSpec spec;
  std::vector<Step> steps;
};

/// Field specs, cut once and looked up by kind.  Threads: one at a time.
class SpecIndex {
 public:
  SpecIndex() = default;
  explicit SpecIndex(const FieldSpecs& specs);
  const std::vector<const ParsedSpec*>& for_kind(std::string_view api_version, std::string_view kind);
  bool empty() const { return specs_.empty(); }
  const std::vector<std::unique_ptr<ParsedSpec>>& all() const { return specs_; }

 private:
  std::vector<std::unique_ptr<ParsedSpec>> specs_;
  std::unordered_map<std::string, std::vector<const ParsedSpec*>> by_kind_;
  std::string key_;
};

/// What to make of a missing leaf: kNone leaves it missing.
struct Creation {
  Kind kind = Kind::kNone;
  Tag tag = Tag::kNone;
};

namespace detail {

template <class Apply>
void apply_steps(Arena& arena, Node* node, const ParsedSpec& spec, std::size_t step, Creation create, Apply& apply) {
  if (step == spec.steps.size()) return apply(*node);
  if (node->is_null()) return;
  if (node->is_sequence()) {
    for (std::size_t i = 0; i < node->content.size(); ++i)
      apply_steps(arena, node->content[i], spec, step, create, apply);
    return;
  }
  if (!node->is_mapping()) fail("", "expected a list or a mapping, found a scalar");
  const auto& [name, is_list] = spec.steps[step];
  if (name.empty()) fail("", "the path has an empty field name");
  if (name == "*") fail("", "the path has a *, which fits nothing here; lists are walked through without one");
  Node* field = nullptr;
  Creation made;
  if (!spec.spec.may_create || create.kind == Kind::kNone || is_list) {
    field = node->find(name);
    if (is_list) made.kind = Kind::kSequence;
  } else if (step + 1 == spec.steps.size()) {
    field = lookup_or_add(arena, *node, name, create.kind);
    made = create;
  } else {
    field = lookup_or_add(arena, *node, name, Kind::kMapping);
    made = {Kind::kMapping, Tag::kMapping};
  }
  if (field == nullptr) return;
  if (field->is_null() && made.kind != Kind::kNone) {
    field->kind = made.kind;
    field->tag = made.tag;
  }
  apply_steps(arena, field, spec, step + 1, create, apply);
}

}  // namespace detail

/// Calls `apply` with every node that the spec leads to in the tree; lists on the way are walked through.
/// @throws Failure naming the path when a scalar stands in the way, and what `apply` throws
template <class Apply>
void for_each_field(Arena& arena, Node& root, const ParsedSpec& spec, Creation create, Apply apply) {
  try {
    detail::apply_steps(arena, &root, spec, 0, create, apply);
  } catch (Failure& failure) {
    failure.message = "field " + spec.spec.path + ": " + failure.message;
    throw;
  }
}

}  // namespace weir::kustomize
