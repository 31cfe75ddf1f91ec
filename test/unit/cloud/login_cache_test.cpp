#include <gtest/gtest.h>

#include "pkg/cloud/registry_logins.hpp"

namespace weir::cloud {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const WallTime t0 = parse_rfc3339("2026-11-23T12:00:00Z").value();

Login login(std::string name, WallTime expires_at) { return Login{std::move(name), SecretString{"s"}, expires_at}; }

std::string found(LoginCache& cache, const std::string& key, WallTime now) {
  const auto entry = cache.find(key, now);
  return entry ? entry->username : "-";
}

TEST(LoginCache, DropsALoginAfterFourFifthsOfItsTime) {
  LoginCache cache{10, hours{24}};
  cache.put("a", login("u", t0 + minutes{100}), t0);
  EXPECT_EQ(found(cache, "a", t0 + minutes{80} - seconds{1}), "u");
  EXPECT_EQ(found(cache, "a", t0 + minutes{80}), "-");
  EXPECT_EQ(cache.size(), 0U);
}

TEST(LoginCache, KeepsNoneLongerThanItsLimit) {
  LoginCache cache{10, hours{1}};
  cache.put("a", login("u", t0 + hours{12}), t0);
  EXPECT_EQ(found(cache, "a", t0 + hours{1} - seconds{1}), "u");
  EXPECT_EQ(found(cache, "a", t0 + hours{1}), "-");
}

TEST(LoginCache, KeepsNoneThatIsOver) {
  LoginCache cache{10, hours{1}};
  cache.put("a", login("u", t0), t0);
  cache.put("b", login("u", t0 - hours{1}), t0);
  EXPECT_EQ(cache.size(), 0U);
}

TEST(LoginCache, DropsTheLeastRecentlyUsed) {
  LoginCache cache{2, hours{1}};
  cache.put("a", login("1", t0 + hours{1}), t0);
  cache.put("b", login("2", t0 + hours{1}), t0);
  EXPECT_EQ(found(cache, "a", t0), "1");
  cache.put("c", login("3", t0 + hours{1}), t0);
  EXPECT_EQ(found(cache, "b", t0), "-");
  EXPECT_EQ(found(cache, "a", t0), "1");
  cache.put("a", login("4", t0 + hours{1}), t0);
  EXPECT_EQ(found(cache, "a", t0), "4");
  EXPECT_EQ(cache.size(), 2U);
}

TEST(LoginCache, OfNoSizeKeepsNothing) {
  LoginCache cache{0, hours{1}};
  cache.put("a", login("u", t0 + hours{1}), t0);
  EXPECT_EQ(found(cache, "a", t0), "-");
}

}  // namespace
}  // namespace weir::cloud
