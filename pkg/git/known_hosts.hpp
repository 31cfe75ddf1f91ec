#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"

namespace weir::git {

/// A file of SSH host keys. Source: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT".  Threads: value.
class KnownHosts {
 public:
  enum class Verdict {
    kTrusted,
    kUnknownHost,  ///< no line is for this host
    kOtherKey,     ///< the host is listed with another key of this type
    kOtherType,    ///< the host is listed, but with no key of this type
    kRevoked,
  };

  /// @returns an error with the line's number for a line that cannot be read
  static Result<KnownHosts> parse(std::string_view text);

  /// @param key_type   "ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"
  /// @param key_base64 the key as such a file writes it
  Verdict check(std::string_view host, std::uint16_t port, std::string_view key_type, std::string_view key_base64)
      const;

  /// The types of the keys listed for a host, without repetition: what to ask the server for.
  std::vector<std::string> key_types(std::string_view host, std::uint16_t port) const;

 private:
  struct Line {
    std::vector<std::string> patterns;  ///< of host names; or one "|1|salt|hash"
    std::string key_type;
    std::string key_base64;
    bool is_revoked = false;
    bool is_authority = false;
  };
  static bool is_for(const Line& line, const std::string& name);

  std::vector<Line> lines_;
};

}  // namespace weir::git
