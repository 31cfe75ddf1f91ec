#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/async/asio.hpp"
#include "pkg/git/object_id.hpp"
#include "pkg/git/wire/greeting.hpp"
#include "pkg/git/wire/service.hpp"

namespace weir::git::wire {

/// What to ask for.
struct FetchRequest {
  FetchRequest() {}

  std::vector<ObjectId> wants;
  std::vector<ObjectId> haves;     ///< commits in our store with all their trees
  std::vector<ObjectId> shallows;  ///< those of them whose parents we lack
  unsigned depth = 1;              ///< commits of each want; 0 = the whole history
};

/// Where the pack goes, piece by piece.
class PackSink {
 public:
  virtual ~PackSink() = default;
  virtual asio::awaitable<void> write(std::string bytes) = 0;
};

/// The request of version 2, and the one before. Both end the negotiation at once: what we have is
/// known beforehand. Source: gitprotocol-v2(5) "fetch"; gitprotocol-pack(5) "Packfile Negotiation".
std::string fetch_request_v2(const Greeting& greeting, const FetchRequest& request, std::string_view agent);
std::string fetch_request_v0(const Greeting& greeting, const FetchRequest& request, std::string_view agent);

/// Fetches one pack into `sink`. Progress is ignored.
/// @throws GitError kProtocol, also for what the server reports; http::TransportError; anything the
/// sink throws
asio::awaitable<void> fetch(
    Service& service, const Greeting& greeting, FetchRequest request, std::string agent, PackSink& sink
);

}  // namespace weir::git::wire
