#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"

namespace weir {

enum class DigestAlgorithm { kSha1, kSha256, kSha384, kSha512 };

std::string_view to_string(DigestAlgorithm algorithm);
/// @returns an error for anything but sha1, sha256, sha384 and sha512
Result<DigestAlgorithm> parse_digest_algorithm(std::string_view name);

/// Hashes bytes as they pass by.  Threads: value, one at a time.
class Digester {
 public:
  explicit Digester(DigestAlgorithm algorithm);
  ~Digester();
  Digester(Digester&&) noexcept;
  Digester& operator=(Digester&&) noexcept;

  void update(std::string_view bytes);
  /// Lower-case hex; the digester may not be used afterwards.
  std::string finish_hex();
  /// "sha256:<hex>"; the digester may not be used afterwards.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view bytes);
/// The same as bytes.
std::array<unsigned char, 32> sha256(std::string_view bytes);
std::string sha1_hex(std::string_view bytes);

/// RFC 2104 with SHA-256: 32 bytes, not hex.
std::string hmac_sha256(std::string_view key, std::string_view bytes);

/// A fast 64-bit hash for tables in memory (FNV-1a); never written anywhere, not collision-resistant.
std::uint64_t table_hash(std::string_view bytes);

}  // namespace weir
