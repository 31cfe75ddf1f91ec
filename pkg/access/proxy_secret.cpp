#include "pkg/access/proxy_secret.hpp"

#include "pkg/base/text.hpp"

namespace weir::access {

Result<http::ProxyOptions> parse_proxy_secret(const SecretMap& data) {
  constexpr std::size_t kLongestAddress = 2'048;
  http::ProxyOptions out;
  out.address = text::trim(data.reveal("address"));
  if (out.address.empty()) return InputError{"address", "the proxy Secret has no address"};
  if (out.address.size() > kLongestAddress)
    return InputError{"address", text::cat("longer than ", kLongestAddress, " characters")};
  const auto [scheme, rest] = text::cut(out.address, "://");
  if (scheme != "http" && scheme != "https" && scheme != "socks5")
    return InputError{"address", "expected http://, https:// or socks5:// at the start"};
  if (http::has_stray_at(out.address))
    return InputError{"address", "an @ after the first slash: write the slash of a password as %2F"};
  if (const auto url = http::Url::parse(text::cat("http://", rest)); !url)
    return InputError{"address", url.error().message};
  out.username = data.reveal("username");
  out.password = data.get("password");
  return out;
}

}  // namespace weir::access
