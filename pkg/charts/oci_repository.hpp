#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "pkg/async/asio.hpp"
#include "pkg/base/result.hpp"
#include "pkg/json/value.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/oci/registry_client.hpp"

namespace weir::charts {

/// A chart in a registry: "oci://host/path/chart:1.2.3_4@sha256:...".  Threads: value.
struct OciReference {
  oci::Repository repository;
  std::string version;  ///< of the tag, with '+' for '_'; empty: none
  std::string digest;   ///< empty: none
};

/// @returns an error naming the reference: what is missing or does not belong
Result<OciReference> parse_oci_reference(std::string_view text);

/// "oci://" begins it.
bool is_oci(std::string_view address);

/// A chart, as a registry gave it.
struct PulledChart {
  PulledChart() {}

  std::string archive;
  std::string provenance;       ///< empty: it was not asked for
  std::string manifest_digest;  ///< "sha256:..."
  std::string archive_digest;   ///< "sha256:..."
  json::Value metadata;         ///< the config: Chart.yaml as JSON
};

/// One chart's repository in a registry. All calls throw FetchError,
/// oci::RegistryError, http::TransportError and async::TimedOut.
/// Source of the rules: Helm 4.2, https://helm.sh/docs/topics/registries, observed.  Threads: reactor.
class OciRepository {
 public:
  /// @param max_archive_bytes  of the packed chart
  OciRepository(
      oci::RegistryClient::Parts parts,
      oci::Repository repository,
      oci::RegistryOptions options,
      std::size_t max_archive_bytes = 10u << 20
  );

  /// The version that is meant: one that is complete is taken as it is, and the registry is not asked; for a range, or
  /// for nothing, its tags are listed.
  asio::awaitable<std::string> resolve(std::string wanted);
  /// The digest of a version's manifest.
  asio::awaitable<std::string> digest(std::string version);
  /// @param reference         a version ('+' stands as '_' in its tag), or "sha256:..."
  /// @param wants_provenance  the provenance file as well; a chart without one is refused then
  asio::awaitable<PulledChart> pull(std::string reference, bool wants_provenance = false);

 private:
  asio::awaitable<oci::Manifest> chart_manifest(std::string reference);

  std::string name_;
  oci::RegistryClient client_;
  std::size_t max_archive_bytes_;
};

}  // namespace weir::charts
