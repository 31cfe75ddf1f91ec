#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <gmock/gmock.h>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "test/simulation/api_server/simulated_api.hpp"
#include "test/support/run.hpp"
#include "test/support/scripted_api.hpp"

namespace weir::test {

/// Requests to a simulated API server as they go over the wire.
class ApiBench : public ::testing::Test {
 protected:
  static http::Request request(
      std::string method, std::string target, std::string body = {}, std::string_view type = "application/json"
  ) {
    http::Request out{std::move(method), http::Url::parse("http://api").value()};
    out.url.target = std::move(target);
    out.headers.set("User-Agent", "bench/1");
    if (!body.empty()) out.headers.set("Content-Type", std::string{type});
    out.body = std::move(body);
    return out;
  }
  http::Response ask(
      std::string method, std::string target, std::string body = {}, std::string_view type = "application/json"
  ) {
    return api_.answer(request(std::move(method), std::move(target), std::move(body), type));
  }
  /// The answer's document, after a look at its status.
  json::Value told(unsigned status, const http::Response& response) {
    EXPECT_EQ(response.status, status) << response.body;
    auto parsed = json::parse(response.body);
    return parsed.has_error() ? json::Value::object() : std::move(*parsed);
  }
  std::string message(unsigned status, const http::Response& response) {
    return std::string{told(status, response).text_at({"message"})};
  }

  http::Response post(const std::string& collection, std::string body) {
    return ask("POST", collection, std::move(body));
  }
  http::Response merge(const std::string& path, std::string body) {
    return ask("PATCH", path, std::move(body), "application/merge-patch+json");
  }
  http::Response apply(
      const std::string& path, std::string body, std::string_view manager = "one", std::string_view more = ""
  ) {
    return ask(
        "PATCH", text::cat(path, "?fieldManager=", manager, more), std::move(body), "application/apply-patch+yaml"
    );
  }
  static std::string config_map(std::string_view name, std::string_view value = "1") {
    return text::cat(
        R"({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": ")",
        name,
        R"("}, "data": {"value": ")",
        value,
        "\"}}"
    );
  }

  static constexpr const char* kMaps = "/api/v1/namespaces/default/configmaps";
  static constexpr const char* kMap = "/api/v1/namespaces/default/configmaps/a";

  asio::io_context reactor_;
  HandClock clock_;
  SimulatedApi api_{clock_};
};

}  // namespace weir::test
