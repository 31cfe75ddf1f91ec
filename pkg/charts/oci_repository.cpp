#include "pkg/charts/oci_repository.hpp"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/charts/http_repository.hpp"
#include "pkg/helm/repository/choice.hpp"
#include "pkg/json/codec.hpp"

namespace weir::charts {
namespace {

constexpr std::string_view kScheme = "oci://";
constexpr std::string_view kConfig = "application/vnd.cncf.helm.config.v1+json";
constexpr std::string_view kChart = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
constexpr std::string_view kOldChart = "application/tar+gzip";
constexpr std::string_view kProvenance = "application/vnd.cncf.helm.chart.provenance.v1.prov";
constexpr std::size_t kMaxProvenanceBytes = 4u << 20;
constexpr std::size_t kMaxConfigBytes = 1u << 20;
constexpr std::size_t kMostManifests = 16;

struct Descriptor {
  std::string digest;
  std::uint64_t size = 0;
};

/// The digest and size that an entry of a manifest has; nullopt when they are none.
std::optional<Descriptor> descriptor_of(const json::Value& value) {
  const auto* size = value.find("size");
  const auto bytes = size == nullptr ? std::nullopt : size->integer();
  Descriptor out;
  out.digest = value.text_at({"digest"});
  if (!bytes || *bytes < 0 || out.digest.empty()) return std::nullopt;
  out.size = static_cast<std::uint64_t>(*bytes);
  return out;
}

bool is_list(const oci::Manifest& manifest) {
  const auto* manifests = manifest.document.find("manifests");
  return manifests != nullptr && manifests->is_array();
}

/// The first layer of one of these types.
std::optional<Descriptor> layer_of(const json::Value& manifest, std::initializer_list<std::string_view> types) {
  const auto* layers = manifest.find("layers");
  if (layers == nullptr || !layers->is_array()) return std::nullopt;
  for (const auto wanted : types) {
    for (const auto& layer : layers->as_array()) {
      if (layer.text_at({"mediaType"}) == wanted) return descriptor_of(layer);
    }
  }
  return std::nullopt;
}

}  // namespace

bool is_oci(std::string_view address) { return address.starts_with(kScheme); }

Result<OciReference> parse_oci_reference(std::string_view text) {
  if (!is_oci(text)) return InputError{"", text::cat("expected oci://HOST/PATH, got ", text::quoted(text))};
  std::string_view rest = text.substr(kScheme.size());
  OciReference out;
  if (const auto at = rest.rfind('@'); at != rest.npos) {
    out.digest = rest.substr(at + 1);
    rest = rest.substr(0, at);
    const auto [algorithm, hex] = text::cut(out.digest, ":");
    if (algorithm != "sha256" || hex.size() != 64 || hex.find_first_not_of("0123456789abcdef") != hex.npos)
      return InputError{"", text::cat("invalid reference ", text::quoted(text), ": expected @sha256: and 64 digits")};
  }
  const auto slash = rest.rfind('/');
  if (const auto colon = rest.rfind(':'); slash != rest.npos && colon != rest.npos && colon > slash) {
    out.version = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
    if (!oci::is_tag(helm::tag_of_version(out.version)))
      return InputError{"", text::cat("invalid reference ", text::quoted(text), ": the tag is none")};
    std::replace(out.version.begin(), out.version.end(), '_', '+');
  }
  if (slash == rest.npos || slash + 1 == rest.size())
    return InputError{"", text::cat("invalid reference ", text::quoted(text), ": missing registry or repository")};
  auto repository = oci::parse_repository(rest);
  if (!repository)
    return InputError{"", text::cat("invalid reference ", text::quoted(text), ": ", repository.error().text())};
  out.repository = *std::move(repository);
  return out;
}

OciRepository::OciRepository(
    oci::RegistryClient::Parts parts,
    oci::Repository repository,
    oci::RegistryOptions options,
    std::size_t max_archive_bytes
)
    : name_{repository.text()},
      client_{parts, std::move(repository), std::move(options)},
      max_archive_bytes_{max_archive_bytes} {}

asio::awaitable<std::string> OciRepository::resolve(std::string wanted) {
  if (helm::is_version(wanted)) co_return wanted;
  const auto tags = co_await client_.list_tags();
  const auto versions = helm::versions_of_tags(tags.lines);
  if (versions.empty())
    throw FetchError{text::cat("unable to locate any tags in provided repository: ", kScheme, name_)};
  auto chosen = helm::choose_tag(versions, wanted);
  if (!chosen) throw FetchError{chosen.error().text()};
  co_return *std::move(chosen);
}

asio::awaitable<std::string> OciRepository::digest(std::string version) {
  co_return co_await client_.digest(helm::tag_of_version(version));
}

asio::awaitable<oci::Manifest> OciRepository::chart_manifest(std::string reference) {
  const std::string tag = reference.starts_with("sha256:") ? reference : helm::tag_of_version(reference);
  auto manifest = co_await client_.manifest(tag);
  if (!is_list(manifest)) co_return manifest;
  // Of several artifacts under one tag the chart is the one with a chart's config.
  const auto list = manifest.document.find("manifests")->as_array();
  for (std::size_t i = 0; i < std::min(list.size(), kMostManifests); ++i) {
    const std::string digest{list[i].text_at({"digest"})};
    if (!digest.starts_with("sha256:")) continue;
    auto one = co_await client_.manifest(digest);
    if (one.document.text_at({"config", "mediaType"}) == kConfig) co_return one;
  }
  co_return manifest;
}

asio::awaitable<PulledChart> OciRepository::pull(std::string reference, bool wants_provenance) {
  const std::string about = text::cat(name_, reference.starts_with("sha256:") ? "@" : ":", reference);
  const auto manifest = co_await chart_manifest(std::move(reference));
  const auto* config = manifest.document.find("config");
  if (config == nullptr || config->text_at({"mediaType"}) != kConfig)
    throw FetchError{text::cat(about, ": could not load config with mediatype ", kConfig)};
  const auto config_descriptor = descriptor_of(*config);
  const auto layer = layer_of(manifest.document, {kChart, kOldChart});
  if (!layer) throw FetchError{text::cat(about, ": manifest does not contain a layer with mediatype ", kChart)};
  if (!config_descriptor) throw FetchError{text::cat(about, ": the config has no digest or size")};
  PulledChart out;
  out.manifest_digest = manifest.digest;
  out.archive_digest = layer->digest;
  const std::string text = co_await client_.blob(config_descriptor->digest, config_descriptor->size, kMaxConfigBytes);
  auto metadata = json::parse(text);
  if (!metadata || !metadata->is_object())
    throw FetchError{text::cat(about, ": expected the config to be Chart.yaml as a JSON object")};
  out.metadata = *std::move(metadata);
  out.archive = co_await client_.blob(layer->digest, layer->size, max_archive_bytes_);
  if (wants_provenance) {
    const auto provenance = layer_of(manifest.document, {kProvenance});
    if (!provenance)
      throw FetchError{text::cat(about, ": manifest does not contain a layer with mediatype ", kProvenance)};
    out.provenance = co_await client_.blob(provenance->digest, provenance->size, kMaxProvenanceBytes);
  }
  co_return out;
}

}  // namespace weir::charts
