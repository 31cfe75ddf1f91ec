#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "pkg/async/blocking_pool.hpp"
#include "pkg/git/client.hpp"
#include "pkg/git/repository.hpp"
#include "pkg/http/client.hpp"
#include "test/support/python_driver.hpp"
#include "test/support/run.hpp"
#include "test/support/scratch_folder.hpp"

namespace weir::git {

/// One `git http-backend` server for a suite, and a client of ours for each test. `python` knows:
/// server, repo (a repository with one commit), and everything of test/support/python.
class WithGitServer : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    python_ = std::make_unique<test::PythonDriver>();
    python_->run(
        "import os, time, git_server, ssh_server, pki\n"
        "from git_server import GitServer, _Handler\n"
        "backend = _Handler.backend\n"
        "def limited(self, owner, url, body, entry):\n"
        "    most = getattr(owner, 'most_version', 2)\n"  // an older server does not know the
                                                          // header
        "    entry['protocol'] = {2: entry['protocol'], 1: 'version=1', 0: ''}[most]\n"
        "    return backend(self, owner, url, body, entry)\n"
        "_Handler.backend = limited\n"
        "server = GitServer(os.path.join(folder, 'http'))\n"
    );
  }
  static void TearDownTestSuite() { python_.reset(); }

  WithGitServer() {
    static int number = 0;
    name_ = "repo" + std::to_string(++number);
    python("repo = server.repository('" + name_ + "', {'a.yaml': 'one', 'deploy/b.yaml': 'two'})");
    python("server.mode, server.basic, server.bearer, server.most_version = 'ok', None, None, 2");
  }

  static std::string python(const std::string& code) { return python_->run(code); }
  static std::size_t requests() { return std::stoul(python("len(server.log)")); }
  /// Bytes that the server sent in answers since the request of that number.
  static std::size_t bytes_since(std::size_t mark) {
    return std::stoul(python("server.since(" + std::to_string(mark) + ")['bytes_out']"));
  }

  Remote remote() {
    Remote out;
    out.url = *Url::parse(python("repo.url"));
    out.timeout = Milliseconds{10'000};
    return out;
  }
  std::string store() const { return folder_ / "store"; }

  Resolution resolve(const Remote& remote, const Reference& reference) {
    return test::run(reactor_, client_.resolve(remote, reference));
  }
  static Reference branch(std::string name) {
    Reference out;
    out.branch = std::move(name);
    return out;
  }
  FetchReport fetch(const Remote& remote, const Resolution& resolution) {
    return test::run(reactor_, client_.fetch(remote, store(), resolution));
  }
  /// The content of a file of a fetched commit.
  std::string content(const ObjectId& commit, const std::string& name) {
    const auto repository = Repository::open(store());
    for (const auto& entry : repository.read_tree(repository.read_commit(commit).tree)) {
      if (entry.name == name) return repository.read_blob(entry.id);
    }
    return "missing";
  }

  static inline std::unique_ptr<test::PythonDriver> python_;
  test::ScratchFolder folder_;
  std::string name_;
  asio::io_context reactor_;
  async::BlockingPool io_{"io", 2, 100};
  http::ClientCache http_{reactor_.get_executor()};
  Client client_{Client::Parts{reactor_.get_executor(), http_, io_}, ClientOptions{}};
};

/// The text of the failure of that kind, or what happened instead.
template <class Error, class Work>
std::string failure(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string{"another failure: "} + error.what();
  }
  return "no failure";
}

}  // namespace weir::git
