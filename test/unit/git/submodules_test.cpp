#include "pkg/git/submodules.hpp"

#include <gtest/gtest.h>

namespace weir::git {
namespace {

TEST(Gitmodules, NamesPathsAndUrls) {
  const auto all = parse_gitmodules(
      "# comment\n[core]\n\tpath = nothing\n[submodule \"lib/one\"]\n\tpath = libs/one/ \n\turl = "
      "../one.git # comment\n"
      "\tbranch = main\n[Submodule \"t\\\"wo\"]\nPath=\"with blank \"\n url = "
      "\"https://h/#x\"\n[submodule \"half\"]\n\tpath = x\n"
  );
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ((*all)[0].name, "lib/one");
  EXPECT_EQ((*all)[0].path, "libs/one");
  EXPECT_EQ((*all)[0].url, "../one.git");
  EXPECT_EQ((*all)[1].name, "t\"wo");
  EXPECT_EQ((*all)[1].path, "with blank ");
  EXPECT_EQ((*all)[1].url, "https://h/#x");
}

TEST(Gitmodules, FaultsAreNamed) {
  auto refusal = [](const char* text) { return parse_gitmodules(text).error().text(); };
  EXPECT_EQ(
      refusal("[submodule \"x\"]\npath = ../out\n"), ".gitmodules:2: the path \"../out\" leads out of the repository"
  );
  EXPECT_EQ(
      refusal("[submodule \"x\"]\n\npath = /etc\n"), ".gitmodules:3: the path \"/etc\" leads out of the repository"
  );
  EXPECT_EQ(refusal("[submodule \"x\"\n"), ".gitmodules:1: no closing bracket");
  EXPECT_EQ(refusal("[submodule \"x\"]\nurl = \"open\n"), ".gitmodules:2: a broken quote or escape");
  EXPECT_TRUE(parse_gitmodules("")->empty());
}

}  // namespace
}  // namespace weir::git
