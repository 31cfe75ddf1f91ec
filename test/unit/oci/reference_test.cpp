#include "pkg/oci/reference.hpp"

#include <string>

#include <gtest/gtest.h>

namespace weir::oci {
namespace {

TEST(Reference, CanonicalNames) {
  const struct {
    const char* image;
    const char* canonical;
  } cases[] = {
      {"alpine", "index.docker.io/library/alpine"},
      {"grafana/loki", "index.docker.io/grafana/loki"},
      {"docker.io/alpine", "index.docker.io/library/alpine"},
      {"docker.io/grafana/loki", "index.docker.io/grafana/loki"},
      {"ghcr.io/org/app", "ghcr.io/org/app"},
      {"localhost/app", "localhost/app"},
      {"localhost:5000/team/app", "localhost:5000/team/app"},
      {"registry:5000/app", "registry:5000/app"},
      {"127.0.0.1:5000/x", "127.0.0.1:5000/x"},
      {"[::1]:5000/team/app", "[::1]:5000/team/app"},
      {"ghcr.io/a/b.c/d_e/f-g", "ghcr.io/a/b.c/d_e/f-g"},
  };
  for (const auto& one : cases) {
    const auto name = parse_repository(one.image);
    ASSERT_TRUE(name.has_value()) << one.image << ": " << name.error().text();
    EXPECT_EQ(name->text(), one.canonical);
  }
}

TEST(Reference, RefusedWithTheReason) {
  const struct {
    std::string image;
    const char* message;
  } cases[] = {
      {"", "spec.image: required"},
      {"https://ghcr.io/a", "image 'https://ghcr.io/a' should not include URL scheme; remove 'https://'"},
      {"ghcr.io/a:1.0", "image 'ghcr.io/a:1.0' should not include a tag; remove ':1.0'"},
      {"alpine:3", "image 'alpine:3' should not include a tag; remove ':3'"},
      {"ghcr.io/a@sha256:00", "image 'ghcr.io/a@sha256:00' should not include a digest; remove '@sha256:00'"},
  };
  for (const auto& one : cases) {
    const auto name = parse_repository(one.image);
    ASSERT_TRUE(name.has_error()) << one.image;
    EXPECT_EQ(name.error().text(), one.message);
  }
  for (const std::string image :
       {"ghcr.io/",
        "ghcr.io//a",
        "ghcr.io/A",
        "a b",
        "host:port/a",
        "host:70000/a",
        "[::1/a",
        "[::1]:500 /a",
        "[::1]:/a",
        "[::1]:70000/a",
        "[]/a",
        "ghcr.io/a/",
        "ghcr.io/../a"}) {
    const auto name = parse_repository(image);
    ASSERT_TRUE(name.has_error()) << image;
    EXPECT_TRUE(
        name.error().text().starts_with("could not parse reference: " + image) ||
        name.error().text().find("should not include") != std::string::npos
    ) << name.error().text();
  }
  EXPECT_TRUE(parse_repository("ghcr.io/" + std::string(256, 'a')).has_error());
}

TEST(Reference, PlainHttpWithoutBeingAsked) {
  for (const char* registry :
       {"localhost:5000",
        "registry.localhost",
        "127.0.0.1:80",
        "10.1.2.3",
        "192.168.0.1:5000",
        "172.16.0.1",
        "[::1]:5000"}) {
    EXPECT_TRUE(is_local_registry(registry)) << registry;
  }
  for (const char* registry : {"ghcr.io", "8.8.8.8:5000", "172.32.0.1", "localhost.example.com", "10.example.com"}) {
    EXPECT_FALSE(is_local_registry(registry)) << registry;
  }
}

TEST(Reference, AddressesThatOnlyWeCanReach) {
  for (const char* host :
       {"10.0.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "::1",
        "fd00::1",
        "fe80::1",
        "::ffff:10.0.0.1",
        "0:0:0:0:0:0:0:1",
        "64:ff9b::a00:1",
        "100.64.0.1",
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
        "metadata.google.internal",
        "registry",
        "127.1",
        "2130706433",
        "0x7f.1",
        "printer.local"}) {
    EXPECT_TRUE(is_private_address(host)) << host;
  }
  for (const char* host :
       {"8.8.8.8", "auth.docker.io", "2001:db8::1", "fd.example.com", "localhost.example.com", "svc.example.com"}) {
    EXPECT_FALSE(is_private_address(host)) << host;
  }
}

TEST(Reference, Tags) {
  for (const char* tag : {"1.0", "_a", "v1-rc.1", "A"}) EXPECT_TRUE(is_tag(tag)) << tag;
  for (const std::string& tag :
       {std::string{}, std::string{".a"}, std::string{"a\nb"}, std::string{"a/b"}, std::string(129, 'a')}) {
    EXPECT_FALSE(is_tag(tag)) << tag;
  }
}

}  // namespace
}  // namespace weir::oci
