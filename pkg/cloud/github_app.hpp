#pragma once

#include <string>

#include "pkg/base/result.hpp"
#include "pkg/base/secret_map.hpp"
#include "pkg/cloud/exchange.hpp"

namespace weir::cloud {

/// A GitHub App and one of its installations, as a Secret describes them.  Threads: value.
struct GitHubApp {
  GitHubApp() {}

  std::string id;
  std::string installation_id;     ///< or
  std::string installation_owner;  ///< the account that it is installed at
  SecretString private_key;        ///< RSA, PEM
  http::Url api;                   ///< https://api.github.com, or that of a GitHub Enterprise Server
};

/// Reads githubAppID, githubAppInstallationID or githubAppInstallationOwner, githubAppPrivateKey and githubAppBaseURL.
/// A base URL without a path is that of a server, whose API is at /api/v3.
/// @returns an error that names the key at fault and repeats no value
/// Source: Flux, "GitRepository: GitHub App"; GitHub Enterprise Server, "REST API: base URL".
Result<GitHubApp> parse_github_app(const SecretMap& data);

/// The JSON Web Token that the app shows: from a minute ago (clocks differ) for ten minutes in all.  Pure.
/// @returns an error at githubAppPrivateKey when the key is none
/// Source: GitHub, "Generating a JSON Web Token (JWT) for a GitHub App".
Result<std::string> github_app_jwt(const GitHubApp& app, WallTime now);

/// What tells one app's installation, proven with one key, from another: equal keys may share a token. It holds a hash
/// of the private key, so that nobody is given a token without having the key.
std::string github_login_key(const GitHubApp& app);

/// A token of the installation, as Git takes it: the user is x-access-token.
/// @throws CloudError naming the key of the Secret at fault where that is known; TransportError; async::TimedOut
/// Source: GitHub, "REST API endpoints for GitHub Apps".
asio::awaitable<Login> github_login(const Session& session, GitHubApp app);

}  // namespace weir::cloud
