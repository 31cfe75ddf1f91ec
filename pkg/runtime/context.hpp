#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "pkg/async/asio.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/log/logger.hpp"
#include "pkg/runtime/outcome.hpp"

namespace weir::runtime {

/// Tells users about something that happened to the object of this run: a core/v1 Event, and a notification when
/// --events-addr is set.  Threads: reactor.
class Events {
 public:
  virtual ~Events() = default;
  /// @param metadata  facts for machines ("revision"); keys get the kind's group as prefix
  virtual void send(
      Severity severity, std::string_view reason, std::string message, std::map<std::string, std::string> metadata = {}
  ) = 0;
};

/// What every reconcile may use; lives for one run.
struct Context {
  log::Logger log;  ///< carries kind, namespace, name and reconcile id
  const Clock& clock;
  Events& events;
  /// Writes the status as it is now: for what users, or the next process after a crash, must see before the end.
  std::function<asio::awaitable<void>()> publish_status;
};

}  // namespace weir::runtime
