#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>

#include "pkg/json/value.hpp"

namespace weir::test {

/// Draws from a seed.  Threads: one.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_{seed} {}
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }
  bool once_in(std::size_t times) { return below(times) == 0; }
  template <class T>
  T one_of(std::initializer_list<T> all) {
    return *(all.begin() + static_cast<std::ptrdiff_t>(below(all.size())));
  }

 private:
  std::mt19937_64 random_;
};

/// The definitions that random objects need: Boxes, with list maps, sets, defaults and a status; Crates, without one.
json::Value box_definition();
json::Value crate_definition();

/// What a manager may say of an object of a kind: "ConfigMap", "Deployment", "Service", "Secret", "Box", "Crate".
/// Mostly it is valid.
json::Value random_object(Draw& draw, std::string_view kind);
json::Value random_status(Draw& draw, std::string_view kind);

}  // namespace weir::test
