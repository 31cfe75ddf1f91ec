#include "controllers/image_automation/options.hpp"

#include <filesystem>

namespace weir::image_automation {

Options::Options() : storage_path{(std::filesystem::temp_directory_path() / "image-automation").string()} {}

void Options::add_flags(runtime::Flags& flags) {
  common.read_addresses();
  common.add_flags(flags);
  flags.add("concurrent", &concurrent, "reconciles at the same time");
  flags.add("storage-path", &storage_path, "folder of the bare repositories", "STORAGE_PATH");
  flags.add("no-cross-namespace-refs", &no_cross_namespace_refs, "refuse Git repositories of other namespaces");
  git.add_to(flags);
  logins.add_to(flags, "logins of Git providers");
  constexpr const char* kNoClouds = "Git providers sign in as the controller itself";
  flags.add_without_effect("default-service-account", true, kNoClouds);
}

Result<void> Options::validate() const {
  if (auto valid = common.validate(); valid.has_error()) return valid;
  if (concurrent < 1) return InputError{"--concurrent", "expected at least 1"};
  if (auto valid = logins.validate(); valid.has_error()) return valid;
  return {};
}

}  // namespace weir::image_automation
