// What goes wrong with a simulated API server: each of it when the caller says so, and never otherwise.

#include "pkg/kube/client.hpp"
#include "test/simulation/api_server/api_bench.hpp"

namespace weir::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SimulatedFaults : public ApiBench {
 protected:
  http::Response send(http::Request request) {
    const http::CallOptions options;
    return run(reactor_, api_.send(std::move(request), options));
  }
  std::unique_ptr<http::BodyReader> watch(std::string_view more = "") {
    const http::CallOptions options;
    auto call =
        request("GET", text::cat(kMaps, "?watch=true&allowWatchBookmarks=true&resourceVersion=", api_.version(), more));
    return std::move(run(reactor_, api_.open(std::move(call), options)).body);
  }
  /// "ADDED a": the next event, or "end".
  std::string next(http::BodyReader& body) {
    const auto line = run(reactor_, body.read_some());
    if (line.empty()) return "end";
    const auto event = json::parse(line);
    const auto* object = event->find("object");
    return text::cat(event->text_at({"type"}), " ", object->text_at({"metadata", "name"}));
  }
};

TEST_F(SimulatedFaults, AnAnswerIsGivenInPlaceOfTheServers) {
  api_.decide([](const http::Request&) { return Fate::too_many_requests(3); });
  const auto refused = send(request("POST", kMaps, config_map("a")));
  EXPECT_EQ(refused.status, 429u);
  EXPECT_EQ(refused.headers.get_or_empty("Retry-After"), "3");
  api_.decide([](const http::Request&) { return Fate::server_error(503); });
  EXPECT_EQ(send(request("GET", kMap)).status, 503u);
  api_.decide({});
  EXPECT_EQ(send(request("GET", kMap)).status, 404u) << "nothing was done";
}

TEST_F(SimulatedFaults, ALostRequestDoesNothingAndALostAnswerHidesWhatWasDone) {
  api_.decide([](const http::Request&) { return Fate::lost_request(); });
  EXPECT_THROW(send(request("POST", kMaps, config_map("a"))), http::TransportError);
  EXPECT_EQ(api_.find(kMap), nullptr);
  api_.decide([](const http::Request&) { return Fate::lost_answer(); });
  EXPECT_THROW(send(request("POST", kMaps, config_map("a"))), http::TransportError);
  EXPECT_NE(api_.find(kMap), nullptr);
}

TEST_F(SimulatedFaults, AServerThatIsDownRefusesAndForgets) {
  auto body = watch();
  api_.set_down(true);
  EXPECT_THROW(run(reactor_, body->read_some()), http::TransportError);
  EXPECT_THROW(send(request("GET", kMaps)), http::TransportError);
  const auto before = api_.version();
  api_.set_down(false);
  EXPECT_EQ(send(request("GET", kMaps)).status, 200u);
  EXPECT_EQ(api_.version(), before);
}

TEST_F(SimulatedFaults, AdmissionMutatesAndRefuses) {
  api_.mutate([](Review& review) -> std::optional<Refusal> {
    if (review.object != nullptr) (*review.object)["metadata"]["labels"].set("seen", "yes");
    return std::nullopt;
  });
  api_.validate([](Review& review) -> std::optional<Refusal> {
    if (review.name != "bad") return std::nullopt;
    return Refusal{403, "Forbidden", text::cat("admission webhook \"judge\" denied the request: ", review.operation)};
  });
  EXPECT_EQ(told(201, post(kMaps, config_map("a"))).text_at({"metadata", "labels", "seen"}), "yes");
  EXPECT_EQ(message(403, post(kMaps, config_map("bad"))), "admission webhook \"judge\" denied the request: CREATE");
}

TEST_F(SimulatedFaults, WhoIsImpersonatedMayDoWhatWasGranted) {
  const auto as_user = [&](http::Request call) {
    call.headers.set("Impersonate-User", "system:serviceaccount:default:sa");
    return api_.answer(call);
  };
  post(kMaps, config_map("a"));
  EXPECT_EQ(
      message(403, as_user(request("GET", kMap))),
      "configmaps \"a\" is forbidden: User \"system:serviceaccount:default:sa\" cannot get resource \"configmaps\" in "
      "API "
      "group \"\" in the namespace \"default\""
  );
  api_.grant({"system:serviceaccount:default:sa", "get", "", "configmaps", "default"});
  EXPECT_EQ(as_user(request("GET", kMap)).status, 200u);
  EXPECT_EQ(as_user(request("DELETE", kMap)).status, 403u);
  EXPECT_EQ(as_user(request("GET", "/api/v1/namespaces/other/configmaps/a")).status, 403u);
  api_.grant({"system:serviceaccount:default:sa", "patch", "", "configmaps", "default"});
  auto call =
      request("PATCH", text::cat(kMaps, "/new?fieldManager=x"), config_map("new"), "application/apply-patch+yaml");
  EXPECT_THAT(message(403, as_user(call)), HasSubstr("cannot create resource")) << "applying what is not there creates";
  api_.revoke("system:serviceaccount:default:sa");
  EXPECT_EQ(as_user(request("GET", kMap)).status, 403u);
}

