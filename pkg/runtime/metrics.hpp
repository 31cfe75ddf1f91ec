#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "pkg/base/clock.hpp"
#include "pkg/kube/api_call.hpp"
#include "pkg/kube/object_key.hpp"

namespace weir::runtime {

/// The process' metrics under the names that Flux's dashboards query. Series of an object go with the object. Values of
/// labels are made UTF-8 and shortened.  Source: docs/upstream-rules.md, "Metrics".  Threads: reactor.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // API requests
  void api_request(const kube::ApiCall& call, std::string_view host);

  // Reconciles; `controller` is the kind in lower case.
  void add_controller(std::string_view controller, std::size_t concurrency);
  enum class Result { kSuccess, kError, kRequeue, kRequeueAfter };
  void reconciled(
      std::string_view controller,
      std::string_view kind,
      const kube::ObjectKey& key,
      Result result,
      std::chrono::nanoseconds took
  );
  void stalled(std::string_view controller);
  /// A pass was cut at its time limit.
  void timed_out(std::string_view kind);
  void workers_active(std::string_view controller, std::size_t count);

  // Work queue
  void queue_depth(std::string_view controller, std::size_t depth);
  void queue_added(std::string_view controller);
  void queue_retried(std::string_view controller);
  void queue_waited(std::string_view controller, std::chrono::nanoseconds waited);
  /// A key is worked on until work_ended; at most once at a time.
  void work_started(std::string_view controller, const kube::ObjectKey& key, TimePoint now);
  void work_ended(std::string_view controller, const kube::ObjectKey& key);

  void leader(std::string_view lease, bool is_leader);

  /// gotk_resource_info of one object; replaces what was said of it before.
  void resource_info(std::string_view kind, const kube::ObjectKey& key, std::map<std::string, std::string> labels);
  /// Why an object is not ready, and since when; replaces what was said of it before.
  struct Unready {
    WallTime since;
    std::string reason;
    std::string waits_for;  ///< the condition's message; its first line is kept, shortened
    bool is_stalled = false;
  };
  void unready(std::string_view kind, const kube::ObjectKey& key, const Unready& state);
  /// The object is ready.
  void ready(std::string_view kind, const kube::ObjectKey& key);
  /// The object is gone: so are its series.
  void forget(std::string_view kind, const kube::ObjectKey& key);

  /// weir_build_info: always 1.
  void build_info(std::string_view version);

  /// A counter or gauge that a controller defines for itself; created on first use.
  void count(
      const std::string& name, const std::string& help, const std::map<std::string, std::string>& labels, double by = 1
  );
  void gauge(
      const std::string& name, const std::string& help, const std::map<std::string, std::string>& labels, double value
  );

  /// A gauge of one object; replaces what was said of it before, and goes with the object.
  void object_gauge(
      const std::string& name,
      const std::string& help,
      std::string_view kind,
      const kube::ObjectKey& key,
      std::map<std::string, std::string> labels,
      double value
  );

  /// The text exposition format, version 0.0.4.
  /// @param now  what the age of running work is measured by
  std::string text(TimePoint now);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::runtime
