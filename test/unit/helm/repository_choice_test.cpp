// Which version of a chart is meant, and where it is.

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "pkg/base/text.hpp"
#include "pkg/helm/repository/address.hpp"
#include "pkg/helm/repository/choice.hpp"

namespace weir::helm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<ChartVersion> some() {
  const auto index = read_index(
      "apiVersion: v1\nentries:\n  demo:\n  - {name: demo, version: 1.2.3}\n  - {name: demo, version: 2.0.0-rc.1}\n"
      "  - {name: demo, version: v1.10.0+old, created: 2026-01-01T00:00:00Z}\n"
      "  - {name: demo, version: 1.10.0+new, created: 2026-01-02T00:00:00Z}\n  - {name: demo, version: '1.9'}\n",
      {"demo"},
      "here"
  );
  return *index.value().find("demo");
}

template <class Chosen>
std::string text_of(const Chosen& chosen) {
  return chosen ? (*chosen)->version : chosen.error().text();
}

std::string helm(std::string_view wanted) {
  const auto versions = some();
  return text_of(choose_as_helm(&versions, "demo", wanted));
}
std::string flux(std::string_view wanted) {
  const auto versions = some();
  return text_of(choose_as_flux(&versions, "demo", wanted));
}

TEST(RepositoryChoice, HelmTakesTheNewestStableVersionWhenNothingIsAsked) {
  EXPECT_EQ(helm(""), "v1.10.0+old");
  EXPECT_EQ(helm("*"), "v1.10.0+old");
  EXPECT_EQ(helm(kDevelopmentVersions), "2.0.0-rc.1");
}

TEST(RepositoryChoice, HelmTakesTheVeryTextBeforeARange) {
  EXPECT_EQ(helm("1.10.0+new"), "1.10.0+new");
  EXPECT_EQ(helm("1.9"), "1.9");
  EXPECT_EQ(helm("1.10.0"), "v1.10.0+old");
  EXPECT_EQ(helm("~1.2.0"), "1.2.3");
  EXPECT_EQ(helm("^2.0.0"), "no chart version found for demo-^2.0.0");
  EXPECT_EQ(helm("^2.0.0-0"), "2.0.0-rc.1");
  EXPECT_EQ(helm("9"), "no chart version found for demo-9");
  EXPECT_EQ(helm(">"), "improper constraint: \">\"");
}

TEST(RepositoryChoice, HelmWarnsWhenATextThatIsNoRangeStandsForAnotherVersion) {
  const auto versions = some();
  std::vector<std::string> warnings;
  EXPECT_EQ(text_of(choose_as_helm(&versions, "demo", "1.2", &warnings)), "1.2.3");
  EXPECT_THAT(
      warnings,
      ElementsAre("unable to find exact version requested; falling back to closest available version: chart demo, "
                  "requested 1.2, selected 1.2.3")
  );
  warnings.clear();
  EXPECT_EQ(text_of(choose_as_helm(&versions, "demo", "1.2.x", &warnings)), "1.2.3");
  EXPECT_EQ(text_of(choose_as_helm(&versions, "demo", "1.2.3", &warnings)), "1.2.3");
  EXPECT_THAT(warnings, IsEmpty());
}

TEST(RepositoryChoice, FluxTakesTheOneCreatedLastAndCompleteVersionsOnly) {
  EXPECT_EQ(flux(""), "1.10.0+new");
  EXPECT_EQ(flux("*"), "1.10.0+new");
  EXPECT_EQ(flux("~1.10.0"), "1.10.0+new");
  EXPECT_EQ(flux("1.9"), "1.9");  // the very text
  EXPECT_EQ(flux("~1.9"), "no 'demo' chart with version matching '~1.9' found");
  EXPECT_EQ(flux(">=2.0.0-0"), "2.0.0-rc.1");
}

