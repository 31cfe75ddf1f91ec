#pragma once

#include <span>
#include <string>
#include <string_view>

#include "pkg/access/options.hpp"
#include "pkg/artifact/storage.hpp"
#include "pkg/base/result.hpp"
#include "pkg/runtime/options.hpp"

namespace weir::source {

/// What `weir source-controller` can be told. Names and defaults are Flux's; the limits are ours.
struct Options {
  Options() {}

  runtime::CommonOptions common;
  std::int64_t concurrent = 2;
  std::string storage_path{"/data"};
  std::string storage_addr{":9090"};
  std::string storage_adv_addr;
  Duration artifact_retention_ttl{std::chrono::seconds{60}};
  std::int64_t artifact_retention_records = 2;
  std::string artifact_digest_algo{"sha256"};
  access::GitFlags git;
  std::int64_t artifact_max_size = 1ll << 30;
  std::int64_t artifact_max_files = 500'000;
  std::int64_t artifact_max_file_size = 64ll << 20;
  access::LoginFlags logins;

  void add_flags(runtime::Flags& flags);
  Result<void> validate() const;
  artifact::StorageOptions storage() const;
};

}  // namespace weir::source
