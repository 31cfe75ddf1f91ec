#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::api {

/// One observation of an object's state.  Source: metav1.Condition.
struct Condition {
  std::string type;
  std::string status;  ///< "True", "False" or "Unknown"
  std::string reason;
  std::string message;
  std::string last_transition_time;  ///< RFC 3339, when `status` last changed
  std::int64_t observed_generation = 0;

  bool is_true() const { return status == "True"; }
  bool is_false() const { return status == "False"; }
};

template <class Fields>
void describe(Fields& fields, Condition& condition) {
  fields.required("type", condition.type);
  fields.required("status", condition.status);
  fields.optional("observedGeneration", condition.observed_generation);
  fields.required("lastTransitionTime", condition.last_transition_time);
  fields.required("reason", condition.reason);
  fields.required("message", condition.message);
}

/// The condition of that type; nullptr when there is none.
const Condition* find_condition(const std::vector<Condition>& conditions, std::string_view type);
Condition* find_condition(std::vector<Condition>& conditions, std::string_view type);
bool is_condition_true(const std::vector<Condition>& conditions, std::string_view type);

namespace condition {
inline constexpr std::string_view kReady = "Ready";
inline constexpr std::string_view kReconciling = "Reconciling";
inline constexpr std::string_view kStalled = "Stalled";
}  // namespace condition

namespace reason {
inline constexpr std::string_view kSucceeded = "Succeeded";
inline constexpr std::string_view kFailed = "Failed";
inline constexpr std::string_view kProgressing = "Progressing";
inline constexpr std::string_view kProgressingWithRetry = "ProgressingWithRetry";
inline constexpr std::string_view kFeatureGateDisabled = "FeatureGateDisabled";
inline constexpr std::string_view kFieldNotSupported = "FieldNotSupported";  ///< ours: refused by name
inline constexpr std::string_view kInvalidSpec = "InvalidSpec";              ///< ours: the object cannot be read
inline constexpr std::string_view kCleanUpFailed = "CleanUpFailed";  ///< ours: the object stays although it was deleted
inline constexpr std::string_view kStatusRefused = "StatusRefused";  ///< ours: the API server did not take the status
}  // namespace reason

}  // namespace weir::api
