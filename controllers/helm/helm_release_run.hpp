#pragma once

// Private to the reconciler's files: what one pass learns.

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "controllers/helm/helm_release_reconciler.hpp"
#include "controllers/helm/post_render.hpp"
#include "pkg/helm/release/release.hpp"

namespace weir::helm_controller {

/// Facts of events about a release, for machines.
std::map<std::string, std::string> facts_of(const HelmRelease& object);

/// The kinds of step that a pass may do once each.
enum class Work { kRelease, kRemedy, kTest, kUnlock, kCorrect };

struct HelmReleaseReconciler::Run {
  Run(HelmRelease& object_, Memory& memory_, live::AppliedSet& applied_)
      : object{object_}, memory{memory_}, applied{applied_} {}

  HelmRelease& object;
  Memory& memory;
  live::AppliedSet& applied;

  ReleaseIdentity release;
  std::string storage_namespace;
  std::optional<ReleaseStore> store;
  api::Artifact artifact;
  bool is_from_registry = false;  // the chart's version carries the artifact's digest
  json::Value values;
  std::string config_digest;
  std::string oci_digest;
  helm::ChartPtr chart;
  std::string chart_version;  // as it is installed
  bool is_forced = false;
  std::string inputs;  // all that decides about the result
  std::set<Work> done;

  // What rendering gave.
  std::optional<helm::RenderedRelease> rendered;
  PostRendered post;
  json::Value installed_values;

  // Revisions in storage, the newest first, and the newest itself.
  std::vector<ReleaseStore::Entry> entries;
  std::optional<ReleaseStore::Stored> newest;

  // Where drift is looked for.
  std::optional<ssa::Plan> drift;
  std::vector<ssa::ObjectId> drifted;
};

}  // namespace weir::helm_controller
