#include "pkg/http/url.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include <arpa/inet.h>

#include "pkg/base/text.hpp"

namespace weir::http {

namespace {

bool is_unreserved(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || character == '-' || character == '.' || character == '_' ||
         character == '~';
}

int hex_value(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  if (character >= 'A' && character <= 'F') return character - 'A' + 10;
  return -1;
}

bool is_host_name(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char character) {
    return is_unreserved(character) || static_cast<unsigned char>(character) >= 0x80;
  });
}

bool is_ipv6(const std::string& host) {
  in6_addr address;
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

/// A word that cannot be part of a password is repeated, others are not.
std::string shown_scheme(std::string_view scheme) {
  constexpr std::size_t kLongest = 8;
  const bool is_word =
      !scheme.empty() && scheme.size() <= kLongest &&
      std::all_of(scheme.begin(), scheme.end(), [](char character) { return character >= 'a' && character <= 'z'; });
  return is_word ? text::cat(' ', text::quoted(scheme)) : std::string{};
}

InputError bad(std::string message) { return InputError{"url", std::move(message)}; }

/// RFC 3986 section 5.2.4.
std::string remove_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  const auto segments = text::split(path, '/');
  for (std::size_t i = 1; i < segments.size(); ++i) {
    const bool is_last = i + 1 == segments.size();
    if (segments[i] == "..") {
      if (!kept.empty()) kept.pop_back();
      if (is_last) kept.emplace_back();
    } else if (segments[i] == ".") {
      if (is_last) kept.emplace_back();
    } else {
      kept.push_back(segments[i]);
    }
  }
  std::string out;
  for (const auto segment : kept) text::append(out, '/', segment);
  return out.empty() ? "/" : out;
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  for (const char character : text) {
    if (static_cast<unsigned char>(character) <= 0x20 || character == 0x7f)
      return bad("holds a blank or a control character");
  }
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return bad("expected http:// or https:// at the start");
  Url url;
  url.scheme = text::lower(text.substr(0, scheme_end));
  if (url.scheme != "http" && url.scheme != "https")
    return bad(text::cat("unknown scheme", shown_scheme(url.scheme), ", expected http or https"));

  std::string_view rest = text.substr(scheme_end + 3);
  const auto authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, authority_end);
  std::string_view target = rest.substr(authority_end);

  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    const auto [user, password] = text::cut(authority.substr(0, at), ":");
    const auto decoded_user = percent_decode(user);
    const auto decoded_password = percent_decode(password);
    if (!decoded_user || !decoded_password) return bad("broken percent escape in the user information");
    url.user = *decoded_user;
    url.password = SecretString{*decoded_password};
    authority.remove_prefix(at + 1);
  }

  std::string_view port;
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == std::string_view::npos) return bad("no closing bracket after the IPv6 address");
    url.host = text::lower(authority.substr(1, close - 1));
    if (!is_ipv6(url.host)) return bad("not an IPv6 address in the brackets");
    const auto after = authority.substr(close + 1);
    if (!after.empty() && after.front() != ':') return bad("expected a port after the IPv6 address");
    port = after.empty() ? after : after.substr(1);
  } else {
    const auto [host, port_text] = text::cut(authority, ":");
    url.host = text::lower(host);
    port = port_text;
    if (url.host.empty()) return bad("names no host");
    constexpr std::size_t kLongestHost = 255;
    if (url.host.size() > kLongestHost) return bad("the host is longer than any name is");
    if (!is_host_name(url.host)) return bad("the host holds a character that no host name has");
  }

  url.port = url.is_https() ? 443 : 80;
  if (!port.empty()) {
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc{} || end != port.data() + port.size() || url.port == 0)
      return bad("expected a port number after the host's colon");
  }

  target = target.substr(0, target.find('#'));
  url.target = target.starts_with('/') ? std::string{target} : text::cat('/', target);
  return url;
}

bool has_stray_at(std::string_view url) {
  const auto scheme_end = url.find("://");
  const auto authority = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
  return url.find('@', std::min(url.find_first_of("/?#", authority), url.size())) != std::string_view::npos;
}

std::string Url::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : text::cat('[', host, ']');
  return port == (is_https() ? 443 : 80) ? name : text::cat(name, ':', port);
}

std::string Url::origin() const {
  const std::string name = host.find(':') == std::string::npos ? host : text::cat('[', host, ']');
  return text::cat(scheme, "://", name, ':', port);
}

std::string Url::text() const { return text::cat(scheme, "://", authority(), target); }

Result<Url> Url::resolve(std::string_view reference) const {
  const auto colon = reference.find("://");
  if (colon != std::string_view::npos && reference.find_first_of("/?#") > colon) return parse(reference);
  if (reference.starts_with("//")) return parse(text::cat(scheme, ':', reference));
  for (const char character : reference) {
    if (static_cast<unsigned char>(character) <= 0x20 || character == 0x7f)
      return bad("holds a blank or a control character");
  }
  Url out = *this;
  reference = reference.substr(0, reference.find('#'));
  if (reference.empty()) return out;
  const auto [path, query] = text::cut(reference, "?");
  const bool has_query = reference.find('?') != std::string_view::npos;
  const std::string_view own_path = std::string_view{target}.substr(0, target.find('?'));
  std::string merged;
  if (path.empty()) {
    merged = std::string{own_path};
  } else if (path.starts_with('/')) {
    merged = remove_dot_segments(path);
  } else {
    merged = remove_dot_segments(text::cat(own_path.substr(0, own_path.rfind('/') + 1), path));
  }
  out.target = has_query ? text::cat(merged, '?', query) : merged;
  return out;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char character : text) {
    if (is_unreserved(character)) {
      out += character;
    } else {
      const auto byte = static_cast<unsigned char>(character);
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

Result<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const bool is_whole = i + 2 < text.size();
    const int high = is_whole ? hex_value(text[i + 1]) : -1;
    const int low = is_whole ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) return InputError{"", "broken percent escape"};
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

}  // namespace weir::http
