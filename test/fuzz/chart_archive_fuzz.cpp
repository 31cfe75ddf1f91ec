// Packed charts: whatever the bytes are, they are a chart or a refusal, within the limits, and names stay inside of the
// chart.
#include <cstdint>
#include <string_view>

#include "pkg/helm/chart/load.hpp"
#include "test/fuzz/require.hpp"

namespace {

using namespace weir::helm;

void require_inside(const Chart& chart) {
  for (const auto& file : chart.contents->raw) {
    require(!file.name.empty() && file.name.front() != '/' && !file.name.starts_with("../"));
    require(file.name.find("/../") == std::string::npos && file.view().size() <= (1u << 20));
  }
  require(!chart.name().empty() && chart.values != nullptr && chart.values->is_object());
  for (const auto& child : chart.dependencies) require_inside(*child);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  LoadLimits limits;
  limits.total_bytes = 4u << 20;
  limits.file_bytes = 1u << 20;
  limits.files = 1000;
  LoadLog log;
  const auto chart = load_archive(bytes, "chart.tgz", limits, &log);
  require(chart || !chart.error().message.empty());
  if (chart) require_inside(**chart);
  return 0;
}
