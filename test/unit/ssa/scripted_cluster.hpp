#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/ssa/cluster.hpp"
#include "pkg/ssa/desired.hpp"
#include "test/support/run.hpp"
#include "test/support/scripted_api.hpp"

namespace weir::ssa {

/// What an object's dry run or write is answered, and what it says.
struct Answer {
  Answer() {}
  Answer(unsigned status_, std::string body_) : status{status_}, body{std::move(body_)} {}
  unsigned status = 200;
  std::string body;
};

inline Answer refusal(unsigned status, std::string_view reason, std::string_view message) {
  return {status, text::cat(R"({"kind":"Status","reason":")", reason, R"(","message":")", message, R"("})")};
}

/// A server of ConfigMaps, Secrets, Namespaces and definitions, and of Boxes (example.com/v1) when it is told to. It
/// keeps nothing but what a test gives: an object that is there is `live`, and an apply is answered by that, or by 201
/// when it is not there, unless `refusals` has something for it.
class ScriptedCluster final : public test::ScriptedApi {
 public:
  bool serves_boxes = false;
  std::map<std::string, std::string> live;  ///< by "configmaps/a": what a GET is answered
  std::map<std::string, Answer> refusals;   ///< by "configmaps/a": what an apply is answered
  std::string breaks_at;                    ///< "configmaps/a": the connection, when that is asked for
  std::vector<std::string> requests;        ///< "GET configmaps/a", "DRY configmaps/a", "PATCH …", "DELETE …"
  std::vector<std::string> bodies;          ///< of what was applied, dry or not
  std::function<void(const std::string& request)> on_request;

  asio::awaitable<http::Response> send(http::Request request, const http::CallOptions&) override {
    const auto [path, query] = text::cut(request.url.target, "?");
    http::Response out;
    out.status = 200;
    if (const auto found = discovered(path)) {
      out.body = *found;
      if (found->empty()) out.status = 404;
      co_return out;
    }
    const auto segments = text::split(path, '/');
    const std::string name = text::cat(segments[segments.size() - 2], "/", segments.back());
    const bool is_dry = query.find("dryRun=All") != std::string_view::npos;
    requests.push_back(text::cat(is_dry ? "DRY" : request.method, " ", name));
    if (on_request) on_request(requests.back());
    if (name == breaks_at) throw http::TransportError{"api", http::Phase::kReceive, "broken"};
    const auto there = live.find(name);
    if (request.method == "PATCH") {
      bodies.push_back(request.body);
      const auto refused = refusals.find(name);
      if (refused != refusals.end()) {
        out.status = refused->second.status;
        out.body = refused->second.body;
      } else {
        out.status = there == live.end() ? 201 : 200;
        out.body = there == live.end() ? request.body : there->second;
      }
      co_return out;
    }
    if (there == live.end()) {
      out.status = 404;
      out.body = R"({"kind":"Status","reason":"NotFound","message":"not found"})";
      co_return out;
    }
    if (request.method == "DELETE") {
      const auto asked = json::parse(request.body).value();
      const auto object = json::parse(there->second).value();
      const auto version = asked.text_at({"preconditions", "resourceVersion"});
      const auto present = object.text_at({"metadata", "resourceVersion"});
      if (!version.empty() && !present.empty() && version != present) {
        out.status = 409;
        out.body = refusal(409, "Conflict", "the object has been modified").body;
        co_return out;
      }
    }
    out.body = there->second;
    co_return out;
  }

 private:
  /// nullopt: it is no path of discovery; empty: not served.
  std::optional<std::string> discovered(std::string_view path) const {
    if (path == "/api/v1") {
      return R"({"resources":[{"name":"configmaps","kind":"ConfigMap","namespaced":true},)"
             R"({"name":"secrets","kind":"Secret","namespaced":true},{"name":"namespaces","kind":"Namespace"}]})";
    }
    if (path == "/apis/apiextensions.k8s.io/v1") {
      return R"({"resources":[{"name":"customresourcedefinitions","kind":"CustomResourceDefinition"}]})";
    }
    if (path == "/apis/example.com/v1") {
      return serves_boxes ? R"({"resources":[{"name":"boxes","kind":"Box","namespaced":true}]})" : "";
    }
    return std::nullopt;
  }
};

/// Plans for, and applies to, a cluster that a test scripts.
class SsaUnit : public ::testing::Test {
 protected:
  SsaUnit() {
    options_.field_manager = "kustomize-controller";
    options_.annotation_group = "kustomize.toolkit.fluxcd.io";
    options_.concurrency = 1;
  }

  static Desired desired(std::string_view text) { return Desired{kube::Object{json::parse(text).value()}}; }
  static Desired config_map(std::string_view name, std::string_view annotation = "") {
    return desired(text::cat(
        R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":")",
        name,
        R"(","namespace":"apps","annotations":{)",
        annotation,
        R"(}},"data":{"n":"1"}})"
    ));
  }
  static Desired box(std::string_view name) {
    return desired(text::cat(
        R"({"apiVersion":"example.com/v1","kind":"Box","metadata":{"name":")", name, R"(","namespace":"apps"}})"
    ));
  }
  static Desired namespace_object(std::string_view name) {
    return desired(text::cat(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":")", name, R"("}})"));
  }
  static Desired definition() {
    return desired(
        R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"boxes.example.com"},)"
        R"("spec":{"group":"example.com","names":{"kind":"Box"},"versions":[{"name":"v1","served":true}]}})"
    );
  }
  /// A live ConfigMap as our last apply of config_map() left it, and others did since. @param more  of its metadata
  static std::string live_map(std::string_view name, std::string_view value, std::string_view more = "") {
    return text::cat(
        R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":")",
        name,
        R"(","namespace":"apps","annotations":{},)",
        more,
        R"("uid":"u","resourceVersion":"7","managedFields":[{"manager":"kustomize-controller","operation":"Apply",)",
        R"("apiVersion":"v1","fieldsV1":{"f:metadata":{"f:annotations":{}},"f:data":{"f:n":{}}}}]},"data":{"n":")",
        value,
        R"("}})"
    );
  }

  asio::io_context reactor_;
  test::HandClock clock_;
  ScriptedCluster api_;
  kube::Client client_{api_, ScriptedCluster::cluster(), kube::Identity{}};
  kube::RestMapper mapper_{client_, clock_};
  Options options_;
};

}  // namespace weir::ssa
