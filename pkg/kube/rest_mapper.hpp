#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/async/asio.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/resource.hpp"

namespace weir::kube {

/// Which resource serves a kind. One discovery request a group version, kept; asked again when a kind is missing.
/// Shared by all controllers of a process.  Threads: reactor.
class RestMapper {
 public:
  /// `client` must outlive the mapper.
  explicit RestMapper(Client& client) : client_{client} {}

  /// @returns nullopt when the server does not serve this kind now
  /// @throws ApiError, http::TransportError when discovery itself fails
  asio::awaitable<std::optional<Resource>> find(std::string api_version, std::string kind);

  /// What is known without asking; nullopt: unknown yet.
  std::optional<Resource> known(std::string_view api_version, std::string_view kind) const;

  /// Forgets a group version, or everything: a CRD was applied or deleted.
  void forget(std::string_view api_version) { kinds_.erase(std::string{api_version}); }
  void forget_all() { kinds_.clear(); }

 private:
  using Kinds = std::map<std::string, Resource, std::less<>>;
  asio::awaitable<void> refresh(std::string api_version);

  Client& client_;
  std::map<std::string, Kinds, std::less<>> kinds_;  // by apiVersion, then kind
};

}  // namespace weir::kube
