#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "pkg/async/asio.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/rest_mapper.hpp"
#include "pkg/log/logger.hpp"

namespace weir::ssa {

struct Options {
  Options() {}
  std::string field_manager;
  std::string annotation_group;                 ///< of the annotations that steer us: kustomize.toolkit.fluxcd.io
  std::size_t concurrency = 4;                  ///< requests at a time
  std::vector<std::string> override_managers;   ///< whose fields become ours, besides kubectl's
  std::vector<std::string> custom_stage_kinds;  ///< "group/Kind"
  Milliseconds stage_wait{60'000};              ///< for definitions and classes to be ready
  kube::Propagation propagation = kube::Propagation::kBackground;  ///< of deletions
};

/// The cluster that is planned for, written to and waited for, and in which manner. References must outlive the calls
/// that it is passed to, and so must it.
struct Cluster {
  kube::Client& client;      ///< may impersonate
  kube::RestMapper& mapper;  ///< never does
  const Options& options;
  const Clock& clock;
  log::Logger log;
  /// How to wait for a while: a test lets its own clock move on.
  std::function<asio::awaitable<void>(Milliseconds)> pause = async::sleep_for;
};

}  // namespace weir::ssa
