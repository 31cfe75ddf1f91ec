#include "pkg/runtime/controller_loop.hpp"

#include <deque>
#include <map>
#include <stdexcept>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include "pkg/async/event.hpp"
#include "test/support/run.hpp"
#include "test/support/scripted_api.hpp"

namespace weir::runtime {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

const kube::ObjectKey kA{"shop", "a"};
const kube::ObjectKey kB{"shop", "b"};
const kube::ObjectKey kC{"shop", "c"};

/// A loop over passes that end as the test says, on a clock that moves when the test moves it.
class ControllerLoopTest : public ::testing::Test {
 protected:
  ~ControllerLoopTest() override {
    release_.set();
    test::run(reactor_, tasks_.stop(Milliseconds{0}));
  }

  static LoopOptions options() {
    LoopOptions out;
    out.kind = "Thing";
    out.concurrency = 2;
    out.rate_limits.first = 1s;
    out.jitter = 0;
    return out;
  }
  asio::awaitable<PassResult> pass(kube::ObjectKey key) {
    begun_.push_back(key.name);
    if (holds_) co_await release_.wait();
    ended_.push_back(key.name);
    auto& results = results_[key];
    if (results.empty()) co_return PassResult{PassResult::Kind::kDone};
    const auto result = results.front();
    results.pop_front();
    if (!result) throw std::runtime_error{"the status was not written"};
    co_return *result;
  }
  void start() {
    tasks_.spawn("loop", loop_.run());
    settle();
  }
  void settle() {
    while (reactor_.poll() > 0) {
    }
    reactor_.restart();
  }
  /// Lets time pass, and whoever waits for it look again. @returns the passes that began
  std::vector<std::string> after(std::chrono::seconds length) {
    begun_.clear();
    clock_.advance(length);
    loop_.enqueue_after({"shop", "nobody"}, 1000h);
    settle();
    return begun_;
  }
  void then(const kube::ObjectKey& key, PassResult::Kind kind, Milliseconds again_after = Milliseconds{0}) {
    results_[key].emplace_back(PassResult{kind, again_after});
  }

