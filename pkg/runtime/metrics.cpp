#include "pkg/runtime/metrics.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <unordered_map>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "pkg/base/text.hpp"
#include "pkg/runtime/process_stats.hpp"

namespace weir::runtime {
namespace {

using Labels = prometheus::Labels;
using Buckets = prometheus::Histogram::BucketBoundaries;

/// 10 exponential buckets from 10 ms to 30 min.  Source: docs/upstream-rules.md, "Metrics".
Buckets reconcile_buckets() {
  Buckets buckets;
  const double factor = std::pow(1800.0 / 0.01, 1.0 / 9);
  double bound = 0.01;
  for (int i = 0; i < 10; ++i, bound *= factor) buckets.push_back(bound);
  return buckets;
}

/// Powers of ten from 10 ns to 10 s and beyond.  Source: docs/upstream-rules.md, "Metrics".
Buckets queue_buckets() { return {1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000}; }

double seconds(std::chrono::nanoseconds length) { return std::chrono::duration<double>(length).count(); }

std::string_view result_name(Metrics::Result result) {
  switch (result) {
    case Metrics::Result::kSuccess: return "success";
    case Metrics::Result::kError: return "error";
    case Metrics::Result::kRequeue: return "requeue";
    case Metrics::Result::kRequeueAfter: return "requeue_after";
  }
  return "";
}

/// Values come from specs and from servers: one that is no UTF-8 would spoil the page for every other series.
Labels clean(Labels labels) {
  constexpr std::size_t kLongestBytes = 1024;
  for (auto& [name, value] : labels) value = text::shortened(value, kLongestBytes);
  return labels;
}

/// The first line of a message, at most so long that a label stays readable.
std::string label_text(std::string_view message) {
  constexpr std::size_t kLongestBytes = 203;
  return text::shortened(text::cut(message, "\n").first, kLongestBytes);
}

}  // namespace

struct Metrics::State {
  prometheus::Registry registry;
  // Dynamic families by name, so that each is made once.
  std::unordered_map<std::string, prometheus::Family<prometheus::Counter>*> counters;
  std::unordered_map<std::string, prometheus::Family<prometheus::Gauge>*> gauges;
  std::unordered_map<std::string, prometheus::Family<prometheus::Histogram>*> histograms;
  // What is said of one object, to take it back.
  std::unordered_map<std::string, prometheus::Gauge*> infos;
  std::unordered_map<std::string, prometheus::Gauge*> unready;
  std::unordered_map<std::string, prometheus::Histogram*> durations;
  std::map<std::string, std::unordered_map<std::string, prometheus::Gauge*>> own;  // by name
  // When the work on each key began, by controller.
  std::map<std::string, std::map<kube::ObjectKey, TimePoint>, std::less<>> working;
  double cpu_reported = 0;

