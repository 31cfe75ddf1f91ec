#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "pkg/base/clock.hpp"
#include "pkg/kube/object_key.hpp"

namespace weir::runtime {

/// The process' metrics under the names that Flux's dashboards query (flux-core, "Metrics"). Series of an object go with
/// the object.  Threads: reactor.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // API requests
  void api_request(std::string_view method, std::string_view host, unsigned status);

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
  void workers_active(std::string_view controller, std::size_t count);

  // Work queue
  void queue_depth(std::string_view controller, std::size_t depth);
  void queue_added(std::string_view controller);
  void queue_retried(std::string_view controller);
  void queue_waited(std::string_view controller, std::chrono::nanoseconds waited);

  void leader(std::string_view lease, bool is_leader);

  /// gotk_resource_info of one object; replaces what was said of it before.
  void resource_info(
      std::string_view kind, const kube::ObjectKey& key, std::map<std::string, std::string> labels
  );
  void forget(std::string_view kind, const kube::ObjectKey& key);

  /// A counter or gauge that a controller defines for itself; created on first use.
  void count(const std::string& name, const std::string& help, const std::map<std::string, std::string>& labels, double by = 1);
  void gauge(const std::string& name, const std::string& help, const std::map<std::string, std::string>& labels, double value);

  /// The text exposition format, version 0.0.4.
  std::string text();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::runtime
