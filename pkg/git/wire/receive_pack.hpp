#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/async/asio.hpp"
#include "pkg/git/object_id.hpp"
#include "pkg/git/wire/greeting.hpp"
#include "pkg/git/wire/service.hpp"

namespace weir::git::wire {

/// Moves one reference of the server.
struct RefUpdate {
  RefUpdate(std::string name_, ObjectId from_, ObjectId to_) : name{std::move(name_)}, from{from_}, to{to_} {}

  std::string name;
  ObjectId from;  ///< what the server must have there now; zero: it must not exist
  ObjectId to;    ///< zero: delete
};

/// What the server made of one update.
struct RefOutcome {
  RefOutcome(std::string name_, std::string refusal_) : name{std::move(name_)}, refusal{std::move(refusal_)} {}

  std::string name;
  std::string refusal;  ///< empty: done
};

/// The request up to the pack. Source: gitprotocol-pack(5), "Reference Update Request".
/// @throws GitError kProtocol when the server cannot report what became of it, or takes no push
/// options
std::string push_request(
    const Greeting& greeting,
    const std::vector<RefUpdate>& updates,
    const std::vector<std::string>& options,
    std::string_view agent
);

/// Pushes and returns what the server reports, one outcome a reference.
/// @throws GitError kProtocol when the server could not take the pack
asio::awaitable<std::vector<RefOutcome>> push(
    Service& service,
    const Greeting& greeting,
    std::vector<RefUpdate> updates,
    std::vector<std::string> options,
    std::string pack,
    std::string agent
);

}  // namespace weir::git::wire
