// Files in which the original's rewriting of whole documents does damage: one case for each kind of damage known. Each
// must come out byte for byte, but for the images.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "controllers/image_automation/setters.hpp"
#include "pkg/base/text.hpp"

namespace weir::image_automation {
namespace {

namespace fs = std::filesystem;

const fs::path kCases = fs::path{WEIR_SOURCE_DIR} / "test/golden/setters/cases";

std::string read(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

Policies policies() {
  ImageReference web;
  web.name = "ghcr.io/example/web";
  web.tag = "2.0.0";
  return {{"flux-system:web", web}};
}

/// cases/NAME: input.yaml and expected.yaml, which is written by hand: there is no way to have it updated.
class SettersGolden : public testing::TestWithParam<std::string> {};

TEST_P(SettersGolden, EveryOtherByteStays) {
  const std::string input = read(kCases / GetParam() / "input.yaml");
  const std::string expected = read(kCases / GetParam() / "expected.yaml");
  ASSERT_FALSE(input.empty());
  ASSERT_NE(input, expected);

  const Edit edit = apply_setters("input.yaml", input, policies());
  ASSERT_TRUE(edit.changed);
  EXPECT_EQ(edit.content, expected);
  for (const Note& note : edit.notes) ADD_FAILURE() << note.message;

  // The lines that differ are those that the changes tell of, each by the change of its value alone.
  const auto before = text::split(input, '\n');
  const auto after = text::split(edit.content, '\n');
  ASSERT_EQ(before.size(), after.size());
  std::size_t differing = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == after[i]) continue;
    ++differing;
    EXPECT_TRUE(std::ranges::any_of(edit.changes, [&](const Change& change) {
      const auto replaced = text::replace_all(before[i], change.old_value, change.new_value);
      return change.line <= i + 1 && change.line + 1 >= i && replaced == after[i];
    })) << after[i];
  }
  EXPECT_EQ(differing, edit.changes.size());

  EXPECT_FALSE(apply_setters("input.yaml", edit.content, policies()).changed);
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator{kCases}) names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Cases, SettersGolden, testing::ValuesIn(cases()), [](const auto& each) { return each.param; });

}  // namespace
}  // namespace weir::image_automation
