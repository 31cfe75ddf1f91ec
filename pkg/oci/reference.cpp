#include "pkg/oci/reference.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <arpa/inet.h>

#include "pkg/base/text.hpp"

namespace weir::oci {
namespace {

constexpr std::string_view kDockerHub = "index.docker.io";
constexpr std::size_t kLongestPath = 255;
constexpr std::size_t kLongestTag = 128;

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_word(char c) { return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_path(std::string_view path) {
  if (path.empty() || path.size() > kLongestPath) return false;
  for (const auto part : text::split(path, '/')) {
    if (part.empty()) return false;
    for (const char c : part) {
      if (!is_lower_or_digit(c) && c != '_' && c != '-' && c != '.') return false;
    }
    if (part == "." || part == "..") return false;
  }
  return true;
}

bool is_port(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && number > 0 && number <= 65535;
}

bool is_registry(std::string_view registry) {
  constexpr std::size_t kLongestRegistry = 255 + 6;  // a name of DNS and a port
  if (registry.empty() || registry.size() > kLongestRegistry) return false;
  if (registry.front() == '[') {
    const auto end = registry.find(']');
    if (end == std::string_view::npos) return false;
    const auto host = registry.substr(1, end - 1);
    const auto rest = registry.substr(end + 1);
    if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return false;
    return !host.empty() && std::ranges::all_of(host, [](char c) {
      return is_lower_or_digit(c) || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
    });
  }
  const auto colon = registry.find(':');
  if (colon != std::string_view::npos && !is_port(registry.substr(colon + 1))) return false;
  const auto host = registry.substr(0, colon);
  return !host.empty() && std::ranges::all_of(host, [](char c) { return is_word(c) || c == '-' || c == '.'; });
}

std::optional<std::array<unsigned, 4>> ipv4(std::string_view host) {
  const auto parts = text::split(host, '.');
  if (parts.size() != 4) return std::nullopt;
  std::array<unsigned, 4> out{};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto part = parts[i];
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), out[i]);
    if (error != std::errc{} || end != part.data() + part.size() || out[i] > 255) return std::nullopt;
  }
  return out;
}

/// Without a port and brackets.
std::string_view host_of(std::string_view registry) {
  if (registry.starts_with('[')) return registry.substr(1, registry.find(']') - 1);
  if (std::ranges::count(registry, ':') > 1) return registry;  // an IPv6 address
  return registry.substr(0, registry.find(':'));
}

bool is_rfc1918(const std::array<unsigned, 4>& address) {
  return address[0] == 10 || (address[0] == 172 && address[1] >= 16 && address[1] <= 31) ||
         (address[0] == 192 && address[1] == 168);
}

}  // namespace

namespace {

/// Names that only we can look up, or that lead to this machine.
bool is_private_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.find('.') == std::string_view::npos) return true;  // of the pod's own search domains
  for (const std::string_view end : {".localhost", ".local", ".internal", ".svc", ".home.arpa", ".lan", ".intranet"}) {
    if (name.ends_with(end)) return true;
  }
  // "127.1", "0x7f.0.0.1": what the resolver takes for an address, written otherwise.
  const auto last = name.substr(name.rfind('.') + 1);
  return last.find_first_not_of("0123456789") == std::string_view::npos || last.starts_with("0x");
}

bool is_private_ipv6(const in6_addr& address) {
  const auto* bytes = address.s6_addr;
  const auto all_zero = [&](int count) {
    return std::all_of(bytes, bytes + count, [](auto byte) { return byte == 0; });
  };
  const bool embeds_ipv4 = (all_zero(10) && bytes[10] == 0xff && bytes[11] == 0xff) ||
                           all_zero(12) ||  // mapped, or :: and ::1
                           (bytes[0] == 0 && bytes[1] == 0x64 && bytes[2] == 0xff && bytes[3] == 0x9b);  // NAT64
  const bool is_local = (bytes[0] & 0xfeU) == 0xfc || (bytes[0] == 0xfe && (bytes[1] & 0x80U) != 0);
  return embeds_ipv4 || is_local;
}

}  // namespace

bool is_private_address(std::string_view registry) {
  const auto host = text::lower(host_of(registry));
  if (const auto address = ipv4(host)) {
    const auto first = (*address)[0];
    const auto second = (*address)[1];
    return is_rfc1918(*address) || first == 127 || first == 0 || first >= 224 || (first == 169 && second == 254) ||
           (first == 100 && second >= 64 && second <= 127) || (first == 198 && (second == 18 || second == 19));
  }
  in6_addr address{};
  if (inet_pton(AF_INET6, host.c_str(), &address) == 1) return is_private_ipv6(address);
  return host.find(':') != std::string::npos || is_private_name(host);
}

bool is_local_registry(std::string_view registry) {
  const auto host = host_of(registry);
  if (host == "localhost" || host.ends_with(".localhost") || host == "::1") return true;
  const auto address = ipv4(host);
  return address && (is_rfc1918(*address) || (*address)[0] == 127);
}

bool is_tag(std::string_view text) {
  return !text.empty() && text.size() <= kLongestTag && is_word(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_word(c) || c == '.' || c == '-'; });
}

Result<Repository> parse_repository(std::string_view image) {
  const auto refuse = [&](std::string_view why) { return InputError{"", text::cat("image '", image, "' ", why)}; };
  if (image.empty()) return InputError{"spec.image", "required"};
  if (const auto scheme = image.find("://"); scheme != std::string_view::npos) {
    return refuse(text::cat("should not include URL scheme; remove '", image.substr(0, scheme + 3), "'"));
  }
  if (const auto at = image.find('@'); at != std::string_view::npos) {
    return refuse(text::cat("should not include a digest; remove '", image.substr(at), "'"));
  }
  const auto last_slash = image.rfind('/');
  const auto colon = image.find(':', last_slash == std::string_view::npos ? 0 : last_slash);
  if (colon != std::string_view::npos) {
    return refuse(text::cat("should not include a tag; remove '", image.substr(colon), "'"));
  }
  const auto [first, rest] = text::cut(image, "/");
  const bool names_registry =
      last_slash != std::string_view::npos &&
      (first == "localhost" || first.find('.') != std::string_view::npos || first.find(':') != std::string_view::npos);
  Repository out;
  out.registry = std::string{names_registry ? first : kDockerHub};
  out.path = std::string{names_registry ? rest : image};
  if (out.registry == "docker.io") out.registry = std::string{kDockerHub};
  if (out.registry == kDockerHub && out.path.find('/') == std::string::npos) out.path.insert(0, "library/");
  if (!is_registry(out.registry)) {
    return InputError{
        "", text::cat("could not parse reference: ", image, ": ", text::quoted(out.registry), " is no registry")};
  }
  if (!is_path(out.path)) {
    return InputError{
        "",
        text::cat(
            "could not parse reference: ",
            image,
            ": a repository is made of 1 to 255 characters of a-z, 0-9, '_', '-', '.' and '/'"
        )};
  }
  return out;
}

}  // namespace weir::oci
