#include "pkg/kube/config.hpp"

#include <gtest/gtest.h>

#include "pkg/base/text.hpp"

namespace weir::kube {
namespace {

std::string kubeconfig(std::string_view cluster, std::string_view user) {
  return text::cat(
      "apiVersion: v1\nkind: Config\ncurrent-context: here\n",
      "contexts: [{name: here, context: {cluster: c, user: u, namespace: apps}}]\n",
      "clusters: [{name: c, cluster: {",
      cluster,
      "}}]\nusers: [{name: u, user: {",
      user,
      "}}]\n"
  );
}

Result<ClusterConfig> parse(std::string_view cluster, std::string_view user, bool allow_files = true) {
  static const SystemClock clock;
  KubeconfigOptions options;
  options.allow_files = allow_files;
  return parse_kubeconfig(kubeconfig(cluster, user), options, clock);
}

TEST(Kubeconfig, ReadsServerTokenAndCertificates) {
  const auto config = parse(
                          "server: 'https://api:6443', certificate-authority-data: Y2E=, tls-server-name: kubernetes",
                          "token: secret, client-certificate-data: Y2VydA==, client-key-data: a2V5"
  )
                          .value();
  EXPECT_EQ(config.server.origin(), "https://api:6443");
  EXPECT_EQ(config.namespace_, "apps");
  EXPECT_EQ(config.connection.ca_pem, "ca");
  EXPECT_FALSE(config.connection.use_system_ca);
  EXPECT_EQ(config.connection.tls_server_name, "kubernetes");
  EXPECT_EQ(config.connection.client_cert_pem, "cert");
  EXPECT_EQ(config.connection.client_key_pem.reveal(), "key");
  EXPECT_EQ(config.credentials->token().reveal(), "secret");
}

TEST(Kubeconfig, RefusesByNameWhatItDoesNotDo) {
  const auto* server = "server: 'https://api'";
  EXPECT_EQ(parse(server, "exec: {command: login}").error().where, "user.exec");
  EXPECT_EQ(parse(server, "auth-provider: {name: gcp}").error().where, "user.auth-provider");
  EXPECT_EQ(parse(server, "username: a, password: b").error().where, "user.username");
  EXPECT_EQ(
      parse("server: 'https://api', insecure-skip-tls-verify: true", "").error().where,
      "cluster.insecure-skip-tls-verify"
  );
  EXPECT_EQ(parse("server: 'ftp://api'", "").error().where, "cluster.server");
}

// The words of YAML 1.1 made a boolean of a user called `no`, and a number of a token of digits.
TEST(Kubeconfig, FieldsAreTextsWhateverTheyLookLike) {
  static const SystemClock clock;
  const auto config = parse_kubeconfig(
                          "current-context: no\n"
                          "contexts: [{name: no, context: {cluster: 1.10, user: yes, namespace: 2024-05-01}}]\n"
                          "clusters: [{name: 1.10, cluster: {server: 'https://api', insecure-skip-tls-verify: no}}]\n"
                          "users: [{name: yes, user: {token: 0123}}]\n",
                          {},
                          clock
  )
                          .value();
  EXPECT_EQ(config.namespace_, "2024-05-01");
  EXPECT_EQ(config.credentials->token().reveal(), "0123");
}

TEST(Kubeconfig, NoSpellingTurnsTheCheckOfCertificatesOff) {
  for (const char* word : {"true", "True", "TRUE", "yes", "on", "'true'", "1", "maybe", "[true]"}) {
    const auto config = parse(text::cat("server: 'https://api', insecure-skip-tls-verify: ", word), "");
    ASSERT_TRUE(config.has_error()) << word;
    EXPECT_EQ(config.error().where, "cluster.insecure-skip-tls-verify") << word;
  }
  EXPECT_TRUE(parse("server: 'https://api', insecure-skip-tls-verify: false", "").has_value());
  EXPECT_TRUE(parse("server: 'https://api', insecure-skip-tls-verify:", "").has_value());
}

TEST(Kubeconfig, ErrorsOfItsTextNameThePlaceAndNoSecret) {
  static const SystemClock clock;
  const auto error = parse_kubeconfig("current-context: x\nusers: [{token: s3cret\n", {}, clock).error().text();
  EXPECT_TRUE(error.starts_with("line ")) << error;
  EXPECT_EQ(error.find("s3cret"), std::string::npos) << error;
  EXPECT_EQ(parse_kubeconfig("- a\n", {}, clock).error().text(), "expected an object, got a list");
  EXPECT_EQ(parse_kubeconfig("", {}, clock).error().text(), "expected an object, got null");
}

TEST(Kubeconfig, AForeignDocumentMayNotNameFiles) {
  EXPECT_EQ(
      parse("server: 'https://api', certificate-authority: /etc/passwd", "", false).error().where,
      "cluster.certificate-authority"
  );
  EXPECT_EQ(parse("server: 'https://api'", "tokenFile: /etc/passwd", false).error().where, "user.tokenFile");
}

TEST(Kubeconfig, NamesWhatIsMissing) {
  static const SystemClock clock;
  EXPECT_EQ(parse_kubeconfig("kind: Config", {}, clock).error().where, "current-context");
  EXPECT_EQ(parse_kubeconfig("current-context: x", {}, clock).error().text(), "contexts: has no entry named \"x\"");
}

}  // namespace
}  // namespace weir::kube
