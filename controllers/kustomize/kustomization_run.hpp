#pragma once

// Private to the reconciler's files: what one pass learns.

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

/// What events about a revision carry.
std::map<std::string, std::string> revision_facts(std::string_view revision);

struct KustomizationReconciler::Run {
  Run(Kustomization& object_, Memory& memory_, live::AppliedSet& applied_)
      : object{object_}, memory{memory_}, applied{applied_} {}

  // When steps have something to do.
  static bool may_write(const Run& run) { return !run.only_health; }
  static bool awaits_health(const Run& run) { return run.object.spec.wait || !run.object.spec.health_checks.empty(); }

  Kustomization& object;
  Memory& memory;
  live::AppliedSet& applied;
  api::Artifact source;  // what the source offers
  std::string revision;
  std::optional<Variables> variables;
  SecretTexts secrets;       // of the variables: to be kept out of messages
  std::string settings;      // what the spec decides: generation, variables
  std::string inputs;        // the settings and the artifact: together they decide the result
  bool is_due = false;       // a regular pass, or one with something new: nothing is put off
  bool only_health = false;  // everything is applied: go on waiting
  bool changed = false;      // something was written or rebuilt in this pass
  std::shared_ptr<const artifact::Unpacked> artifact;
  BuiltObjects built;
  live::Inventory wanted;    // what was built
  live::Inventory recorded;  // what the status lists: everything that may be in the cluster
  ssa::ChangeSet changes;
  std::string pruned;  // lines of what was deleted
  TimePoint started{};
};

}  // namespace weir::kustomize_controller
