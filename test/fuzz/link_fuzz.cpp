// Link headers: a target is a part of the header, is found again on its own, and quoted text is no relation.
#include <cstdint>
#include <string>
#include <string_view>

#include "pkg/oci/link.hpp"
#include "test/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using weir::oci::next_link;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto target = next_link(text)) {
    require(text.find("<" + *target + ">") != text.npos);
    require(next_link("<" + *target + ">; rel=next") == target);
    require(next_link("<a>; rel=prev, <" + *target + ">; REL = \"first next\"") == target);
  }
  if (text.find_first_of("\"\\") == text.npos) {
    const std::string quoted{text};
    require(!next_link("<a>; title=\"" + quoted + "\"; rel=prev"));
    require(next_link("<a>; title=\"" + quoted + "\"; rel=next") == "a");
    require(next_link("<b>; title=\"" + quoted + "\"; rel=prev, <a>; rel=next") == "a");
  }
  return 0;
}
