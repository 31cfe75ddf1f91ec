#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/helm/manifest/manifest.hpp"
#include "pkg/helm/render/render.hpp"
#include "pkg/kube/config.hpp"

namespace weir::cli {

/// The cluster that `weir template --dry-run=server` renders for: its version, what it serves, its objects. Nothing is
/// written.  Threads: one; calls block.
class ChartCluster final : public helm::Lookup {
 public:
  /// @throws std::runtime_error when no cluster is configured or the configuration cannot be read
  explicit ChartCluster(const kube::ClusterChoice& choice);
  ~ChartCluster() override;

  /// The namespace of the kubeconfig's context; empty when it names none.
  const std::string& namespace_() const;
  /// The version of the server, and every API version and kind that it serves, sorted.
  /// @param warnings  takes a line for each API server behind it that does not answer
  /// @returns an error when the server cannot be reached or refuses: "cluster reachability check failed: ..."
  Result<helm::Capabilities> capabilities(std::vector<std::string>& warnings);

  /// Whether the objects of a release can be made there: the server serves their kinds, and those that exist are the
  /// release's own. Items of lists are not looked at, and fields are not held against the server's schemas.
  /// @param looks_at_owners  as an installation does, an upgrade does not
  /// @returns an error in Helm's words: "unable to build kubernetes objects from release manifest: ..."
  Result<void> check(
      const std::vector<helm::Manifest>& manifests, const helm::ReleaseFacts& release, bool looks_at_owners
  );

  /// Asks the server each time. What is not there, and kinds that nobody knows, give {}.
  Result<json::Value> find(
      std::string_view api_version, std::string_view kind, std::string_view ns, std::string_view name
  ) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::cli
