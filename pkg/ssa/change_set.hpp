#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/kube/object.hpp"

namespace weir::ssa {

/// Names one object of a cluster.
struct ObjectId {
  std::string group;
  std::string version;
  std::string kind;
  std::string namespace_;  ///< empty for cluster-scoped ones
  std::string name;

  static ObjectId of(const kube::Object& object);
  std::string api_version() const;
  kube::ObjectKey key() const { return {namespace_, name}; }
  /// Which object it is, whatever the version: what tables in memory are keyed by.
  std::string identity() const;
  /// "Kind/namespace/name", or "Kind/name" when cluster-scoped.
  std::string text() const;

  friend auto operator<=>(const ObjectId&, const ObjectId&) = default;
};

enum class Action { kCreated, kConfigured, kUnchanged, kDeleted, kSkipped, kUnknown };
std::string_view to_string(Action action);

struct Change {
  ObjectId id;
  Action action = Action::kUnknown;

  /// "Deployment/apps/web configured": the form of Flux's events.
  std::string text() const;
};

using ChangeSet = std::vector<Change>;

/// What was done, and what was not.
struct Report {
  Report() {}
  ChangeSet changes;                ///< in the order of the work
  std::vector<std::string> errors;  ///< each names its object; empty: all went through
};

/// The lines of what was changed (created, configured, deleted), in order; empty when nothing was.
std::string changed_lines(const ChangeSet& changes);

}  // namespace weir::ssa
