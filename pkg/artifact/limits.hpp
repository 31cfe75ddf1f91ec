#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace weir::artifact {

/// What an artifact may grow to; 0 = no limit. Sizes are of the files, before compression.
struct Limits {
  Limits() {}
  std::uint64_t total_bytes = 1ull << 30;
  std::uint64_t files = 500'000;
  std::uint64_t file_bytes = 256ull << 20;
};

/// A limit is exceeded; the message names the limit, its value and the file.
class LimitExceeded : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Counts files against limits.  Threads: value.
class LimitCounter {
 public:
  explicit LimitCounter(Limits limits) : limits_{limits} {}
  /// @throws LimitExceeded
  void add_file(std::string_view path, std::uint64_t bytes);
  std::uint64_t files() const { return files_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  Limits limits_;
  std::uint64_t files_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace weir::artifact
