// The registry client against a registry that says exactly what a case wants.

#include "pkg/oci/registry_client.hpp"

#include <functional>
#include <mutex>

#include <gmock/gmock.h>

#include "pkg/base/base64.hpp"
#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/http/client.hpp"
#include "test/support/run.hpp"
#include "test/support/scripted_server.hpp"

namespace weir::oci {
namespace {

using test::Peer;
using test::ScriptedServer;
using testing::ElementsAre;
using testing::HasSubstr;

struct Asked {
  std::string line;           // "GET /v2/team/app/tags/list?n=1000"
  std::string authorization;  // empty: none
  std::string body;
};
struct Answer {
  int status = 200;
  std::string body;
  std::string headers;
};

/// A server whose every answer is a function of the request.
class Server {
 public:
  explicit Server(std::function<Answer(const Asked&)> answer)
      : answer_{std::move(answer)}, server_{[this](Peer& peer) { serve(peer); }} {}

  std::string address() const { return text::cat("127.0.0.1:", server_.port()); }
  std::string url(std::string_view path) const { return server_.url(path); }
  std::vector<std::string> lines() const {
    std::vector<std::string> out;
    for (const auto& asked : log()) out.push_back(asked.line);
    return out;
  }
  std::vector<Asked> log() const {
    const std::lock_guard lock{mutex_};
    return log_;
  }

 private:
  void serve(Peer& peer) {
    while (true) {
      const std::string request = peer.read_request();
      if (request.find("\r\n\r\n") == std::string::npos) return;
      Asked asked;
      asked.line = request.substr(0, request.find(" HTTP/"));
      const std::string head = request.substr(0, request.find("\r\n\r\n"));
      for (const auto header : text::split(head, '\n')) {
        const auto [name, value] = text::cut(header, ":");
        if (text::equal_ignoring_case(name, "authorization")) asked.authorization = text::trim(value);
      }
      asked.body = request.substr(request.find("\r\n\r\n") + 4);
      const auto answer = answer_(asked);
      {
        const std::lock_guard lock{mutex_};
        log_.push_back(asked);
      }
      if (answer.status == 0) return;  // breaks off
      peer.answer(answer.status, asked.line.starts_with("HEAD") ? "" : answer.body, answer.headers);
    }
  }

  std::function<Answer(const Asked&)> answer_;
  mutable std::mutex mutex_;
  std::vector<Asked> log_;
  ScriptedServer server_;
};

Answer page(const std::vector<std::string>& tags, const std::string& next = "") {
  std::vector<std::string> quoted;
  for (const auto& tag : tags) quoted.push_back(text::quoted(tag));
  Answer out;
  out.body = text::cat(R"({"name":"team/app","tags":[)", text::join(quoted, ","), "]}");
  if (!next.empty()) out.headers = text::cat("Link: <", next, ">; rel=\"next\"\r\n");
  return out;
}
Answer challenge(const std::string& header) {
  return Answer{
      401,
      R"({"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]})",
      text::cat("WWW-Authenticate: ", header, "\r\n")};
}
std::string basic(const std::string& pair) { return "Basic " + base64::encode(pair); }

class OciRegistry : public testing::Test {
 protected:
  RegistryClient client(const Server& server) {
    schemes_.set(KnownSchemes::key(server.address(), transport_), "http");
    options_.retry.first = Milliseconds{1};
    Repository repository;
    repository.registry = server.address();
    repository.path = "team/app";
    return RegistryClient{{transport_, schemes_, cpu_, clock_}, repository, options_};
  }
  std::string tags_of(const Server& server) {
    auto asking = client(server);
    return test::run(reactor_, asking.list_tags()).lines;
  }
  RegistryError failure_of(const Server& server) {
    try {
      tags_of(server);
    } catch (const RegistryError& error) {
      return error;
    }
    ADD_FAILURE() << "no RegistryError";
    return RegistryError{0, ""};
  }

  asio::io_context reactor_;
  http::Client transport_{reactor_.get_executor(), http::ConnectionOptions{}};
  KnownSchemes schemes_;
  async::BlockingPool cpu_{"cpu", 1, 8};
  SystemClock clock_;
  RegistryOptions options_;
};

