#include "controllers/helm/chart_store.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "api/helm/v2/helm_release.hpp"
#include "pkg/base/text.hpp"
#include "pkg/helm/chart/load.hpp"
#include "pkg/runtime/outcome.hpp"

namespace weir::helm_controller {

asio::awaitable<helm::ChartPtr> ChartStore::load(api::Artifact artifact) {
  const auto known = std::ranges::find(charts_, artifact.digest, &std::pair<std::string, helm::ChartPtr>::first);
  if (known != charts_.end()) {
    charts_.splice(charts_.begin(), charts_, known);
    co_return charts_.front().second;
  }
  const auto fetched = co_await fetcher_.fetch(artifact.url, artifact.digest);
  auto read = [&fetched, &artifact](std::stop_token) {
    std::ifstream file{fetched->folder() / artifact::kArchiveName, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    return helm::check_loaded(helm::load_archive(bytes, artifact.path));
  };
  auto reading = cpu_.run(std::move(read));
  auto chart = co_await std::move(reading);
  if (!chart) {
    throw runtime::ReasonedError{
        api::helm::reason::kArtifactFailed, text::cat("Could not load chart: ", chart.error().text())};
  }
  charts_.emplace_front(artifact.digest, *chart);
  if (charts_.size() > kMostCharts) charts_.pop_back();
  co_return *chart;
}

}  // namespace weir::helm_controller
