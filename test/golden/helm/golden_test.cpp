// Charts of our own against what Helm 4 prints for them: every folder of cases/ has a chart, the arguments, one a line,
// and expected.yaml or error.txt, made by helm.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "controllers/cli/template_command.hpp"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> case_names() {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator{WEIR_SOURCE_DIR "/test/golden/helm/cases"})
    out.push_back(entry.path().filename());
  std::ranges::sort(out);
  return out;
}

std::string content(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<std::string> lines(const fs::path& path) {
  std::ifstream file{path};
  std::vector<std::string> out;
  for (std::string line; std::getline(file, line);) out.push_back(line);
  return out;
}

class HelmGolden : public testing::TestWithParam<std::string> {};

TEST_P(HelmGolden, IsWhatHelmPrints) {
  const fs::path folder = fs::path{WEIR_SOURCE_DIR "/test/golden/helm/cases"} / GetParam();
  fs::current_path(folder);  // paths of charts and values are part of what is printed
  const auto arguments = lines("arguments");
  const std::vector<std::string_view> views{arguments.begin(), arguments.end()};
  std::ostringstream out, err;
  const int status = run_command(template_command(), views, {out, err});
  if (fs::exists("expected.yaml")) {
    EXPECT_EQ(status, 0) << err.str();
    EXPECT_EQ(out.str(), content("expected.yaml"));
  } else {
    EXPECT_EQ(status, kRefused);
    EXPECT_EQ(out.str(), "");
    // Behind Helm's words stands what Helm does not say.
    EXPECT_THAT(err.str(), testing::StartsWith(content("error.txt")));
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, HelmGolden, testing::ValuesIn(case_names()), [](const auto& one) {
  std::string name = one.param;
  std::erase(name, '-');
  return name;
});

}  // namespace
}  // namespace weir::cli
