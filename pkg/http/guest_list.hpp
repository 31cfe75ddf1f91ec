#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "pkg/base/clock.hpp"
#include "pkg/base/duration.hpp"

namespace weir::http {

/// Who is connected to a server, and who has to go when there is no room: a newcomer is never kept waiting by somebody
/// who says nothing. Whoever has its share, or all are taken, costs the longest quiet connection of the peer that has
/// the most; one that is being answered goes only when that has taken longer than `patience`. Pure: time is an
/// argument.  Threads: value.
class GuestList {
 public:
  using Id = std::uint64_t;
  enum class State {
    kIdle,     ///< between two requests, or before the first
    kReading,  ///< in the middle of a request
    kAnswering,
  };
  struct Limits {
    std::size_t most = 512;
    std::size_t most_of_one_peer = 64;
    Milliseconds patience{60'000};
  };
  struct Admission {
    std::optional<Id> id;      ///< of the newcomer; nullopt: there is no room for it
    std::optional<Id> leaves;  ///< who has made room, and is no guest any more
  };

  explicit GuestList(Limits limits) : limits_{limits} {}

  Admission admit(std::string peer, TimePoint now);
  /// Unknown ones, who had to leave, are ignored here and below.
  void set_state(Id id, State state, TimePoint now);
  void leave(Id id);
  /// What is held for a guest, of its request and of its answer.
  void hold(Id id, std::size_t bytes);
  std::size_t held_bytes() const { return held_bytes_; }
  /// Who has to go when too much is held: the longest held of the peer that has the most. nullopt: nothing is held.
  std::optional<Id> heaviest() const;

  std::optional<State> state(Id id) const;
  std::size_t size() const { return guests_.size(); }

 private:
  struct Guest {
    std::string peer;
    State state = State::kIdle;
    TimePoint since{};
    std::size_t held_bytes = 0;
  };
  struct Peer {
    std::size_t guests = 0;
    std::size_t held_bytes = 0;
  };
  std::optional<Id> quietest(const std::string& peer, TimePoint now) const;

  const Limits limits_;
  std::map<Id, Guest> guests_;
  std::map<std::string, Peer> peers_;
  std::size_t held_bytes_ = 0;
  Id next_ = 1;
};

}  // namespace weir::http
