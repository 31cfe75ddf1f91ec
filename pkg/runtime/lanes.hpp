#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace weir::runtime {

/// Texts that wait to be sent, in lanes: within a lane they go out one after the other, lanes take turns and know
/// nothing of each other's pace. What waits is bounded, in all and for each lane.  Threads: value.
class Lanes {
 public:
  struct Limits {
    std::size_t texts = 1'000;
    std::size_t texts_of_lane = 100;
    std::size_t bytes = 16u << 20;
  };

  explicit Lanes(Limits limits) : limits_{limits} {}

  /// @returns false when there is no room
  bool add(const std::string& lane, std::string text) {
    if (count_ >= limits_.texts || bytes_ + text.size() > limits_.bytes) return false;
    auto& entry = lanes_[lane];
    if (entry.waiting.size() >= limits_.texts_of_lane) return false;
    ++count_;
    bytes_ += text.size();
    entry.waiting.push_back(std::move(text));
    if (!entry.is_busy && entry.waiting.size() == 1) ready_.push_back(lane);
    return true;
  }

  struct Next {
    std::string lane;
    std::string text;
  };
  /// The oldest text of the lane whose turn it is; its lane is busy until done().
  /// @returns nullopt when nothing waits, or only behind texts that are on their way
  std::optional<Next> take() {
    if (ready_.empty()) return std::nullopt;
    Next next{std::move(ready_.front()), ""};
    ready_.pop_front();
    auto& entry = lanes_.at(next.lane);
    next.text = std::move(entry.waiting.front());
    entry.waiting.pop_front();
    entry.is_busy = true;
    --count_;
    bytes_ -= next.text.size();
    return next;
  }
  void done(const std::string& lane) {
    const auto at = lanes_.find(lane);
    at->second.is_busy = false;
    if (at->second.waiting.empty()) {
      lanes_.erase(at);
    } else {
      ready_.push_back(lane);
    }
  }

  std::size_t waiting() const { return count_; }

 private:
  struct Lane {
    std::deque<std::string> waiting;
    bool is_busy = false;
  };

  const Limits limits_;
  std::map<std::string, Lane> lanes_;  // those that are not empty, or busy
  std::deque<std::string> ready_;      // lanes that are neither
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace weir::runtime
