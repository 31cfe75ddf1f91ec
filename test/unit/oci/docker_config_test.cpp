#include "pkg/oci/docker_config.hpp"

#include <gtest/gtest.h>

namespace weir::oci {
namespace {

std::string user_for(const char* config, const char* image) {
  const auto parsed = DockerConfig::parse(config);
  if (parsed.has_error()) return "refused: " + parsed.error().text();
  const auto found = parsed->find(parse_repository(image).value());
  return found ? found->username + ":" + found->password.reveal() : "none";
}

TEST(DockerConfig, TheEntryThatFitsBest) {
  const char* config = R"({"auths": {
      "ghcr.io": {"username": "all", "password": "1"},
      "https://ghcr.io/team/": {"username": "team", "password": "2"},
      "*.azurecr.io": {"username": "azure", "password": "3"},
      "registry:5000": {"username": "port", "password": "4"}}})";
  EXPECT_EQ(user_for(config, "ghcr.io/team/app"), "team:2");
  EXPECT_EQ(user_for(config, "ghcr.io/other/app"), "all:1");
  EXPECT_EQ(user_for(config, "mine.azurecr.io/app"), "azure:3");
  EXPECT_EQ(user_for(config, "a.b.azurecr.io/app"), "none");
  EXPECT_EQ(user_for(config, "registry:5000/app"), "port:4");
  EXPECT_EQ(user_for(config, "registry:5001/app"), "none");
  EXPECT_EQ(user_for(config, "xghcr.io/app"), "none");
}

TEST(DockerConfig, ManyStarsCostNoMoreThanTheirLength) {
  std::string stars;
  for (int i = 0; i < 250; ++i) stars += "*a";
  const std::string config = R"({"auths": {")" + stars + R"(*b.io": {"username": "u", "password": "p"}}})";
  const std::string label(240, 'a');
  EXPECT_EQ(user_for(config.c_str(), (label + ".io/app").c_str()), "none");
}

TEST(DockerConfig, DockerHubUnderEachOfItsNames) {
  for (const char* key : {"docker.io", "index.docker.io", "https://index.docker.io/v1/", "registry-1.docker.io"}) {
    const std::string config = std::string{R"({"auths": {")"} + key + R"(": {"username": "hub", "password": "p"}}})";
    EXPECT_EQ(user_for(config.c_str(), "alpine"), "hub:p") << key;
  }
}

TEST(DockerConfig, AuthCountsMoreAndComesWithOrWithoutPadding) {
  EXPECT_EQ(user_for(R"({"auths": {"r.io": {"username": "x", "auth": "dTpwOnc="}}})", "r.io/a"), "u:p:w");
  EXPECT_EQ(user_for(R"({"auths": {"r.io": {"auth": "dTpwOnc"}}})", "r.io/a"), "u:p:w");
  EXPECT_EQ(user_for(R"({"r.io": {"auth": "dTpwOnc="}})", "r.io/a"), "u:p:w") << "the older form, without auths";
}

TEST(DockerConfig, RefusedWithoutRepeatingASecret) {
  for (const char* config :
       {"",
        "[]",
        "hunter2",
        R"({"auths": {"r.io": {"auth": "hunter2!"}}})",
        R"({"auths": {"r.io": {"auth": "aHVudGVyMg=="}}})",
        R"({"auths": []})"}) {
    const auto parsed = DockerConfig::parse(config);
    ASSERT_TRUE(parsed.has_error()) << config;
    EXPECT_EQ(parsed.error().text().find("unter2"), std::string::npos) << parsed.error().text();
  }
}

TEST(DockerConfig, Tokens) {
  const auto parsed = DockerConfig::parse(R"({"auths": {"r.io": {"identitytoken": "i", "registrytoken": "t"}}})");
  const auto found = parsed->find(parse_repository("r.io/a").value());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->identity_token.reveal(), "i");
  EXPECT_EQ(found->registry_token.reveal(), "t");
  EXPECT_FALSE(found->is_anonymous());
}

}  // namespace
}  // namespace weir::oci
