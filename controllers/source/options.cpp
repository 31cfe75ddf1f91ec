#include "controllers/source/options.hpp"

#include <cstdlib>

#include "pkg/base/text.hpp"

namespace weir::source {
namespace {

/// What consumers are told when nobody says otherwise.  Source: docs/upstream-rules.md, "Advertised address".
std::string derived_address(std::string_view listen) {
  const auto colon = listen.rfind(':');
  const auto host = listen.substr(0, colon);
  const auto port = colon == std::string_view::npos ? std::string_view{} : listen.substr(colon);
  if (host.empty()) return text::cat("localhost", port);
  if (host == "0.0.0.0" || host == "[::]") {
    const char* name = std::getenv("HOSTNAME");
    return text::cat(name != nullptr ? name : "localhost", port);
  }
  return std::string{listen};
}

}  // namespace

void Options::add_flags(runtime::Flags& flags) {
  common.read_addresses();
  common.add_flags(flags);
  flags.add("concurrent", &concurrent, "reconciles at the same time");
  flags.add("storage-path", &storage_path, "folder of artifacts and repositories", "STORAGE_PATH");
  flags.add("storage-addr", &storage_addr, "address of the artifact server", "STORAGE_ADDRESS");
  flags.add("storage-adv-addr", &storage_adv_addr, "address of the artifact server in URLs", "STORAGE_ADV_ADDR");
  flags.add("artifact-retention-ttl", &artifact_retention_ttl, "how long a superseded artifact stays");
  flags.add("artifact-retention-records", &artifact_retention_records, "how many artifacts of an object stay");
  flags.add("artifact-digest-algo", &artifact_digest_algo, "sha1, sha256, sha384 or sha512");
  git.add_to(flags);
  flags.add("artifact-max-size", &artifact_max_size, "bytes of all files of an artifact; 0: no limit");
  flags.add("artifact-max-files", &artifact_max_files, "files of an artifact; 0: no limit");
  flags.add("artifact-max-file-size", &artifact_max_file_size, "bytes of one file; 0, or more than 64 MiB: 64 MiB");
  logins.add_to(flags, "logins of Git providers");
  constexpr const char* kNoHelm = "HelmRepository and HelmChart are not served yet";
  for (const auto* name :
       {"helm-index-max-size",
        "helm-chart-max-size",
        "helm-chart-file-max-size",
        "helm-cache-max-size",
        "helm-cache-ttl",
        "helm-cache-purge-interval"}) {
    flags.add_without_effect(name, true, kNoHelm);
  }
}

Result<void> Options::validate() const {
  if (auto valid = common.validate(); valid.has_error()) return valid;
  if (concurrent < 1) return InputError{"--concurrent", "expected at least 1"};
  if (auto valid = logins.validate(); valid.has_error()) return valid;
  if (auto algorithm = parse_digest_algorithm(artifact_digest_algo); algorithm.has_error()) {
    return InputError{"--artifact-digest-algo", algorithm.error().message};
  }
  if (artifact_max_size < 0 || artifact_max_files < 0 || artifact_max_file_size < 0) {
    return InputError{"--artifact-max-size", "limits are 0 (off) or more"};
  }
  return {};
}

artifact::StorageOptions Options::storage() const {
  artifact::StorageOptions out;
  out.root = storage_path;
  out.advertised_address = storage_adv_addr.empty() ? derived_address(storage_addr) : storage_adv_addr;
  out.algorithm = parse_digest_algorithm(artifact_digest_algo).value();
  out.retention_ttl = std::chrono::duration_cast<std::chrono::seconds>(artifact_retention_ttl.length);
  out.retention_records = static_cast<std::size_t>(std::max<std::int64_t>(artifact_retention_records, 1));
  out.limits.total_bytes = static_cast<std::uint64_t>(artifact_max_size);
  out.limits.files = static_cast<std::uint64_t>(artifact_max_files);
  out.limits.file_bytes = static_cast<std::uint64_t>(artifact_max_file_size);
  return out;
}

}  // namespace weir::source
