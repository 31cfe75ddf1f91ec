#include "controllers/image_reflector/options.hpp"

namespace weir::image_reflector {

void Options::add_flags(runtime::Flags& flags) {
  common.read_addresses();
  common.add_flags(flags);
  flags.add("concurrent", &concurrent, "reconciles at the same time, of each kind");
  flags.add("storage-path", &storage_path, "folder of the tags", "STORAGE_PATH");
  flags.add("no-cross-namespace-refs", &no_cross_namespace_refs, "refuse image repositories of other namespaces");
  flags.add("max-tags", &max_tags, "tags of one image; a repository with more is not scanned");
  constexpr const char* kFiles = "tags are kept in plain files";
  for (const auto* name : {"storage-value-log-file-size", "gc-interval", "storage-compression-threshold"}) {
    flags.add_without_effect(name, true, kFiles);
  }
  logins.add_to(flags, "logins of cloud registries");
  flags.add_without_effect("default-service-account", true, "the controller signs in to clouds as itself");
}

Result<void> Options::validate() const {
  if (auto valid = common.validate(); valid.has_error()) return valid;
  if (concurrent < 1) return InputError{"--concurrent", "expected at least 1"};
  if (max_tags < 1) return InputError{"--max-tags", "expected at least 1"};
  if (auto valid = logins.validate(); valid.has_error()) return valid;
  return {};
}

}  // namespace weir::image_reflector
