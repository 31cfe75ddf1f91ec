#include "pkg/helm/functions/system_outside.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <netdb.h>
#include <openssl/rand.h>
#include <sys/socket.h>

#include "pkg/base/text.hpp"
#include "pkg/helm/functions/keys.hpp"

namespace weir::helm {
namespace {

constexpr std::size_t kLargestZone = 64 * 1024;

std::optional<std::string> read_zone(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return std::nullopt;
  std::string content(kLargestZone, '\0');
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(file.gcount()));
  if (!content.starts_with("TZif")) return std::nullopt;
  return content;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing here sets variables
  return value == nullptr ? "" : value;
}

class SystemOutside : public Outside {
 public:
  explicit SystemOutside(HostLookups hosts) : hosts_{hosts} {}

  WallTime now() override {
    return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
  }

  std::chrono::nanoseconds since_start() override { return std::chrono::steady_clock::now() - start_; }

  std::string random_bytes(std::size_t count) override {
    std::string out(count, '\0');
    if (count > 0 && RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) != 1)
      throw std::runtime_error{"the machine gives no random numbers"};
    return out;
  }

  std::string private_key(KeyKind kind) override { return new_private_key(kind); }

  std::optional<std::string> zone(std::string_view name) override {
    if (name == "Local") return local();
    std::string folder = variable("ZONEINFO");
    if (folder.empty()) folder = "/usr/share/zoneinfo";
    return read_zone(text::cat(folder, "/", name));
  }

  std::optional<std::string> host_address(std::string_view name) override {
    if (hosts_ == HostLookups::kNone) return "";
    return looked_up(std::string{name});
  }

 private:
  static std::optional<std::string> local() {
    std::string name = variable("TZ");
    if (name.starts_with(':')) name.erase(0, 1);
    if (name.empty()) return read_zone("/etc/localtime");
    return read_zone(name.starts_with('/') ? name : text::cat("/usr/share/zoneinfo/", name));
  }

  /// The first address that the system knows.
  static std::optional<std::string> looked_up(const std::string& name) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) return std::nullopt;
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned{found, &freeaddrinfo};
    char digits[NI_MAXHOST];
    const int failed =
        getnameinfo(found->ai_addr, found->ai_addrlen, digits, sizeof digits, nullptr, 0, NI_NUMERICHOST);
    if (failed != 0) return std::nullopt;
    return digits;
  }

  const HostLookups hosts_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

std::shared_ptr<Outside> system_outside(HostLookups hosts) { return std::make_shared<SystemOutside>(hosts); }

}  // namespace weir::helm
