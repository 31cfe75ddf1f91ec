#include "controllers/image_automation/options.hpp"

#include <cstdlib>
#include <filesystem>

namespace weir::image_automation {

Options::Options() : storage_path{(std::filesystem::temp_directory_path() / "image-automation").string()} {}

void Options::add_flags(runtime::Flags& flags) {
  if (const char* address = std::getenv("METRICS_ADDR")) common.metrics_addr = address;
  if (const char* address = std::getenv("EVENTS_ADDR")) common.events_addr = address;
  common.add_flags(flags);
  flags.add("concurrent", &concurrent, "reconciles at the same time");
  flags.add("storage-path", &storage_path, "folder of the bare repositories", "STORAGE_PATH");
  flags.add("no-cross-namespace-refs", &no_cross_namespace_refs, "refuse Git repositories of other namespaces");
  flags.add("ssh-kex-algos", &ssh_kex_algos, "SSH key exchange algorithms, in order of preference");
  flags.add("ssh-hostkey-algos", &ssh_hostkey_algos, "SSH host key algorithms, in order of preference");
  flags.add("token-cache-max-size", &token_cache_max_size, "logins of Git providers to keep; 0 keeps none");
  flags.add("token-cache-max-duration", &token_cache_max_duration, "longest time for which such a login is kept");
  constexpr const char* kNoClouds = "Git providers sign in as the controller itself";
  flags.add_without_effect("default-service-account", true, kNoClouds);
}

Result<void> Options::validate() const {
  if (auto valid = common.validate(); valid.has_error()) return valid;
  if (concurrent < 1) return InputError{"--concurrent", "expected at least 1"};
  if (token_cache_max_size < 0) return InputError{"--token-cache-max-size", "expected 0 or more"};
  return {};
}

}  // namespace weir::image_automation