TEST_F(OciRegistry, FollowsPagesOfAnySize) {
  std::string self;
  Server server{[&](const Asked& asked) {
    if (asked.line.ends_with("?n=1000")) return page({"a", "b"}, "/v2/team/app/tags/list?last=b");
    if (asked.line.ends_with("?last=b")) return page({"c"}, self + "/v2/team/app/tags/list?last=c");
    return page({});
  }};
  self = "http://" + server.address();
  EXPECT_EQ(tags_of(server), "a\nb\nc\n");
  EXPECT_THAT(
      server.lines(),
      ElementsAre(
          "GET /v2/team/app/tags/list?n=1000", "GET /v2/team/app/tags/list?last=b", "GET /v2/team/app/tags/list?last=c"
      )
  );
}

TEST_F(OciRegistry, RefusesANextPageElsewhere) {
  Server server{[](const Asked&) { return page({"a"}, "http://127.0.0.2:1/steal"); }};
  EXPECT_THAT(failure_of(server).what(), HasSubstr("the next page is on another host: http://127.0.0.2:1/steal"));
}

TEST_F(OciRegistry, RefusesPagesThatNeverEnd) {
  Server server{[](const Asked&) { return page({"a"}, "/v2/team/app/tags/list?n=1000"); }};
  EXPECT_THAT(failure_of(server).what(), HasSubstr("the pages of the tag list never end"));
}

TEST_F(OciRegistry, RefusesMoreTagsThanTheLimit) {
  options_.max_tags = 3;
  int number = 0;
  Server server{[&](const Asked&) { return page({"a", "b"}, text::cat("/next/", ++number)); }};
  EXPECT_THAT(failure_of(server).what(), HasSubstr("more than 3 tags, the limit of --max-tags"));
}

