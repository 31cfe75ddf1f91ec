#pragma once

#include <array>
#include <string_view>

namespace weir::ssa {

/// Which content an object was last brought to. Equal hashes count as equal content, and then nothing is asked of the
/// server: a collision would leave the old content in the cluster while Ready is said of the new one. Who writes both
/// texts, the one that is reviewed and the one that is never to be applied, needs no more than a birthday's luck, which
/// is 2^64 tries for 128 bits and for sale; so this is all of SHA-256 and asks 2^128 of him. Nobody but who writes the
/// object can try: the text holds its name and namespace. Equal content in another order of members has another hash:
/// that costs a question, never an answer.  Threads: value, pure.
class ContentHash {
 public:
  /// Of no text at all, not even of an empty one.
  ContentHash() = default;
  static ContentHash of(std::string_view text);

  friend bool operator==(const ContentHash&, const ContentHash&) = default;

 private:
  std::array<unsigned char, 32> bytes_{};
};

}  // namespace weir::ssa
