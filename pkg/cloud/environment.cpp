#include "pkg/cloud/environment.hpp"

#include <cstdlib>
#include <fstream>

namespace weir::cloud {
namespace {

constexpr std::size_t kLargestFile = 1u << 20;

}  // namespace

std::string ProcessEnvironment::variable(const std::string& name) const {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

std::optional<std::string> ProcessEnvironment::file(const std::string& path) const {
  std::ifstream in{path, std::ios::binary};
  if (!in) return std::nullopt;
  std::string out(kLargestFile + 1, '\0');
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  const auto size = static_cast<std::size_t>(in.gcount());
  if (in.bad() || size > kLargestFile) return std::nullopt;
  out.resize(size);
  return out;
}

}  // namespace weir::cloud
