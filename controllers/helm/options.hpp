#pragma once

#include <string>
#include <vector>

#include "pkg/artifact/fetcher.hpp"
#include "pkg/base/result.hpp"
#include "pkg/runtime/options.hpp"

namespace weir::helm_controller {

/// What `weir helm-controller` can be told. Names and defaults are Flux's; --uninstall-guard is ours.
struct Options {
  Options() {}

  runtime::CommonOptions common;
  std::int64_t concurrent = 4;
  std::int64_t concurrent_ssa = 4;
  bool no_cross_namespace_refs = false;
  bool uninstall_guard = true;
  std::string default_service_account;
  std::int64_t http_retry = 9;
  std::vector<std::string> override_managers;
  std::int64_t chart_max_size = 10ll << 20;

  void add_flags(runtime::Flags& flags);
  Result<void> validate() const;
  artifact::FetcherOptions fetcher() const;
};

}  // namespace weir::helm_controller
