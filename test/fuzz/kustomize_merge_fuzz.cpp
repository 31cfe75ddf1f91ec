// Patches: the input is an object and, after a line "====", what patches it, a strategic merge or JSON patch.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "pkg/kustomize/build.hpp"
#include "pkg/kustomize/memory_file_system.hpp"
#include "pkg/yaml/documents.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir::kustomize;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  constexpr std::string_view kBetween = "\n====\n";
  const auto middle = text.find(kBetween);
  if (middle == text.npos) return 0;
  MemoryFileSystem files;
  files.write("/t/base.yaml", std::string{text.substr(0, middle + 1)});
  files.write("/t/patch.yaml", std::string{text.substr(middle + kBetween.size())});
  files.write(
      "/t/kustomization.yaml",
      "resources: [base.yaml]\npatches: [{path: patch.yaml, target: {name: .*}}, {path: patch.yaml, target: {name: "
      ".*}}]\n"
  );
  BuildOptions options;
  options.limits.nesting = 100;
  options.limits.alias_nodes = 10'000;
  const auto built = build_text(files, "/t", options);
  if (!built) return 0;
  weir::yaml::ParseOptions parse;
  if (!weir::yaml::parse_documents(built->text, parse)) std::abort();
  return 0;
}
