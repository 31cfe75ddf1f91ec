#include "pkg/http/guest_list.hpp"

#include <algorithm>

namespace weir::http {

GuestList::Admission GuestList::admit(std::string peer, TimePoint now) {
  Admission out;
  const auto own = peers_.find(peer);
  if (own != peers_.end() && own->second.guests >= limits_.most_of_one_peer) {
    out.leaves = quietest(peer, now);
    if (!out.leaves) return out;
  } else if (guests_.size() >= limits_.most) {
    const auto largest = std::ranges::max_element(peers_, {}, [](const auto& entry) { return entry.second.guests; });
    if (largest != peers_.end()) out.leaves = quietest(largest->first, now);
    if (!out.leaves) return out;
  }
  if (out.leaves) leave(*out.leaves);
  ++peers_[peer].guests;
  out.id = next_++;
  Guest guest;
  guest.peer = std::move(peer);
  guest.since = now;
  guests_.emplace(*out.id, std::move(guest));
  return out;
}

std::optional<GuestList::Id> GuestList::quietest(const std::string& peer, TimePoint now) const {
  std::optional<Id> out;
  const Guest* found = nullptr;
  for (const auto& [id, guest] : guests_) {
    if (guest.peer != peer) continue;
    const bool answering = guest.state == State::kAnswering;
    if (answering && now - guest.since < limits_.patience) continue;
    const bool better = found == nullptr || (found->state == State::kAnswering && !answering) ||
                        ((found->state == State::kAnswering) == answering && guest.since < found->since);
    if (!better) continue;
    out = id;
    found = &guest;
  }
  return out;
}

void GuestList::set_state(Id id, State state, TimePoint now) {
  const auto at = guests_.find(id);
  if (at == guests_.end() || at->second.state == state) return;
  at->second.state = state;
  at->second.since = now;
}

void GuestList::leave(Id id) {
  const auto at = guests_.find(id);
  if (at == guests_.end()) return;
  const auto peer = peers_.find(at->second.peer);
  held_bytes_ -= at->second.held_bytes;
  peer->second.held_bytes -= at->second.held_bytes;
  if (--peer->second.guests == 0) peers_.erase(peer);
  guests_.erase(at);
}

void GuestList::hold(Id id, std::size_t bytes) {
  const auto at = guests_.find(id);
  if (at == guests_.end()) return;
  held_bytes_ += bytes - at->second.held_bytes;
  peers_[at->second.peer].held_bytes += bytes - at->second.held_bytes;
  at->second.held_bytes = bytes;
}

std::optional<GuestList::Id> GuestList::heaviest() const {
  const auto peer = std::ranges::max_element(peers_, {}, [](const auto& entry) { return entry.second.held_bytes; });
  if (peer == peers_.end() || peer->second.held_bytes == 0) return std::nullopt;
  std::optional<Id> out;
  const Guest* found = nullptr;
  for (const auto& [id, guest] : guests_) {
    if (guest.peer != peer->first || guest.held_bytes == 0) continue;
    if (found != nullptr && found->since <= guest.since) continue;
    out = id;
    found = &guest;
  }
  return out;
}

std::optional<GuestList::State> GuestList::state(Id id) const {
  const auto at = guests_.find(id);
  return at == guests_.end() ? std::nullopt : std::optional{at->second.state};
}

}  // namespace weir::http
