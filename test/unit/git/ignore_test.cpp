#include "pkg/git/ignore.hpp"

#include <gtest/gtest.h>

namespace weir::git {
namespace {

/// What a walk does with a path, once it is at its end and knows whether there was any pattern.
bool ignores(const IgnoreRules& rules, std::string_view path, bool is_folder) {
  return rules.ignores_by_pattern(path, is_folder) ||
         (!rules.has_patterns() && IgnoreRules::ignores_by_default(path, is_folder));
}

struct Case {
  const char* pattern;
  const char* path;
  bool is_folder;
  bool is_ignored;
};

class Pattern : public ::testing::TestWithParam<Case> {};

TEST_P(Pattern, Decides) {
  const auto& [pattern, path, is_folder, is_ignored] = GetParam();
  const IgnoreRules rules{{}, pattern};
  EXPECT_EQ(ignores(rules, path, is_folder), is_ignored) << pattern << " and " << path;
}

const Case kCases[] = {
    {"*.md", "README.md", false, true},
    {"*.md", "docs/README.md", false, true},
    {"*.md", "docs/README.mdx", false, false},
    {"docs", "docs", true, true},
    {"docs", "docs/a.yaml", false, true},
    {"docs", "a/docs/b/c.yaml", false, true},
    {"docs/", "docs", false, false},
    {"docs/", "docs", true, true},
    {"docs/", "docs/a.yaml", false, true},
    {"/docs", "docs/a.yaml", false, true},
    {"/docs", "a/docs", false, false},
    {"/docs/", "docs", false, false},
    {"a/b", "a/b", false, true},
    {"a/b", "a/b/c", false, true},
    {"a/b", "x/a/b", false, false},
    {"a/b", "a", true, false},
    {"a/*.yaml", "a/x.yaml", false, true},
    {"a/*.yaml", "a/b/x.yaml", false, false},
    {"**/b", "b", false, true},
    {"**/b", "x/y/b", false, true},
    {"**/b/c", "x/b/c/d", false, true},
    {"a/**", "a/x/y", false, true},
    {"a/**", "a", true, false},
    {"a/**/c", "a/c", false, true},
    {"a/**/c", "a/x/y/c", false, true},
    {"a/**/c", "a/x/y", false, false},
    {"a**/c", "a/c", false, false},
    {"?.yaml", "a.yaml", false, true},
    {"?.yaml", "\xc3\xa4.yaml", false, true},
    {"?.yaml", "ab.yaml", false, false},
    {"[a-c].yaml", "b.yaml", false, true},
    {"[^a-c].yaml", "b.yaml", false, false},
    {"[a-c.yaml", "b.yaml", false, false},
    {"\\#x", "#x", false, true},
    {"\\!x", "!x", false, true},
    {"x   ", "x", false, true},
    {"x\\ ", "x ", false, true},
    {"x\r", "x", false, true},
    {"*\n!*.yaml", "a/b.yaml", false, false},
    {"*\n!*.yaml", "a/b.json", false, true},
    // Re-including a folder re-includes what is below it, also what was excluded by name (Git
    // differs).
    {"*\n!/deploy", "deploy/a.yaml", false, false},
    {"/*\n!/deploy\n/deploy/secret", "deploy/secret/x", false, true},
    // A file below an ignored folder can come back.
    {"deploy/\n!deploy/keep.yaml", "deploy/keep.yaml", false, false},
    {"deploy/\n!deploy/keep.yaml", "deploy/drop.yaml", false, true},
};
INSTANTIATE_TEST_SUITE_P(Ignore, Pattern, ::testing::ValuesIn(kCases));

TEST(IgnoreDefaults, ApplyOnlyWithoutAnyPattern) {
  const IgnoreRules plain{{}, std::nullopt};
  for (const char* path :
       {"a.png",
        "x/y.zip",
        "a.tar.gz",
        ".github/workflows/x.yml",
        ".sops.yaml",
        "x/.flux.yaml",
        "appveyor.yml",
        ".git/config",
        ".gitignore",
        "x/.gitmodules"})
    EXPECT_TRUE(ignores(plain, path, false)) << path;
  EXPECT_FALSE(ignores(plain, "a.yaml", false));
  EXPECT_FALSE(ignores(plain, ".sourceignore", false));

  const IgnoreRules with_spec{{}, "# only a comment\n*.md\n"};
  EXPECT_FALSE(ignores(with_spec, "a.png", false));
  EXPECT_FALSE(ignores(with_spec, ".github/x", false));
  EXPECT_TRUE(ignores(with_spec, ".gitignore", false)) << "version control's own files stay out";

  const IgnoreRules only_comment{{}, "# nothing\n\n"};
  EXPECT_TRUE(ignores(only_comment, "a.png", false));
}

TEST(IgnoreFiles, CountForTheirFolderAndTheSpecIsStronger) {
  auto patterns = parse_ignore_lines("*.txt\n", {});
  for (auto& pattern : parse_ignore_lines("!keep.txt\n/top\n", {"apps", "web"})) patterns.push_back(pattern);
  const IgnoreRules files{patterns, std::nullopt};
  EXPECT_TRUE(ignores(files, "keep.txt", false));
  EXPECT_FALSE(ignores(files, "apps/web/keep.txt", false));
  EXPECT_TRUE(ignores(files, "apps/web/top", false));
  EXPECT_FALSE(ignores(files, "apps/web/x/top", false));
  EXPECT_FALSE(ignores(files, "top", false));
  const IgnoreRules with_spec{patterns, "keep.txt"};
  EXPECT_TRUE(ignores(with_spec, "apps/web/keep.txt", false));
}

TEST(IgnoreFiles, AReIncludedFolderOfTheSpecWinsOverASourceignore) {
  const IgnoreRules rules{parse_ignore_lines("secret.yaml\n", {}), "/*\n!/deploy\n"};
  EXPECT_FALSE(ignores(rules, "deploy/secret.yaml", false));
  EXPECT_TRUE(ignores(rules, "other/x.yaml", false));
}

}  // namespace
}  // namespace weir::git
