#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/meta/v1/condition.hpp"
#include "pkg/base/time.hpp"

/// Changing conditions so that equal states stay equal: a time moves only when a status does.  Threads: any, pure.
namespace weir::runtime {

using Conditions = std::vector<api::Condition>;

/// A message as a condition holds it: UTF-8 of at most what the API server takes, else the whole status is refused and
/// the object goes on saying what it said before. Source: metav1.Condition, maxLength 32768.
std::string condition_message(std::string_view message);

/// Sets a condition; `lastTransitionTime` moves only when the status changes. The message is kept as condition_message
/// has it.
/// @param status  "True", "False" or "Unknown"
void set_condition(
    Conditions& conditions,
    std::string_view type,
    std::string_view status,
    std::string_view reason,
    std::string_view message,
    std::int64_t generation,
    WallTime now
);

void remove_condition(Conditions& conditions, std::string_view type);

/// How a type reads: for a positive one True is good, for a negative one True is bad.
enum class Polarity { kPositive, kNegative };
struct ConditionRule {
  std::string_view type;
  Polarity polarity;
};

/// Sets Ready from the other conditions: the first type, in the order of the rules, of the highest group that is not
/// empty gives reason and message. Groups: True and negative, False and positive, True and positive, False and
/// negative, Unknown.  Source: docs/upstream-rules.md, "Conditions".
void summarize_ready(
    Conditions& conditions, std::span<const ConditionRule> rules, std::int64_t generation, WallTime now
);

}  // namespace weir::runtime
