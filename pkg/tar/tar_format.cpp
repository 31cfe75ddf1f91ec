#include "pkg/tar/tar_format.hpp"

#include <charconv>
#include <cstring>
#include <stdexcept>

#include "pkg/base/text.hpp"

namespace weir::tar {
namespace {

// Offsets and lengths of the header's fields.
struct Field {
  std::size_t offset;
  std::size_t length;
};
constexpr Field kName{0, 100}, kMode{100, 8}, kUid{108, 8}, kGid{116, 8}, kSize{124, 12}, kTime{136, 12},
    kChecksum{148, 8}, kMagic{257, 6}, kVersion{263, 2}, kPrefix{345, 155};
constexpr std::size_t kTypeOffset = 156;
constexpr unsigned kExecuteBits = 0111;

void put_text(std::string& block, Field field, std::string_view text) {
  std::memcpy(block.data() + field.offset, text.data(), std::min(text.size(), field.length));
}

void put_octal(std::string& block, Field field, std::uint64_t value) {
  for (std::size_t i = field.length - 1; i-- > 0; value >>= 3) {
    block[field.offset + i] = static_cast<char>('0' + (value & 7));
  }
}

std::string_view get_text(std::string_view block, Field field) {
  const auto text = block.substr(field.offset, field.length);
  return text.substr(0, text.find('\0'));
}

std::uint64_t get_number(std::string_view block, Field field) {
  const auto raw = block.substr(field.offset, field.length);
  if (static_cast<unsigned char>(raw[0]) & 0x80) {  // GNU base 256
    std::uint64_t value = 0;
    for (std::size_t i = 1; i < raw.size(); ++i) value = value << 8 | static_cast<unsigned char>(raw[i]);
    return value;
  }
  const auto text = text::trim(get_text(block, field));
  std::uint64_t value = 0;
  if (text.empty()) return 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, 8);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) {
    throw std::runtime_error{"the tar archive has a header with a broken number"};
  }
  return value;
}

std::uint64_t checksum(std::string_view block) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kBlockBytes; ++i) {
    const bool in_field = i >= kChecksum.offset && i < kChecksum.offset + kChecksum.length;
    sum += in_field ? ' ' : static_cast<unsigned char>(block[i]);
  }
  return sum;
}

std::string block_for(std::string_view prefix, std::string_view name, char type, unsigned mode, std::uint64_t bytes) {
  std::string block(kBlockBytes, '\0');
  put_text(block, kName, name);
  put_octal(block, kMode, mode);
  put_octal(block, kUid, 0);
  put_octal(block, kGid, 0);
  put_octal(block, kSize, bytes);
  put_octal(block, kTime, 0);
  block[kTypeOffset] = type;
  put_text(block, kMagic, std::string_view{"ustar\0", 6});
  put_text(block, kVersion, "00");
  put_text(block, kPrefix, prefix);
  put_octal(block, {kChecksum.offset, 7}, checksum(block));
  block[kChecksum.offset + 7] = ' ';
  return block;
}

/// "<length> path=<path>\n", where the length counts itself.
std::string pax_record(std::string_view path) {
  const std::size_t rest = std::string_view{" path=\n"}.size() + path.size();
  std::size_t length = rest + 1;
  while (std::to_string(length).size() + rest != length) ++length;
  return text::cat(length, " path=", path, "\n");
}

}  // namespace

std::size_t padding(std::uint64_t bytes) {
  return static_cast<std::size_t>((kBlockBytes - bytes % kBlockBytes) % kBlockBytes);
}

std::string header(std::string_view path, EntryKind kind, bool executable, std::uint64_t bytes) {
  const bool is_directory = kind == EntryKind::kDirectory;
  const std::string name = is_directory && !path.ends_with('/') ? text::cat(path, "/") : std::string{path};
  const char type = is_directory ? '5' : '0';
  const unsigned mode = is_directory ? 0750 : executable ? 0700 : 0600;
  if (name.size() <= kName.length) return block_for("", name, type, mode, bytes);
  // The prefix ends at a slash; both halves must fit.
  const auto slash = name.rfind('/', kPrefix.length);
  if (slash != std::string::npos && slash > 0 && name.size() - slash - 1 <= kName.length && slash + 1 < name.size()) {
    return block_for(name.substr(0, slash), name.substr(slash + 1), type, mode, bytes);
  }
  const std::string record = pax_record(name);
  std::string out = block_for("", "pax_header", 'x', 0600, record.size());
  out += record;
  out.append(padding(record.size()), '\0');
  out += block_for("", std::string_view{name}.substr(0, kName.length), type, mode, bytes);
  return out;
}

bool read_header(std::string_view block, Header& out) {
  if (block.find_first_not_of('\0') == std::string_view::npos) return false;
  if (get_number(block, kChecksum) != checksum(block)) {
    throw std::runtime_error{"the tar archive has a header with a wrong checksum"};
  }
  const auto prefix = get_text(block, kMagic) == "ustar" ? get_text(block, kPrefix) : std::string_view{};
  const auto name = get_text(block, kName);
  out.path = prefix.empty() ? std::string{name} : text::cat(prefix, "/", name);
  out.bytes = get_number(block, kSize);
  out.executable = (get_number(block, kMode) & kExecuteBits) != 0;
  out.type = block[kTypeOffset];
  switch (out.type) {
    case '\0':
    case '0':
    case '7': out.kind = EntryKind::kFile; break;
    case '5': out.kind = EntryKind::kDirectory; break;
    case '2': out.kind = EntryKind::kSymlink; break;
    default: out.kind = EntryKind::kOther;
  }
  return true;
}

std::string pax_path(std::string_view records) {
  const auto broken = [] { return std::runtime_error{"the tar archive has a malformed pax header"}; };
  std::string path;
  while (!records.empty()) {
    std::size_t length = 0;
    const auto parsed = std::from_chars(records.data(), records.data() + records.size(), length);
    const auto digits = static_cast<std::size_t>(parsed.ptr - records.data());
    if (parsed.ec != std::errc{} || length <= digits + 1 || length > records.size()) throw broken();
    auto record = records.substr(digits + 1, length - digits - 1);
    if (!record.ends_with('\n')) throw broken();
    record.remove_suffix(1);
    const auto [key, value] = text::cut(record, "=");
    if (key == "path") path = value;
    records.remove_prefix(length);
  }
  return path;
}

}  // namespace weir::tar
