#include "pkg/git/ssh_wire.hpp"

namespace weir::git {

std::size_t SshReader::number() {
  if (rest_.size() < 4) {
    is_good_ = false;
    rest_ = {};
    return 0;
  }
  std::size_t out = 0;
  for (std::size_t i = 0; i < 4; ++i) out = (out << 8U) | static_cast<unsigned char>(rest_[i]);
  rest_.remove_prefix(4);
  return out;
}

std::string_view SshReader::string() {
  const std::size_t size = number();
  if (size > rest_.size()) {
    is_good_ = false;
    rest_ = {};
    return {};
  }
  const auto out = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return out;
}

void put_ssh_number(std::string& out, std::size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((value >> shift) & 0xffU);
}

void put_ssh_string(std::string& out, std::string_view value) {
  put_ssh_number(out, value.size());
  out += value;
}

void put_ssh_integer(std::string& out, std::string_view bytes) {
  while (!bytes.empty() && bytes.front() == '\0') bytes.remove_prefix(1);
  const bool needs_room_for_sign = !bytes.empty() && (static_cast<unsigned char>(bytes.front()) & 0x80U) != 0;
  put_ssh_number(out, bytes.size() + (needs_room_for_sign ? 1 : 0));
  if (needs_room_for_sign) out += '\0';
  out += bytes;
}

}  // namespace weir::git
