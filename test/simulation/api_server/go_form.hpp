#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "test/simulation/api_server/schema.hpp"

/// How an object of a built-in kind reads after the server has held it: it is decoded into the types of its API and
/// written again, so what is empty goes, what is always written comes, and quantities and times have one form.
/// Threads: any, pure.
namespace weir::test {

struct GoReading {
  std::vector<std::string> unknown;  ///< members that nobody declared: "spec.colour"; they are gone
  std::optional<std::string>
      error;  ///< "json: cannot unmarshal string into Go struct field ..."; the value is half done
};

/// Brings `object` to the form in which the server writes it.
GoReading to_go_form(json::Value& object, const Type& type);

/// "1000m" is "1", "1024Mi" is "1Gi". @returns nullopt when it is no quantity
/// Source: Kubernetes, the canonical form of quantities.
std::optional<std::string> canonical_quantity(std::string_view text);

}  // namespace weir::test
