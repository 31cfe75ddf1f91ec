#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "pkg/async/asio.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/rest_mapper.hpp"
#include "pkg/ssa/change_set.hpp"

namespace weir::ssa {

/// Finds objects that an earlier pass applied, in whatever version their kind is served now. One counts as gone only by
/// the word of a server that was asked for it where discovery says, just now, that its kind is served. Discovery is
/// asked once for a kind: for one look at many objects.  Threads: reactor.
class LiveObjects {
 public:
  struct Found {
    Found(kube::Resource resource_, kube::Object metadata_)
        : resource{std::move(resource_)}, metadata{std::move(metadata_)} {}
    kube::Resource resource;  ///< where it is served
    kube::Object metadata;
  };

  /// References must outlive this.
  LiveObjects(kube::Client& client, kube::RestMapper& mapper) : client_{client}, mapper_{mapper} {}

  /// @returns nullopt when it is gone, with its kind or without
  /// @throws ApiError when that cannot be told
  asio::awaitable<std::optional<Found>> find(const ObjectId& id);

 private:
  kube::Client& client_;
  kube::RestMapper& mapper_;
  std::map<std::pair<std::string, std::string>, std::optional<kube::Resource>> served_;  // by group, kind
};

}  // namespace weir::ssa
