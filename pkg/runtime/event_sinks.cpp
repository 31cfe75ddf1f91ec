#include "pkg/runtime/event_sinks.hpp"

#include <stdexcept>

#include <unistd.h>

#include "pkg/async/errors.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::runtime {
namespace {

constexpr std::string_view kAnnotationPrefix = "event.toolkit.fluxcd.io/";
constexpr std::size_t kLongestMessageBytes = 39'000;
constexpr std::size_t kMostPosts = 8;  // at a time
constexpr Milliseconds kPostTimeout{5'000};
constexpr int kPostAttempts = 4;

std::string host_name() {
  char buffer[256] = {};
  return ::gethostname(buffer, sizeof buffer - 1) == 0 ? buffer : "";
}

http::Url parse_endpoint(const std::string& address) {
  if (address.empty()) return {};
  const bool has_scheme = address.find("://") != std::string::npos;
  auto url = http::Url::parse(has_scheme ? address : text::cat("http://", address));
  if (url.has_error()) {
    throw std::invalid_argument{text::cat("--events-addr: ", url.error().message)};
  }
  return std::move(*url);
}

}  // namespace

EventSinks::EventSinks(
    kube::EventRecorder& recorder,
    http::Transport& transport,
    Options options,
    async::TaskGroup& tasks,
    Metrics& metrics,
    const Clock& clock,
    log::Logger log
)
    : recorder_{recorder},
      transport_{transport},
      options_{std::move(options)},
      tasks_{tasks},
      metrics_{metrics},
      clock_{clock},
      log_{std::move(log)},
      endpoint_{parse_endpoint(options_.address)} {
  for (const auto reason : {kube::drop_reason::kQueueFull, kube::drop_reason::kBurst, kube::drop_reason::kFailed}) {
    count_event(reason, 0);
  }
  for (const auto reason : {kube::drop_reason::kQueueFull, kube::drop_reason::kFailed}) count_notification(reason, 0);
  recorder_.on_drop([this](std::string_view reason) { count_event(reason, 1); });
}

EventSinks::~EventSinks() { recorder_.on_drop(nullptr); }

void EventSinks::count_event(std::string_view reason, double by) {
  metrics_.count(
      "weir_events_dropped_total",
      "Kubernetes events that were not written, by the reason why",
      {{"controller", options_.controller}, {"reason", std::string{reason}}},
      by
  );
}

void EventSinks::count_notification(std::string_view reason, double by) {
  metrics_.count(
      "weir_notifications_dropped_total",
      "Notifications that were not posted to --events-addr, by the reason why",
      {{"controller", options_.controller}, {"reason", std::string{reason}}},
      by
  );
}

void EventSinks::send(
    const kube::ObjectReference& about,
    Severity severity,
    std::string_view reason,
    std::string message,
    const std::map<std::string, std::string>& metadata,
    const std::map<std::string, std::string>& object_annotations
) {
  const std::string_view group = text::cut(about.api_version, "/").first;
  std::map<std::string, std::string> facts;
  for (const auto& [key, value] : object_annotations) {
    if (key.starts_with(kAnnotationPrefix)) facts[key.substr(kAnnotationPrefix.size())] = value;
  }
  kube::Event event;
  event.about = about;
  event.is_warning = severity == Severity::kError;
  event.reason = reason;
  event.message = message;
  for (const auto& [key, value] : metadata) {
    const std::string name = text::cat(group, "/", key);
    event.annotations[name] = value;
    facts[name] = value;
  }
  recorder_.record(std::move(event));
  if (options_.address.empty()) return;

  auto body = json::Value::object(
      {{"involvedObject",
        json::Value::object(
            {{"kind", about.kind},
             {"namespace", about.key.namespace_},
             {"name", about.key.name},
             {"uid", about.uid},
             {"apiVersion", about.api_version},
             {"resourceVersion", about.resource_version}}
        )},
       {"severity", severity == Severity::kError ? "error" : "info"},
       {"timestamp", to_rfc3339(clock_.wall_now())},
       {"message", text::shortened(message, kLongestMessageBytes)},
       {"reason", reason}}
  );
  auto& out = body["metadata"];
  out = json::Value::object();
  for (const auto& [key, value] : facts) out.set(key, text::valid_utf8(value));
  body.set("reportingController", options_.controller);
  body.set("reportingInstance", host_name());
  const std::string lane = text::cat(about.kind, "/", about.key.text());
  if (!waiting_.add(lane, json::write(body))) {
    count_notification(kube::drop_reason::kQueueFull, 1);
    return;
  }
  if (posting_ == kMostPosts) return;
  ++posting_;
  tasks_.spawn("post-notifications", post_all());
}

asio::awaitable<void> EventSinks::post_all() {
  while (const auto next = waiting_.take()) {
    std::exception_ptr failure;
    try {
      co_await post(next->text);
    } catch (...) {
      failure = std::current_exception();
    }
    waiting_.done(next->lane);
    if (!failure) continue;
    if (async::is_cancelled(failure)) {
      --posting_;
      std::rethrow_exception(failure);
    }
    count_notification(kube::drop_reason::kFailed, 1);
    log_.error("cannot post a notification", async::describe(failure), {{"object", next->lane}});
  }
  --posting_;
}

asio::awaitable<void> EventSinks::post(const std::string& body) {
  http::CallOptions options;
  options.timeout = kPostTimeout;
  std::string problem;
  for (int attempt = 0; attempt < kPostAttempts; ++attempt) {
    if (attempt > 0) co_await async::sleep_for(Milliseconds{500 << attempt});
    http::Request request{"POST", endpoint_};
    request.headers.set("Content-Type", "application/json");
    request.headers.set("User-Agent", options_.controller);
    request.body = body;
    std::exception_ptr failure;
    unsigned status = 0;
    try {
      const auto response = co_await transport_.send(std::move(request), options);
      status = response.status;
    } catch (...) {
      failure = std::current_exception();
    }
    if (failure) {
      if (async::is_cancelled(failure)) std::rethrow_exception(failure);
      problem = async::describe(failure);
      continue;
    }
    // 429: the receiver has seen an equal event lately and wants no more of it.
    if (status < 400 || status == 429) co_return;
    problem = text::cat("the receiver answered ", status);
    if (status < 500) break;
  }
  throw std::runtime_error{problem};
}

}  // namespace weir::runtime
