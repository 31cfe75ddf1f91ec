#pragma once

#include "controllers/image_reflector/tag_database.hpp"
#include "pkg/access/registry.hpp"
#include "test/support/controller_bench.hpp"

namespace weir::image_reflector {

/// What both kinds of an image-reflector-controller stand on.
class ReflectorProcess : public test::Process {
 public:
  using Process::Process;

 private:
  static cloud::RegistryLogins::Options login_options() {
    cloud::RegistryLogins::Options out;
    out.cache_size = 1;
    return out;
  }
  static oci::RetryPolicy once() {
    oci::RetryPolicy out;
    out.attempts = 1;
    return out;
  }

 public:
  cloud::ProcessEnvironment environment;
  cloud::RegistryLogins logins{world.to_web, environment, world.clock, login_options()};
  access::RegistryAccess registries{{client, connections, logins, world.cpu, world.clock, "bench/1", 1'000, once()}};
  TagDatabase tags{world.data("tags"), world.io};
};

}  // namespace weir::image_reflector
