#include "pkg/charts/oci_repository.hpp"

#include <gmock/gmock.h>

#include "pkg/base/digest.hpp"
#include "pkg/charts/http_repository.hpp"
#include "test/support/run.hpp"
#include "test/unit/charts/charts_support.hpp"

namespace weir::charts {
namespace {

using testing::Contains;
using testing::HasSubstr;

std::string digest_of(std::string_view bytes) { return "sha256:" + sha256_hex(bytes); }

class OciRepositoryTest : public testing::Test {
 protected:
  OciRepository repository(std::size_t max_archive_bytes = 1'000) {
    options_.retry.attempts = 1;
    const auto reference = parse_oci_reference("oci://r.example.com/team/demo").value();
    return OciRepository{{web_, schemes_, cpu_, clock_}, reference.repository, options_, max_archive_bytes};
  }
  static std::string at(std::string_view path) { return text::cat("GET https://r.example.com/v2/team/demo/", path); }
  void put_blob(const std::string& bytes) { web_.pages[at("blobs/" + digest_of(bytes))] = {200, bytes, {}}; }
  static std::string descriptor(std::string_view type, std::string_view bytes, std::string_view digest_bytes) {
    return text::cat(
        R"({"mediaType":")", type, R"(","size":)", bytes.size(), R"(,"digest":")", digest_of(digest_bytes), R"("})"
    );
  }
  /// @returns the manifest's digest
  std::string put_chart(const std::string& tag, const std::string& archive, std::string_view claimed = {}) {
    put_blob(kConfigText);
    put_blob(archive);
    const std::string manifest = text::cat(
        R"({"schemaVersion":2,"config":)",
        descriptor("application/vnd.cncf.helm.config.v1+json", kConfigText, kConfigText),
        R"(,"layers":[)",
        descriptor("application/vnd.cncf.helm.chart.provenance.v1.prov", "absent", "absent"),
        ",",
        descriptor("application/vnd.cncf.helm.chart.content.v1.tar+gzip", archive, claimed.empty() ? archive : claimed),
        "]}"
    );
    put_manifest(tag, manifest);
    return digest_of(manifest);
  }
  void put_manifest(const std::string& tag, const std::string& manifest) {
    const Web::Page page{200, manifest, {{"Content-Type", "application/vnd.oci.image.manifest.v1+json"}}};
    web_.pages[at("manifests/" + tag)] = page;
    web_.pages[at("manifests/" + text::replace_all(digest_of(manifest), ":", "%3A"))] = page;
  }
  std::string failure_of(const std::string& reference, std::size_t max_archive_bytes = 1'000) {
    auto charts = repository(max_archive_bytes);
    try {
      test::run(reactor_, charts.pull(reference));
    } catch (const std::exception& error) {
      return error.what();
    }
    return "no failure";
  }

