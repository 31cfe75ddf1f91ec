// The YAML reader and writer: no input may crash them, and what the writer prints reads as the same value.
#include <cstdint>
#include <string_view>

#include "pkg/yaml/documents.hpp"
#include "pkg/yaml/parser.hpp"
#include "pkg/yaml/writer.hpp"
#include "test/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  yaml::ParseOptions options;
  options.max_depth = 100;
  options.max_alias_nodes = 10'000;
  options.typing = size % 2 == 0 ? yaml::Typing::kYaml11 : yaml::Typing::kCore;

  yaml::Arena arena;
  const auto nodes = yaml::parse_all(text, arena, options);
  options.typing = yaml::Typing::kYaml11;
  const auto documents = yaml::parse_documents(text, options);
  if (!documents) return 0;
  require(nodes.has_value());
  for (const auto& document : *documents) {
    const std::string printed = yaml::write(document.value);
    const auto again = yaml::parse_document(printed, options);
    require(again.has_value());
    require(*again == document.value);
    // Printed once more it is the same value again. Not always the same text: Go's order of keys is not transitive, so
    // that three odd keys may come out in another order when they come in in another.
    const auto last = yaml::parse_document(yaml::write(*again), options);
    require(last.has_value() && *last == *again);
  }
  return 0;
}
