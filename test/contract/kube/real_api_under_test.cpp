#include <fstream>
#include <sstream>
#include <stdexcept>

#include "pkg/async/timeout.hpp"
#include "pkg/http/client.hpp"
#include "test/contract/kube/api_under_test.hpp"
#include "test/support/control_plane.hpp"

namespace weir::kube {
namespace {

/// The shared API server of the test binary.
class RealApi final : public ApiUnderTest {
 public:
  explicit RealApi(asio::any_io_executor executor)
      : config_{read_config()}, transport_{std::move(executor), config_.connection} {}
  http::Transport& transport() override { return transport_; }
  const ClusterConfig& config() const override { return config_; }
  asio::awaitable<void> let_time_pass() override { co_await async::sleep_for(Milliseconds{2100}); }
  void end_watches() override {}
  /// A restarted API server remembers no events from before.
  void forget_history() override { start(); }
  void stop() override { test::ControlPlane::shared().stop_apiserver(); }
  void start() override { test::ControlPlane::shared().start_apiserver(); }

 private:
  ClusterConfig read_config() const {
    std::ifstream in{test::ControlPlane::shared().kubeconfig()};
    std::ostringstream text;
    text << in.rdbuf();
    auto config = parse_kubeconfig(text.str(), KubeconfigOptions{}, clock_);
    if (config.has_error()) throw std::runtime_error{config.error().text()};
    return std::move(*config);
  }

  SystemClock clock_;
  const ClusterConfig config_;
  http::Client transport_;
};

}  // namespace

const std::string& ApiUnderTest::unavailable() { return test::ControlPlane::unavailable(); }

std::unique_ptr<ApiUnderTest> ApiUnderTest::make(asio::any_io_executor executor) {
  return std::make_unique<RealApi>(std::move(executor));
}

}  // namespace weir::kube
