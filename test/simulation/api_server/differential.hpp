#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "pkg/http/message.hpp"
#include "pkg/json/value.hpp"

namespace weir::test {

/// Two API servers that are asked the same, and what they answered otherwise.  Threads: one.
class Differential {
 public:
  using Ask = std::function<http::Response(const http::Request& request)>;

  /// @param left   the one that is right
  /// @param right  the one that is tried
  Differential(Ask left, Ask right);

  /// Defines the kinds that the sequences use, and waits until both serve them.
  /// @param wait  called between two tries
  void begin(const std::function<void()>& wait);
  /// An object of each built-in kind, from its creation to its end. @returns like run
  std::vector<std::string> run_samples();
  /// One random sequence in a namespace of its own. @returns what differed, in words, the request first
  std::vector<std::string> run(std::uint64_t seed);

  std::size_t requests() const { return requests_; }

 private:
  struct Side;
  class Sequence;

  Ask left_, right_;
  std::size_t requests_ = 0;
};

}  // namespace weir::test
