#include "pkg/git/damage.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "test/support/scratch_folder.hpp"

namespace weir::git {
namespace {

namespace fs = std::filesystem;

TEST(GitLeftovers, OfAKilledProcessGoAndTheRestStays) {
  const test::ScratchFolder folder;
  const fs::path store = fs::path{folder.path()} / "apps" / "web-uid";
  const fs::path nested = store / "modules" / "abc";
  const auto write = [](const fs::path& path) {
    fs::create_directories(path.parent_path());
    std::ofstream{path} << "x";
  };
  const char* kept[] = {
      "HEAD", "config", "shallow", "objects/pack/pack-1.pack", "objects/pack/pack-1.idx", "objects/17/0123"};
  const char* left[] = {
      "HEAD.lock",
      "shallow.new",
      "objects/tmp_object_git2_a",
      "objects/pack/pack_git2_a",
      "objects/pack/pack-2.pack",
      "objects/pack/pack-3.idx"};
  for (const auto& at : {store, nested}) {
    for (const char* name : kept) write(at / name);
    for (const char* name : left) write(at / name);
  }
  write(store / "include-0123" / "0" / "x.yaml");
  const fs::path others = fs::path{folder.path()} / "apps" / "no-store" / "x.lock";
  write(others);
  EXPECT_EQ(remove_leftovers(folder.path()), 13u);
  for (const auto& at : {store, nested}) {
    for (const char* name : kept) EXPECT_TRUE(fs::exists(at / name)) << name;
    for (const char* name : left) EXPECT_FALSE(fs::exists(at / name)) << name;
  }
  EXPECT_FALSE(fs::exists(store / "include-0123"));
  EXPECT_TRUE(fs::exists(others));
  EXPECT_EQ(remove_leftovers(fs::path{folder.path()} / "nowhere"), 0u);
}

}  // namespace
}  // namespace weir::git
