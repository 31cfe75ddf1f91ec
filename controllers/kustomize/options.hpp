#pragma once

#include <string>
#include <vector>

#include "pkg/artifact/fetcher.hpp"
#include "pkg/base/result.hpp"
#include "pkg/runtime/options.hpp"

namespace weir::kustomize_controller {

/// What `weir kustomize-controller` can be told. Names and defaults are Flux's; the limits are ours.
struct Options {
  Options() {}

  runtime::CommonOptions common;
  std::int64_t concurrent = 4;
  std::int64_t concurrent_ssa = 4;
  bool no_remote_bases = true;
  bool no_cross_namespace_refs = false;
  std::string default_service_account;
  std::int64_t http_retry = 9;
  std::vector<std::string> override_managers;
  std::vector<std::string> custom_apply_stage_kinds;
  std::int64_t artifact_max_size = 1ll << 30;
  std::int64_t artifact_max_files = 500'000;
  std::int64_t artifact_max_file_size = 256ll << 20;

  void add_flags(runtime::Flags& flags);
  Result<void> validate() const;
  artifact::FetcherOptions fetcher() const;
};

}  // namespace weir::kustomize_controller
