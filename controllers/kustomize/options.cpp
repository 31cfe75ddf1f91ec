#include "controllers/kustomize/options.hpp"

#include <cstdlib>
#include <filesystem>

#include <unistd.h>

#include "pkg/base/text.hpp"

namespace weir::kustomize_controller {

void Options::add_flags(runtime::Flags& flags) {
  common.add_flags(flags);
  flags.add("concurrent", &concurrent, "reconciles at the same time");
  flags.add("concurrent-ssa", &concurrent_ssa, "apply requests at the same time, for one reconcile");
  flags.add("no-remote-bases", &no_remote_bases, "refuse bases on other servers; false is not supported yet");
  flags.add("no-cross-namespace-refs", &no_cross_namespace_refs, "refuse sources and dependencies of other namespaces");
  flags.add("default-service-account", &default_service_account, "impersonated where spec.serviceAccountName is empty");
  flags.add("http-retry", &http_retry, "how often a failed artifact download is tried again");
  flags.add("override-manager", &override_managers, "field managers whose fields become ours");
  flags.add("custom-apply-stage-kinds", &custom_apply_stage_kinds, "group/Kind that are applied before the rest");
  flags.add("artifact-max-size", &artifact_max_size, "bytes of all files of an artifact; 0: no limit");
  flags.add("artifact-max-files", &artifact_max_files, "files of an artifact; 0: no limit");
  flags.add("artifact-max-file-size", &artifact_max_file_size, "bytes of one file; 0: no limit");
  constexpr const char* kNoDecryption = "spec.decryption is not served yet";
  constexpr const char* kNoRemote = "spec.kubeConfig is not served yet";
  flags.add_without_effect("default-decryption-service-account", true, kNoDecryption);
  flags.add_without_effect("sops-age-secret", true, kNoDecryption);
  flags.add_without_effect("sops-vault-configmap", true, kNoDecryption);
  flags.add_without_effect("default-kubeconfig-service-account", true, kNoRemote);
  flags.add_without_effect("insecure-kubeconfig-exec", false, kNoRemote);
  flags.add_without_effect("insecure-kubeconfig-tls", false, kNoRemote);
}

Result<void> Options::validate() const {
  if (auto valid = common.validate(); valid.has_error()) return valid;
  if (concurrent < 1) return InputError{"--concurrent", "expected at least 1"};
  if (concurrent_ssa < 1) return InputError{"--concurrent-ssa", "expected at least 1"};
  for (const auto& kind : custom_apply_stage_kinds) {
    if (kind.find('/') == std::string::npos) {
      return InputError{"--custom-apply-stage-kinds", text::cat("expected group/Kind, got ", text::quoted(kind))};
    }
  }
  return {};
}

artifact::FetcherOptions Options::fetcher() const {
  artifact::FetcherOptions out;
  out.cache_folder = std::filesystem::temp_directory_path() / text::cat("weir-artifacts-", ::getpid());
  out.retries = static_cast<unsigned>(std::max<std::int64_t>(http_retry, 0));
  if (const char* host = std::getenv("SOURCE_CONTROLLER_LOCALHOST")) out.host_override = host;
  out.limits.total_bytes = static_cast<std::uint64_t>(artifact_max_size);
  out.limits.files = static_cast<std::uint64_t>(artifact_max_files);
  out.limits.file_bytes = static_cast<std::uint64_t>(artifact_max_file_size);
  return out;
}

}  // namespace weir::kustomize_controller
