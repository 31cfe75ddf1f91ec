#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "pkg/async/task_group.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/log/logger.hpp"

namespace weir::kube {

/// What an event is about.
struct ObjectReference {
  std::string api_version;
  std::string kind;
  ObjectKey key;
  std::string uid;
  std::string resource_version;
};

struct Event {
  ObjectReference about;
  bool is_warning = false;
  std::string reason;
  std::string message;  ///< free of secrets
  std::map<std::string, std::string> annotations;
  WallTime at{};  ///< set by the recorder
};

/// Why an event is lost: the queue has no room, its object has too many of them, the API server refused it or is away.
namespace drop_reason {
constexpr std::string_view kQueueFull = "queue_full";
constexpr std::string_view kBurst = "burst";
constexpr std::string_view kFailed = "failed";
}  // namespace drop_reason

/// Writes core/v1 Events in the background, a tenth of a second behind what they tell about. Equal events within ten
/// minutes become one with a count; a burst of one object is thinned out as client-go does it (25 at once, then one in
/// five minutes). Failures are logged, never retried for ever, and never hold up a reconcile.  Threads: reactor.
class EventRecorder {
 public:
  /// `component` is the source that `flux events` and kubectl show. References must outlive the group's tasks.
  EventRecorder(Client& client, std::string component, async::TaskGroup& tasks, const Clock& clock, log::Logger log);

  void record(Event event);
  /// Hears of each event that is not written, with a drop_reason. Must not throw.
  void on_drop(std::function<void(std::string_view reason)> told) { dropped_ = std::move(told); }

 private:
  struct Known {
    std::string name;
    std::string first_seen;
    std::int64_t count = 0;
    TimePoint last{};
    std::list<std::uint64_t>::iterator age;
  };
  struct Budget {
    double tokens = 0;
    TimePoint refilled{};
  };
  asio::awaitable<void> write_all();
  asio::awaitable<void> write(const Event& event);
  bool spend(const Event& event);
  void drop(std::string_view reason) const {
    if (dropped_) dropped_(reason);
  }

  Client& client_;
  const std::string component_;
  async::TaskGroup& tasks_;
  const Clock& clock_;
  log::Logger log_;
  std::deque<Event> waiting_;
  bool writing_ = false;
  std::function<void(std::string_view reason)> dropped_;
  std::unordered_map<std::uint64_t, Known> known_;   // by hash of what makes events equal
  std::list<std::uint64_t> ages_;                    // oldest first
  std::unordered_map<std::string, Budget> budgets_;  // by uid
};

}  // namespace weir::kube
