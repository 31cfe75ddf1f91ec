#pragma once

#include <cstddef>
#include <iostream>
#include <string>

#include <gtest/gtest.h>

#include "test/support/controller_bench.hpp"

/// The loop that fails each operation of a pass, and looks at what becomes of it.
namespace weir::test {

/// Who goes on after a pass of which an operation failed.
enum class Next {
  kSameProcess,   ///< tries again, and knows what it did
  kLaggingWatch,  ///< the same, before any watch has told what became of its writes
  kOtherProcess,  ///< finds what the other one left
};

struct FaultCase {
  Loss loss;
  Next next;
};

inline auto every_fault_case() {
  return testing::Values(
      FaultCase{Loss::kDisk, Next::kSameProcess},
      FaultCase{Loss::kDisk, Next::kOtherProcess},
      FaultCase{Loss::kRequest, Next::kSameProcess},
      FaultCase{Loss::kAnswer, Next::kSameProcess},
      FaultCase{Loss::kRequest, Next::kLaggingWatch},
      FaultCase{Loss::kAnswer, Next::kLaggingWatch},
      FaultCase{Loss::kRequest, Next::kOtherProcess},
      FaultCase{Loss::kAnswer, Next::kOtherProcess}
  );
}

inline std::string fault_case_name(const testing::TestParamInfo<FaultCase>& tested) {
  const auto what = tested.param.loss;
  const std::string loss = what == Loss::kRequest ? "RequestLost" : what == Loss::kAnswer ? "AnswerLost" : "DiskBroken";
  const auto next = tested.param.next;
  return loss + (next == Next::kSameProcess    ? ""
                 : next == Next::kLaggingWatch ? "BeforeTheWatchTells"
                                               : "AndRestarted");
}

/// A bench, a pass of which one operation fails, and the one that is to find its way.
template <class BenchOfKind>
class Trial : public BenchOfKind {
 public:
  Trial(FaultCase how, std::size_t number) : how_{how}, number_{number} {
    this->world_.api.after_each_change([this] { look(); });
    this->world_.faults.before_each([this] {
      if (is_lagging_) this->world_.api.hold_watches(true);
      look();
    });
  }
  virtual ~Trial() {
    this->world_.api.after_each_change({});
    this->world_.faults.before_each({});
    this->end();
  }

  /// From the next operation on.
  void break_one() {
    this->when_begun([this] { this->world_.faults.arm(number_, how_.loss); });
    is_lagging_ = how_.next == Next::kLaggingWatch;
  }
  /// @returns false when the pass needed no operation of that number
  bool broke() const { return !this->world_.faults.broken().empty(); }
  /// The pass with the failure is over: comes the next one.
  void go_on() {
    this->world_.faults.disarm();
    this->world_.mend_disk();
    look();
    judge();
    if (how_.next == Next::kOtherProcess) {
      this->end();
      if (this->object()) this->begin(Wakes::kOwnChange);
      return;
    }
    if (this->process_->objects.get(this->kKey)) this->pass();
    is_lagging_ = false;
    this->world_.api.hold_watches(false);
    this->world_.settle();
    this->rest();
  }
  std::string story() const {
    return text::cat("operation ", number_, " failed: ", this->world_.faults.broken(), "; ready: ", this->ready_text());
  }

 protected:
  /// Told before each operation of a pass, and after each change in the cluster, since a process can end at any: what
  /// must hold at every moment.
  virtual void look() = 0;
  /// Whether everything is as the object's spec, and what it refers to, want it.
  virtual bool is_right() const = 0;
  void wrong(const std::string& what) const { ADD_FAILURE() << what << "; " << story(); }

 private:
  /// A pass that failed says so, unless it is the words themselves that were lost.
  void judge() const {
    const auto there = this->object();
    if (!there || there->metadata.is_deleting() || this->world_.faults.broken().find(this->kPath) != std::string::npos)
      return;
    if (this->is_ready() && !is_right()) wrong("Ready is True after a pass that failed");
  }

  const FaultCase how_;
  const std::size_t number_;
  bool is_lagging_ = false;  // watches tell nothing from the next operation on
};

/// Fails every operation of a pass once, in turn.
class FaultsTest : public testing::TestWithParam<FaultCase> {
 protected:
  /// Runs a trial for each operation, until a pass needs no more.
  template <class OneTrial, class Pass, class Expect>
  void fail_each(Pass pass_with_failure, Expect expect_repaired, std::size_t at_least) {
    std::size_t number = 0;
    for (bool goes_on = true; goes_on && !HasFailure(); ++number) {
      OneTrial trial{GetParam(), number};
      pass_with_failure(trial);
      goes_on = trial.broke();
      if (goes_on) trial.go_on();
      expect_repaired(trial);
    }
    const auto operations = number - 1;
    RecordProperty("operations", static_cast<int>(operations));
    RecordProperty("passes", static_cast<int>(2 * operations + 1));
    std::cout << operations << " operations, each failed once: " << 2 * operations + 1 << " passes\n";
    EXPECT_GE(operations, at_least);
  }
};

}  // namespace weir::test
