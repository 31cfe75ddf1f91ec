// Image names: what is accepted is canonical, so it is read again as the same.
#include <cstdint>
#include <string_view>

#include "pkg/oci/reference.hpp"
#include "test/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  oci::is_tag(text);
  oci::is_local_registry(text);
  oci::is_private_address(text);
  const auto repository = oci::parse_repository(text);
  if (!repository) {
    require(!repository.error().message.empty());
    return 0;
  }
  require(!repository->registry.empty() && !repository->path.empty());
  require(repository->registry.find('/') == std::string::npos && repository->registry.find('@') == std::string::npos);
  require(repository->text().find_first_of(" \t\r\n?#%\\") == std::string::npos);
  const auto again = oci::parse_repository(repository->text());
  require(again.has_value() && *again == *repository);
  return 0;
}