TEST(RepositoryChoice, TellsWhatIsMissing) {
  const std::vector<ChartVersion> none;
  EXPECT_EQ(text_of(choose_as_helm(nullptr, "x", "")), "no chart name found");
  EXPECT_EQ(text_of(choose_as_helm(&none, "x", "")), "no chart version found");
  EXPECT_EQ(text_of(choose_as_flux(nullptr, "x", "")), "no chart name found");
  EXPECT_EQ(text_of(choose_as_flux(&none, "x", "")), "no chart version found");
  const auto versions = some();
  EXPECT_EQ(
      explain_versions(&versions),
      "its newest version is v1.10.0+old (of 5); the newest pre-release, which only a range that names one allows, is "
      "2.0.0-rc.1"
  );
  EXPECT_EQ(explain_versions(nullptr), "");
}

TEST(RepositoryChoice, ReadsVersionsOutOfTags) {
  const auto versions = versions_of_tags("latest\n1.2.3\n1.10.0_b.1\nv9.0.0\n2.0.0-rc.1\n1.2\nsha256-abc.sig\n");
  EXPECT_THAT(versions, ElementsAre("2.0.0-rc.1", "1.10.0+b.1", "1.2.3"));
  EXPECT_EQ(choose_tag(versions, "").value(), "1.10.0+b.1");
  EXPECT_EQ(choose_tag(versions, "2.0.0-rc.1").value(), "2.0.0-rc.1");
  EXPECT_EQ(choose_tag(versions, "~1.2.0").value(), "1.2.3");
  EXPECT_EQ(choose_tag(versions, "9").error().text(), "could not locate a version matching provided version string 9");
  EXPECT_EQ(tag_of_version("1.10.0+b.1"), "1.10.0_b.1");
  EXPECT_TRUE(is_version("1.2"));
  EXPECT_FALSE(is_version("~1.2"));
  EXPECT_FALSE(is_version(""));
}

TEST(RepositoryAddress, IsSeenFromTheRepositorysFolder) {
  const auto at = [](std::string_view base, std::string_view reference) {
    const auto address = resolve_address(base, reference);
    return address ? *address : address.error().text();
  };
  EXPECT_EQ(at("https://h/charts", "index.yaml"), "https://h/charts/index.yaml");
  EXPECT_EQ(at("https://h/charts/", "a/x.tgz"), "https://h/charts/a/x.tgz");
  EXPECT_EQ(at("https://h", "x.tgz"), "https://h/x.tgz");
  EXPECT_EQ(at("https://h/charts?key=1", "index.yaml"), "https://h/charts/index.yaml?key=1");
  EXPECT_EQ(at("https://h/charts", "/x.tgz"), "https://h/x.tgz");
  EXPECT_EQ(at("https://h/charts", "../x.tgz"), "https://h/x.tgz");
  EXPECT_EQ(at("https://h/charts", "http://other/x.tgz?a=b"), "http://other/x.tgz?a=b");
  EXPECT_EQ(at("https://h/charts", "oci://other/x:1"), "oci://other/x:1");
  EXPECT_EQ(at("https://h", "%zz"), "failed to parse %zz as URL: parse \"%zz\": invalid URL escape \"%zz\"");
}

TEST(RepositoryAddress, CredentialsGoToTheSameOriginOnly) {
  EXPECT_TRUE(is_same_origin("https://h/charts", "https://H:443/x.tgz"));
  EXPECT_TRUE(is_same_origin("http://h:80", "http://user@h/x.tgz"));
  EXPECT_FALSE(is_same_origin("https://h", "http://h/x.tgz"));
  EXPECT_FALSE(is_same_origin("https://h", "https://h:8443/x.tgz"));
  EXPECT_FALSE(is_same_origin("https://h", "https://h.evil/x.tgz"));
  EXPECT_FALSE(is_same_origin("https://h", "https://h@evil/x.tgz"));
  EXPECT_FALSE(is_same_origin("x", "x"));
}

TEST(RepositoryAddress, ReadsDigests) {
  const std::string hex(64, 'a');
  EXPECT_EQ(sha256_of_digest(hex).value(), hex);
  EXPECT_EQ(sha256_of_digest(text::cat("sha256:", std::string(64, 'A'))).value(), hex);
  EXPECT_EQ(sha256_of_digest("abcd").error().text(), "invalid digest length: 2");
  EXPECT_FALSE(sha256_of_digest(text::cat("sha512:", hex)).has_value());
  EXPECT_FALSE(sha256_of_digest(std::string(64, 'z')).has_value());
}

}  // namespace
}  // namespace weir::helm