TEST_F(SimulatedFaults, AWatchIsHeldAndDeliversLateOneEventAfterTheOther) {
  auto body = watch();
  const auto number = api_.watches().front().number;
  api_.hold_watch(number, true);
  post(kMaps, config_map("a"));
  post(kMaps, config_map("b"));
  EXPECT_EQ(api_.watches().front().waiting, 2u);
  api_.release(number, 1);
  EXPECT_EQ(next(*body), "ADDED a");
  EXPECT_EQ(api_.watches().front().waiting, 1u);
  api_.hold_watch(number, false);
  EXPECT_EQ(next(*body), "ADDED b");
}

TEST_F(SimulatedFaults, AWatchEndsInItsTimeOrIsBroken) {
  auto body = watch("&timeoutSeconds=60");
  auto other = watch();
  post(kMaps, config_map("a"));
  clock_.advance(std::chrono::seconds{61});
  api_.end_due_watches();
  EXPECT_EQ(next(*body), "ADDED a");
  EXPECT_EQ(next(*body), "end");
  EXPECT_EQ(next(*other), "ADDED a");
  api_.send_bookmarks();
  EXPECT_EQ(next(*other), "BOOKMARK ");
  api_.break_watch(api_.watches().back().number);
  EXPECT_THROW(run(reactor_, other->read_some()), http::TransportError);
  body.reset();
  other.reset();
  EXPECT_THAT(api_.watches(), IsEmpty());
}

TEST_F(SimulatedFaults, PagesShowTheListAsItWasUntilHistoryIsForgotten) {
  for (const auto* name : {"a", "b", "c"}) post(kMaps, config_map(name));
  const auto first = told(200, ask("GET", text::cat(kMaps, "?limit=1")));
  const auto token = first.text_at({"metadata", "continue"});
  ask("DELETE", text::cat(kMaps, "/b"));
  post(kMaps, config_map("bb"));
  const auto rest = told(200, ask("GET", text::cat(kMaps, "?limit=5&continue=", http::percent_encode(token))));
  std::vector<std::string> names;
  for (const auto& item : rest.find("items")->as_array()) names.emplace_back(item.text_at({"metadata", "name"}));
  EXPECT_THAT(names, ElementsAre("b", "c"));
  EXPECT_EQ(rest.text_at({"metadata", "resourceVersion"}), first.text_at({"metadata", "resourceVersion"}));
  api_.forget_history();
  const auto late = told(410, ask("GET", text::cat(kMaps, "?continue=", http::percent_encode(token))));
  EXPECT_EQ(late.text_at({"reason"}), "Expired");
}

TEST_F(SimulatedFaults, WhatIsTooLargeIsRefused) {
  const std::string request_size(3u << 20, 'x');
  EXPECT_EQ(ask("POST", kMaps, config_map("a", request_size)).status, 413u);
  const std::string object_size(1u << 20, 'x');
  EXPECT_EQ(ask("POST", kMaps, config_map("a", object_size + "x")).status, 422u) << "data are limited by themselves";
  api_.serve({"sim.example.com", "v1", "Thing", "things", true});
  const auto large = text::cat(R"({"metadata": {"name": "a"}, "spec": {"text": ")", object_size, object_size, "\"}}");
  EXPECT_EQ(
      message(500, post("/apis/sim.example.com/v1/namespaces/default/things", large)),
      "etcdserver: request is too large"
  );
  const std::string annotation_size(256u << 10, 'x');
  const auto annotated = text::cat(R"({"metadata": {"name": "a", "annotations": {"x": ")", annotation_size, "\"}}}");
  EXPECT_THAT(
      message(422, post(kMaps, annotated)),
      HasSubstr("metadata.annotations: Too long: may not be more than 262144 bytes")
  );
}

}  // namespace
}  // namespace weir::test
