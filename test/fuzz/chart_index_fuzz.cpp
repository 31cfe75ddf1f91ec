// An index.yaml: what is kept of it is what its text says, whichever charts are asked for.
#include <cstdint>
#include <string>
#include <string_view>

#include "pkg/helm/repository/address.hpp"
#include "pkg/helm/repository/choice.hpp"
#include "pkg/helm/repository/index.hpp"
#include "test/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir;
  using namespace weir::helm;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  IndexLimits limits;
  limits.entry_bytes = 64u << 10;
  const auto index = read_index(text, {"demo", "b"}, "https://charts.example.com/x", limits);
  if (!index) {
    require(!index.error().message.empty());
    return 0;
  }
  for (const auto& [chart, versions] : index->charts) {
    require(chart == "demo" || chart == "b");
    for (const auto& version : versions) {
      require(!version.version.empty());
      for (const auto& url : version.urls) {
        const auto address = resolve_address("https://charts.example.com/x", url);
        require(address ? !address->empty() : !address.error().message.empty());
        is_same_origin("https://charts.example.com/x", url);
      }
      const auto exact = choose_as_helm(&versions, chart, version.version);
      require(exact ? (*exact)->version == version.version : !exact.error().message.empty());
    }
    const auto newest = choose_as_flux(&versions, chart, "*");
    require(newest ? *newest != nullptr : !newest.error().message.empty());
    require(versions.empty() == explain_versions(&versions).empty());
  }
  // Who asks for one chart only gets the same of it.
  const auto one = read_index(text, {"demo"}, "https://charts.example.com/x", limits);
  if (one) {
    const auto* alone = one->find("demo");
    const auto* both = index->find("demo");
    require((alone == nullptr) == (both == nullptr));
    if (alone != nullptr) require(alone->size() == both->size());
  }
  return 0;
}
