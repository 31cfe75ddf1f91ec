#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::http {

/// A part of a file.
struct ByteRange {
  ByteRange(std::uint64_t first_, std::uint64_t length_) : first{first_}, length{length_} {}
  std::uint64_t first;
  std::uint64_t length;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

/// What a Range header asks for.
struct RangeAnswer {
  enum class Kind { kWhole, kPart, kUnsatisfiable };

  explicit RangeAnswer(Kind kind_) : kind{kind_} {}
  explicit RangeAnswer(ByteRange part_) : kind{Kind::kPart}, part{part_} {}
  Kind kind;
  std::optional<ByteRange> part;
};

/// Reads "bytes=0-99", "bytes=100-" or "bytes=-100" for a file of `size_bytes`. A broken header and
/// one that asks for several parts mean the whole file, as RFC 9110 section 14.2 allows.
RangeAnswer parse_range(std::string_view header, std::uint64_t size_bytes);

}  // namespace weir::http
