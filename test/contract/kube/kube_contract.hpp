#pragma once

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gmock/gmock.h>

#include "pkg/async/timeout.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/config.hpp"
#include "test/contract/kube/api_under_test.hpp"
#include "test/support/required.hpp"
#include "test/support/run.hpp"

namespace weir::kube {

/// A client of the API server under test and a namespace for each test.
class KubeContract : public ::testing::Test {
 protected:
  void SetUp() override {
    WEIR_SKIP_UNLESS_REQUIRED(ApiUnderTest::unavailable());
    api_ = ApiUnderTest::make(reactor_.get_executor());
    Identity identity;
    identity.user_agent = "kube-contract/1";
    client_ = std::make_unique<Client>(api_->transport(), api_->config(), identity);
    static int number = 0;
    namespace_ = "kube-contract-" + std::to_string(++number);
    create(
        core::namespaces(),
        Object{json::Value::object(
            {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", json::Value::object({{"name", namespace_}})}}
        )}
    );
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

  Object create(const Resource& resource, const Object& object) { return run(client_->create(resource, object)); }
  std::optional<Object> get(const std::string& name) { return run(client_->get(core::config_maps(), key(name))); }

  asio::io_context reactor_;
  SystemClock clock_;
  std::unique_ptr<ApiUnderTest> api_;
  std::unique_ptr<Client> client_;
  std::string namespace_;
};

}  // namespace weir::kube
