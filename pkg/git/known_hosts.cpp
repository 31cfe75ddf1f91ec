#include "pkg/git/known_hosts.hpp"

#include <algorithm>

#include "pkg/base/base64.hpp"
#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/base/wildcards.hpp"

namespace weir::git {

namespace {

constexpr std::uint16_t kSshPort = 22;

/// How such a file writes a host: the name alone on the usual port, else "[name]:port".
std::string written_name(std::string_view host, std::uint16_t port) {
  const std::string name = text::lower(host);
  return port == kSshPort ? name : text::cat('[', name, "]:", port);
}

std::string unhex(std::string_view hex) {
  auto digit = [](char character) { return character <= '9' ? character - '0' : character - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  return out;
}

/// RFC 2104 over SHA-1: what ssh hashes host names with.
std::string hmac_sha1(std::string key, std::string_view message) {
  constexpr std::size_t kBlock = 64;
  if (key.size() > kBlock) key = unhex(sha1_hex(key));
  key.resize(kBlock, '\0');
  std::string inner = key;
  std::string outer = key;
  for (char& character : inner) character = static_cast<char>(character ^ 0x36);
  for (char& character : outer) character = static_cast<char>(character ^ 0x5c);
  inner += message;
  outer += unhex(sha1_hex(inner));
  return unhex(sha1_hex(outer));
}

bool is_hashed_name_of(std::string_view pattern, const std::string& name) {
  const auto parts = text::split(pattern, '|');  // "", "1", salt, hash
  if (parts.size() != 4 || parts[1] != "1") return false;
  const auto salt = base64::decode(parts[2]);
  const auto hash = base64::decode(parts[3]);
  return salt && hash && hmac_sha1(*salt, name) == *hash;
}

std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> out;
  while (true) {
    const auto start = line.find_first_not_of(" \t\r");
    if (start == std::string_view::npos) return out;
    const auto end = std::min(line.find_first_of(" \t\r", start), line.size());
    out.push_back(line.substr(start, end - start));
    line.remove_prefix(end);
  }
}

}  // namespace

Result<KnownHosts> KnownHosts::parse(std::string_view text) {
  // Every pattern is compared at each connection, on the reactor.
  constexpr std::size_t kLongestFile = 256u << 10;
  if (text.size() > kLongestFile) return InputError{"known_hosts", text::cat("longer than ", kLongestFile, " bytes")};
  KnownHosts out;
  std::size_t number = 0;
  for (const auto line : text::split(text, '\n')) {
    ++number;
    auto parts = words(line);
    if (parts.empty() || parts.front().starts_with('#')) continue;
    const auto refuse = [&](std::string message) {
      return InputError{text::cat("known_hosts:", number), std::move(message)};
    };
    Line entry;
    if (parts.front().starts_with('@')) {
      entry.is_revoked = parts.front() == "@revoked";
      entry.is_authority = parts.front() == "@cert-authority";
      if (!entry.is_revoked && !entry.is_authority)
        return refuse(text::cat("unknown marker ", text::quoted(parts.front())));
      parts.erase(parts.begin());
    }
    if (parts.size() < 3) return refuse("expected host names, key type and key");
    for (const auto pattern : text::split(parts[0], ',')) {
      constexpr std::size_t kLongestPattern = 512;
      if (pattern.size() > kLongestPattern) return refuse("a host name is too long");
      entry.patterns.push_back(parts[0].starts_with('|') ? std::string{pattern} : text::lower(pattern));
    }
    entry.key_type = std::string{parts[1]};
    entry.key_base64 = std::string{parts[2]};
    const auto key = base64::decode(entry.key_base64);
    if (!key || key->size() < 8) return refuse("the key is not base64 of an SSH key");
    out.lines_.push_back(std::move(entry));
  }
  return out;
}

bool KnownHosts::is_for(const Line& line, const std::string& name) {
  bool matches = false;
  for (const auto& pattern : line.patterns) {
    if (pattern.starts_with('|')) {
      matches = matches || is_hashed_name_of(pattern, name);
    } else if (pattern.starts_with('!')) {
      if (text::fits_wildcards(std::string_view{pattern}.substr(1), name)) return false;
    } else {
      matches = matches || text::fits_wildcards(pattern, name);
    }
  }
  return matches;
}

KnownHosts::Verdict KnownHosts::check(
    std::string_view host, std::uint16_t port, std::string_view key_type, std::string_view key_base64
) const {
  const std::string name = written_name(host, port);
  bool is_trusted = false;
  bool is_listed = false;
  bool has_type = false;
  for (const auto& line : lines_) {
    if (line.is_authority || !is_for(line, name)) continue;
    const bool is_key = line.key_type == key_type && line.key_base64 == key_base64;
    if (line.is_revoked) {
      if (is_key) return Verdict::kRevoked;
      continue;
    }
    is_listed = true;
    has_type = has_type || line.key_type == key_type;
    is_trusted = is_trusted || is_key;
  }
  if (is_trusted) return Verdict::kTrusted;
  if (!is_listed) return Verdict::kUnknownHost;
  return has_type ? Verdict::kOtherKey : Verdict::kOtherType;
}

std::vector<std::string> KnownHosts::key_types(std::string_view host, std::uint16_t port) const {
  const std::string name = written_name(host, port);
  std::vector<std::string> out;
  for (const auto& line : lines_) {
    if (line.is_authority || line.is_revoked || !is_for(line, name)) continue;
    if (std::find(out.begin(), out.end(), line.key_type) == out.end()) out.push_back(line.key_type);
  }
  return out;
}

}  // namespace weir::git
