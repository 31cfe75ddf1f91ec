#include "pkg/log/sink.hpp"

#include <unistd.h>

namespace weir::log {

void DescriptorSink::write(std::string_view line) {
  std::string text{line};
  text += '\n';
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto written = ::write(descriptor_, rest.data(), rest.size());
    if (written <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

void MemorySink::write(std::string_view line) {
  const std::lock_guard lock{mutex_};
  lines_.emplace_back(line);
}

std::vector<std::string> MemorySink::lines() const {
  const std::lock_guard lock{mutex_};
  return lines_;
}

}  // namespace weir::log
