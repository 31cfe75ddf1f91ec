#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/duration.hpp"
#include "pkg/base/result.hpp"
#include "pkg/cloud/login_store.hpp"
#include "pkg/git/client.hpp"
#include "pkg/runtime/flags.hpp"

/// Flags of controllers that sign in somewhere. Names and defaults are Flux's.  Threads: values.
namespace weir::access {

/// How logins to clouds and Git providers are kept.
struct LoginFlags {
  LoginFlags() {}
  std::int64_t max_size = 100;  ///< 0: none is kept
  Duration max_duration{std::chrono::hours{1}};

  /// Registers the flags; this object must outlive the parse.
  /// @param what  that is kept: "logins of Git providers"
  void add_to(runtime::Flags& flags, std::string_view what);
  Result<void> validate() const;
  /// @param controller  whose name servers see
  cloud::LoginOptions options(std::string_view controller) const;
};

/// What Git over ssh may use.
struct GitFlags {
  GitFlags() {}
  std::vector<std::string> ssh_kex_algos;
  std::vector<std::string> ssh_hostkey_algos;

  /// Registers the flags; this object must outlive the parse.
  void add_to(runtime::Flags& flags);
  git::ClientOptions options() const;
};

}  // namespace weir::access