  prometheus::Family<prometheus::Counter>& counter(const std::string& name, const std::string& help) {
    auto& family = counters[name];
    if (family == nullptr) {
      family = &prometheus::BuildCounter().Name(name).Help(help).Register(registry);
    }
    return *family;
  }
  prometheus::Family<prometheus::Gauge>& gauge(const std::string& name, const std::string& help) {
    auto& family = gauges[name];
    if (family == nullptr) {
      family = &prometheus::BuildGauge().Name(name).Help(help).Register(registry);
    }
    return *family;
  }
  prometheus::Family<prometheus::Histogram>& histogram(const std::string& name, const std::string& help) {
    auto& family = histograms[name];
    if (family == nullptr) {
      family = &prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
    }
    return *family;
  }
  static std::string object_id(std::string_view kind, const kube::ObjectKey& key) {
    return text::cat(kind, "/", key.namespace_, "/", key.name);
  }
};

Metrics::Metrics() : state_{std::make_unique<State>()} {}
Metrics::~Metrics() = default;

void Metrics::api_request(const kube::ApiCall& call, std::string_view host) {
  state_->counter("rest_client_requests_total", "Number of HTTP requests to the API server")
      .Add(
          {{"code", call.status == 0 ? "<error>" : std::to_string(call.status)},
           {"method", std::string{call.method}},
           {"host", std::string{host}}}
      )
      .Increment();
  state_->counter("weir_api_requests_total", "Number of requests to the API server by the verb that RBAC knows")
      .Add({{"verb", call.verb}, {"resource", call.resource}})
      .Increment();
}

void Metrics::add_controller(std::string_view controller, std::size_t concurrency) {
  const std::string name{controller};
  for (const auto result : {Result::kSuccess, Result::kError, Result::kRequeue, Result::kRequeueAfter}) {
    state_->counter("controller_runtime_reconcile_total", "Number of reconciliations")
        .Add({{"controller", name}, {"result", std::string{result_name(result)}}});
  }
  state_->counter("controller_runtime_reconcile_errors_total", "Number of failed reconciliations")
      .Add({{"controller", name}});
  state_
      ->counter(
          "controller_runtime_terminal_reconcile_errors_total",
          "Number of reconciliations that only a new spec can help"
      )
      .Add({{"controller", name}});
  state_->counter("controller_runtime_reconcile_panics_total", "Always 0: there are no panics")
      .Add({{"controller", name}});
  state_
      ->counter(
          "controller_runtime_reconcile_timeouts_total", "Number of reconciliations that were cut at their time limit"
      )
      .Add({{"controller", name}});
  state_->gauge("controller_runtime_max_concurrent_reconciles", "Most reconciliations at the same time")
      .Add({{"controller", name}})
      .Set(static_cast<double>(concurrency));
  state_->working[name];
  workers_active(controller, 0);
  queue_depth(controller, 0);
  state_->counter("workqueue_adds_total", "Number of keys added to the queue")
      .Add({{"controller", name}, {"name", name}});
  state_->counter("workqueue_retries_total", "Number of keys added to the queue after a failure")
      .Add({{"controller", name}, {"name", name}});
}

void Metrics::reconciled(
    std::string_view controller,
    std::string_view kind,
    const kube::ObjectKey& key,
    Result result,
    std::chrono::nanoseconds took
) {
  const std::string name{controller};
  state_->counter("controller_runtime_reconcile_total", "Number of reconciliations")
      .Add({{"controller", name}, {"result", std::string{result_name(result)}}})
      .Increment();
  if (result == Result::kError) {
    state_->counter("controller_runtime_reconcile_errors_total", "Number of failed reconciliations")
        .Add({{"controller", name}})
        .Increment();
  }
  state_->histogram("controller_runtime_reconcile_time_seconds", "Length of a reconciliation")
      .Add({{"controller", name}}, reconcile_buckets())
      .Observe(seconds(took));
  auto& duration = state_->durations[State::object_id(kind, key)];
  if (duration == nullptr) {
    duration =
        &state_->histogram("gotk_reconcile_duration_seconds", "Length of a reconciliation of one object")
             .Add(
                 {{"kind", std::string{kind}}, {"name", key.name}, {"namespace", key.namespace_}}, reconcile_buckets()
             );
  }
  duration->Observe(seconds(took));
  state_->histogram("workqueue_work_duration_seconds", "How long a key was worked on")
      .Add({{"controller", name}, {"name", name}}, queue_buckets())
      .Observe(seconds(took));
}

void Metrics::stalled(std::string_view controller) {
  state_
      ->counter(
          "controller_runtime_terminal_reconcile_errors_total",
          "Number of reconciliations that only a new spec can help"
      )
      .Add({{"controller", std::string{controller}}})
      .Increment();
}

void Metrics::timed_out(std::string_view kind) {
  state_
      ->counter(
          "controller_runtime_reconcile_timeouts_total", "Number of reconciliations that were cut at their time limit"
      )
      .Add({{"controller", text::lower(kind)}})
      .Increment();
}

void Metrics::workers_active(std::string_view controller, std::size_t count) {
  state_->gauge("controller_runtime_active_workers", "Reconciliations that run now")
      .Add({{"controller", std::string{controller}}})
      .Set(static_cast<double>(count));
}

void Metrics::queue_depth(std::string_view controller, std::size_t depth) {
  const std::string name{controller};
  state_->gauge("workqueue_depth", "Keys that are due and wait")
      .Add({{"controller", name}, {"name", name}, {"priority", ""}})
      .Set(static_cast<double>(depth));
}

void Metrics::queue_added(std::string_view controller) {
  const std::string name{controller};
  state_->counter("workqueue_adds_total", "Number of keys added to the queue")
      .Add({{"controller", name}, {"name", name}})
      .Increment();
}

void Metrics::queue_retried(std::string_view controller) {
  const std::string name{controller};
  state_->counter("workqueue_retries_total", "Number of keys added to the queue after a failure")
      .Add({{"controller", name}, {"name", name}})
      .Increment();
}

void Metrics::queue_waited(std::string_view controller, std::chrono::nanoseconds waited) {
  const std::string name{controller};
  state_->histogram("workqueue_queue_duration_seconds", "How long a due key waited")
      .Add({{"controller", name}, {"name", name}}, queue_buckets())
      .Observe(seconds(waited));
}

void Metrics::work_started(std::string_view controller, const kube::ObjectKey& key, TimePoint now) {
  state_->working[std::string{controller}][key] = now;
}

void Metrics::work_ended(std::string_view controller, const kube::ObjectKey& key) {
  state_->working[std::string{controller}].erase(key);
}

void Metrics::leader(std::string_view lease, bool is_leader) {
  state_->gauge("leader_election_master_status", "1 while this process holds the lease")
      .Add({{"name", std::string{lease}}})
      .Set(is_leader ? 1 : 0);
}

void Metrics::resource_info(
    std::string_view kind, const kube::ObjectKey& key, std::map<std::string, std::string> labels
) {
  labels["customresource_kind"] = kind;
  labels["name"] = key.name;
  labels["exported_namespace"] = key.namespace_;
  auto& family = state_->gauge("gotk_resource_info", "The state of an object, in its labels");
  auto& info = state_->infos[State::object_id(kind, key)];
  auto* fresh = &family.Add(clean(std::move(labels)));
  if (info == fresh) return;
  if (info != nullptr) family.Remove(info);
  info = fresh;
  info->Set(1);
}

void Metrics::unready(std::string_view kind, const kube::ObjectKey& key, const Unready& state) {
  auto& family = state_->gauge(
      "weir_resource_unready_timestamp_seconds", "Since when an object is not ready, and in its labels why"
  );
  auto* fresh = &family.Add(
      {{"customresource_kind", std::string{kind}},
       {"exported_namespace", key.namespace_},
       {"name", key.name},
       {"reason", label_text(state.reason)},
       {"stalled", state.is_stalled ? "true" : "false"},
       {"waits_for", label_text(state.waits_for)}}
  );
  fresh->Set(std::chrono::duration<double>(state.since.time_since_epoch()).count());
  auto& known = state_->unready[State::object_id(kind, key)];
  if (known != nullptr && known != fresh) family.Remove(known);
  known = fresh;
}

void Metrics::ready(std::string_view kind, const kube::ObjectKey& key) {
  const auto at = state_->unready.find(State::object_id(kind, key));
  if (at == state_->unready.end()) return;
  state_->gauge("weir_resource_unready_timestamp_seconds", "").Remove(at->second);
  state_->unready.erase(at);
}

void Metrics::forget(std::string_view kind, const kube::ObjectKey& key) {
  const auto id = State::object_id(kind, key);
  ready(kind, key);
  if (const auto at = state_->infos.find(id); at != state_->infos.end()) {
    state_->gauge("gotk_resource_info", "").Remove(at->second);
    state_->infos.erase(at);
  }
  if (const auto at = state_->durations.find(id); at != state_->durations.end()) {
    state_->histogram("gotk_reconcile_duration_seconds", "").Remove(at->second);
    state_->durations.erase(at);
  }
  for (auto& [name, gauges] : state_->own) {
    const auto at = gauges.find(id);
    if (at == gauges.end()) continue;
    state_->gauge(name, "").Remove(at->second);
    gauges.erase(at);
  }
}

void Metrics::build_info(std::string_view version) {
  state_->gauge("weir_build_info", "Always 1: what this process was built from, in its labels")
      .Add({{"version", std::string{version}}, {"compiler", __VERSION__}})
      .Set(1);
}

void Metrics::count(
    const std::string& name, const std::string& help, const std::map<std::string, std::string>& labels, double by
) {
  state_->counter(name, help).Add(clean(labels)).Increment(by);
}

void Metrics::gauge(
    const std::string& name, const std::string& help, const std::map<std::string, std::string>& labels, double value
) {
  state_->gauge(name, help).Add(clean(labels)).Set(value);
}

void Metrics::object_gauge(
    const std::string& name,
    const std::string& help,
    std::string_view kind,
    const kube::ObjectKey& key,
    std::map<std::string, std::string> labels,
    double value
) {
  labels["customresource_kind"] = kind;
  labels["name"] = key.name;
  labels["exported_namespace"] = key.namespace_;
  auto& family = state_->gauge(name, help);
  auto& known = state_->own[name][State::object_id(kind, key)];
  auto* fresh = &family.Add(labels);
  if (known != nullptr && known != fresh) family.Remove(known);
  known = fresh;
  known->Set(value);
}

std::string Metrics::text(TimePoint now) {
  const auto process = read_process_stats();
  state_->counter("process_cpu_seconds_total", "User and system time")
      .Add({})
      .Increment(process.cpu_seconds - state_->cpu_reported);
  state_->cpu_reported = process.cpu_seconds;
  gauge("process_resident_memory_bytes", "Resident memory", {}, process.resident_bytes);
  gauge("process_virtual_memory_bytes", "Virtual memory", {}, process.virtual_bytes);
  gauge("process_start_time_seconds", "When the process started, in Unix time", {}, process.start_time);
  gauge("process_open_fds", "Open file descriptors", {}, process.open_files);
  gauge("process_max_fds", "Most file descriptors that may be open", {}, process.max_files);
  gauge("process_threads", "Threads", {}, process.threads);
  // Flux's dashboards plot these two; resident memory is the nearest thing that we have.
  gauge("go_memstats_alloc_bytes", "Resident memory, under the name that dashboards query", {}, process.resident_bytes);
  gauge("go_info", "Always 1: not a Go program, the name is for dashboards", {{"version", "none"}}, 1);
  for (const auto& [controller, keys] : state_->working) {
    double sum = 0, longest = 0;
    for (const auto& [key, since] : keys) {
      const double age = seconds(now - since);
      sum += age;
      longest = std::max(longest, age);
    }
    const std::map<std::string, std::string> labels{{"controller", controller}, {"name", controller}};
    gauge("workqueue_unfinished_work_seconds", "Age of all running work together", labels, sum);
    gauge("workqueue_longest_running_processor_seconds", "Age of the oldest running work", labels, longest);
  }
  return prometheus::TextSerializer{}.Serialize(state_->registry.Collect());
}

}  // namespace weir::runtime
