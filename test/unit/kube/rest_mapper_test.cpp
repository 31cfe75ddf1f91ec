#include "pkg/kube/rest_mapper.hpp"

#include <map>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "pkg/base/text.hpp"
#include "test/support/run.hpp"
#include "test/support/scripted_api.hpp"

namespace weir::kube {
namespace {

using namespace std::chrono_literals;

/// Serves example.com/v1 with one kind, or not.
class Cluster final : public test::ScriptedApi {
 public:
  std::string plural = "boxes";  ///< of the kind Box; empty: the definition is not there
  bool is_away = false;
  int discoveries = 0;

  asio::awaitable<http::Response> send(http::Request request, const http::CallOptions&) override {
    const auto path = text::cut(request.url.target, "?").first;
    http::Response out;
    out.status = 200;
    if (path == "/apis/example.com/v1") {
      ++discoveries;
      if (is_away) {
        out.status = 503;
        out.body = R"({"kind":"Status","reason":"ServiceUnavailable","message":"away"})";
      } else if (plural.empty()) {
        out.status = 404;
        out.body = "404 page not found\n";
      } else {
        out.body = text::cat(R"({"resources":[{"name":")", plural, R"(","kind":"Box","namespaced":true}]})");
      }
    } else if (!plural.empty() && path == text::cat("/apis/example.com/v1/namespaces/shop/", plural, "/a")) {
      out.body = "{}";
    } else if (!plural.empty() && path == text::cat("/apis/example.com/v1/namespaces/shop/", plural, "/gone")) {
      out.status = 404;
      out.body = R"({"kind":"Status","reason":"NotFound","message":"boxes \"gone\" not found"})";
    } else {
      out.status = 404;
      out.body = "404 page not found\n";
    }
    co_return out;
  }
};

class RestMapperTest : public ::testing::Test {
 protected:
  RestMapperTest() {
    tenant_.on_unserved([this](std::string_view api_version) { mapper_.forget(api_version); });
  }
  std::string plural() {
    const auto found = test::run(reactor_, mapper_.find("example.com/v1", "Box"));
    return found ? found->plural : "none";
  }
  /// What an apply of shop/`name` comes to.
  unsigned apply(const std::string& name) {
    const auto resource = test::run(reactor_, mapper_.find("example.com/v1", "Box"));
    if (!resource) return 0;
    const Object object{
        json::Value::object({{"metadata", json::Value::object({{"name", name}, {"namespace", "shop"}})}})};
    const ApplyOptions options;
    auto client = tenant_.as(Identity{});
    try {
      test::run(reactor_, client.apply(*resource, object, options));
    } catch (const ApiError& error) {
      return error.status();
    }
    return 200;
  }

  asio::io_context reactor_;
  test::HandClock clock_;
  Cluster cluster_;
  Client client_{cluster_, Cluster::cluster(), Identity{}};
  Client tenant_{cluster_, Cluster::cluster(), Identity{}};
  RestMapper mapper_{client_, clock_};
};

TEST_F(RestMapperTest, AsksOnceForAGroupVersion) {
  EXPECT_EQ(plural(), "boxes");
  EXPECT_EQ(plural(), "boxes");
  EXPECT_EQ(cluster_.discoveries, 1);
}

// A definition that was deleted under its objects was believed to be there for ever, so they were never restored.
TEST_F(RestMapperTest, ADefinitionThatIsGoneIsForgottenByTheFirstRequestThatFails) {
  EXPECT_EQ(apply("a"), 200u);
  cluster_.plural.clear();
  EXPECT_EQ(apply("a"), 404u);
  EXPECT_EQ(plural(), "none");
  clock_.advance(2s);
  cluster_.plural = "crates";  // it came back under another name
  EXPECT_EQ(apply("a"), 200u);
}

TEST_F(RestMapperTest, ADefinitionThatWasRenamedIsFoundAgain) {
  EXPECT_EQ(apply("a"), 200u);
  cluster_.plural = "crates";
  EXPECT_EQ(apply("a"), 404u);
  EXPECT_EQ(apply("a"), 200u);
}

TEST_F(RestMapperTest, AnObjectThatIsNotThereSaysNothingAboutItsKind) {
  EXPECT_EQ(apply("gone"), 404u);
  EXPECT_EQ(apply("gone"), 404u);
  EXPECT_EQ(cluster_.discoveries, 1);
}

TEST_F(RestMapperTest, WhatWasDiscoveredIsNotBelievedForEver) {
  EXPECT_EQ(plural(), "boxes");
  cluster_.plural = "crates";
  clock_.advance(11min);
  EXPECT_EQ(plural(), "crates");
}

TEST_F(RestMapperTest, WhatIsKnownHoldsWhileDiscoveryIsAway) {
  EXPECT_EQ(plural(), "boxes");
  cluster_.is_away = true;
  clock_.advance(11min);
  EXPECT_EQ(plural(), "boxes");
  mapper_.forget("example.com/v1");
  EXPECT_THROW(plural(), ApiError);
}

TEST_F(RestMapperTest, ManyObjectsOfAMissingKindCostOneRequest) {
  cluster_.plural.clear();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(plural(), "none");
  EXPECT_EQ(cluster_.discoveries, 1);
  cluster_.plural = "boxes";
  clock_.advance(1s);
  EXPECT_EQ(plural(), "boxes");
}

}  // namespace
}  // namespace weir::kube
