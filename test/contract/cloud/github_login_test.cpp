#include <gmock/gmock.h>

#include "pkg/cloud/git_logins.hpp"
#include "test/contract/cloud/fake_cloud.hpp"
#include "test/support/rsa_key.hpp"

namespace weir::cloud {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class GitHubLogin : public CloudTest {
 protected:
  GitHubLogin() {
    cloud_.on("POST /api/v3/app/installations/345/access_tokens", Answer{201, kToken, ""});
    cloud_.on("GET /api/v3/app/installations", [this](const Asked& asked) {
      const bool is_first = asked.line.ends_with("&page=1");
      const std::string next = text::cat("Link: <", cloud_.url("/next"), ">; rel=\"next\"\r\n");
      if (is_first) return Answer{200, R"([{"id":1,"account":{"login":"other"}},{"id":2,"account":null}])", next};
      return Answer{200, R"([{"id":345,"account":{"login":"Team"}}])", ""};
    });
  }
  GitHubApp app(const std::string& id, const std::string& owner = "") const {
    auto out = parse_github_app(
        {{"githubAppID", "12"},
         {"githubAppInstallationID", id},
         {"githubAppInstallationOwner", owner},
         {"githubAppPrivateKey", key_},
         {"githubAppBaseURL", cloud_.url()}}
    );
    return out.value();
  }
  GitLogins logins() {
    GitLogins::Options options;
    options.user_agent = "weir-test/1";
    return GitLogins{transport_, environment_, clock_, options};
  }

  static constexpr const char* kToken =
      R"({"token":"s3cr3t-token","expires_at":"2026-11-23T13:00:00Z","permissions":{}})";
  std::string key_ = test::pem_of(test::new_rsa_key().get());
};

TEST_F(GitHubLogin, WithAnInstallation) {
  auto all = logins();
  const auto got = run(all.github(app("345"), transport_));
  EXPECT_EQ(got.username, "x-access-token");
  EXPECT_EQ(got.password.reveal(), "s3cr3t-token");
  EXPECT_EQ(after(got.expires_at), "3600 s");
  const auto log = cloud_.log();
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log[0].line, "POST /api/v3/app/installations/345/access_tokens");
  EXPECT_EQ(log[0].header("accept"), "application/vnd.github+json");
  EXPECT_EQ(log[0].header("user-agent"), "weir-test/1");
  EXPECT_EQ(log[0].header("authorization"), text::cat("Bearer ", github_app_jwt(app("345"), clock_.wall).value()));
}

TEST_F(GitHubLogin, WithAnOwnerOnALaterPage) {
  auto all = logins();
  EXPECT_EQ(run(all.github(app("", "team"), transport_)).password.reveal(), "s3cr3t-token");
  EXPECT_THAT(
      cloud_.lines(),
      ElementsAre(
          "GET /api/v3/app/installations?per_page=30&page=1",
          "GET /api/v3/app/installations?per_page=30&page=2",
          "POST /api/v3/app/installations/345/access_tokens"
      )
  );
  EXPECT_EQ(
      failure_of(all.github(app("", "nobody"), transport_)),
      "githubAppInstallationOwner: the app is not installed at this account"
  );
}

TEST_F(GitHubLogin, IsKeptForFourFifthsOfItsTimeAndForItsKeyOnly) {
  auto all = logins();
  run(all.github(app("345"), transport_));
  clock_.wall += std::chrono::seconds{2'879};
  run(all.github(app("345"), transport_));
  EXPECT_EQ(cloud_.log().size(), 1U);
  const auto mine = key_;
  key_ = test::pem_of(test::new_rsa_key().get());
  run(all.github(app("345"), transport_));
  EXPECT_EQ(cloud_.log().size(), 2U);  // whoever has another key must show that it is good
  key_ = mine;
  clock_.wall += std::chrono::seconds{1};
  run(all.github(app("345"), transport_));
  EXPECT_EQ(cloud_.log().size(), 3U);
}

TEST_F(GitHubLogin, RefusalsNameTheKeyOfTheSecret) {
  auto all = logins();
  const auto answer = [this](int status, const char* body) {
    cloud_.on("POST /api/v3/app/installations/345/access_tokens", Answer{status, body, ""});
  };
  const auto at = cloud_.address();
  answer(401, R"({"message":"s3cr3t","documentation_url":"https://docs.github.com"})");
  EXPECT_EQ(
      failure_of(all.github(app("345"), transport_)),
      text::cat(
          "githubAppPrivateKey: GitHub App token at ",
          at,
          ": unexpected status code 401: expected a key of the app that githubAppID names (or the clock is wrong)"
      )
  );
  answer(404, "{}");
  EXPECT_EQ(
      failure_of(all.github(app("345"), transport_)),
      text::cat(
          "githubAppInstallationID: GitHub App token at ",
          at,
          ": unexpected status code 404: the app has no such installation"
      )
  );
  EXPECT_THAT(failure_of(all.github(app("", "team"), transport_)), HasSubstr("githubAppInstallationOwner: "));
  answer(503, "s3cr3t");
  EXPECT_EQ(
      failure_of(all.github(app("345"), transport_)),
      text::cat("GitHub App token at ", at, ": unexpected status code 503")
  );
  for (const char* body : {"", "[]", "{}", R"({"token":7})"}) {
    answer(201, body);
    EXPECT_THAT(failure_of(all.github(app("345"), transport_)), HasSubstr("GitHub App token: ")) << body;
  }
  cloud_.on("GET /api/v3/app/installations", Answer{404, "", ""});
  EXPECT_THAT(
      failure_of(all.github(app("", "team"), transport_)), HasSubstr("githubAppBaseURL: GitHub App installations at ")
  );
  for (const char* body :
       {"", "{}", R"([{"account":{"login":"team"}}])", R"([{"id":"s3cr3t","account":{"login":"team"}}])"}) {
    cloud_.on("GET /api/v3/app/installations", Answer{200, body, ""});
    EXPECT_THAT(failure_of(all.github(app("", "team"), transport_)), HasSubstr("GitHub App installations: ")) << body;
  }
  key_ = "s3cr3t-pem";
  EXPECT_EQ(failure_of(all.github(app("345"), transport_)), "githubAppPrivateKey: expected an RSA private key in PEM");
}

}  // namespace
}  // namespace weir::cloud
