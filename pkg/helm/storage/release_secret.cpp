#include "pkg/helm/storage/release_secret.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <utility>

#include <zlib.h>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"

namespace weir::helm {
namespace {

constexpr std::string_view kGzipMagic{"\x1f\x8b\x08", 3};
constexpr std::string_view kReservedLabels[] = {"name", "owner", "status", "version", "createdAt", "modifiedAt"};
constexpr std::size_t kPiece = 64u << 10;

std::string compress(std::string_view bytes) {
  z_stream stream{};
  if (::deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error{"gzip: out of memory"};
  std::string out(::deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int code = ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  if (code != Z_STREAM_END) throw std::runtime_error{"gzip: a release is too large"};
  return out;
}

Result<std::string> decompress(std::string_view bytes, std::size_t most_bytes) {
  z_stream stream{};
  if (::inflateInit2(&stream, MAX_WBITS + 16) != Z_OK) return InputError{"", "gzip: out of memory"};
  const std::unique_ptr<z_stream, decltype(&::inflateEnd)> ends{&stream, &::inflateEnd};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  int code = Z_OK;
  while (code == Z_OK) {
    const std::size_t size = out.size();
    if (size > most_bytes) return InputError{"", text::cat("unpacked it has more than ", most_bytes, " bytes")};
    out.resize(size + kPiece);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + size);
    stream.avail_out = static_cast<uInt>(kPiece);
    code = ::inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  if (code != Z_STREAM_END) return InputError{"", "its gzip is damaged"};
  return out;
}

}  // namespace

std::string release_secret_name(std::string_view release, std::int64_t version) {
  return text::cat("sh.helm.release.v1.", release, ".v", version);
}

std::string release_selector(std::string_view release) { return text::cat(kReleaseSelector, ",name=", release); }

std::string pack_release(const StoredRelease& release) { return base64::encode(compress(write_release(release))); }

Result<StoredRelease> unpack_release(std::string_view packed, std::size_t most_bytes) {
  auto bytes = base64::decode(packed);
  if (!bytes) return InputError{"", "it is no base64"};
  if (bytes->starts_with(kGzipMagic)) {
    bytes = decompress(*bytes, most_bytes);
    if (!bytes) return bytes.error();
  }
  return read_release(*bytes);
}

Result<StoredRelease> read_release_secret(const json::Value& secret) {
  const auto named = [&secret](std::string_view problem) {
    return InputError{text::cat("Secret ", secret.text_at({"metadata", "name"})), text::cat("no release: ", problem)};
  };
  const auto encoded = secret.text_at({"data", "release"});
  if (encoded.empty()) return named("it has no data.release");
  const auto packed = base64::decode(encoded);
  if (!packed) return named("data.release is no base64");
  auto release = unpack_release(*packed);
  if (!release) return named(release.error().text());
  return release;
}

std::map<std::string, std::string> user_labels(const json::Value& secret) {
  std::map<std::string, std::string> out;
  const auto* labels = secret.find_path({"metadata", "labels"});
  if (labels == nullptr || !labels->is_object()) return out;
  for (const auto& [key, value] : labels->as_object()) {
    const bool is_reserved = std::ranges::find(kReservedLabels, key) != std::end(kReservedLabels);
    if (!is_reserved && value.is_string()) out.emplace(key, value.as_string());
  }
  return out;
}

json::Value release_secret(
    const StoredRelease& release,
    const std::string& packed,
    std::string_view storage_namespace,
    std::string_view stamp,
    WallTime now,
    const std::map<std::string, std::string>& user_labels
) {
  using json::Value;
  auto labels = Value::object();
  for (const auto& [key, value] : user_labels) labels.set(key, value);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  labels.set("name", release.name);
  labels.set("owner", "helm");
  labels.set("status", release.info.status);
  labels.set("version", std::to_string(release.version));
  labels.set(stamp, std::to_string(seconds));
  return Value::object(
      {{"apiVersion", "v1"},
       {"kind", "Secret"},
       {"metadata",
        Value::object(
            {{"name", release_secret_name(release.name, release.version)},
             {"namespace", storage_namespace},
             {"labels", std::move(labels)}}
        )},
       {"type", kReleaseSecretType},
       {"data", Value::object({{"release", base64::encode(packed)}})}}
  );
}

}  // namespace weir::helm
