#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "controllers/cli/build_command.hpp"

namespace weir {
namespace {

namespace fs = std::filesystem;

const fs::path kCases = fs::path{WEIR_SOURCE_DIR} / "test/golden/kustomize/cases";

std::string read(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string without(std::string text, const std::string& what) {
  for (auto at = text.find(what); at != text.npos; at = text.find(what)) text.erase(at, what.size());
  return text;
}

std::vector<std::string> words_of(const fs::path& path) {
  std::istringstream text{read(path)};
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  return words;
}

/// cases/NAME: the files of a build; "arguments" when it takes more than the folder; expected.yaml or expected.error.
/// UPDATE_GOLDEN=1 writes what is printed now.
class KustomizeGolden : public testing::TestWithParam<std::string> {};

TEST_P(KustomizeGolden, PrintsWhatIsExpected) {
  const fs::path folder = kCases / GetParam();
  std::vector<std::string> words = words_of(folder / "arguments");
  if (words.empty()) words.emplace_back(".");
  words[0] = (folder / words[0]).lexically_normal().string();
  const std::vector<std::string_view> arguments{words.begin(), words.end()};

  std::ostringstream out, err;
  const int status = cli::build_command(arguments, out, err);

  const bool is_refused = status != 0;
  const std::string actual = is_refused ? without(err.str(), folder.string() + "/") : out.str();
  const fs::path expected = folder / (is_refused ? "expected.error" : "expected.yaml");
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    fs::remove(folder / "expected.error");
    fs::remove(folder / "expected.yaml");
    std::ofstream{expected, std::ios::binary} << actual;
    return;
  }
  ASSERT_TRUE(fs::exists(expected)) << "status " << status << "\n" << actual << err.str();
  EXPECT_EQ(actual, read(expected));
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator{kCases})
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Cases, KustomizeGolden, testing::ValuesIn(cases()), [](const auto& each) {
  return each.param;
});

}  // namespace
}  // namespace weir
