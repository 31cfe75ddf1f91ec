#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace weir::test {

/// Whether everything that a test may do without elsewhere has to be there, as in CI.
inline bool is_all_required() {
  const char* required = std::getenv("WEIR_REQUIRE_CONTROL_PLANE");
  return required != nullptr && std::string_view{required} == "1";
}

}  // namespace weir::test

/// In a test or its SetUp: skips it when there is a reason not to run, and fails where CI demands everything.
/// @param reason  a std::string; empty: go on
#define WEIR_SKIP_UNLESS_REQUIRED(reason)                     \
  do {                                                        \
    const std::string why_not = (reason);                     \
    if (!why_not.empty()) {                                   \
      if (::weir::test::is_all_required()) FAIL() << why_not; \
      GTEST_SKIP() << why_not;                                \
    }                                                         \
  } while (false)
