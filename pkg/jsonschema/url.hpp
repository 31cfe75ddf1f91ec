#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "pkg/base/result.hpp"

/// URLs of schemas.  Threads: any, pure.  Source: RFC 3986; messages as those of Go's net/url.
namespace weir::jsonschema {

struct Url {
  std::string scheme;  ///< lower case; empty for a relative reference
  bool has_authority = false;
  std::string authority;
  std::string path;
  bool has_query = false;
  std::string query;

  /// A URL without fragment. @returns an error like parse "http://a b": invalid character " " in host name
  static Result<Url> parse(std::string_view text);
  std::string text() const;
  /// The host without port; brackets stay.
  std::string_view host() const;
  /// "urn:a:b": what is behind the scheme does not begin with a slash.
  bool is_opaque() const { return !scheme.empty() && !has_authority && !path.starts_with('/'); }
};

/// What stands before and behind the first '#'.
std::pair<std::string_view, std::string_view> split_fragment(std::string_view text);

/// A reference without fragment, seen from a base that is absolute.
Result<std::string> join_url(std::string_view base, std::string_view reference);

/// Percent escapes undone. @returns an error like invalid URL escape "%zz"
Result<std::string> unescape_url(std::string_view text);

/// Escaped for a path or fragment; slashes stay.
std::string escape_url(std::string_view text);

/// "~" and "/" of a token of a JSON pointer, escaped.
std::string escape_pointer(std::string_view token);
/// nullopt for a "~" that escapes nothing.
std::optional<std::string> unescape_pointer(std::string_view token);

}  // namespace weir::jsonschema
