#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pkg/async/asio.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/live/drift.hpp"
#include "pkg/log/logger.hpp"
#include "pkg/ssa/change_set.hpp"

namespace weir::live {

/// Follows the metadata of all objects that carry our owner labels, one watch a kind, and tells when one changes. That
/// is how drift is seen when it happens, and why an object that nobody touched costs no request.  Threads: reactor.
class DriftWatcher {
 public:
  /// `before` is null for a new object, `after` for one that is gone or lost its labels.
  using Handler = std::function<void(const ssa::ObjectId& id, const LiveState* before, const LiveState* after)>;
  struct Options {
    std::string field_manager;
    std::string label_group;
    std::vector<std::string> override_managers;  ///< whose fields become ours, besides kubectl's
  };

  /// `client` must outlive the watcher.
  DriftWatcher(kube::Client& client, Options options, asio::any_io_executor executor, log::Logger log);
  ~DriftWatcher();

  void on_change(Handler handler) { handler_ = std::move(handler); }
  /// Hears when a kind is known completely for the first time; what went before that had no event.
  void on_complete(std::function<void(const kube::Resource& kind)> handler) { complete_ = std::move(handler); }
  /// Starts to follow a kind, once; anew when it is served in another way than it was followed.
  void follow(const kube::Resource& resource);
  /// Whether everything that is live of this kind is known now: not before the first list, nor while the watch is lost.
  bool is_complete(const ssa::ObjectId& id) const;
  /// Whether the watch has yet to come to what an answer of that version said.
  bool is_behind(const ssa::ObjectId& id, const std::string& version) const;
  /// nullptr: not there, or the kind is not known completely.
  std::shared_ptr<const LiveState> find(const ssa::ObjectId& id) const;

 private:
  using Kind = std::pair<std::string, std::string>;  // group, kind
  struct Followed;
  asio::awaitable<void> tell_when_complete(Followed& followed);

  kube::Client& client_;
  const Options options_;
  const std::string name_label_;
  const std::string namespace_label_;
  asio::any_io_executor executor_;
  log::Logger log_;
  Handler handler_;
  std::function<void(const kube::Resource& kind)> complete_;
  std::map<Kind, std::unique_ptr<Followed>> followed_;
  std::vector<std::unique_ptr<Followed>> ending_;  // cancelled, not yet unwound
};

}  // namespace weir::live
