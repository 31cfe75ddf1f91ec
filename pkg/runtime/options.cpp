#include "pkg/runtime/options.hpp"

#include <cstdlib>

#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"

namespace weir::runtime {

CommonOptions::CommonOptions() {
  const char* name = std::getenv("RUNTIME_NAMESPACE");
  runtime_namespace = name != nullptr && *name != '\0' ? name : "flux-system";
}

void CommonOptions::read_addresses() {
  if (const char* address = std::getenv("METRICS_ADDR")) metrics_addr = address;
  if (const char* address = std::getenv("EVENTS_ADDR")) events_addr = address;
}

void CommonOptions::add_flags(Flags& flags) {
  flags.add("metrics-addr", &metrics_addr, "address of /metrics");
  flags.add("health-addr", &health_addr, "address of /healthz and /readyz");
  flags.add("events-addr", &events_addr, "where notifications are posted; empty: nowhere");
  flags.add("log-level", &log_level, "trace, debug, info or error");
  flags.add("log-encoding", &log_encoding, "json or console");
  flags.add("watch-all-namespaces", &watch_all_namespaces, "false: only $RUNTIME_NAMESPACE");
  flags.add("watch-label-selector", &watch_label_selector, "only objects with these labels (sharding)");
  flags.add(
      "watch-configs-label-selector",
      &watch_configs_label_selector,
      "changes of ConfigMaps and Secrets with these labels start a reconcile"
  );
  flags.add("enable-leader-election", &enable_leader_election, "work only while holding the lease");
  flags.add("leader-election-release-on-cancel", &leader_election_release_on_cancel, "give the lease back at shutdown");
  flags.add("leader-election-lease-duration", &leader_election_lease_duration, "how long a lease holds");
  flags.add(
      "leader-election-renew-deadline", &leader_election_renew_deadline, "give up leading after this without renewal"
  );
  flags.add("leader-election-retry-period", &leader_election_retry_period, "pause between two attempts");
  flags.add("min-retry-delay", &min_retry_delay, "pause after the first failure");
  flags.add("max-retry-delay", &max_retry_delay, "longest pause after failures");
  flags.add("interval-jitter-percentage", &interval_jitter_percentage, "spread of intervals, both ways");
  flags.add("requeue-dependency", &requeue_dependency, "longest pause before an unmet dependency is looked at again");
  flags.add("feature-gates", &feature_gates, "Name=true,...");
  flags.add(
      "graceful-shutdown-timeout", &graceful_shutdown_timeout, "how long running work may take to end at SIGTERM"
  );
  flags.add_without_effect("kube-api-qps", true, "the API server's priority and fairness sets the pace");
  flags.add_without_effect("kube-api-burst", true, "the API server's priority and fairness sets the pace");
  flags.add_without_effect("token-cache-max-size", true, "no cloud tokens are cached yet");
  flags.add_without_effect("token-cache-max-duration", true, "no cloud tokens are cached yet");
}

Result<void> CommonOptions::validate() const {
  if (auto parsed = log::parse_level(log_level); parsed.has_error()) {
    return InputError{"--log-level", parsed.error().message};
  }
  if (log_encoding != "json" && log_encoding != "console") {
    return InputError{"--log-encoding", text::cat("expected json or console, got ", text::quoted(log_encoding))};
  }
  if (interval_jitter_percentage < 0 || interval_jitter_percentage >= 100) {
    return InputError{"--interval-jitter-percentage", "expected 0 to 99"};
  }
  if (leader_election_renew_deadline >= leader_election_lease_duration) {
    return InputError{"--leader-election-renew-deadline", "must be shorter than --leader-election-lease-duration"};
  }
  if (leader_election_retry_period >= leader_election_renew_deadline) {
    return InputError{"--leader-election-retry-period", "must be shorter than --leader-election-renew-deadline"};
  }
  auto gates = parse_feature_gates(feature_gates);
  if (gates.has_error()) return gates.error();
  return {};
}

log::Level CommonOptions::level() const { return log::parse_level(log_level).value(); }

log::Encoding CommonOptions::encoding() const {
  return log_encoding == "console" ? log::Encoding::kConsole : log::Encoding::kJson;
}

kube::RateLimits CommonOptions::rate_limits() const {
  kube::RateLimits limits;
  limits.first = min_retry_delay.milliseconds();
  limits.longest = max_retry_delay.milliseconds();
  return limits;
}

kube::ElectionTimes CommonOptions::election_times() const {
  kube::ElectionTimes times;
  times.lease = leader_election_lease_duration.milliseconds();
  times.renew = leader_election_renew_deadline.milliseconds();
  times.retry = leader_election_retry_period.milliseconds();
  return times;
}

std::string CommonOptions::lease_name(const std::string& controller) const {
  std::string name = text::cat(controller, "-leader-election");
  if (!watch_label_selector.empty()) {
    text::append(name, "-", sha256_hex(watch_label_selector).substr(0, 8));
  }
  return name;
}

bool CommonOptions::gate(const std::string& name, bool fallback) const {
  bool enabled = fallback;
  for (const auto& [gate, value] : parse_feature_gates(feature_gates).value()) {
    if (gate == name) enabled = value;
  }
  return enabled;
}

}  // namespace weir::runtime
