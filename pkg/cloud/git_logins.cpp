#include "pkg/cloud/git_logins.hpp"

#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/cloud/aws_credentials.hpp"
#include "pkg/cloud/azure_login.hpp"

namespace weir::cloud {

GitLogins::GitLogins(http::Transport& direct, const Environment& environment, const Clock& clock, Options options)
    : direct_{direct},
      environment_{environment},
      clock_{clock},
      options_{std::move(options)},
      store_{clock, options_.cache_size, options_.longest} {}

asio::awaitable<Login> GitLogins::github(GitHubApp app, http::Transport& outbound) {
  const Session session{direct_, outbound, environment_, clock_, options_.user_agent};
  LoginStore::Fetch fetch = [&session, &app] { return github_login(session, app); };
  auto key = github_login_key(app);
  co_return co_await store_.get(std::move(key), outbound, std::move(fetch));
}

asio::awaitable<Login> GitLogins::azure(http::Transport& outbound) {
  LoginStore::Fetch fetch = [this, &outbound] { return fetch_azure(outbound); };
  co_return co_await store_.get("azure", outbound, std::move(fetch));
}

asio::awaitable<Login> GitLogins::fetch_azure(http::Transport& outbound) {
  const Session session{direct_, outbound, environment_, clock_, options_.user_agent};
  auto token =
      co_await azure_access_token(session, "https://app.vssps.visualstudio.com", "https://login.microsoftonline.com");
  co_return Login{"", std::move(token.text), token.expires_at};
}

asio::awaitable<Login> GitLogins::aws(CodeCommitHost host, std::string path, http::Transport& outbound) {
  LoginStore::Fetch fetch = [this, &host, &path, &outbound] { return fetch_aws(host, path, outbound); };
  auto key = text::cat("aws ", host.name, path);
  co_return co_await store_.get(std::move(key), outbound, std::move(fetch));
}

asio::awaitable<Login> GitLogins::fetch_aws(
    const CodeCommitHost& host, const std::string& path, http::Transport& outbound
) {
  const Session session{direct_, outbound, environment_, clock_, options_.user_agent};
  const auto keys = co_await find_aws_keys(session, host.region);
  co_return code_commit_login(keys, host, path, clock_.wall_now());
}

}  // namespace weir::cloud
