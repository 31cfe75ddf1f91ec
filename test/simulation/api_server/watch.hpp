#pragma once

// Private to the files of the simulated API server: one stream.

#include <deque>
#include <limits>
#include <optional>
#include <string>

#include "test/simulation/api_server/server.hpp"

namespace weir::test {

/// What happened since a version, as far as its selectors go.
class SimulatedApi::Watch final : public http::BodyReader {
 public:
  Watch(SimulatedApi& api, Call call, long since);
  ~Watch() override;

  void end() { ended_ = true; }
  void snap() { broken_ = true; }
  void bookmark();
  bool is_due(TimePoint now) const { return until_ && now >= *until_; }
  void hold(bool held) { allowed_ = held ? 0 : std::numeric_limits<std::size_t>::max(); }
  void release(std::size_t events) { allowed_ += std::min(events, std::numeric_limits<std::size_t>::max() - allowed_); }
  OpenWatch told() const;
  long number() const { return number_; }

  asio::awaitable<std::string> read_some() override;

 private:
  std::string line(std::string_view type, const json::Value& object) const;
  /// What enters the selection is new, what leaves it is gone.
  void take(const Happened& event);

  SimulatedApi& api_;
  const Call call_;
  const long number_;
  std::optional<TimePoint> until_;
  std::size_t next_ = 0;  // in the history
  std::deque<std::string> ready_;
  std::size_t allowed_ = std::numeric_limits<std::size_t>::max();  // lines that may be read
  bool ended_ = false;
  bool broken_ = false;
};

}  // namespace weir::test
