#include "pkg/kube/leader_election.hpp"

#include <algorithm>

#include "pkg/async/errors.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/text.hpp"

namespace weir::kube {
namespace {

LeaseRecord record_of(const Object& lease) {
  LeaseRecord out;
  const auto& document = lease.document();
  out.holder = document.text_at({"spec", "holderIdentity"});
  out.renew_time = document.text_at({"spec", "renewTime"});
  out.acquire_time = document.text_at({"spec", "acquireTime"});
  if (const auto* seconds = document.find_path({"spec", "leaseDurationSeconds"})) {
    out.duration = Milliseconds{seconds->integer().value_or(0) * 1000};
  }
  if (const auto* transitions = document.find_path({"spec", "leaseTransitions"})) {
    out.transitions = transitions->integer().value_or(0);
  }
  return out;
}

}  // namespace

LeaderElection::LeaderElection(Client& client, LeaderElectionOptions options, const Clock& clock, log::Logger log)
    : client_{client},
      options_{std::move(options)},
      clock_{clock},
      log_{std::move(log)},
      machine_{options_.identity, options_.times} {}

asio::awaitable<std::optional<LeaseRecord>> LeaderElection::read() {
  auto lease = co_await client_.get(core::leases(), options_.lease);
  exists_ = lease.has_value();
  if (!lease) co_return std::nullopt;
  lease_ = std::move(*lease);
  co_return record_of(lease_);
}

asio::awaitable<LeaseRecord> LeaderElection::write() {
  LeaseRecord next = exists_ ? record_of(lease_) : LeaseRecord{};
  const std::string now = to_rfc3339_microseconds(clock_.wall_now());
  if (next.holder != options_.identity) {
    next.acquire_time = now;
    if (exists_) ++next.transitions;
  }
  next.holder = options_.identity;
  next.renew_time = now;
  next.duration = options_.times.lease;
  auto spec = json::Value::object(
      {{"holderIdentity", next.holder},
       {"leaseDurationSeconds", next.duration.count() / 1000},
       {"acquireTime", next.acquire_time},
       {"renewTime", next.renew_time},
       {"leaseTransitions", next.transitions}}
  );
  if (exists_) {
    Object changed = lease_;  // with its resourceVersion: a conflict means that somebody was faster
    changed.document().set("spec", std::move(spec));
    lease_ = co_await client_.update(core::leases(), changed);
  } else {
    auto document = json::Value::object(
        {{"apiVersion", "coordination.k8s.io/v1"},
         {"kind", "Lease"},
         {"metadata", json::Value::object({{"namespace", options_.lease.namespace_}, {"name", options_.lease.name}})},
         {"spec", std::move(spec)}}
    );
    const Object fresh{std::move(document)};
    lease_ = co_await client_.create(core::leases(), fresh);
    exists_ = true;
  }
  co_return record_of(lease_);
}

/// One look at the lease, and one write of it when it is ours to write.
asio::awaitable<ElectionMachine::Action> LeaderElection::attempt() {
  auto started = clock_.now();
  // One request renews what we wrote last: whoever has touched the lease since makes it a conflict. A process that was
  // stopped for longer than the renew deadline looks first.
  if (machine_.leads_at(started)) {
    try {
      auto writing = write();
      const auto written = co_await async::with_timeout(machine_.request_limit(started), std::move(writing));
      co_return machine_.on_written(written, started);
    } catch (const ApiError& error) {
      if (!error.is_conflict() && !error.is_not_found()) throw;
    }
    started = clock_.now();
  }
  auto reading = read();
  const auto observed = co_await async::with_timeout(machine_.request_limit(started), std::move(reading));
  started = clock_.now();
  auto action = machine_.on_observed(observed, started);
  if (!std::holds_alternative<ElectionMachine::Write>(action)) co_return action;
  auto writing = write();
  const auto written = co_await async::with_timeout(machine_.request_limit(started), std::move(writing));
  co_return machine_.on_written(written, started);
}

asio::awaitable<void> LeaderElection::run() {
  for (;;) {
    ElectionMachine::Action action = ElectionMachine::Pause{options_.times.retry};
    std::exception_ptr failure;
    const auto started = clock_.now();
    try {
      auto attempting = attempt();
      action = co_await std::move(attempting);
    } catch (...) {
      failure = std::current_exception();
    }
    if (failure) {
      if (async::is_cancelled(failure)) std::rethrow_exception(failure);
      const std::string problem = async::describe(failure);
      if (problem != told_) {
        log_.error("cannot read or write the lease", problem, {{"lease", options_.lease.text()}});
      }
      told_ = problem;
      action = machine_.on_failure(clock_.now());
    }
    if (!failure) told_.clear();
    if (std::holds_alternative<ElectionMachine::Lost>(action)) {
      elected_.reset();
      throw LeadershipLost{options_.lease.text()};
    }
    if (machine_.is_leader() && !elected_.is_set()) {
      log_.info("elected leader", {{"lease", options_.lease.text()}});
      elected_.set();
    }
    // From one attempt to the next: what a slow answer took is part of the pause.
    const auto pause = std::get<ElectionMachine::Pause>(action).length;
    const auto took = std::chrono::duration_cast<Milliseconds>(clock_.now() - started);
    co_await async::sleep_for(std::max(pause - took, pause / 5));
  }
}

void LeaderElection::require() const {
  if (!machine_.leads_at(clock_.now())) throw LeadershipLost{options_.lease.text()};
}

asio::awaitable<void> LeaderElection::release() {
  if (!machine_.is_leader() || !exists_) co_return;
  elected_.reset();
  Object changed = lease_;
  changed.document()["spec"].set("holderIdentity", "");
  changed.document()["spec"].set("leaseDurationSeconds", 1);
  std::exception_ptr failure;
  try {
    const Resource leases = core::leases();  // the call refers to it until it ends
    auto updating = client_.update(leases, changed);
    co_await async::with_timeout(Milliseconds{3000}, std::move(updating));
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    log_.error("cannot release the lease", async::describe(failure), {{"lease", options_.lease.text()}});
  }
}

}  // namespace weir::kube
