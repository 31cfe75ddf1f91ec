#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace weir::log {

/// Where finished lines go.  Threads: any.
class Sink {
 public:
  virtual ~Sink() = default;
  /// Takes one line without its line feed.
  virtual void write(std::string_view line) = 0;
};

/// A file descriptor, one write(2) a line so that lines of several processes do not mix. Failures are ignored: there is
/// nowhere left to report them.
class DescriptorSink final : public Sink {
 public:
  explicit DescriptorSink(int descriptor) : descriptor_{descriptor} {}
  void write(std::string_view line) override;

 private:
  const int descriptor_;
};

/// Keeps the lines, for tests.
class MemorySink final : public Sink {
 public:
  void write(std::string_view line) override;
  std::vector<std::string> lines() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace weir::log
