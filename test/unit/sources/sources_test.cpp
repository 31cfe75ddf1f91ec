#include "pkg/sources/sources.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "api/source/v1/git_repository.hpp"
#include "pkg/async/task_group.hpp"
#include "pkg/async/timeout.hpp"
#include "test/simulation/api_server/simulated_api.hpp"
#include "test/support/run.hpp"

namespace weir::sources {
namespace {

using api::source::GitRepository;

const std::string kPath = "/apis/source.toolkit.fluxcd.io/v1/namespaces/shop/gitrepositories/web";
const kube::ObjectKey kKey{"shop", "web"};

class SourcesTest : public ::testing::Test {
 protected:
  SourcesTest() {
    api_.serve(kube::resource_of<GitRepository>());
    sources_.add(cache_);
    sources_.on_change([this](std::string_view kind, const kube::ObjectKey& key) {
      heard_.push_back(text::cat(kind, " ", key.text()));
    });
  }
  ~SourcesTest() override { test::run(reactor_, tasks_.stop(Milliseconds{0})); }

  static kube::ReflectorOptions reflector() {
    kube::ReflectorOptions out;
    out.resource = kube::resource_of<GitRepository>();
    return out;
  }
  void settle() {
    for (int turns = 0; turns < 200; ++turns) test::run(reactor_, async::yield_now());
  }
  static json::Value repository() {
    return json::Value::object(
        {{"metadata", json::Value::object({{"name", "web"}, {"namespace", "shop"}})},
         {"spec", json::Value::object({{"url", "https://git/web"}, {"interval", "1m"}})}}
    );
  }
  void offer(const char* revision) {
    api_.edit(kPath, [revision](json::Value& object) {
      object["status"] = json::Value::object(
          {{"artifact",
            json::Value::object(
                {{"path", "p"},
                 {"url", "u"},
                 {"revision", revision},
                 {"digest", "sha256:1"},
                 {"lastUpdateTime", "2026-01-01T00:00:00Z"}}
            )}}
      );
    });
  }

  asio::io_context reactor_;
  SystemClock clock_;
  test::SimulatedApi api_{clock_};
  kube::Client client_{api_, test::SimulatedApi::cluster(), kube::Identity{}};
  async::TaskGroup tasks_{reactor_.get_executor(), [](std::string_view, const std::exception_ptr&) {}};
  kube::Informer<GitRepository> cache_{
      client_,
      reflector(),
      [](json::Value& document) { return json::decode<GitRepository>(json::View{document}); },
      log::Logger{}};
  Sources sources_;
  std::vector<std::string> heard_;
};

TEST_F(SourcesTest, AKindThatNobodyAddedIsNotServed) {
  EXPECT_TRUE(sources_.serves("GitRepository"));
  EXPECT_FALSE(sources_.serves("Bucket"));
  EXPECT_FALSE(sources_.find("Bucket", kKey).exists);
  EXPECT_EQ(sources_.full_name("GitRepository"), "GitRepository.source.toolkit.fluxcd.io");
}

TEST_F(SourcesTest, AnArtifactIsFoundAndItsChangeHeard) {
  EXPECT_FALSE(sources_.find("GitRepository", kKey).exists);
  api_.put(kPath, repository());
  tasks_.spawn("cache", cache_.run());
  settle();
  EXPECT_TRUE(sources_.find("GitRepository", kKey).exists);
  EXPECT_FALSE(sources_.find("GitRepository", kKey).artifact);
  EXPECT_TRUE(heard_.empty()) << "there is nothing to be had yet";
  offer("main@sha1:1");
  settle();
  EXPECT_EQ(sources_.find("GitRepository", kKey).artifact->revision, "main@sha1:1");
  EXPECT_EQ(heard_, std::vector<std::string>{"GitRepository shop/web"});
  api_.edit(kPath, [](json::Value& object) { object["spec"].set("interval", "2m"); });
  settle();
  EXPECT_EQ(heard_.size(), 1u) << "the artifact is the same";
  offer("main@sha1:2");
  settle();
  EXPECT_EQ(heard_.size(), 2u);
}

TEST_F(SourcesTest, WhyASourceCannotBeReadIsKnown) {
  auto broken = repository();
  broken["spec"].set("interval", "9999999h");
  api_.put(kPath, std::move(broken));
  tasks_.spawn("cache", cache_.run());
  settle();
  const auto found = sources_.find("GitRepository", kKey);
  EXPECT_FALSE(found.exists);
  EXPECT_NE(found.problem.find("spec.interval"), std::string::npos) << found.problem;
}

}  // namespace
}  // namespace weir::sources
