#include "pkg/kustomize/name_references.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "pkg/base/text.hpp"
#include "pkg/kustomize/context.hpp"
#include "pkg/kustomize/failure.hpp"

namespace weir::kustomize {
namespace {

/// A place of one kind that may name resources of another.
struct Rule {
  ParsedSpec spec;
  Gvk target;
  bool is_role = false;
};

std::string describe(const Resource& resource) {
  return text::cat(resource.kind(), " ", resource.name(), " (", resource.place(), ")");
}

bool is_ending_alike(const Resource& left, const Resource& right, bool allows_empty) {
  const auto is_alike = [allows_empty](const auto& a, const auto& b) {
    return (allows_empty && (a.empty() || b.empty())) || has_same_ending(a, b);
  };
  return is_alike(left.name_prefixes(), right.name_prefixes()) && is_alike(left.name_suffixes(), right.name_suffixes());
}

class References {
 public:
  References(ResourceSet& resources, const std::vector<NameReference>& references) : resources_{resources} {
    for (const NameReference& reference : references)
      for (const FieldSpec& spec : reference.referrers) {
        const bool is_role = std::string_view{spec.path}.ends_with("roleRef/name");
        rules_.push_back(std::make_unique<Rule>(Rule{ParsedSpec{spec}, reference.gvk(), is_role}));
      }
    for (const auto& resource : resources.all())
      for (const auto& id : resource->previous_ids()) {
        auto& list = by_former_name_[id.name];
        if (list.empty() || list.back() != resource.get()) list.push_back(resource.get());
      }
    for (const auto& resource : resources.all()) {
      const ResourceId id = resource->id();
      spaces_.insert({resource->original_id().effective_space(), id.effective_space(), id.space, id.is_cluster_scoped});
    }
  }

  void fix_all() {
    for (const auto& resource : resources_.all()) fix(*resource);
  }

 private:
  void fix(Resource& referrer) {
    const ResourceId original = referrer.original_id();
    const auto& rules = rules_for(original.gvk);
    if (rules.empty()) return;
    referrer_ = &referrer;
    is_scope_known_ = false;
    scope();  // refuses a binding of an account without namespace, whether it refers to something or not
    for (const Rule* rule : rules) {
      rule_ = rule;
      // The current kind may differ from the one that the rule was chosen by, and does not count any more.
      try {
        for_each_field(referrer.arena(), referrer.root(), rule->spec, {}, [this](Node& node) { set(node); });
      } catch (Failure& failure) {
        fail(referrer.place(), text::cat("name reference of ", describe(referrer), ": ", failure.message));
      }
    }
  }

  const std::vector<const Rule*>& rules_for(const Gvk& gvk) {
    key_ = to_string(gvk);
    const auto [entry, is_new] = by_kind_.try_emplace(key_);
    if (is_new)
      for (const auto& rule : rules_)
        if (is_selected(gvk, rule->spec.spec.gvk())) entry->second.push_back(rule.get());
    return entry->second;
  }

  void set(Node& node) {
    if (yaml::is_missing(&node)) return;
    switch (node.kind) {
      case Kind::kScalar: return set_scalar_name(node);
      case Kind::kMapping: return set_mapping(node);
      case Kind::kSequence:
        for (Node* item : node.content) {
          if (yaml::is_missing(item)) continue;
          if (item->is_scalar()) {
            set_scalar_name(*item);
          } else if (item->is_mapping()) {
            set_mapping(*item);
          } else {
            fail("", "expected a name or an object with a name, found a list");
          }
        }
        return;
      case Kind::kNone: return;
    }
  }

  void set_scalar_name(Node& node) {
    Resource* target = select(node.value, nullptr, false);
    if (target == nullptr || target->name() == node.value) return;
    set_scalar(node, name_node(target->name()));
  }

  /// An object with a name and maybe a namespace: both are rewritten.
  void set_mapping(Node& node) {
    const Node* name = node.find("name");
    if (name == nullptr) fail("", "the object has no field name");
    const Node* space = node.find("namespace");
    const std::string_view old_name = name->value;
    Resource* target = select(old_name, space, true);
    if (target == nullptr) return;
    if (target->name() == old_name && target->space().empty()) return;
    Arena& arena = referrer_->arena();
    set_field(arena, node, "name", name_node(target->name()));
    if (!target->space().empty()) set_field(arena, node, "namespace", name_node(target->space()));
  }

  Node* name_node(std::string_view name) {
    return name.empty() ? nullptr : yaml::make_scalar(referrer_->arena(), name);
  }

  // -- which resource is meant ----------------------------------------------------------------------------------------

  struct Scope {
    ResourceId id;
    std::unordered_set<std::string_view> bound_spaces;  ///< of the accounts that a RoleBinding names
  };

  const Scope& scope() {
    if (is_scope_known_) return scope_;
    scope_ = {referrer_->id(), {}};
    is_scope_known_ = true;
    if (!scope_.id.is_cluster_scoped && scope_.id.gvk.kind == "RoleBinding") {
      const Node* subjects = referrer_->root().find("subjects");
      if (subjects != nullptr && subjects->is_sequence())
        for (const Node* subject : subjects->content) {
          const Node* space = subject->find("namespace");
          const Node* kind = subject->find("kind");
          if (space == nullptr || kind == nullptr || kind->value != "ServiceAccount") continue;
          if (!space->is_scalar() || space->is_null()) fail("", "subjects: the namespace of a ServiceAccount is blank");
          scope_.bound_spaces.insert(space->value);
        }
    }
    return scope_;
  }

