#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/base/secret_string.hpp"

namespace weir::http {

/// An absolute http or https URL, taken apart (RFC 3986).  Threads: value.
class Url {
 public:
  Url() {}

  /// @returns an error that never repeats a password: scheme other than http and https, no host, a
  /// bad port,
  ///          blanks or control characters
  static Result<Url> parse(std::string_view text);

  bool is_https() const { return scheme == "https"; }
  /// "host" or "host:port" when the port is not the scheme's own; an IPv6 address in brackets. For
  /// the Host header.
  std::string authority() const;
  /// "https://host:port", always with the port: what connections are kept by.
  std::string origin() const;
  /// The whole URL without user and password.
  std::string text() const;
  /// Absolute or relative reference against this URL, as a Location header has it (RFC 3986 section
  /// 5).
  Result<Url> resolve(std::string_view reference) const;

  friend bool operator==(const Url&, const Url&) = default;

  std::string scheme;        ///< "http" or "https"
  std::string host;          ///< lower case; an IPv6 address without brackets
  std::uint16_t port = 0;    ///< the scheme's own when the URL names none
  std::string target = "/";  ///< path and query, starts with a slash; no fragment
  std::string user;          ///< decoded user info, empty when absent
  SecretString password;
};

/// Whether an "@" stands behind the authority. A password that holds a slash looks like that, and
/// its beginning would be taken for the host: where people write credentials into URLs, such a one
/// is refused before anything repeats a part of it.
bool has_stray_at(std::string_view url);

/// Percent-encodes everything but unreserved characters (RFC 3986 section 2.3): for one path
/// segment or query value.
std::string percent_encode(std::string_view text);
/// @returns an error for a broken escape
Result<std::string> percent_decode(std::string_view text);

}  // namespace weir::http
