#include "pkg/live/inventory.hpp"

#include <gtest/gtest.h>

namespace weir::live {
namespace {

ssa::ObjectId settings(std::string name, std::string version = "v1") {
  return {"", std::move(version), "ConfigMap", "apps", std::move(name)};
}

TEST(Inventory, AnObjectIsListedOnceInTheVersionOfItsLastApply) {
  Inventory inventory;
  inventory.insert({"apps", "v1beta1", "Deployment", "shop", "web"});
  inventory.insert({"apps", "v1", "Deployment", "shop", "web"});
  ASSERT_EQ(inventory.size(), 1u);
  EXPECT_EQ(inventory.stored().entries[0].id, "shop_web_apps_Deployment");
  EXPECT_EQ(inventory.stored().entries[0].version, "v1");
  EXPECT_TRUE(inventory.contains({"apps", "v2", "Deployment", "shop", "web"}));
}

TEST(Inventory, WhatIsNoNameOfAnObjectStaysAndIsNeverToBeDeleted) {
  api::Inventory stored;
  stored.entries = {{"shop_web_apps_Deployment", "v1"}, {"nonsense", "v1"}};
  const Inventory inventory{stored};
  EXPECT_EQ(inventory.objects().size(), 1u);
  EXPECT_EQ(inventory.without({}).size(), 1u);
  EXPECT_EQ(inventory.stored().entries.size(), 2u);
}

TEST(Inventory, WhatLeftTheBuildIsFoundByName) {
  Inventory recorded;
  for (const auto* name : {"a", "b", "c"}) recorded.insert(settings(name));
  Inventory wanted;
  wanted.insert(settings("b", "v2"));
  const auto stale = recorded.without(wanted);
  ASSERT_EQ(stale.size(), 2u);
  EXPECT_EQ(stale[0].name, "a");
  EXPECT_EQ(stale[1].name, "c");
  recorded.erase(stale[0]);
  EXPECT_EQ(recorded.size(), 2u);
}

TEST(Inventory, JustAsMuchAsMustGoIsExcess) {
  Inventory wanted;
  Inventory recorded;
  const std::string tail(200, 'x');
  for (int i = 0; recorded.stored_bytes() <= Inventory::kMostStoredBytes; ++i) {
    recorded.insert(settings(std::to_string(100'000 + i) + tail));
    if (i % 2 == 0) wanted.insert(settings(std::to_string(100'000 + i) + tail));
  }
  const auto excess = recorded.excess(wanted);
  ASSERT_EQ(excess.size(), 1u) << "one entry more than fits";
  EXPECT_FALSE(wanted.contains(excess[0]));
  recorded.erase(excess[0]);
  EXPECT_LE(recorded.stored_bytes(), Inventory::kMostStoredBytes);
  EXPECT_TRUE(recorded.excess(wanted).empty());
}

}  // namespace
}  // namespace weir::live
