#include "test/contract/kube/api_under_test.hpp"
#include "test/simulation/api_server/simulated_api.hpp"
#include "test/support/scripted_api.hpp"

namespace weir::kube {
namespace {

class Simulated final : public ApiUnderTest {
 public:
  http::Transport& transport() override { return api_; }
  const ClusterConfig& config() const override { return config_; }
  asio::awaitable<void> let_time_pass() override {
    clock_.advance(std::chrono::seconds{2});
    co_return;
  }
  void end_watches() override { api_.end_watches(); }
  void forget_history() override { api_.forget_history(); }
  void stop() override { api_.set_down(true); }
  void start() override {
    api_.set_down(true);
    api_.set_down(false);
  }

 private:
  test::HandClock clock_;
  test::SimulatedApi api_{clock_};
  const ClusterConfig config_ = test::SimulatedApi::cluster();
};

}  // namespace

const std::string& ApiUnderTest::unavailable() {
  static const std::string kNever;
  return kNever;
}

std::unique_ptr<ApiUnderTest> ApiUnderTest::make(asio::any_io_executor) { return std::make_unique<Simulated>(); }

}  // namespace weir::kube
