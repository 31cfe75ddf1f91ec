#include "pkg/git/object_id.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"

namespace weir::git {

namespace {

int digit(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  if (character >= 'A' && character <= 'F') return character - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<ObjectId> ObjectId::parse(std::string_view hex) {
  if (hex.size() != kHexDigits) return std::nullopt;
  ObjectId id;
  for (std::size_t i = 0; i < kBytes; ++i) {
    const int high = digit(hex[2 * i]);
    const int low = digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    id.bytes_[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return id;
}

ObjectId ObjectId::from_bytes(const unsigned char* bytes) {
  ObjectId id;
  std::copy(bytes, bytes + kBytes, id.bytes_.begin());
  return id;
}

std::string ObjectId::hex() const {
  return text::hex(std::string_view{reinterpret_cast<const char*>(bytes_.data()), bytes_.size()});
}

}  // namespace weir::git
