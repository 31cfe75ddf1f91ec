#pragma once

#include <string>

#include "pkg/access/options.hpp"
#include "pkg/base/result.hpp"
#include "pkg/runtime/options.hpp"

namespace weir::image_reflector {

/// What `weir image-reflector-controller` can be told. Names and defaults are Flux's; the limit is ours.
struct Options {
  Options() {}

  runtime::CommonOptions common;
  std::int64_t concurrent = 4;
  std::string storage_path{"/data"};
  bool no_cross_namespace_refs = false;
  std::int64_t max_tags = 500'000;
  access::LoginFlags logins;

  void add_flags(runtime::Flags& flags);
  Result<void> validate() const;
};

}  // namespace weir::image_reflector
