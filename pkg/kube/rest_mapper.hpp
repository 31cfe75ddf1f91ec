#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/async/asio.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/resource.hpp"

namespace weir::kube {

/// Which resource serves a kind. One discovery request a group version, kept for some minutes: a definition may be
/// deleted, renamed or made anew at any time, and only whoever asks finds out. Asked again when a kind is missing, at
/// most once a second, and when a request has shown that a resource is not served (see Client::on_unserved). Shared by
/// all controllers of a process.  Threads: reactor.
class RestMapper {
 public:
  /// `client` and `clock` must outlive the mapper.
  RestMapper(Client& client, const Clock& clock) : client_{client}, clock_{clock} {}

  /// @returns nullopt when the server does not serve this kind now
  /// @throws ApiError, http::TransportError when discovery fails and nothing is known
  asio::awaitable<std::optional<Resource>> find(std::string api_version, std::string kind);

  /// A kind in whatever version the server serves it now, asked afresh; of several the server's first.
  /// @returns nullopt when no version of the group has it: the kind is gone, and with it all its objects
  /// @throws ApiError, http::TransportError when that cannot be told, as while an aggregated API server is away
  asio::awaitable<std::optional<Resource>> find_in_any_version(std::string group, std::string kind);

  /// What is known without asking; nullopt: unknown yet.
  std::optional<Resource> known(std::string_view api_version, std::string_view kind) const;

  /// Forgets a group version: a CRD was applied or deleted, or the server does not know a path any more.
  void forget(std::string_view api_version) { groups_.erase(std::string{api_version}); }

 private:
  struct Group {
    std::map<std::string, Resource, std::less<>> kinds;
    TimePoint read_at{};
  };
  asio::awaitable<void> refresh(std::string api_version);

  Client& client_;
  const Clock& clock_;
  std::map<std::string, Group, std::less<>> groups_;  // by apiVersion; one that is not served has no kinds
};

}  // namespace weir::kube
