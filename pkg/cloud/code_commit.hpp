#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pkg/cloud/exchange.hpp"
#include "pkg/cloud/signature_v4.hpp"

namespace weir::cloud {

/// A server of AWS CodeCommit.  Threads: value.
struct CodeCommitHost {
  CodeCommitHost() {}

  std::string name;  ///< "git-codecommit.eu-west-1.amazonaws.com"
  std::string region;

  friend bool operator==(const CodeCommitHost&, const CodeCommitHost&) = default;
};

/// git-codecommit[-fips].<region>.amazonaws.com[.cn]. @returns nullopt for any other host
std::optional<CodeCommitHost> parse_code_commit_host(std::string_view host);

/// Basic credentials that prove possession of the keys: the user is the key's id, with "%" and the session token when
/// there is one, the password a time and a signature of the repository's path. To be used for five minutes.  Pure.
/// @param path  of the repository's URL, "/v1/repos/app"
/// Source: git-remote-codecommit; AWS General Reference, "Signature Version 4 signing process".
Login code_commit_login(const AwsKeys& keys, const CodeCommitHost& host, std::string_view path, WallTime now);

}  // namespace weir::cloud
