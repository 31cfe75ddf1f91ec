#include "controllers/cli/proxy_environment.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include <arpa/inet.h>

#include "pkg/base/text.hpp"

namespace weir::cli {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

std::string first_of(const Variables& variables, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    const auto found = variables.find(name);
    if (found != variables.end() && !found->second.empty()) return found->second;
  }
  return "";
}

/// "http://user:word@host:8080", or without the scheme.
http::ProxyOptions proxy_of(std::string_view value) {
  http::ProxyOptions out;
  if (value.empty()) return out;
  std::string address{text::trim(value)};
  if (address.find("://") == std::string::npos) address.insert(0, "http://");
  const auto end = address.find("://") + 3;
  // User and password stand apart from the address there; other schemes than http are taken apart in the same way.
  const auto parsed = http::Url::parse(text::cat("http://", std::string_view{address}.substr(end)));
  if (!parsed) {
    out.address = address;  // who connects says what is wrong with it
    return out;
  }
  out.address = text::cat(std::string_view{address}.substr(0, end), parsed->authority());
  out.username = parsed->user;
  out.password = parsed->password;
  return out;
}

/// The bytes of an address; empty for a name.
std::string bytes_of(const std::string& host) {
  unsigned char bytes[16];
  if (inet_pton(AF_INET, host.c_str(), bytes) == 1) return {reinterpret_cast<const char*>(bytes), 4};
  if (inet_pton(AF_INET6, host.c_str(), bytes) == 1) return {reinterpret_cast<const char*>(bytes), 16};
  return "";
}

bool is_of_this_machine(const std::string& host) {
  if (host == "localhost") return true;
  const std::string bytes = bytes_of(host);
  if (bytes.size() == 4) return bytes.front() == 127;
  return bytes.size() == 16 && bytes == bytes_of("::1");
}

/// Whether an address lies in "10.0.0.0/8"; nullopt when that is no network.
std::optional<bool> is_in_network(const std::string& address, std::string_view network) {
  const auto [base, length] = text::cut(network, "/");
  const std::string prefix = bytes_of(std::string{base});
  unsigned bits = 0;
  const auto read = std::from_chars(length.data(), length.data() + length.size(), bits);
  if (prefix.empty() || length.empty() || read.ec != std::errc{} || bits > prefix.size() * 8) return std::nullopt;
  if (prefix.size() != address.size()) return false;
  for (unsigned bit = 0; bit < bits; ++bit) {
    const auto mask = static_cast<unsigned char>(0x80U >> (bit % 8));
    const auto left = static_cast<unsigned char>(prefix[bit / 8]), right = static_cast<unsigned char>(address[bit / 8]);
    if ((left & mask) != (right & mask)) return false;
  }
  return true;
}

/// One word of NO_PROXY.
bool fits(std::string_view word, const std::string& host, const std::string& address, std::uint16_t port) {
  if (word == "*") return true;
  if (const auto found = is_in_network(address, word)) return *found;
  std::string_view name = word, wanted_port;
  const auto colon = word.rfind(':');
  const bool is_bare_address = std::count(word.begin(), word.end(), ':') > 1 && !word.starts_with('[');
  if (colon != word.npos && !is_bare_address && !word.ends_with(']')) {
    name = word.substr(0, colon);
    wanted_port = word.substr(colon + 1);
  }
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  if (name.empty()) return false;
  if (!wanted_port.empty() && wanted_port != std::to_string(port)) return false;
  if (const auto bytes = bytes_of(std::string{name}); !bytes.empty()) return bytes == address;
  if (name.starts_with("*.")) name.remove_prefix(1);
  if (name.starts_with('.')) return std::string_view{host}.ends_with(name);  // names below it only
  return host == name || std::string_view{host}.ends_with(text::cat(".", name));
}

}  // namespace

ProxyEnvironment ProxyEnvironment::of_process() {
  Variables variables;
  for (const char* name :
       {"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "REQUEST_METHOD"}) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing here sets variables
    if (value != nullptr) variables.emplace(name, value);
  }
  return ProxyEnvironment{variables};
}

ProxyEnvironment::ProxyEnvironment(const Variables& variables)
    : https_{proxy_of(first_of(variables, {"HTTPS_PROXY", "https_proxy"}))},
      exceptions_{text::lower(first_of(variables, {"NO_PROXY", "no_proxy"}))} {
  // In a CGI program HTTP_PROXY is a header of the request.
  if (first_of(variables, {"REQUEST_METHOD"}).empty())
    http_ = proxy_of(first_of(variables, {"HTTP_PROXY", "http_proxy"}));
}

bool ProxyEnvironment::is_direct(const http::Url& url) const {
  if (is_of_this_machine(url.host)) return true;
  const std::string address = bytes_of(url.host);
  for (const auto part : text::split(exceptions_, ',')) {
    if (const auto word = text::trim(part); !word.empty() && fits(word, url.host, address, url.port)) return true;
  }
  return false;
}

http::ProxyOptions ProxyEnvironment::proxy_for(const http::Url& url) const {
  const auto& wanted = url.is_https() ? https_ : http_;
  return wanted.address.empty() || is_direct(url) ? http::ProxyOptions{} : wanted;
}

}  // namespace weir::cli
