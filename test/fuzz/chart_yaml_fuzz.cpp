// A chart's own files in one text, cut at lines "=== name": Chart.yaml, requirements.yaml, .helmignore, values.yaml.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/helm/chart/ignore.hpp"
#include "pkg/helm/chart/load.hpp"
#include "pkg/helm/values/prepare.hpp"
#include "test/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir;
  using namespace weir::helm;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  std::vector<File> files;
  std::string name = "Chart.yaml", content;
  const auto finish = [&] { files.push_back({name, std::make_shared<const std::string>(std::move(content))}); };
  for (const auto line : text::split(text, '\n')) {
    if (line.starts_with("=== ") && files.size() < 50) {
      finish();
      name = line.substr(4);
      content.clear();
    } else {
      text::append(content, line, "\n");
    }
  }
  finish();
  for (const auto& file : files) {
    if (file.name != ".helmignore") continue;
    const auto rules = IgnoreRules::parse(file.view());
    if (rules)
      for (const auto& other : files) rules->is_ignored(other.name, false);
  }
  const auto chart = load_files(std::move(files));
  if (!chart) {
    require(!chart.error().message.empty());
    return 0;
  }
  const auto prepared = prepare(**chart, json::Value::object());
  require(prepared ? prepared->values.is_object() : !prepared.error().message.empty());
  return 0;
}