TEST_F(OciRegistry, RefusesAPageOfMoreBytesThanTheLimit) {
  options_.max_page_bytes = 1'000;
  Server server{[&](const Asked&) { return page(std::vector<std::string>(1'000, "tag")); }};
  EXPECT_THROW(tags_of(server), http::BodyTooLarge);
}

TEST_F(OciRegistry, ReadsALongPageOnThePool) {
  std::vector<std::string> tags;
  for (int i = 0; i < 20'000; ++i) tags.push_back(text::cat("1.0.", i));
  Server server{[&](const Asked&) { return page(tags); }};
  auto asking = client(server);
  EXPECT_EQ(test::run(reactor_, asking.list_tags()).count, 20'000u);
}

TEST_F(OciRegistry, NamesWhatIsNoTagList) {
  Server server{[](const Asked&) { return Answer{200, "<html>log in</html>", "Content-Type: text/html\r\n"}; }};
  EXPECT_THAT(failure_of(server).what(), HasSubstr("expected a tag list in JSON"));
  EXPECT_THAT(failure_of(server).what(), HasSubstr("(Content-Type \"text/html\")"));
}

TEST_F(OciRegistry, TellsTheRegistrysWords) {
  Server server{[](const Asked&) {
    return Answer{404, R"({"errors":[{"code":"NAME_UNKNOWN","message":"no such repository"}]})", ""};
  }};
  const auto error = failure_of(server);
  EXPECT_EQ(error.status(), 404u);
  EXPECT_EQ(
      error.what(),
      text::cat(
          "GET ",
          server.url("/v2/team/app/tags/list?n=1000"),
          ": unexpected status code 404: NAME_UNKNOWN: no such repository"
      )
  );
}

TEST_F(OciRegistry, AnonymousToken) {
  std::string realm;
  Server server{[&](const Asked& asked) {
    if (asked.line.starts_with("GET /token")) return Answer{200, R"({"access_token":"t1"})", ""};
    if (asked.authorization != "Bearer t1")
      return challenge(text::cat("Bearer realm=\"", realm, "\",service=\"a b\",scope=\"repository:team/app:pull\""));
    return page({"a"});
  }};
  realm = server.url("/token");
  EXPECT_EQ(tags_of(server), "a\n");
  const auto log = server.log();
  ASSERT_EQ(log.size(), 3u);
  EXPECT_EQ(log[1].line, "GET /token?scope=repository%3Ateam%2Fapp%3Apull&service=a%20b");
  EXPECT_EQ(log[1].authorization, "");
}

TEST_F(OciRegistry, CredentialsGoToTheRealmAndTheTokenToTheRegistry) {
  options_.credentials.username = "robot";
  options_.credentials.password = SecretString{"secret"};
  Server realm{[](const Asked& asked) {
    return asked.authorization == basic("robot:secret") ? Answer{200, R"({"token":"t1"})", ""}
                                                        : Answer{401, R"({"details":"who?"})", ""};
  }};
  Server server{[&](const Asked& asked) {
    if (asked.authorization != "Bearer t1") return challenge(text::cat("Bearer realm=\"", realm.url("/token"), "\""));
    return asked.line.ends_with("n=1000") ? page({"a"}, "/v2/team/app/tags/list?last=a") : page({"b"});
  }};
  EXPECT_EQ(tags_of(server), "a\nb\n");
  EXPECT_EQ(realm.log().size(), 1u) << "one token serves every page";
  for (const auto& asked : server.log()) EXPECT_TRUE(asked.authorization.empty() || asked.authorization == "Bearer t1");
}

TEST_F(OciRegistry, ATokenThatExpiresBetweenPagesIsFetchedAgain) {
  std::string realm;
  int tokens = 0;
  Server server{[&](const Asked& asked) {
    if (asked.line.starts_with("GET /token")) return Answer{200, text::cat(R"({"token":"t)", ++tokens, "\"}"), ""};
    const bool first = asked.line.ends_with("n=1000");
    if (asked.authorization != (first ? "Bearer t1" : "Bearer t2"))
      return challenge(text::cat("Bearer realm=\"", realm, "\""));
    return first ? page({"a"}, "/v2/team/app/tags/list?last=a") : page({"b"});
  }};
  realm = server.url("/token");
  EXPECT_EQ(tags_of(server), "a\nb\n");
}

TEST_F(OciRegistry, IdentityTokenIsExchangedAndFallsBack) {
  options_.credentials.identity_token = SecretString{"refresh me"};
  for (const bool knows_post : {true, false}) {
    std::string realm;
    Server server{[&](const Asked& asked) {
      if (asked.line == "POST /token")
        return knows_post ? Answer{200, R"({"access_token":"t"})", ""} : Answer{404, "", ""};
      if (asked.line.starts_with("GET /token")) return Answer{200, R"({"token":"t"})", ""};
      return asked.authorization == "Bearer t" ? page({"a"})
                                               : challenge(text::cat("Bearer realm=\"", realm, "\",service=s"));
    }};
    realm = server.url("/token");
    EXPECT_EQ(tags_of(server), "a\n");
    EXPECT_EQ(
        server.log()[1].body,
        "grant_type=refresh_token&client_id=weir&service=s&scope=repository%3Ateam%2Fapp%3Apull&refresh_token=refresh%"
        "20me"
    );
  }
}

TEST_F(OciRegistry, BasicOnlyOnce) {
  options_.credentials.username = "robot";
  options_.credentials.password = SecretString{"wrong-password"};
  Server server{[](const Asked& asked) {
    return asked.authorization == basic("robot:right") ? page({"a"}) : challenge("Basic realm=x");
  }};
  const auto error = failure_of(server);
  EXPECT_TRUE(error.is_unauthorized());
  EXPECT_THAT(error.what(), HasSubstr("UNAUTHORIZED: authentication required"));
  EXPECT_EQ(server.log().size(), 2u) << "a wrong password is not sent again and again";
  options_.credentials.password = SecretString{"right"};
  EXPECT_EQ(tags_of(server), "a\n");
}

TEST_F(OciRegistry, RedirectsDropCredentials) {
  options_.credentials.username = "robot";
  options_.credentials.password = SecretString{"secret"};
  Server other{[](const Asked&) { return page({"a"}); }};
  Server server{[&](const Asked& asked) {
    if (asked.authorization.empty()) return challenge("Basic realm=x");
    return Answer{307, "", text::cat("Location: ", other.url("/elsewhere"), "\r\n")};
  }};
  EXPECT_EQ(tags_of(server), "a\n");
  ASSERT_EQ(other.log().size(), 1u);
  EXPECT_EQ(other.log()[0].authorization, "");
}

TEST_F(OciRegistry, ATokenServerThatRedirectsElsewhereIsRefused) {
  Server other{[](const Asked&) { return Answer{200, R"({"token":"t"})", ""}; }};
  Server realm{[&](const Asked&) { return Answer{302, "", text::cat("Location: ", other.url("/token"), "\r\n")}; }};
  Server server{[&](const Asked&) { return challenge(text::cat("Bearer realm=\"", realm.url("/token"), "\"")); }};
  EXPECT_THAT(
      failure_of(server).what(), HasSubstr(text::cat("refused a redirect of the token server to ", other.address()))
  );
  EXPECT_TRUE(other.log().empty());
}

TEST_F(OciRegistry, RealmsThatCannotBeTrusted) {
  for (const auto& [realm, words] : std::vector<std::pair<std::string, std::string>>{
           {"http://auth.example.com/token", "it speaks plain HTTP and spec.insecure is not set"},
           {"ftp://auth.example.com/token", "a realm that is no URL"},
           {"", "a realm that is no URL"}}) {
    Server server{[&](const Asked&) { return challenge(text::cat("Bearer realm=\"", realm, "\"")); }};
    EXPECT_THAT(failure_of(server).what(), HasSubstr(words)) << realm;
  }
}

TEST_F(OciRegistry, ATokenServerThatAnswersNonsense) {
  for (const char* body : {"", "{}", "<html>", R"({"token":5})"}) {
    std::string realm;
    Server server{[&](const Asked& asked) {
      return asked.line.starts_with("GET /token") ? Answer{200, body, ""}
                                                  : challenge(text::cat("Bearer realm=\"", realm, "\""));
    }};
    realm = server.url("/token");
    EXPECT_THAT(failure_of(server).what(), HasSubstr("expected JSON with a token")) << body;
  }
}

TEST_F(OciRegistry, TriesAgainInTheMiddleOfPaging) {
  for (const Answer& fault : {Answer{503, "", ""}, Answer{429, "", "Retry-After: 0\r\n"}, Answer{0, "", ""}}) {
    int failures = 0;
    Server server{[&](const Asked& asked) {
      if (asked.line.ends_with("n=1000")) return page({"a"}, "/v2/team/app/tags/list?last=a");
      return failures++ < 1 ? fault : page({"b"});
    }};
    EXPECT_EQ(tags_of(server), "a\nb\n");
  }
}

TEST_F(OciRegistry, GivesUpAfterThreeAttempts) {
  Server server{[](const Asked&) { return Answer{502, "", ""}; }};
  EXPECT_EQ(failure_of(server).status(), 502u);
  EXPECT_EQ(server.log().size(), 3u);
}

TEST_F(OciRegistry, ALongRetryAfterIsHandedOn) {
  Server server{[](const Asked&) { return Answer{429, "", "Retry-After: 600\r\n"}; }};
  const auto error = failure_of(server);
  EXPECT_EQ(error.retry_after(), std::chrono::seconds{600});
  EXPECT_EQ(server.log().size(), 1u);
}

TEST_F(OciRegistry, DigestFromTheHeaderElseFromTheManifest) {
  const std::string digest = "sha256:" + std::string(64, 'a');
  for (const bool has_header : {true, false}) {
    Server server{[&](const Asked&) {
      return Answer{200, "{}", has_header ? text::cat("Docker-Content-Digest: ", digest, "\r\n") : ""};
    }};
    auto asking = client(server);
    EXPECT_EQ(test::run(reactor_, asking.digest("1.0")), has_header ? digest : "sha256:" + sha256_hex("{}"));
    EXPECT_EQ(server.lines().front(), "HEAD /v2/team/app/manifests/1.0");
  }
}

TEST_F(OciRegistry, ALocalRegistryIsTriedOverTlsFirst) {
  Server server{[](const Asked&) { return page({"a"}); }};
  Repository repository;
  repository.registry = server.address();
  repository.path = "team/app";
  RegistryClient asking{{transport_, schemes_, cpu_, clock_}, repository, options_};
  EXPECT_EQ(test::run(reactor_, asking.list_tags()).lines, "a\n");
  EXPECT_EQ(schemes_.find(KnownSchemes::key(server.address(), transport_)), "http");
}

TEST_F(OciRegistry, AWebServerThatSendsEverybodyToHttpsIsNoPlainRegistry) {
  Server server{[](const Asked&) { return Answer{301, "", "Location: https://elsewhere.example.com/\r\n"}; }};
  Repository repository;
  repository.registry = server.address();
  repository.path = "team/app";
  options_.retry.attempts = 1;
  options_.request_timeout = Milliseconds{500};
  RegistryClient asking{{transport_, schemes_, cpu_, clock_}, repository, options_};
  EXPECT_ANY_THROW(test::run(reactor_, asking.list_tags()));
  EXPECT_EQ(schemes_.find(KnownSchemes::key(server.address(), transport_)), "");
  for (const auto& asked : server.log()) EXPECT_EQ(asked.line, "GET /v2/");
}

/// A registry of a public name, as a proxy has it that answers for everybody.
TEST_F(OciRegistry, APublicRegistryLeadsToNoPrivatePlace) {
  std::string location;
  std::string realm;
  Server proxy{[&](const Asked& asked) {
    if (asked.line.starts_with("CONNECT")) return Answer{502, "", ""};
    if (!realm.empty()) return challenge(text::cat("Bearer realm=\"", realm, "\""));
    if (asked.line.find("tags/list") == std::string::npos) return Answer{200, "", ""};
    return Answer{307, "", text::cat("Location: ", location, "\r\n")};
  }};
  Repository repository;
  repository.registry = "registry.example.com";
  repository.path = "team/app";
  http::ConnectionOptions connection;
  connection.proxy.address = proxy.url("");
  http::Client behind_proxy{reactor_.get_executor(), connection};
  options_.allows_http = true;
  options_.retry.first = Milliseconds{1};
  const auto refusal = [&] {
    RegistryClient client{{behind_proxy, schemes_, cpu_, clock_}, repository, options_};
    try {
      test::run(reactor_, client.list_tags());
    } catch (const RegistryError& error) {
      return std::string{error.what()};
    }
    return std::string{"listed"};
  };
  for (const char* host :
       {"localhost", "169.254.169.254", "kubernetes.default.svc", "metadata.google.internal", "2130706433"}) {
    location = text::cat("http://", host, "/latest/meta-data");
    EXPECT_EQ(
        refusal(),
        text::cat("refused the redirect to ", location, ": it is a private address or name, and not the registry's")
    );
  }
  realm = "http://kubernetes.default.svc/api";
  EXPECT_EQ(
      refusal(), text::cat("refused the realm ", realm, ": it is a private address or name, and not the registry's")
  );
}

TEST_F(OciRegistry, WhatAProxySaysAboutARegistryHoldsBehindThatProxyOnly) {
  Server proxy{[](const Asked& asked) {
    if (asked.line.starts_with("CONNECT")) return Answer{502, "", ""};  // so that plain HTTP is tried
    return page({"stolen"});
  }};
  Server server{[](const Asked&) { return page({"a"}); }};
  Repository repository;
  repository.registry = server.address();
  repository.path = "team/app";
  http::ConnectionOptions connection;
  connection.proxy.address = proxy.url("");
  http::Client behind_proxy{reactor_.get_executor(), connection};
  RegistryClient other{{behind_proxy, schemes_, cpu_, clock_}, repository, options_};
  EXPECT_EQ(test::run(reactor_, other.list_tags()).lines, "stolen\n");

  RegistryClient asking{{transport_, schemes_, cpu_, clock_}, repository, options_};
  EXPECT_EQ(test::run(reactor_, asking.list_tags()).lines, "a\n");
  EXPECT_EQ(server.lines().front(), "GET /v2/") << "which scheme it speaks is found out anew";
}

}  // namespace
}  // namespace weir::oci
