#include "pkg/helm/repository/address.hpp"

#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/jsonschema/url.hpp"
#include "pkg/template/quote.hpp"

namespace weir::helm {
namespace {

using jsonschema::Url;

Result<Url> parsed(std::string_view text) {
  const auto [whole, fragment] = jsonschema::split_fragment(text);
  auto url = Url::parse(whole);
  if (!url) return InputError{"", text::cat("failed to parse ", text, " as URL: ", url.error().message)};
  return url;
}

/// "https://host:443"; empty when there is no host.
std::string origin_of(std::string_view text) {
  const auto url = parsed(text);
  if (!url || !url->has_authority || url->host().empty()) return {};
  std::string_view port = url->authority;
  if (const auto at = port.rfind('@'); at != port.npos) port.remove_prefix(at + 1);
  port.remove_prefix(std::min(port.size(), url->host().size()));
  if (port.starts_with(':')) port.remove_prefix(1);
  if (port.empty()) port = url->scheme == "https" ? "443" : url->scheme == "http" ? "80" : "";
  return text::cat(url->scheme, "://", text::lower(url->host()), ":", port);
}

}  // namespace

Result<std::string> resolve_address(std::string_view repository_url, std::string_view reference) {
  const auto to = parsed(reference);
  if (!to) return to.error();
  if (!to->scheme.empty()) return std::string{reference};
  auto from = parsed(repository_url);
  if (!from) return from.error();
  while (from->path.ends_with('/')) from->path.pop_back();
  from->path += '/';
  const auto joined = jsonschema::join_url(from->text(), to->text());
  if (!joined) return InputError{"", text::cat("failed to parse ", reference, " as URL: ", joined.error().message)};
  auto url = Url::parse(*joined);
  if (!url) return url.error();
  url->has_query = from->has_query;
  url->query = from->query;
  return url->text();
}

bool is_same_origin(std::string_view repository_url, std::string_view address) {
  const std::string origin = origin_of(repository_url);
  return !origin.empty() && origin == origin_of(address);
}

Result<std::string> sha256_of_digest(std::string_view digest) {
  std::string hex = text::lower(digest);
  if (const auto colon = hex.find(':'); colon != hex.npos) {
    if (hex.substr(0, colon) != "sha256")
      return InputError{"", text::cat("expected a SHA-256 digest, got ", text::quoted(digest))};
    hex.erase(0, colon + 1);
  }
  if (hex.find_first_not_of("0123456789abcdef") != hex.npos)
    return InputError{"", text::cat("expected a digest in hexadecimal, got ", text::quoted(digest))};
  if (hex.size() != 64) return InputError{"", text::cat("invalid digest length: ", hex.size() / 2)};
  return hex;
}

}  // namespace weir::helm
