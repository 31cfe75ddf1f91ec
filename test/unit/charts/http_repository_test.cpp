#include "pkg/charts/http_repository.hpp"

#include <gmock/gmock.h>

#include "pkg/base/base64.hpp"
#include "pkg/base/digest.hpp"
#include "test/support/run.hpp"
#include "test/unit/charts/charts_support.hpp"

namespace weir::charts {
namespace {

using testing::ElementsAre;

class HttpRepositoryTest : public testing::Test {
 protected:
  HttpRepository repository(std::string url = "https://h/charts") {
    return HttpRepository{{web_, cpu_}, std::move(url), options_};
  }
  void sign_in() {
    options_.username = "ann";
    options_.password = SecretString{"secret"};
  }
  template <class T>
  std::string failure_of(asio::awaitable<T> work) {
    try {
      test::run(reactor_, std::move(work));
    } catch (const FetchError& error) {
      return error.what();
    }
    return "no failure";
  }

  asio::io_context reactor_;
  Web web_;
  async::BlockingPool cpu_{"cpu", 1, 8};
  RepositoryOptions options_;
};

TEST_F(HttpRepositoryTest, FetchesAnIndexOnceUntilItsTagChanges) {
  web_.pages["GET https://h/charts/index.yaml"] = {
      200, "apiVersion: v1\nentries: {demo: [{name: demo, version: 1.0.0}]}\n", {{"ETag", "\"1\""}}};
  auto charts = repository();
  auto first = test::run(reactor_, charts.fetch_index());
  EXPECT_EQ(first.etag, "\"1\"");
  EXPECT_FALSE(first.is_unchanged);
  const auto again = test::run(reactor_, charts.fetch_index(first.etag));
  EXPECT_TRUE(again.is_unchanged);
  EXPECT_EQ(again.etag, "\"1\"");
  const auto index = test::run(reactor_, charts.read_index(std::move(first), {"demo"}));
  ASSERT_NE(index.find("demo"), nullptr);
  EXPECT_EQ(index.find("demo")->front().version, "1.0.0");
}

TEST_F(HttpRepositoryTest, SaysWhatIsMissingInHelmsWords) {
  auto charts = repository();
  EXPECT_EQ(failure_of(charts.fetch_index()), "failed to fetch https://h/charts/index.yaml : 404 Not Found");
  FetchedIndex html;
  html.text = "<html>";
  EXPECT_THAT(failure_of(charts.read_index(std::move(html), {})), testing::StartsWith("error unmarshaling JSON"));
  EXPECT_EQ(
      failure_of(charts.fetch_archive("https://ann:secret@h/x.tgz")), "failed to fetch https://h/x.tgz : 404 Not Found"
  );
  EXPECT_THAT(failure_of(charts.fetch_archive("ftp://h/x.tgz")), testing::StartsWith("invalid chart URL format: "));
}

TEST_F(HttpRepositoryTest, RefusesWhatIsTooLong) {
  options_.index.bytes = 4;
  options_.max_archive_bytes = 4;
  web_.pages["GET https://h/charts/index.yaml"] = {200, "12345", {}};
  web_.pages["GET https://h/charts/x.tgz"] = {200, "12345", {}};
  auto charts = repository();
  EXPECT_EQ(failure_of(charts.fetch_index()), "index exceeds the maximum index file size of 4 bytes");
  EXPECT_EQ(failure_of(charts.fetch_archive("x.tgz")), "the archive https://h/charts/x.tgz has more than 4 bytes");
  EXPECT_EQ(failure_of(charts.fetch_file("https://h/charts/x.tgz", 3)), "https://h/charts/x.tgz has more than 3 bytes");
}

TEST_F(HttpRepositoryTest, HoldsAnArchiveAgainstItsDigest) {
  web_.pages["GET https://h/charts/x.tgz"] = {200, "archive", {}};
  auto charts = repository();
  const std::string digest = sha256_hex("archive");
  EXPECT_EQ(test::run(reactor_, charts.fetch_archive("x.tgz", digest)), "archive");
  EXPECT_EQ(test::run(reactor_, charts.fetch_archive("x.tgz", "sha256:" + digest)), "archive");
  const std::string wrong(64, '0');
  EXPECT_EQ(
      failure_of(charts.fetch_archive("x.tgz", wrong)),
      text::cat(
          "the archive https://h/charts/x.tgz is not what the index says: expected the digest ", wrong, ", got ", digest
      )
  );
  EXPECT_EQ(
      failure_of(charts.fetch_archive("x.tgz", "abcd")),
      "the digest of https://h/charts/x.tgz in the index: invalid digest length: 2"
  );
}

TEST_F(HttpRepositoryTest, SendsCredentialsToItsOwnOriginOnly) {
  sign_in();
  const std::string with = " with Basic " + base64::encode("ann:secret");
  web_.pages["GET https://h/charts/a.tgz"] = {302, "", {{"Location", "https://cdn/a.tgz"}}};
  web_.pages["GET https://cdn/a.tgz"] = {200, "a", {}};
  auto charts = repository();
  EXPECT_EQ(test::run(reactor_, charts.fetch_archive("a.tgz")), "a");
  EXPECT_EQ(test::run(reactor_, charts.fetch_archive("https://cdn/a.tgz")), "a");
  EXPECT_THAT(
      web_.asked, ElementsAre("GET https://h/charts/a.tgz" + with, "GET https://cdn/a.tgz", "GET https://cdn/a.tgz")
  );
}

TEST_F(HttpRepositoryTest, SendsCredentialsAnywhereWhenItIsToldTo) {
  sign_in();
  options_.passes_credentials = true;
  web_.pages["GET https://cdn/a.tgz"] = {200, "a", {}};
  auto charts = repository();
  test::run(reactor_, charts.fetch_archive("https://cdn/a.tgz"));
  EXPECT_THAT(web_.asked, ElementsAre("GET https://cdn/a.tgz with Basic " + base64::encode("ann:secret")));
}

TEST_F(HttpRepositoryTest, TakesCredentialsOutOfItsUrl) {
  web_.pages["GET https://h/charts/index.yaml"] = {200, "apiVersion: v1\n", {}};
  auto charts = repository("https://bob:word@h/charts");
  test::run(reactor_, charts.fetch_index());
  EXPECT_THAT(web_.asked, ElementsAre("GET https://h/charts/index.yaml with Basic " + base64::encode("bob:word")));
}

}  // namespace
}  // namespace weir::charts
