#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "pkg/base/clock.hpp"
#include "pkg/base/duration.hpp"

namespace weir::kube {

struct ElectionTimes {
  Milliseconds lease{35'000};  ///< how long a lease holds after its last renewal
  Milliseconds renew{30'000};  ///< a leader that could not renew for this long gives up
  Milliseconds retry{5'000};   ///< pause between two attempts
};

/// What a Lease object says.  Source: coordination.k8s.io/v1 LeaseSpec.
struct LeaseRecord {
  std::string holder;
  Milliseconds duration{0};
  std::string renew_time;  ///< as written; only whether it changes matters, so clocks need not agree
  std::string acquire_time;
  std::int64_t transitions = 0;

  friend bool operator==(const LeaseRecord&, const LeaseRecord&) = default;
};

/// Decides who leads, by the rules of client-go's leader election: a lease that has not changed for its duration, by
/// our own clock, is free. Pure: events and time in, actions out.  Threads: value.
class ElectionMachine {
 public:
  struct Write {};  ///< write the lease with our name (create, or update what was observed)
  struct Pause {
    Milliseconds length;
  };
  struct Lost {};  ///< we led and no longer do: stop everything at once
  using Action = std::variant<Write, Pause, Lost>;

  ElectionMachine(std::string identity, ElectionTimes times) : identity_{std::move(identity)}, times_{times} {}

  /// The lease was read; nullopt: there is none.
  Action on_observed(const std::optional<LeaseRecord>& lease, TimePoint now);
  /// Our write went through. @param started  when it was sent: others may have seen it from then on
  Action on_written(const LeaseRecord& lease, TimePoint started);
  /// A read or write failed (a conflict included: somebody else wrote).
  Action on_failure(TimePoint now);

  /// How long the next request may take: a slow answer is no lost lease, so half of the renew deadline, which leaves
  /// time for another try. Source: docs/upstream-rules.md, "Lease requests".
  Milliseconds request_limit(TimePoint now) const;

  bool is_leader() const { return leading_; }
  /// Whether writing is safe at that moment: we lead, and the last renewal is younger than the renew deadline. A
  /// process that was stopped for a while finds out here before it reads the lease again.
  bool leads_at(TimePoint now) const { return leading_ && now < renewed_at_ + times_.renew; }
  const std::string& holder() const { return observed_.holder; }

 private:
  std::string identity_;
  ElectionTimes times_;
  LeaseRecord observed_;
  TimePoint observed_at_{};  // when the lease last changed before our eyes
  TimePoint renewed_at_{};   // when we last wrote it
  bool leading_ = false;
};

}  // namespace weir::kube
