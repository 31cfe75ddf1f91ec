#include "pkg/runtime/conditions.hpp"

#include <gtest/gtest.h>

#include "pkg/base/text.hpp"

namespace weir::runtime {
namespace {

using namespace std::chrono_literals;

const WallTime t0 = parse_rfc3339("2026-01-01T00:00:00Z").value();

constexpr ConditionRule kRules[] = {
    {"FetchFailed", Polarity::kNegative},
    {"SourceVerified", Polarity::kPositive},
    {"Reconciling", Polarity::kNegative},
    {"ArtifactInStorage", Polarity::kPositive},
};

const api::Condition& ready_after(Conditions& conditions) {
  summarize_ready(conditions, kRules, 2, t0);
  return *api::find_condition(conditions, "Ready");
}

TEST(Conditions, TheTransitionTimeMovesOnlyWithTheStatus) {
  Conditions conditions;
  set_condition(conditions, "Ready", "True", "A", "one", 1, t0);
  set_condition(conditions, "Ready", "True", "B", "two", 2, t0 + 1h);
  EXPECT_EQ(conditions[0].last_transition_time, "2026-01-01T00:00:00Z");
  EXPECT_EQ(conditions[0].message, "two");
  EXPECT_EQ(conditions[0].observed_generation, 2);
  set_condition(conditions, "Ready", "False", "B", "two", 2, t0 + 2h);
  EXPECT_EQ(conditions[0].last_transition_time, "2026-01-01T02:00:00Z");
}

// 32,768 is what the API server takes; more, and the whole status was refused: Ready stayed True at the old revision.
TEST(Conditions, AMessageIsCutToWhatTheApiServerTakes) {
  Conditions conditions;
  const std::string longest(32'768, 'x');
  set_condition(conditions, "Ready", "False", "A", longest, 1, t0);
  EXPECT_EQ(conditions[0].message, longest);
  std::string errors;
  while (errors.size() < 100'000) errors += "Größe: admission refused\n";
  set_condition(conditions, "Ready", "False", "A", errors, 1, t0);
  EXPECT_LE(conditions[0].message.size(), 32'768u);
  EXPECT_TRUE(conditions[0].message.ends_with("…"));
  EXPECT_EQ(conditions[0].message, text::valid_utf8(conditions[0].message));
  set_condition(conditions, "Ready", "False", "A", "remote: caf\xe9", 1, t0);
  EXPECT_EQ(conditions[0].message, "remote: caf\xef\xbf\xbd");
}

TEST(Conditions, ABadTrueConditionWinsOverEverything) {
  Conditions conditions;
  set_condition(conditions, "ArtifactInStorage", "True", "Succeeded", "stored", 2, t0);
  set_condition(conditions, "SourceVerified", "False", "Bad", "wrong key", 2, t0);
  set_condition(conditions, "FetchFailed", "True", "GitOperationFailed", "no route", 2, t0);
  const auto& ready = ready_after(conditions);
  EXPECT_EQ(ready.status, "False");
  EXPECT_EQ(ready.reason, "GitOperationFailed");
  EXPECT_EQ(ready.message, "no route");
}

TEST(Conditions, AFalsePositiveConditionIsBad) {
  Conditions conditions;
  set_condition(conditions, "ArtifactInStorage", "True", "Succeeded", "stored", 2, t0);
  set_condition(conditions, "SourceVerified", "False", "Bad", "wrong key", 2, t0);
  EXPECT_EQ(ready_after(conditions).message, "wrong key");
  EXPECT_EQ(ready_after(conditions).status, "False");
}

TEST(Conditions, OfEqualGroupsTheFirstRuleSpeaks) {
  Conditions conditions;
  set_condition(conditions, "ArtifactInStorage", "True", "Succeeded", "stored", 2, t0);
  set_condition(conditions, "SourceVerified", "True", "Succeeded", "verified", 2, t0);
  EXPECT_EQ(ready_after(conditions).message, "verified");
  EXPECT_EQ(ready_after(conditions).status, "True");
}

TEST(Conditions, WithoutAnyConditionThereIsNoReady) {
  Conditions conditions;
  summarize_ready(conditions, kRules, 1, t0);
  EXPECT_TRUE(conditions.empty());
}

}  // namespace
}  // namespace weir::runtime
