#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace weir::oci {

/// One way in which a server wants to be convinced.
struct Challenge {
  std::string scheme;                             ///< lower case: "basic", "bearer"
  std::map<std::string, std::string> parameters;  ///< names in lower case: "realm", "service", "scope"

  /// The parameter; empty when it is not there.
  std::string_view parameter(std::string_view name) const;
};

/// Reads a WWW-Authenticate header, which may hold several challenges (RFC 9110 section 11.6.1). What cannot be read is
/// left out: a server's oddity must not hide the challenge that can be met.  Threads: any.
std::vector<Challenge> parse_challenges(std::string_view header);

}  // namespace weir::oci
