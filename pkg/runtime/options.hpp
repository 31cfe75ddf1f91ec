#pragma once

#include <map>
#include <string>
#include <vector>

#include "pkg/base/duration.hpp"
#include "pkg/kube/election_machine.hpp"
#include "pkg/kube/work_queue.hpp"
#include "pkg/log/logger.hpp"
#include "pkg/runtime/flags.hpp"

namespace weir::runtime {

/// The flags that every controller has, with Flux's names and defaults (docs/upstream-rules.md, "Flags").
struct CommonOptions {
  std::string metrics_addr{":8080"};
  std::string health_addr{":9440"};
  std::string events_addr;
  std::string log_level{"info"};
  std::string log_encoding{"json"};
  bool watch_all_namespaces = true;
  std::string watch_label_selector;
  std::string watch_configs_label_selector{"reconcile.fluxcd.io/watch=Enabled"};
  bool enable_leader_election = false;
  bool leader_election_release_on_cancel = true;
  Duration leader_election_lease_duration{std::chrono::seconds{35}};
  Duration leader_election_renew_deadline{std::chrono::seconds{30}};
  Duration leader_election_retry_period{std::chrono::seconds{5}};
  Duration min_retry_delay{std::chrono::milliseconds{750}};
  Duration max_retry_delay{std::chrono::minutes{15}};
  std::int64_t interval_jitter_percentage = 5;
  Duration requeue_dependency{std::chrono::seconds{30}};
  std::vector<std::string> feature_gates;
  Duration graceful_shutdown_timeout{std::chrono::seconds{30}};
  std::string runtime_namespace;  ///< where leases live; $RUNTIME_NAMESPACE, else flux-system

  CommonOptions();

  /// $METRICS_ADDR and $EVENTS_ADDR are the defaults in some of Flux's controllers: before add_flags().
  void read_addresses();
  /// Registers the flags; this object must outlive the parse.
  void add_flags(Flags& flags);
  /// What parse() cannot see: levels, encodings, ranges.
  Result<void> validate() const;

  log::Level level() const;
  log::Encoding encoding() const;
  /// Empty: all namespaces.
  std::string watch_namespace() const { return watch_all_namespaces ? "" : runtime_namespace; }
  kube::RateLimits rate_limits() const;
  double jitter() const { return static_cast<double>(interval_jitter_percentage) / 100; }
  kube::ElectionTimes election_times() const;
  /// `<controller>-leader-election`, with a digest of the label selector when sharded.
  std::string lease_name(const std::string& controller) const;
  /// Whether a gate is on; `fallback` when it was not given.
  bool gate(const std::string& name, bool fallback) const;
};

}  // namespace weir::runtime
