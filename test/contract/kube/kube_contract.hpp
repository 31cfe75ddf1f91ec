#pragma once

#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include <gmock/gmock.h>

#include "pkg/async/timeout.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/http/client.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/config.hpp"
#include "test/support/control_plane.hpp"
#include "test/support/run.hpp"

namespace weir::kube {

/// A client of the shared API server and a namespace for each test.
class KubeContract : public ::testing::Test {
 protected:
  void SetUp() override {
    WEIR_NEEDS_CONTROL_PLANE();
    config_ = read_config(plane().kubeconfig());
    transport_ = std::make_unique<http::Client>(reactor_.get_executor(), config_->connection);
    Identity identity;
    identity.user_agent = "kube-contract/1";
    client_ = std::make_unique<Client>(*transport_, *config_, identity);
    static int number = 0;
    namespace_ = "kube-contract-" + std::to_string(++number);
    create(
        core::namespaces(),
        Object{json::Value::object(
            {{"apiVersion", "v1"},
             {"kind", "Namespace"},
             {"metadata", json::Value::object({{"name", namespace_}})}}
        )}
    );
  }

  static test::ControlPlane& plane() { return test::ControlPlane::shared(); }

  ClusterConfig read_config(const std::string& path) {
    std::ifstream in{path};
    std::ostringstream text;
    text << in.rdbuf();
    auto config = parse_kubeconfig(text.str(), KubeconfigOptions{}, clock_);
    if (config.has_error()) throw std::runtime_error{config.error().text()};
    return std::move(*config);
  }

  template <class T>
  T run(asio::awaitable<T> work) {
    return test::run(reactor_, std::move(work));
  }

  /// The ApiError that the call must end with.
  template <class T>
  ApiError refused(asio::awaitable<T> work) {
    try {
      run(std::move(work));
    } catch (const ApiError& error) {
      return error;
    }
    ADD_FAILURE() << "the call was not refused";
    return ApiError{0, "", ""};
  }

  Object config_map(const std::string& name, const std::string& value) const {
    return Object{json::Value::object(
        {{"apiVersion", "v1"},
         {"kind", "ConfigMap"},
         {"metadata", json::Value::object({{"name", name}, {"namespace", namespace_}})},
         {"data", json::Value::object({{"value", value}})}}
    )};
  }
  ObjectKey key(const std::string& name) const { return {namespace_, name}; }

  Object create(const Resource& resource, const Object& object) {
    return run(client_->create(resource, object));
  }
  std::optional<Object> get(const std::string& name) {
    return run(client_->get(core::config_maps(), key(name)));
  }

  asio::io_context reactor_;
  SystemClock clock_;
  std::optional<ClusterConfig> config_;
  std::unique_ptr<http::Client> transport_;
  std::unique_ptr<Client> client_;
  std::string namespace_;
};

}  // namespace weir::kube
