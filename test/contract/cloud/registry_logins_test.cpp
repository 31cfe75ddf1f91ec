#include "pkg/cloud/registry_logins.hpp"

#include <thread>

#include "pkg/async/timeout.hpp"
#include "test/contract/cloud/fake_cloud.hpp"

namespace weir::cloud {
namespace {

using testing::HasSubstr;

class Logins : public CloudTest {
 protected:
  Logins() {
    environment_.variables["GCE_METADATA_HOST"] = cloud_.address();
    answer_ok();
  }
  void answer_ok() {
    cloud_.on(
        "GET /computeMetadata/v1/instance/service-accounts/default/token",
        Answer{200, R"({"access_token":"s3cr3t","expires_in":1000})", "Metadata-Flavor: Google\r\n"}
    );
  }
  RegistryLogins logins(std::size_t size = 10) {
    RegistryLogins::Options options;
    options.cache_size = size;
    return RegistryLogins{transport_, environment_, clock_, options};
  }
  std::size_t asked() { return cloud_.log().size(); }
};

TEST_F(Logins, AreFetchedOnceUntilTheyGrowOld) {
  auto all = logins();
  EXPECT_EQ(run(all.login(Provider::kGoogle, "gcr.io", transport_)).password.reveal(), "s3cr3t");
  EXPECT_EQ(run(all.login(Provider::kGoogle, "eu.gcr.io", transport_)).username, "oauth2accesstoken");
  EXPECT_EQ(asked(), 1U);
  clock_.wall += std::chrono::seconds{799};
  run(all.login(Provider::kGoogle, "gcr.io", transport_));
  EXPECT_EQ(asked(), 1U);
  clock_.wall += std::chrono::seconds{1};
  run(all.login(Provider::kGoogle, "gcr.io", transport_));
  EXPECT_EQ(asked(), 2U);
}

TEST_F(Logins, ThroughAnotherProxyIsAnotherLogin) {
  auto all = logins();
  run(all.login(Provider::kGoogle, "gcr.io", transport_));
  http::ConnectionOptions connection;
  connection.proxy.address = cloud_.url();
  http::Client proxied{reactor_.get_executor(), connection};
  run(all.login(Provider::kGoogle, "gcr.io", proxied));
  EXPECT_EQ(asked(), 2U);
}

TEST_F(Logins, AreNotKeptWithoutACache) {
  auto all = logins(0);
  run(all.login(Provider::kGoogle, "gcr.io", transport_));
  run(all.login(Provider::kGoogle, "gcr.io", transport_));
  EXPECT_EQ(asked(), 2U);
}

TEST_F(Logins, FailuresAreNotKept) {
  auto all = logins();
  cloud_.on("GET /computeMetadata/v1/instance/service-accounts/default/token", Answer{503, "", ""});
  EXPECT_THAT(failure_of(all.login(Provider::kGoogle, "gcr.io", transport_)), HasSubstr("503"));
  answer_ok();
  EXPECT_EQ(run(all.login(Provider::kGoogle, "gcr.io", transport_)).password.reveal(), "s3cr3t");
}

asio::awaitable<void> fetch(RegistryLogins& logins, http::Transport& transport, int& done) {
  const auto login = co_await logins.login(Provider::kGoogle, "gcr.io", transport);
  if (login.password.reveal() == "s3cr3t") ++done;
}

TEST_F(Logins, ManyWhoAskAtOnceWaitForOne) {
  auto all = logins(0);
  int done = 0;
  for (int i = 0; i < 8; ++i)
    asio::co_spawn(reactor_, fetch(all, transport_, done), [](std::exception_ptr failure) { EXPECT_FALSE(failure); });
  while (done < 8 && reactor_.run_one() > 0) {
  }
  EXPECT_EQ(done, 8);
  EXPECT_EQ(asked(), 1U);
}

asio::awaitable<void> fetch_briefly(RegistryLogins& logins, http::Transport& transport, int& done) {
  auto work = fetch(logins, transport, done);
  co_await async::with_timeout(Milliseconds{50}, std::move(work));
}

/// Who gives up must not take those along who wait for the same login.
TEST_F(Logins, WaitersGoOnWhenTheFetcherGivesUp) {
  auto all = logins();
  int answers = 0;
  cloud_.on("GET /computeMetadata/v1/instance/service-accounts/default/token", [&](const Asked&) {
    if (++answers == 1) std::this_thread::sleep_for(std::chrono::milliseconds{300});
    return Answer{200, R"({"access_token":"s3cr3t","expires_in":1000})", "Metadata-Flavor: Google\r\n"};
  });
  int early = 0, late = 0;
  bool gave_up = false;
  asio::co_spawn(reactor_, fetch_briefly(all, transport_, early), [&](std::exception_ptr failure) {
    gave_up = failure != nullptr;
  });
  asio::co_spawn(reactor_, fetch(all, transport_, late), [](std::exception_ptr failure) { EXPECT_FALSE(failure); });
  while (late < 1 && reactor_.run_one() > 0) {
  }
  EXPECT_TRUE(gave_up);
  EXPECT_EQ(early, 0);
  EXPECT_EQ(late, 1);
  EXPECT_EQ(asked(), 2U);
}

TEST_F(Logins, OfAnotherHostAreRefusedBeforeAnythingIsAsked) {
  auto all = logins();
  EXPECT_THAT(
      failure_of(all.login(Provider::kAws, "ghcr.io", transport_)), HasSubstr("\"ghcr.io\" is no registry of AWS")
  );
  EXPECT_EQ(asked(), 0U);
}

TEST_F(Logins, ServeEveryCloud) {
  environment_.variables["AWS_ENDPOINT_URL"] = cloud_.url();
  environment_.variables["AWS_ACCESS_KEY_ID"] = "a";
  environment_.variables["AWS_SECRET_ACCESS_KEY"] = "b";
  cloud_.on("POST /", Answer{200, R"({"authorizationData":[{"authorizationToken":"QVdTOnB3"}]})", ""});
  auto all = logins();
  EXPECT_EQ(run(all.login(Provider::kAws, "1.dkr.ecr.eu-west-1.amazonaws.com", transport_)).password.reveal(), "pw");
  // Azure's exchange is with the registry itself, so the identity before it is as far as this can go.
  environment_.variables["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = cloud_.url();
  EXPECT_THAT(
      failure_of(all.login(Provider::kAzure, "x.azurecr.io", transport_)), HasSubstr("Azure managed identity at")
  );
}

}  // namespace
}  // namespace weir::cloud
