#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pkg/async/asio.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/helm/storage/stored_release.hpp"
#include "pkg/kube/client.hpp"

namespace weir::helm_controller {

/// The Secrets in which the revisions of a release are kept. All calls throw ApiError and what the transport throws.
/// Threads: reactor; records are packed and read on the pool.
class ReleaseStore {
 public:
  /// @param namespace_  where the Secrets are
  ReleaseStore(kube::Client client, std::string namespace_, async::BlockingPool& cpu, const Clock& clock);

  /// A revision, as its labels tell of it.
  struct Entry {
    Entry() {}
    std::string secret;
    std::int64_t version = 0;
    std::string status;
  };
  /// All revisions, the newest first, without what they hold.
  asio::awaitable<std::vector<Entry>> list(std::string release);

  struct Stored {
    Stored() {}
    helm::StoredRelease release;
    std::string resource_version;
    std::map<std::string, std::string> labels;  ///< the user's
  };
  /// @returns nullopt when there is none of that name
  /// @throws runtime::ReasonedError StateError for a damaged record, naming the Secret
  asio::awaitable<std::optional<Stored>> read(std::string secret);

  /// Both return the resourceVersion. A record that is larger than a Secret may be is stored without the files of its
  /// chart, which nothing reads again.
  /// @throws ApiError 409: somebody made this revision before us
  asio::awaitable<std::string> create(const helm::StoredRelease& release);
  /// @throws ApiError 409: somebody changed it since it was read
  asio::awaitable<std::string> update(const Stored& stored);

  asio::awaitable<void> remove(std::string secret);

  const std::string& namespace_() const { return namespace_name_; }

 private:
  asio::awaitable<std::string> pack(const helm::StoredRelease& release);

  kube::Client client_;
  const std::string namespace_name_;
  async::BlockingPool& cpu_;
  const Clock& clock_;
};

}  // namespace weir::helm_controller
