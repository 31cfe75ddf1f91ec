#include "pkg/kube/client.hpp"

#include <vector>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include "test/support/run.hpp"
#include "test/support/scripted_api.hpp"

namespace weir::kube {
namespace {

/// Answers every request with an empty object, and remembers them.
class Recorder final : public test::ScriptedApi {
 public:
  std::vector<std::string> requests;

  asio::awaitable<http::Response> send(http::Request request, const http::CallOptions&) override {
    requests.push_back(request.method + " " + request.url.target);
    http::Response out;
    out.status = 200;
    out.body = "{}";
    co_return out;
  }
  asio::awaitable<http::StreamedResponse> open(http::Request request, const http::CallOptions&) override {
    requests.push_back(request.method + " " + request.url.target);
    co_return http::StreamedResponse{};
  }
};

class ClientTest : public ::testing::Test {
 protected:
  template <class T>
  std::string refusal(asio::awaitable<T> call) {
    try {
      test::run(reactor_, std::move(call));
    } catch (const ApiError& error) {
      EXPECT_EQ(error.status(), 400u);
      return error.what();
    }
    return "not refused";
  }

  asio::io_context reactor_;
  Recorder server_;
  Client client_{server_, Recorder::cluster(), Identity{}};
  const Resource secrets_ = core::secrets();
  const json::Value nothing_ = json::Value::object();
};

// DELETE of a collection deletes everything in it.
TEST_F(ClientTest, NoVerbGoesOutForAnObjectWithoutAName) {
  const ObjectKey key{"prod", ""};
  const Object object{json::Value::object({{"metadata", json::Value::object({{"namespace", "prod"}})}})};
  const DeleteOptions delete_options;
  const PatchOptions patch_options;
  const ApplyOptions apply_options;
  const std::string expected = "Secret: an object without a name cannot be asked for";
  EXPECT_EQ(refusal(client_.remove(secrets_, key, delete_options)), expected);
  EXPECT_EQ(refusal(client_.get(secrets_, key)), expected);
  EXPECT_EQ(refusal(client_.merge_patch(secrets_, key, nothing_, patch_options)), expected);
  EXPECT_EQ(refusal(client_.json_patch(secrets_, key, nothing_, patch_options)), expected);
  EXPECT_EQ(refusal(client_.apply(secrets_, object, apply_options)), expected);
  EXPECT_EQ(refusal(client_.update(secrets_, object)), expected);
  EXPECT_THAT(server_.requests, testing::IsEmpty());
}

TEST_F(ClientTest, ANameIsOneSegmentOfAPath) {
  for (const char* name : {".", "..", "a/b", "../../other/secrets/a", "a%2fb"}) {
    EXPECT_THAT(refusal(client_.get(secrets_, {"prod", name})), testing::StartsWith("Secret: no object can be called"))
        << name;
    EXPECT_THAT(refusal(client_.get(secrets_, {name, "a"})), testing::StartsWith("Secret: no namespace can be called"))
        << name;
    ListOptions list;
    list.namespace_ = name;
    EXPECT_THAT(refusal(client_.list(secrets_, list)), testing::StartsWith("Secret: no namespace can be called"))
        << name;
  }
  EXPECT_THAT(server_.requests, testing::IsEmpty());
  test::run(reactor_, client_.get(secrets_, {"prod", "a:b"}));
  EXPECT_THAT(server_.requests, testing::ElementsAre("GET /api/v1/namespaces/prod/secrets/a%3Ab"));
}

TEST_F(ClientTest, BothPatchesGoToTheSubresource) {
  PatchOptions options;
  options.subresource = "status";
  options.field_manager = "me";
  const ObjectKey key{"prod", "a"};
  test::run(reactor_, client_.merge_patch(secrets_, key, nothing_, options));
  test::run(reactor_, client_.json_patch(secrets_, key, nothing_, options));
  const std::string expected = "PATCH /api/v1/namespaces/prod/secrets/a/status?fieldManager=me";
  EXPECT_THAT(server_.requests, testing::ElementsAre(expected, expected));
}

}  // namespace
}  // namespace weir::kube
