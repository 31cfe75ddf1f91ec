#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::git {

/// The SHA-1 name of a Git object.  Threads: value.
class ObjectId {
 public:
  static constexpr std::size_t kBytes = 20;
  static constexpr std::size_t kHexDigits = 40;

  /// All zeros: "no object" in the protocol.
  ObjectId() = default;

  /// Exactly 40 hexadecimal digits.
  static std::optional<ObjectId> parse(std::string_view hex);
  /// @param bytes  20 of them
  static ObjectId from_bytes(const unsigned char* bytes);

  std::string hex() const;
  const unsigned char* bytes() const { return bytes_.data(); }
  bool is_zero() const { return *this == ObjectId{}; }

  friend auto operator<=>(const ObjectId&, const ObjectId&) = default;

 private:
  std::array<unsigned char, kBytes> bytes_{};
};

}  // namespace weir::git
