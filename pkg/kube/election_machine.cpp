#include "pkg/kube/election_machine.hpp"

#include <algorithm>

namespace weir::kube {

ElectionMachine::Action ElectionMachine::on_observed(const std::optional<LeaseRecord>& lease, TimePoint now) {
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

ElectionMachine::Action ElectionMachine::on_written(const LeaseRecord& lease, TimePoint started) {
  observed_ = lease;
  observed_at_ = started;
  renewed_at_ = started;
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

Milliseconds ElectionMachine::request_limit(TimePoint now) const {
  auto limit = times_.renew / 2;
  if (leading_) {
    limit = std::min(limit, std::chrono::duration_cast<Milliseconds>(renewed_at_ + times_.renew - now));
  }
  return std::max(limit, times_.retry);
}

}  // namespace weir::kube
