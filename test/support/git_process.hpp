#pragma once

#include "pkg/access/git.hpp"
#include "pkg/git/client.hpp"
#include "test/support/controller_bench.hpp"

namespace weir::test {

/// What every controller stands on that speaks to Git servers.
class GitProcess : public Process {
 public:
  using Process::Process;

  git::Client git{git::Client::Parts{world.reactor.get_executor(), connections, world.io}, git::ClientOptions{}};
  cloud::ProcessEnvironment environment;
  access::GitAccess remotes{{client, connections, environment, world.clock}, cloud::GitLogins::Options{}};
};

}  // namespace weir::test
