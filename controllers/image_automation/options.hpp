#pragma once

#include <cstdint>
#include <string>

#include "pkg/access/options.hpp"
#include "pkg/base/result.hpp"
#include "pkg/runtime/options.hpp"

namespace weir::image_automation {

/// What `weir image-automation-controller` can be told. Names and defaults are Flux's; the storage path is ours.
struct Options {
  Options();

  runtime::CommonOptions common;
  std::int64_t concurrent = 4;
  std::string storage_path;  ///< bare repositories, kept between runs; by default below the folder of temporary files
  bool no_cross_namespace_refs = false;
  access::GitFlags git;
  access::LoginFlags logins;

  void add_flags(runtime::Flags& flags);
  Result<void> validate() const;
  /// Feature gate GitForcePushBranch. Off unless it is asked for: a push then never drops anybody's commit.
  bool force_push_branch() const { return common.gate("GitForcePushBranch", false); }
};

}  // namespace weir::image_automation
