#include "controllers/helm/options.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <unistd.h>

#include "pkg/base/text.hpp"

namespace weir::helm_controller {

void Options::add_flags(runtime::Flags& flags) {
  common.add_flags(flags);
  flags.add("concurrent", &concurrent, "reconciles at the same time; waiting takes none of them");
  flags.add("concurrent-ssa", &concurrent_ssa, "apply requests at the same time, for one reconcile");
  flags.add("no-cross-namespace-refs", &no_cross_namespace_refs, "refuse charts and dependencies of other namespaces");
  flags.add(
      "uninstall-guard",
      &uninstall_guard,
      "a change that would uninstall a release has to be allowed by the annotation weir.dev/allow-uninstall"
  );
  flags.add("default-service-account", &default_service_account, "impersonated where spec.serviceAccountName is empty");
  flags.add("http-retry", &http_retry, "how often a failed download of a chart is tried again");
  flags.add("override-manager", &override_managers, "field managers whose fields become ours");
  flags.add("chart-max-size", &chart_max_size, "bytes of a packed chart");
  constexpr const char* kNoRemote = "spec.kubeConfig is not served yet";
  flags.add_without_effect("default-kubeconfig-service-account", true, kNoRemote);
  flags.add_without_effect("insecure-kubeconfig-exec", false, kNoRemote);
  flags.add_without_effect("insecure-kubeconfig-tls", false, kNoRemote);
  constexpr const char* kNoWatch = "memory is bounded: there is nothing to watch";
  flags.add_without_effect("oom-watch-interval", true, kNoWatch);
  flags.add_without_effect("oom-watch-memory-threshold", true, kNoWatch);
  flags.add_without_effect("oom-watch-max-memory-path", true, kNoWatch);
  flags.add_without_effect("oom-watch-current-memory-path", true, kNoWatch);
  flags.add_without_effect("snapshot-digest-algo", true, "snapshots have SHA-256, those of others are read");
}

Result<void> Options::validate() const {
  if (auto valid = common.validate(); valid.has_error()) return valid;
  if (concurrent < 1) return InputError{"--concurrent", "expected at least 1"};
  if (concurrent_ssa < 1) return InputError{"--concurrent-ssa", "expected at least 1"};
  return {};
}

artifact::FetcherOptions Options::fetcher() const {
  artifact::FetcherOptions out;
  out.cache_folder = std::filesystem::temp_directory_path() / text::cat("weir-charts-", ::getpid());
  out.retries = static_cast<unsigned>(std::max<std::int64_t>(http_retry, 0));
  if (const char* host = std::getenv("SOURCE_CONTROLLER_LOCALHOST")) out.host_override = host;
  out.cached_artifacts = 0;  // a chart is kept as it was read
  out.keeps_archives = true;
  return out;
}

}  // namespace weir::helm_controller
