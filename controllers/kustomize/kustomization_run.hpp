#pragma once

// Private to the reconciler's files: what one pass learns, and how objects are named in an inventory.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controllers/kustomize/build_objects.hpp"
#include "controllers/kustomize/kustomization_reconciler.hpp"
#include "controllers/kustomize/variables.hpp"

namespace weir::kustomize_controller {

/// How an inventory tells objects apart: the version does not count.
std::string name_of(const ssa::ObjectId& id);
api::kustomize::InventoryEntry entry_of(const ssa::ObjectId& id);
/// nullopt: the entry is no name of an object
std::optional<ssa::ObjectId> id_of(const api::kustomize::InventoryEntry& entry);

/// The inventory of a pass, by name.
using Entries = std::map<std::string, api::kustomize::InventoryEntry>;
Entries entries_of(const Kustomization& object);
/// Sorted, so that equal sets are equal lists and cost no write.
api::kustomize::Inventory inventory_of(const Entries& entries);
/// What the entries take in the stored object.
std::size_t stored_bytes(const Entries& entries);

/// What events about a revision carry.
std::map<std::string, std::string> revision_facts(std::string_view revision);

struct KustomizationReconciler::Run {
  Run(Kustomization& object_, Memory& memory_) : object{object_}, memory{memory_} {}

  // When steps have something to do.
  static bool may_write(const Run& run) { return !run.only_health; }
  static bool awaits_health(const Run& run) {
    return run.object.spec.wait || !run.object.spec.health_checks.empty();
  }

  Kustomization& object;
  Memory& memory;
  std::shared_ptr<const GitRepository> source;
  std::string revision;
  std::optional<Variables> variables;
  SecretTexts secrets;                  // of the variables: to be kept out of messages
  std::string settings;                 // what the spec decides: generation, variables
  std::string inputs;                   // the settings and the artifact: together they decide the result
  bool is_due = false;                  // a regular pass, or one with something new: nothing is put off
  bool only_health = false;             // everything is applied: go on waiting
  bool changed = false;                 // something was written or rebuilt in this pass
  std::shared_ptr<const artifact::Unpacked> artifact;
  BuiltObjects built;
  Entries wanted;                       // what was built
  Entries recorded;                     // what the status lists: everything that may be in the cluster
  ssa::ChangeSet changes;
  std::string pruned;                   // lines of what was deleted
  TimePoint started{};
};

}  // namespace weir::kustomize_controller
