#include <algorithm>
#include <cerrno>
#include <charconv>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pkg/http/byte_range.hpp"
#include "pkg/http/router.hpp"

namespace weir::http {

std::optional<FileBody> FileBody::open(const std::string& path) {
  // Non-blocking: opening a named pipe must not hang the reactor.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENAMETOOLONG) return std::nullopt;
    throw std::system_error{errno, std::generic_category(), path};
  }
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return std::nullopt;
  }
  return FileBody{descriptor};
}

FileBody::FileBody(int descriptor) : descriptor_{descriptor} {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) {
    const int error = errno;
    ::close(std::exchange(descriptor_, -1));
    throw std::system_error{error, std::generic_category(), "fstat"};
  }
  size_bytes_ = static_cast<std::uint64_t>(status.st_size);
  modified_ = WallTime{std::chrono::seconds{status.st_mtim.tv_sec} + std::chrono::nanoseconds{status.st_mtim.tv_nsec}};
}

FileBody::FileBody(FileBody&& other) noexcept
    : descriptor_{std::exchange(other.descriptor_, -1)}, size_bytes_{other.size_bytes_}, modified_{other.modified_} {}

FileBody& FileBody::operator=(FileBody&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  size_bytes_ = other.size_bytes_;
  modified_ = other.modified_;
  return *this;
}

FileBody::~FileBody() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

RangeAnswer parse_range(std::string_view header, std::uint64_t size_bytes) {
  using Kind = RangeAnswer::Kind;
  if (!header.starts_with("bytes=") || header.find(',') != std::string_view::npos) return RangeAnswer{Kind::kWhole};
  header.remove_prefix(6);
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return RangeAnswer{Kind::kWhole};
  auto number = [](std::string_view digits) -> std::optional<std::uint64_t> {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
  };
  const auto first_text = header.substr(0, dash);
  const auto last_text = header.substr(dash + 1);
  const auto first = number(first_text);
  const auto last = number(last_text);
  if (first_text.empty()) {
    if (!last) return RangeAnswer{Kind::kWhole};
    const auto length = std::min(*last, size_bytes);
    if (length == 0) return RangeAnswer{Kind::kUnsatisfiable};
    return RangeAnswer{ByteRange{size_bytes - length, length}};
  }
  if (!first || (!last_text.empty() && (!last || *last < *first))) return RangeAnswer{Kind::kWhole};
  if (*first >= size_bytes) return RangeAnswer{Kind::kUnsatisfiable};
  const auto end = last ? std::min(*last, size_bytes - 1) : size_bytes - 1;
  return RangeAnswer{ByteRange{*first, end - *first + 1}};
}

}  // namespace weir::http
