#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <utility>

#include "api/meta/v1/artifact.hpp"
#include "pkg/artifact/fetcher.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/helm/chart/chart.hpp"

namespace weir::helm_controller {

/// Charts by the digest of their artifact: one that many releases use is fetched, unpacked and read once.
/// Threads: reactor; charts are read on the pool.
class ChartStore {
 public:
  /// References must outlive this.
  ChartStore(artifact::Fetcher& fetcher, async::BlockingPool& cpu) : fetcher_{fetcher}, cpu_{cpu} {}

  /// @throws what Fetcher::fetch() throws; runtime::ReasonedError ArtifactFailed for what is no chart
  asio::awaitable<helm::ChartPtr> load(api::Artifact artifact);

 private:
  static constexpr std::size_t kMostCharts = 16;

  artifact::Fetcher& fetcher_;
  async::BlockingPool& cpu_;
  std::list<std::pair<std::string, helm::ChartPtr>> charts_;  // most recent first
};

}  // namespace weir::helm_controller
