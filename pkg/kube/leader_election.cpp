#include "pkg/kube/leader_election.hpp"

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

LeaderElection::LeaderElection(
    Client& client, LeaderElectionOptions options, const Clock& clock, log::Logger log
)
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
         {"metadata",
          json::Value::object(
              {{"namespace", options_.lease.namespace_}, {"name", options_.lease.name}}
          )},
         {"spec", std::move(spec)}}
    );
    const Object fresh{std::move(document)};
    lease_ = co_await client_.create(core::leases(), fresh);
    exists_ = true;
  }
  co_return record_of(lease_);
}

asio::awaitable<void> LeaderElection::run() {
  for (;;) {
    ElectionMachine::Action action = ElectionMachine::Pause{options_.times.retry};
    std::exception_ptr failure;
    try {
      // An attempt that hangs must not outlive the lease.
      auto reading = read();
      const auto observed = co_await async::with_timeout(options_.times.retry, std::move(reading));
      action = machine_.on_observed(observed, clock_.now());
      if (std::holds_alternative<ElectionMachine::Write>(action)) {
        auto writing = write();
        const auto written = co_await async::with_timeout(options_.times.retry, std::move(writing));
        action = machine_.on_written(written, clock_.now());
      }
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
    co_await async::sleep_for(std::get<ElectionMachine::Pause>(action).length);
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
    log_.error(
        "cannot release the lease", async::describe(failure), {{"lease", options_.lease.text()}}
    );
  }
}

}  // namespace weir::kube
