// Comments name pages of docs/ and their headings (docs/page.md, "Heading"); what they name is there.

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace weir {
namespace {

namespace fs = std::filesystem;

struct Reference {
  std::string page;                   // "coroutines.md"
  std::vector<std::string> headings;  // none: the page as a whole
};

std::string read(const fs::path& path) {
  std::ifstream in{path};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// What a text refers to. A reference may go on in the comment's next line.
std::vector<Reference> references_in(const std::string& text) {
  static const std::regex line_break{R"re(\s*\n\s*(///?|#)?\s*)re"};
  static const std::regex page{R"re(\bdocs/([a-z][a-z_-]*\.md))re"};
  static const std::regex heading{R"re(^(,| and) "([^"\\]+)")re"};
  if (text.find("docs/") == std::string::npos) return {};
  const std::string flat = std::regex_replace(text, line_break, " ");
  std::vector<Reference> out;
  for (std::sregex_iterator it{flat.begin(), flat.end(), page}, end; it != end; ++it) {
    Reference found{(*it)[1], {}};
    std::string rest = it->suffix().str().substr(0, 400);
    for (std::smatch next; std::regex_search(rest, next, heading); rest = next.suffix())
      found.headings.push_back(next[2]);
    out.push_back(std::move(found));
  }
  return out;
}

std::set<std::string> headings_of(const std::string& page) {
  static const std::regex heading{R"re((?:^|\n)#+ ([^\n]+))re"};
  std::set<std::string> out;
  for (std::sregex_iterator it{page.begin(), page.end(), heading}, end; it != end; ++it) out.insert((*it)[1]);
  return out;
}

std::map<std::string, std::vector<Reference>> references_of_sources() {
  std::map<std::string, std::vector<Reference>> out;
  const fs::path root{WEIR_SOURCE_DIR};
  for (const char* top : {"api", "cmake", "controllers", "pkg", "test"}) {
    for (const auto& entry : fs::recursive_directory_iterator{root / top}) {
      const auto extension = entry.path().extension();
      if (extension != ".hpp" && extension != ".cpp" && extension != ".py" && extension != ".cmake") continue;
      const auto name = fs::relative(entry.path(), root).generic_string();
      if (name == "test/unit/docs/references_test.cpp") continue;
      if (auto found = references_in(read(entry.path())); !found.empty()) out.emplace(name, std::move(found));
    }
  }
  return out;
}

TEST(References, PagesAndHeadingsThatCommentsNameAreThere) {
  std::vector<std::string> faults;
  for (const auto& [file, references] : references_of_sources()) {
    for (const auto& [page, headings] : references) {
      const fs::path path = fs::path{WEIR_SOURCE_DIR} / "docs" / page;
      if (!fs::exists(path)) faults.push_back(file + ": there is no docs/" + page);
      const auto known = headings_of(read(path));
      for (const auto& heading : headings) {
        if (!known.contains(heading)) faults.push_back(file + ": docs/" + page + " has no heading " + heading);
      }
    }
  }
  EXPECT_THAT(faults, testing::IsEmpty());
}

// A rule that nothing follows any more would stay on the page for ever.
TEST(References, EveryUpstreamRuleIsFollowedSomewhere) {
  auto rules = headings_of(read(fs::path{WEIR_SOURCE_DIR} / "docs/upstream-rules.md"));
  rules.erase("Rules taken from others");
  for (const auto& [file, references] : references_of_sources()) {
    for (const auto& reference : references) {
      for (const auto& heading : reference.headings) rules.erase(heading);
    }
  }
  EXPECT_THAT(rules, testing::IsEmpty());
}

TEST(References, AreFoundAcrossLinesAndInARow) {
  const auto found = references_in("/// Source: docs/a-b.md, \"One\n/// two\" and \"Three\". See docs/c.md.\n");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].page, "a-b.md");
  EXPECT_THAT(found[0].headings, testing::ElementsAre("One two", "Three"));
  EXPECT_EQ(found[1].page, "c.md");
  EXPECT_THAT(found[1].headings, testing::IsEmpty());
}

}  // namespace
}  // namespace weir
