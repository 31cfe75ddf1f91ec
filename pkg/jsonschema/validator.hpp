#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/json/value.hpp"
#include "pkg/jsonschema/jsonschema.hpp"
#include "pkg/jsonschema/schema.hpp"

namespace weir::jsonschema {

/// What is wrong with one place of a value.
struct Violation {
  enum class Kind { kPlain, kGroup, kReference };

  std::vector<std::string> location;
  Kind kind = Kind::kPlain;
  std::string text;
  std::vector<Violation> causes;
};

/// Private to pkg/jsonschema: a limit is reached.
struct LimitReached {
  std::string message;
};

/// Applies a schema to a value.  Threads: one at a time.
class Application {
 public:
  explicit Application(const Limits& limits) : limits_{limits} {}

  /// @returns nullopt when the value is valid @throws LimitReached
  std::optional<Violation> run(const Schema& schema, const json::Value& value);

 private:
  friend class Visit;

  void charge(std::uint64_t steps);

  const Limits& limits_;
  std::uint64_t steps_ = 0;
  std::size_t depth_ = 0;
};

/// "jsonschema validation failed with 'LOCATION'" and a line for each violation.
std::string print_violation(const Violation& violation, const std::string& location, std::size_t max_bytes);

}  // namespace weir::jsonschema
