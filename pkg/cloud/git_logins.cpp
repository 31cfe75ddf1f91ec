#include "pkg/cloud/git_logins.hpp"

#include <utility>

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
  co_return co_await store_.get(std::move(key), std::move(fetch));
}

}  // namespace weir::cloud
