#pragma once

#include <string>
#include <string_view>

#include "api/helm/v2/helm_release.hpp"
#include "controllers/helm/history.hpp"
#include "pkg/helm/storage/stored_release.hpp"
#include "pkg/json/value.hpp"

namespace weir::helm_controller {

/// Revision `version` of the release apps/web with chart demo@1.0.0.
inline helm::StoredRelease revision(std::int64_t version, std::string_view status) {
  helm::StoredRelease out;
  out.name = "web";
  out.namespace_ = "apps";
  out.version = version;
  out.info.status = status;
  out.info.first_deployed = "2026-01-02T03:04:05.678Z";
  out.info.last_deployed = "2026-01-02T03:04:06.789Z";
  out.chart = json::Value::object(
      {{"metadata", json::Value::object({{"name", "demo"}, {"version", "1.0.0"}, {"appVersion", "9"}})}}
  );
  return out;
}

/// A HelmRelease that has made this revision.
inline api::helm::HelmRelease made(const helm::StoredRelease& release, std::string_view action = "install") {
  api::helm::HelmRelease out;
  out.metadata.generation = 2;
  out.status.observed_generation = 2;
  out.status.last_attempted_release_action = action;
  out.status.history.push_back(snapshot_of(release, action, ""));
  return out;
}

}  // namespace weir::helm_controller
