// The entries of maps: sorted whatever the order in which they come.
#include <map>
#include <string>

#include <gmock/gmock.h>

#include "pkg/template/value.hpp"

namespace weir::templates {
namespace {

std::string key_of(std::size_t i) { return "key" + std::to_string(i * 7919 % 10007); }

std::vector<std::string> keys_of(const Entries& entries) {
  std::vector<std::string> out;
  for (const auto& entry : entries) out.push_back(entry.first.as_string());
  return out;
}

TEST(TemplateEntries, AreSortedAndCountOnce) {
  Entries entries;
  std::map<std::string, std::size_t> expected;
  for (std::size_t i = 0; i < 12'000; ++i) {
    entries.insert_or_assign(key_of(i), Value::integer(static_cast<std::int64_t>(i)));
    expected[key_of(i)] = i;
    ASSERT_TRUE(i % 1000 != 0 || entries.contains(Value{key_of(i)}));
  }
  ASSERT_EQ(entries.size(), expected.size());
  auto at = expected.begin();
  for (const auto& [key, value] : entries) {
    ASSERT_EQ(key.as_string(), at->first);
    ASSERT_EQ(value.as_integer(), static_cast<std::int64_t>(at->second));
    ++at;
  }
}

TEST(TemplateEntries, AreFoundWhileTheyWaitInTheQueue) {
  Entries entries;
  for (std::size_t i = 1000; i > 0; --i) entries.insert_or_assign("k" + std::to_string(i), Value::integer(1));
  for (std::size_t i = 1000; i > 0; --i) {
    const auto at = entries.find(Value{"k" + std::to_string(i)});
    ASSERT_TRUE(at != entries.end()) << i;
    ASSERT_EQ(at->second.as_integer(), 1);
  }
  EXPECT_TRUE(entries.find(Value{"k0"}) == entries.end());
  EXPECT_TRUE(entries.find(Value::integer(1)) == entries.end());
}

TEST(TemplateEntries, GoWhenTheyAreErased) {
  Entries entries;
  for (std::size_t i = 0; i < 2000; ++i) entries.insert_or_assign(key_of(i), Value{true});
  for (std::size_t i = 0; i < 2000; i += 2) ASSERT_EQ(entries.erase(key_of(i)), 1U);
  EXPECT_EQ(entries.size(), 1000U);
  EXPECT_EQ(entries.erase(key_of(0)), 0U);
  EXPECT_FALSE(entries.contains(Value{key_of(0)}));
  EXPECT_TRUE(entries.contains(Value{key_of(1)}));
}

TEST(TemplateEntries, OfTwoWithOneKeyTheLaterCounts) {
  Entries entries;
  entries.assign({{"b", Value::integer(1)}, {"a", Value::integer(2)}, {"b", Value::integer(3)}});
  EXPECT_THAT(keys_of(entries), testing::ElementsAre("a", "b"));
  EXPECT_EQ(entries.find(Value{"b"})->second.as_integer(), 3);
}

TEST(TemplateEntries, KeysOfSeveralKindsStandByKind) {
  Entries entries;
  entries.insert_or_assign("a", Value{true});
  entries.insert_or_assign(Value::integer(5), Value{true});
  entries.insert_or_assign(Value::integer(-5), Value{true});
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries.begin()[0].first.as_integer(), -5);
  EXPECT_EQ(entries.begin()[1].first.as_integer(), 5);
  EXPECT_TRUE(entries.contains(Value{"a"}));
}

TEST(TemplateEntries, AreCountedAsMemory) {
  const auto before = memory_in_use();
  {
    Value map = Value::map();
    for (std::size_t i = 0; i < 1000; ++i) map.as_map().set(key_of(i), Value::integer(1));
    Value copy = Value::map();
    copy.as_map().entries = map.as_map().entries;
    copy.as_map().entries.erase(key_of(3));
    EXPECT_GT(memory_in_use() - before, 2 * 1000 * 32);
  }
  EXPECT_EQ(memory_in_use(), before);
}

}  // namespace
}  // namespace weir::templates
