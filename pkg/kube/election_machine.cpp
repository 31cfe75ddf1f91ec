#include "pkg/kube/election_machine.hpp"

namespace weir::kube {

ElectionMachine::Action ElectionMachine::on_observed(
    const std::optional<LeaseRecord>& lease, TimePoint now
) {
  if (!lease) {
    if (leading_) {  // deleted under our feet: whoever writes it first leads
      leading_ = false;
      return Lost{};
    }
    return Write{};
  }
  if (!(*lease == observed_)) {
    observed_ = *lease;
    observed_at_ = now;
  }
  if (observed_.holder == identity_ || observed_.holder.empty()) return Write{};
  if (leading_) {
    leading_ = false;
    return Lost{};
  }
  const bool expired = now >= observed_at_ + observed_.duration;
  if (expired) return Write{};
  return Pause{times_.retry};
}

ElectionMachine::Action ElectionMachine::on_written(const LeaseRecord& lease, TimePoint now) {
  observed_ = lease;
  observed_at_ = now;
  renewed_at_ = now;
  leading_ = true;
  return Pause{times_.retry};
}

ElectionMachine::Action ElectionMachine::on_failure(TimePoint now) {
  if (leading_ && now >= renewed_at_ + times_.renew) {
    leading_ = false;
    return Lost{};
  }
  return Pause{times_.retry};
}

}  // namespace weir::kube
