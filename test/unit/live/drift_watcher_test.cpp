#include "pkg/live/drift_watcher.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "pkg/async/event.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/text.hpp"
#include "pkg/live/applied_set.hpp"
#include "test/support/run.hpp"
#include "test/support/scripted_api.hpp"

namespace weir::live {
namespace {

/// Serves one ConfigMap of ours, and watches of it as long as it is allowed.
class Cluster final : public test::ScriptedApi {
 public:
  unsigned watch_status = 200;
  bool is_list_allowed = true;
  int lists = 0;
  int watches = 0;

  /// The server ends its streams after a while; the client asks for a new one.
  void end_watch() { ended_.notify(); }

  asio::awaitable<http::Response> send(http::Request, const http::CallOptions&) override {
    ++lists;
    http::Response out;
    out.status = is_list_allowed ? 200 : 403;
    out.body = is_list_allowed ? kList : status_document(403);
    co_return out;
  }
  asio::awaitable<http::StreamedResponse> open(http::Request, const http::CallOptions&) override {
    ++watches;
    http::StreamedResponse out;
    out.status = watch_status;
    if (watch_status == 200) {
      out.body = std::make_unique<Silence>(ended_);
    } else {
      out.body = std::make_unique<Words>(status_document(watch_status));
    }
    co_return out;
  }

 private:
  static constexpr const char* kList = R"({"metadata":{"resourceVersion":"10"},"items":[{"metadata":{
      "name":"web","namespace":"apps","resourceVersion":"5","labels":{
      "kustomize.toolkit.fluxcd.io/name":"app","kustomize.toolkit.fluxcd.io/namespace":"apps"}}}]})";

  static std::string status_document(unsigned code) {
    return text::cat(R"({"kind":"Status","code":)", code, R"(,"message":"no"})");
  }

  /// A stream on which nothing happens until its end.
  class Silence final : public http::BodyReader {
   public:
    explicit Silence(async::Notification& ended) : ended_{ended} {}
    asio::awaitable<std::string> read_some() override {
      co_await ended_.wait();
      co_return std::string{};
    }

   private:
    async::Notification& ended_;
  };
  class Words final : public http::BodyReader {
   public:
    explicit Words(std::string words) : words_{std::move(words)} {}
    asio::awaitable<std::string> read_some() override { co_return std::exchange(words_, std::string{}); }

   private:
    std::string words_;
  };

  async::Notification ended_;
};

/// What is known of the cluster by one watcher.
struct Watched final : LiveView {
  explicit Watched(const DriftWatcher& watcher_) : watcher{watcher_} {}
  bool is_complete(const ssa::ObjectId& id) const override { return watcher.is_complete(id); }
  std::shared_ptr<const LiveState> find(const ssa::ObjectId& id) const override { return watcher.find(id); }
  bool is_behind(const ssa::ObjectId& id, const std::string& version) const override {
    return watcher.is_behind(id, version);
  }
  bool is_listed(const kube::ObjectKey&, const ssa::ObjectId&) const override { return false; }
  const DriftWatcher& watcher;
};

class DriftWatcherTest : public ::testing::Test {
 protected:
  static DriftWatcher::Options options() { return {"kustomize-controller", "kustomize.toolkit.fluxcd.io", {}}; }
  /// Runs the reactor until whatever is ready has run.
  void settle() {
    for (int turns = 0; turns < 200; ++turns) test::run(reactor_, async::yield_now());
  }

  const ssa::ObjectId web_{"", "v1", "ConfigMap", "apps", "web"};
  asio::io_context reactor_;
  Cluster cluster_;
  kube::Client client_{cluster_, Cluster::cluster(), kube::Identity{}};
  DriftWatcher watcher_{client_, options(), reactor_.get_executor(), log::Logger{}};
};

TEST_F(DriftWatcherTest, AKindIsKnownOnceItWasListed) {
  EXPECT_FALSE(watcher_.is_complete(web_));
  watcher_.follow(kube::core::config_maps());
  EXPECT_FALSE(watcher_.is_complete(web_));
  settle();
  EXPECT_TRUE(watcher_.is_complete(web_));
  ASSERT_NE(watcher_.find(web_), nullptr);
  EXPECT_EQ(watcher_.find(web_)->owner, (kube::ObjectKey{"apps", "app"}));
}

TEST_F(DriftWatcherTest, AWatchThatEndsAndGoesOnLosesNothing) {
  watcher_.follow(kube::core::config_maps());
  settle();
  cluster_.end_watch();
  settle();
  EXPECT_EQ(cluster_.watches, 2);
  EXPECT_TRUE(watcher_.is_complete(web_));
}

// What was taken for known before was believed for ever: drift was seen neither by the watch nor at the interval.
TEST_F(DriftWatcherTest, AWatchThatIsLostLaterIsNotComplete) {
  watcher_.follow(kube::core::config_maps());
  settle();
  ASSERT_TRUE(watcher_.is_complete(web_));
  cluster_.watch_status = 403;  // the permission is taken away; the server looks at it when the watch is opened anew
  cluster_.end_watch();
  settle();
  EXPECT_EQ(cluster_.watches, 2);
  EXPECT_FALSE(watcher_.is_complete(web_));
}

TEST_F(DriftWatcherTest, WhatALostWatchSaidIsNotBelievedAtTheInterval) {
  watcher_.follow(kube::core::config_maps());
  settle();
  const Watched view{watcher_};
  const test::HandClock clock;
  AppliedSet set{kube::ObjectKey{"apps", "app"}, view, clock};
  Record record;
  record.id = web_;
  record.owned = watcher_.find(web_)->owned;
  record.owned.entry = 1;
  record.resource_version = watcher_.find(web_)->resource_version;
  set.learn(std::move(record));
  EXPECT_TRUE(set.is_untouched(true)) << "no pass asks for an object that a watch knows";
  cluster_.watch_status = 403;
  cluster_.end_watch();
  settle();
  EXPECT_FALSE(set.is_untouched(true)) << "the pass looks for itself";
}

TEST_F(DriftWatcherTest, AWatchThatIsTooOldIsNotCompleteBeforeTheNextList) {
  watcher_.follow(kube::core::config_maps());
  settle();
  cluster_.watch_status = 410;
  cluster_.is_list_allowed = false;
  cluster_.end_watch();
  settle();
  EXPECT_FALSE(watcher_.is_complete(web_));
}

}  // namespace
}  // namespace weir::live
