#include "pkg/kube/event_recorder.hpp"

#include <algorithm>
#include <chrono>

#include "pkg/async/errors.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/digest.hpp"
#include "pkg/base/random.hpp"
#include "pkg/base/text.hpp"

namespace weir::kube {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLongestQueue = 1000;
constexpr std::size_t kMostKnown = 512;
constexpr auto kSameEventWindow = 10min;
/// Events wait this long, so that the status writes that users and other controllers wait for go first.
constexpr Milliseconds kBehindStatus{100};
/// core/v1 validation refuses longer ones.
constexpr std::size_t kLongestMessageBytes = 1024;
constexpr std::size_t kLongestNameBytes = 253;
/// Source: docs/upstream-rules.md, "Event limits".
constexpr double kBurst = 25;
constexpr std::chrono::duration<double> kRefill = 300s;

std::uint64_t identity_of(const Event& event) {
  return table_hash(
      text::cat(event.about.uid, "\n", event.is_warning ? "W" : "N", "\n", event.reason, "\n", event.message)
  );
}

/// A name of its own for an event: that of the object, as much of it as leaves room, and random digits.
std::string name_for(std::string_view object) {
  constexpr std::size_t kRandomDigits = 16;
  auto stem = object.substr(0, kLongestNameBytes - kRandomDigits - 1);
  while (stem.ends_with('.') || stem.ends_with('-')) stem.remove_suffix(1);
  return text::cat(stem, ".", random_hex(kRandomDigits));
}

json::Value reference(const ObjectReference& about) {
  return json::Value::object(
      {{"apiVersion", about.api_version},
       {"kind", about.kind},
       {"namespace", about.key.namespace_},
       {"name", about.key.name},
       {"uid", about.uid},
       {"resourceVersion", about.resource_version}}
  );
}

}  // namespace

EventRecorder::EventRecorder(
    Client& client, std::string component, async::TaskGroup& tasks, const Clock& clock, log::Logger log
)
    : client_{client}, component_{std::move(component)}, tasks_{tasks}, clock_{clock}, log_{std::move(log)} {}

bool EventRecorder::spend(const Event& event) {
  const auto now = clock_.now();
  if (budgets_.size() > kMostKnown) {
    std::erase_if(budgets_, [&](const auto& entry) { return now - entry.second.refilled > kRefill; });
  }
  auto [at, is_new] = budgets_.try_emplace(event.about.uid);
  auto& budget = at->second;
  if (is_new) {
    budget.tokens = kBurst;
  } else {
    budget.tokens = std::min(kBurst, budget.tokens + std::chrono::duration<double>(now - budget.refilled) / kRefill);
  }
  budget.refilled = now;
  if (budget.tokens < 1) return false;
  budget.tokens -= 1;
  return true;
}

void EventRecorder::record(Event event) {
  if (waiting_.size() >= kLongestQueue) return drop(drop_reason::kQueueFull);
  if (!spend(event)) return drop(drop_reason::kBurst);
  event.at = clock_.wall_now();
  waiting_.push_back(std::move(event));
  if (writing_) return;
  writing_ = true;
  tasks_.spawn("write-events", write_all());
}

asio::awaitable<void> EventRecorder::write_all() {
  co_await async::sleep_for(kBehindStatus);
  while (!waiting_.empty()) {
    const Event event = std::move(waiting_.front());
    waiting_.pop_front();
    std::exception_ptr failure;
    try {
      co_await write(event);
    } catch (...) {
      failure = std::current_exception();
    }
    if (!failure) continue;
    if (async::is_cancelled(failure)) {
      writing_ = false;
      std::rethrow_exception(failure);
    }
    drop(drop_reason::kFailed);
    log_.error("cannot write an event", async::describe(failure), {{"name", event.about.key.text()}});
  }
  writing_ = false;
}

asio::awaitable<void> EventRecorder::write(const Event& event) {
  const auto identity = identity_of(event);
  const auto now = clock_.now();
  const std::string stamp = to_rfc3339(event.at);
  // Events of cluster-scoped objects live in "default".
  const std::string namespace_ = event.about.key.namespace_.empty() ? "default" : event.about.key.namespace_;

  const auto at = known_.find(identity);
  if (at != known_.end() && now - at->second.last < kSameEventWindow) {
    auto& known = at->second;
    ++known.count;
    known.last = now;
    const auto patch = json::Value::object({{"count", known.count}, {"lastTimestamp", stamp}});
    const ObjectKey key{namespace_, known.name};
    PatchOptions options;
    options.field_manager = component_;
    bool gone = false;
    try {
      co_await client_.merge_patch(core::events(), key, patch, options);
    } catch (const ApiError& error) {
      if (!error.is_not_found()) throw;
      gone = true;  // the server keeps events for an hour only
    }
    if (!gone) co_return;
  }

  const std::string name = name_for(event.about.key.name);
  auto metadata = json::Value::object({{"name", name}, {"namespace", namespace_}});
  for (const auto& [key, value] : event.annotations) metadata["annotations"].set(key, text::valid_utf8(value));
  auto document = json::Value::object(
      {{"apiVersion", "v1"},
       {"kind", "Event"},
       {"metadata", std::move(metadata)},
       {"involvedObject", reference(event.about)},
       {"reason", event.reason},
       {"message", text::shortened(event.message, kLongestMessageBytes)},
       {"type", event.is_warning ? "Warning" : "Normal"},
       {"source", json::Value::object({{"component", component_}})},
       {"reportingComponent", component_},
       {"reportingInstance", ""},
       {"firstTimestamp", stamp},
       {"lastTimestamp", stamp},
       {"count", 1}}
  );
  const Object fresh{std::move(document)};
  co_await client_.create(core::events(), fresh);

  if (const auto old = known_.find(identity); old != known_.end()) {
    ages_.erase(old->second.age);
    known_.erase(old);
  }
  if (known_.size() >= kMostKnown) {
    known_.erase(ages_.front());
    ages_.pop_front();
  }
  ages_.push_back(identity);
  Known known;
  known.name = name;
  known.first_seen = stamp;
  known.count = 1;
  known.last = now;
  known.age = std::prev(ages_.end());
  known_.emplace(identity, std::move(known));
}

}  // namespace weir::kube
