#include "controllers/image_reflector/options.hpp"

#include <cstdlib>

namespace weir::image_reflector {

void Options::add_flags(runtime::Flags& flags) {
  if (const char* address = std::getenv("METRICS_ADDR")) common.metrics_addr = address;
  if (const char* address = std::getenv("EVENTS_ADDR")) common.events_addr = address;
  common.add_flags(flags);
  flags.add("concurrent", &concurrent, "reconciles at the same time, of each kind");
  flags.add("storage-path", &storage_path, "folder of the tags", "STORAGE_PATH");
  flags.add("no-cross-namespace-refs", &no_cross_namespace_refs, "refuse image repositories of other namespaces");
  flags.add("max-tags", &max_tags, "tags of one image; a repository with more is not scanned");
  constexpr const char* kFiles = "tags are kept in plain files";
  for (const auto* name : {"storage-value-log-file-size", "gc-interval", "storage-compression-threshold"}) {
    flags.add_without_effect(name, true, kFiles);
  }
  constexpr const char* kNoClouds = "providers aws, azure and gcp are not supported yet";
  for (const auto* name : {"token-cache-max-size", "token-cache-max-duration", "default-service-account"}) {
    flags.add_without_effect(name, true, kNoClouds);
  }
}

Result<void> Options::validate() const {
  if (auto valid = common.validate(); valid.has_error()) return valid;
  if (concurrent < 1) return InputError{"--concurrent", "expected at least 1"};
  if (max_tags < 1) return InputError{"--max-tags", "expected at least 1"};
  return {};
}

}  // namespace weir::image_reflector