  static inline const std::string kConfigText = R"({"name":"demo","version":"1.2.3+4"})";
  asio::io_context reactor_;
  Web web_;
  oci::KnownSchemes schemes_;
  async::BlockingPool cpu_{"cpu", 1, 8};
  SystemClock clock_;
  oci::RegistryOptions options_;
};

TEST_F(OciRepositoryTest, PullsAChartByItsVersion) {
  const auto digest = put_chart("1.2.3_4", "archive");
  auto charts = repository();
  const auto pulled = test::run(reactor_, charts.pull("1.2.3+4"));
  EXPECT_EQ(pulled.archive, "archive");
  EXPECT_EQ(pulled.archive_digest, digest_of("archive"));
  EXPECT_EQ(pulled.manifest_digest, digest);
  EXPECT_EQ(pulled.metadata.text_at({"name"}), "demo");
  EXPECT_EQ(test::run(reactor_, charts.pull(digest)).archive, "archive");
}

TEST_F(OciRepositoryTest, FindsTheVersionOfARangeAmongTheTags) {
  web_.pages[at("tags/list?n=1000")] = {
      200, R"({"name":"team/demo","tags":["1.2.3_4","1.10.0","2.0.0-rc.1","latest","sha256-00.sig"]})", {}};
  auto charts = repository();
  EXPECT_EQ(test::run(reactor_, charts.resolve("")), "1.10.0");
  EXPECT_EQ(test::run(reactor_, charts.resolve("~1.2")), "1.2.3+4");
  EXPECT_EQ(test::run(reactor_, charts.resolve(">0.0.0-0")), "2.0.0-rc.1");
  const auto asked = web_.asked.size();
  EXPECT_EQ(test::run(reactor_, charts.resolve("7.0.0")), "7.0.0");  // nobody is asked
  EXPECT_EQ(web_.asked.size(), asked);
  try {
    test::run(reactor_, charts.resolve("^9"));
    FAIL();
  } catch (const FetchError& error) {
    EXPECT_STREQ(error.what(), "could not locate a version matching provided version string ^9");
  }
}

TEST_F(OciRepositoryTest, TellsTheChartFromOtherArtifactsOfAList) {
  const auto digest = put_chart("chart", "archive");
  put_manifest("other", R"({"config":{"mediaType":"application/vnd.oci.image.config.v1+json"},"layers":[]})");
  const auto other = digest_of(web_.pages[at("manifests/other")].body);
  put_manifest("1.0.0", text::cat(R"({"manifests":[{"digest":")", other, R"("},{"digest":")", digest, R"("}]})"));
  auto charts = repository();
  EXPECT_EQ(test::run(reactor_, charts.pull("1.0.0")).archive, "archive");
}

TEST_F(OciRepositoryTest, RefusesWhatIsNoChart) {
  put_manifest("1.0.0", R"({"config":{"mediaType":"application/vnd.oci.image.config.v1+json"},"layers":[]})");
  EXPECT_EQ(
      failure_of("1.0.0"),
      "r.example.com/team/demo:1.0.0: could not load config with mediatype application/vnd.cncf.helm.config.v1+json"
  );
  put_manifest("1.0.1", R"({"config":{"mediaType":"application/vnd.cncf.helm.config.v1+json"},"layers":[]})");
  EXPECT_EQ(
      failure_of("1.0.1"),
      "r.example.com/team/demo:1.0.1: manifest does not contain a layer with mediatype "
      "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
  );
  put_manifest("1.0.2", "[]");
  EXPECT_THAT(failure_of("1.0.2"), HasSubstr("expected a manifest, a JSON object"));
}

TEST_F(OciRepositoryTest, RefusesBytesThatAreNotThoseOfTheManifest) {
  put_chart("1.0.0", "archive", "another");
  web_.pages[at("blobs/" + digest_of("another"))] = {200, "archive", {}};
  EXPECT_THAT(failure_of("1.0.0"), HasSubstr("the content has the digest " + digest_of("archive")));
  web_.pages[at("blobs/" + digest_of("another"))] = {200, "arc", {}};
  EXPECT_THAT(failure_of("1.0.0"), HasSubstr("expected 7 bytes, got 3"));
  EXPECT_THAT(failure_of("1.0.0", 6), HasSubstr("has 7 bytes, more than 6"));
  const auto digest = put_chart("1.0.1", "archive");
  web_.pages[at("manifests/" + text::replace_all(digest, ":", "%3A"))].body = "{}";
  EXPECT_THAT(failure_of(digest), HasSubstr("the manifest has the digest " + digest_of("{}")));
}

TEST(OciReference, NamesRepositoryVersionAndDigest) {
  const std::string hex(64, 'a');
  const auto all = parse_oci_reference(text::cat("oci://h:5000/a/b:1.0_2@sha256:", hex)).value();
  EXPECT_EQ(all.repository.registry, "h:5000");
  EXPECT_EQ(all.repository.path, "a/b");
  EXPECT_EQ(all.version, "1.0+2");
  EXPECT_EQ(all.digest, "sha256:" + hex);
  const auto plain = parse_oci_reference("oci://h:5000/b").value();
  EXPECT_EQ(plain.version, "");
  EXPECT_EQ(plain.digest, "");
  for (const std::string bad :
       {"oci://h", "oci://h/", "https://h/x", "oci://h/x@sha256:1", "oci://h/x:a b", "oci:///x"})
    EXPECT_FALSE(parse_oci_reference(bad).has_value()) << bad;
}

}  // namespace
}  // namespace weir::charts