  asio::io_context reactor_;
  test::HandClock clock_;
  Metrics metrics_;
  async::TaskGroup tasks_{reactor_.get_executor(), [](std::string_view name, const std::exception_ptr& failure) {
                            ADD_FAILURE() << name << ": " << log::what(failure);
                          }};
  std::map<kube::ObjectKey, std::deque<std::optional<PassResult>>> results_;
  std::vector<std::string> begun_;
  std::vector<std::string> ended_;
  async::Event release_;
  bool holds_ = false;
  ControllerLoop loop_{
      options(), [this](kube::ObjectKey key) { return pass(std::move(key)); }, metrics_, clock_, tasks_, log::Logger{}};
};

TEST_F(ControllerLoopTest, RunsWhatIsDueAndNoMoreThanItMay) {
  holds_ = true;
  for (const auto& key : {kA, kB, kC}) loop_.enqueue(key);
  start();
  EXPECT_THAT(begun_, ElementsAre("a", "b"));
  EXPECT_EQ(loop_.running(), 2u);
  release_.set();
  settle();
  EXPECT_THAT(ended_, UnorderedElementsAre("a", "b", "c"));
  EXPECT_EQ(loop_.running(), 0u);
}

TEST_F(ControllerLoopTest, AKeyIsNeverInTwoPassesAndComesAgainAfterItsOwn) {
  holds_ = true;
  loop_.enqueue(kA);
  start();
  for (int i = 0; i < 3; ++i) loop_.enqueue(kA);
  settle();
  EXPECT_THAT(begun_, ElementsAre("a"));
  release_.set();
  settle();
  EXPECT_THAT(begun_, ElementsAre("a", "a"));
}

TEST_F(ControllerLoopTest, ComesBackAfterItsInterval) {
  then(kA, PassResult::Kind::kDone, 60s);
  loop_.enqueue(kA);
  start();
  EXPECT_THAT(after(59s), ElementsAre());
  EXPECT_THAT(after(1s), ElementsAre("a"));
  EXPECT_THAT(after(3600s), ElementsAre()) << "the second pass asked for none";
}

TEST_F(ControllerLoopTest, WhatIsStalledOrGoneComesBackOnlyWhenItIsWoken) {
  then(kA, PassResult::Kind::kStalled);
  then(kB, PassResult::Kind::kGone);
  loop_.enqueue(kA);
  loop_.enqueue(kB);
  start();
  EXPECT_THAT(after(3600s), ElementsAre());
  loop_.enqueue(kA);
  EXPECT_THAT(after(0s), ElementsAre("a"));
}

TEST_F(ControllerLoopTest, AWakeDuringAPassThatFindsTheObjectGoneIsForgottenWithIt) {
  then(kA, PassResult::Kind::kGone);
  loop_.enqueue(kA);
  loop_.enqueue_after(kA, 10s);
  start();
  EXPECT_THAT(after(10s), ElementsAre());
}

TEST_F(ControllerLoopTest, FailuresComeBackEverLaterUntilOneEndsWell) {
  for (int i = 0; i < 4; ++i) then(kA, PassResult::Kind::kFailed);
  loop_.enqueue(kA);
  start();
  // Up to a tenth is added to each pause.
  EXPECT_THAT(after(0s), ElementsAre());
  EXPECT_THAT(after(2s), ElementsAre("a"));
  EXPECT_THAT(after(1s), ElementsAre());
  EXPECT_THAT(after(2s), ElementsAre("a"));
  EXPECT_THAT(after(3s), ElementsAre());
  EXPECT_THAT(after(2s), ElementsAre("a"));
  EXPECT_THAT(after(7s), ElementsAre());
  EXPECT_THAT(after(2s), ElementsAre("a")) << "it ends well";
  then(kA, PassResult::Kind::kFailed);
  loop_.enqueue(kA);
  EXPECT_THAT(after(0s), ElementsAre("a"));
  EXPECT_THAT(after(2s), ElementsAre("a")) << "the first pause again";
}

TEST_F(ControllerLoopTest, AFailureThatKnowsItsPauseKeepsIt) {
  for (int i = 0; i < 2; ++i) then(kA, PassResult::Kind::kFailed, 5s);
  loop_.enqueue(kA);
  start();
  EXPECT_THAT(after(4s), ElementsAre());
  EXPECT_THAT(after(1s), ElementsAre("a"));
  EXPECT_THAT(after(4s), ElementsAre());
  EXPECT_THAT(after(1s), ElementsAre("a"));
}

TEST_F(ControllerLoopTest, APassThatCouldNotEvenReportIsAFailureAndHoldsUpNobody) {
  results_[kA].emplace_back(std::nullopt);
  loop_.enqueue(kA);
  loop_.enqueue(kB);
  start();
  EXPECT_THAT(begun_, ElementsAre("a", "b"));
  EXPECT_EQ(loop_.running(), 0u);
  EXPECT_THAT(after(2s), ElementsAre("a"));
  EXPECT_THAT(
      metrics_.text(clock_.now()),
      testing::HasSubstr("controller_runtime_reconcile_errors_total{controller=\"thing\"} 1")
  );
}

TEST_F(ControllerLoopTest, DrainingStartsNothingAndWaitsForWhatRuns) {
  holds_ = true;
  loop_.enqueue(kA);
  start();
  bool is_drained = false;
  auto drain = [](ControllerLoop& loop, bool& done) -> asio::awaitable<void> {
    co_await loop.drain();
    done = true;
  };
  tasks_.spawn("drain", drain(loop_, is_drained));
  loop_.enqueue(kB);
  settle();
  EXPECT_FALSE(is_drained);
  release_.set();
  settle();
  EXPECT_TRUE(is_drained);
  EXPECT_THAT(begun_, ElementsAre("a"));
}

}  // namespace
}  // namespace weir::runtime