  /// Whether the referrer may refer to the resource at all.
  bool can_be_referred_to(const Resource& candidate) {
    const Scope& own = scope();
    if (own.id.is_cluster_scoped) return true;
    const ResourceId id = candidate.id();
    return id.is_cluster_scoped || is_same_space(id, own.id) || own.bound_spaces.contains(candidate.space());
  }

  bool is_in_reach(const Resource& candidate) {
    const Scope& own = scope();
    if (own.id.is_cluster_scoped) return true;
    const ResourceId id = candidate.id();
    // An account may be bound from another namespace.
    return id.is_cluster_scoped || candidate.kind() == "ServiceAccount" || is_same_space(own.id, id);
  }

  /// The kind that a role reference names, when it names one.
  std::optional<Gvk> role() const {
    if (!rule_->is_role) return std::nullopt;
    const Node* reference = referrer_->root().find("roleRef");
    if (reference == nullptr || !reference->is_mapping()) return std::nullopt;
    const Node* group = reference->find("apiGroup");
    const Node* kind = reference->find("kind");
    if (group == nullptr || kind == nullptr) return std::nullopt;
    return Gvk{group->value, {}, kind->value};
  }

  Resource* select(std::string_view name, const Node* space, bool takes_space) {
    const auto found = by_former_name_.find(name);
    if (found == by_former_name_.end()) return nullptr;
    std::vector<Resource*> candidates;
    for (Resource* candidate : found->second)
      if (can_be_referred_to(*candidate)) candidates.push_back(candidate);
    if (space != nullptr && takes_space) keep_of_space(candidates, space->value);

    const auto role_kind = role();
    std::erase_if(candidates, [&](const Resource* candidate) {
      const auto& ids = candidate->previous_ids();
      const auto was = [&ids](const Gvk& gvk) {
        return std::ranges::any_of(ids, [&gvk](const ResourceId& id) { return is_selected(id.gvk, gvk); });
      };
      return !was(rule_->target) || (role_kind && !was(*role_kind)) || !is_in_reach(*candidate);
    });
    if (candidates.size() == 1) return candidates.front();
    std::erase_if(candidates, [&](const Resource* candidate) {
      return !is_ending_alike(*candidate, *referrer_, true);
    });
    if (candidates.size() > 1)
      std::erase_if(candidates, [&](const Resource* candidate) {
        return !is_ending_alike(*candidate, *referrer_, false);
      });
    if (candidates.empty()) return nullptr;
    const Resource& first = *candidates.front();
    const bool are_alike = std::ranges::all_of(candidates, [&](const Resource* candidate) {
      return candidate->name() == first.name() && (!takes_space || candidate->space() == first.space());
    });
    if (candidates.size() > 1 && !are_alike) refuse(name, candidates);
    return candidates.front();
  }

  /// A namespace that stands beside the name decides, by the namespaces that resources had, else by those they have.
  /// The whole build counts here, so that a former namespace of any resource keeps later ones from matching.
  void keep_of_space(std::vector<Resource*>& candidates, std::string_view space) {
    const Scope& own_scope = scope();
    const bool is_former =
        space != kNoNamespace && std::ranges::any_of(spaces_, [&](const Spaces& spaces) {
          return spaces.original == space &&
                 (own_scope.id.is_cluster_scoped || spaces.is_cluster_scoped ||
                  spaces.current == own_scope.id.effective_space() || own_scope.bound_spaces.contains(spaces.written));
        });
    std::erase_if(candidates, [&](const Resource* candidate) {
      const auto own = is_former ? candidate->original_id() : candidate->id();
      return own.effective_space() != space || space == kNoNamespace;
    });
  }

  [[noreturn]] void refuse(std::string_view name, const std::vector<Resource*>& candidates) const {
    std::string list;
    for (const Resource* candidate : candidates) text::append(list, list.empty() ? "" : ", ", describe(*candidate));
    fail("", text::cat(text::quoted(name), " could mean any of ", list));
  }

  /// The namespaces of a resource; there are few different ones in a build.
  struct Spaces {
    std::string_view original;
    std::string_view current;
    std::string_view written;
    bool is_cluster_scoped;
    auto operator<=>(const Spaces&) const = default;
  };

  ResourceSet& resources_;
  std::set<Spaces> spaces_;
  std::vector<std::unique_ptr<Rule>> rules_;
  std::unordered_map<std::string, std::vector<const Rule*>> by_kind_;
  std::string key_;
  std::unordered_map<std::string_view, std::vector<Resource*>> by_former_name_;
  Resource* referrer_ = nullptr;
  const Rule* rule_ = nullptr;
  Scope scope_;
  bool is_scope_known_ = false;
};

}  // namespace

void fix_name_references(ResourceSet& resources, const std::vector<NameReference>& references) {
  References{resources, references}.fix_all();
}

}  // namespace weir::kustomize
