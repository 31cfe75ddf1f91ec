#include "pkg/yaml/characters.hpp"

#include <algorithm>
#include <cstring>

namespace weir::yaml {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighBits = 0x8080808080808080;

/// Not 0 when one of eight bytes, none of which has its highest bit, is `c`.
std::uint64_t find_byte(std::uint64_t bytes, unsigned char c) {
  const std::uint64_t differs = bytes ^ (kOnes * c);
  return (differs - kOnes) & ~differs & kHighBits;
}

constexpr std::size_t kBlock = 32;

/// Whether a block is of ASCII without control characters but tabs and line breaks. No branch inside, so that it is
/// done in a few wide steps.
bool is_plain_block(const char* block) {
  unsigned char is_bad = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const auto c = static_cast<unsigned char>(block[i]);
    const bool is_control = (c < 0x20) & (c != '\t') & (c != '\n') & (c != '\r');
    is_bad = static_cast<unsigned char>(is_bad | is_control | (c >= 0x7F));
  }
  return is_bad == 0;
}

}  // namespace

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto byte = [&out](std::uint32_t bits) { out += static_cast<char>(bits); };
  if (point <= 0x7F) {
    byte(point);
  } else if (point <= 0x7FF) {
    byte(0xC0 | point >> 6);
    byte(0x80 | (point & 0x3F));
  } else if (point <= 0xFFFF) {
    byte(0xE0 | point >> 12);
    byte(0x80 | (point >> 6 & 0x3F));
    byte(0x80 | (point & 0x3F));
  } else {
    byte(0xF0 | point >> 18);
    byte(0x80 | (point >> 12 & 0x3F));
    byte(0x80 | (point >> 6 & 0x3F));
    byte(0x80 | (point & 0x3F));
  }
}

std::size_t count_plain(std::string_view text) {
  std::size_t count = 0;
  for (; count + sizeof kOnes <= text.size(); count += sizeof kOnes) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + count, sizeof bytes);
    if ((bytes & kHighBits) != 0 || (find_byte(bytes, '\n') | find_byte(bytes, '\r')) != 0) break;
  }
  while (count < text.size() && text[count] != '\n' && text[count] != '\r' &&
         static_cast<unsigned char>(text[count]) < 0x80)
    ++count;
  return count;
}

std::optional<SyntaxError> check_characters(std::string_view text) {
  const auto at = [text](std::size_t offset, const char* message) {
    Mark mark;
    mark.offset = offset;
    const auto before = text.substr(0, offset);
    mark.line = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n'));
    const auto line_start = before.rfind('\n');
    mark.column = static_cast<std::uint32_t>(offset - (line_start == before.npos ? 0 : line_start + 1));
    return SyntaxError{mark, message};
  };
  for (std::size_t i = 0; i < text.size();) {
    if (i + kBlock <= text.size() && is_plain_block(text.data() + i)) {
      i += kBlock;
      continue;
    }
    const std::size_t block_end = std::min(i + kBlock, text.size());
    while (i < block_end && text[i] >= 0x20 && text[i] < 0x7F) ++i;
    if (i == block_end) continue;
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F)
        return at(i, "control characters are not allowed; write them as escapes in double quotes");
      ++i;
      continue;
    }
    const std::size_t width = byte >= 0xF0 && byte < 0xF8 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 0;
    std::uint32_t point = width == 4 ? byte & 0x07U : width == 3 ? byte & 0x0FU : byte & 0x1FU;
    bool is_valid = width > 0 && byte < 0xF8 && i + width <= text.size();
    for (std::size_t k = 1; is_valid && k < width; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      is_valid = (next & 0xC0) == 0x80;
      point = point << 6 | (next & 0x3FU);
    }
    if (is_valid)
      is_valid = !(width == 3 && point < 0x800) && !(width == 4 && (point < 0x10000 || point > 0x10FFFF)) &&
                 !(point >= 0xD800 && point <= 0xDFFF);
    if (!is_valid) return at(i, "the text is not UTF-8");
    if ((point >= 0x80 && point < 0xA0 && point != 0x85) || point == 0xFFFE || point == 0xFFFF)
      return at(i, "control characters are not allowed; write them as escapes in double quotes");
    i += width;
  }
  return std::nullopt;
}

}  // namespace weir::yaml
