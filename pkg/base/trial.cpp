#include "pkg/base/trial.hpp"

#include <utility>

namespace weir {
namespace {

thread_local bool on_trial = false;

}  // namespace

Trial::Trial() : before_{std::exchange(on_trial, true)} {}
Trial::~Trial() { on_trial = before_; }

bool is_trial() { return on_trial; }

}  // namespace weir
