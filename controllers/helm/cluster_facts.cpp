#include "controllers/helm/cluster_facts.hpp"

#include <chrono>
#include <future>
#include <utility>

#include <boost/asio/co_spawn.hpp>

#include "pkg/base/text.hpp"
#include "pkg/helm/release/capabilities.hpp"
#include "pkg/kube/api_error.hpp"

namespace weir::helm_controller {
namespace {

constexpr Milliseconds kKept{300'000};
constexpr std::chrono::seconds kLongestLookup{30};
constexpr const char* kAggregated =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

void add_versions(const json::Value& discovery, std::vector<std::string>& out) {
  const auto* items = discovery.find("items");
  if (items == nullptr || !items->is_array()) return;
  for (const auto& group : items->as_array()) {
    const auto name = group.text_at({"metadata", "name"});
    const auto* versions = group.find("versions");
    if (versions == nullptr || !versions->is_array()) continue;
    for (const auto& version : versions->as_array()) {
      const std::string api_version = text::cat(name, name.empty() ? "" : "/", version.text_at({"version"}));
      out.push_back(api_version);
      const auto* resources = version.find("resources");
      if (resources == nullptr || !resources->is_array()) continue;
      for (const auto& resource : resources->as_array())
        out.push_back(text::cat(api_version, "/", resource.text_at({"responseKind", "kind"})));
    }
  }
}

/// Kept by the question too: whoever asked may have stopped waiting.
struct Asked {
  kube::Client client;
  kube::RestMapper& mapper;
  std::string api_version;
  std::string kind;
  std::string ns;
  std::string name;
};

asio::awaitable<Result<json::Value>> ask(std::shared_ptr<Asked> asked) {
  const auto resource = co_await asked->mapper.find(asked->api_version, asked->kind);
  if (!resource) co_return json::Value::object();
  if (!asked->name.empty()) {
    const kube::ObjectKey key{resource->namespaced ? asked->ns : std::string{}, asked->name};
    auto found = co_await asked->client.get(*resource, key);
    if (!found) co_return json::Value::object();
    co_return std::move(found->document());
  }
  kube::ListOptions options;
  if (resource->namespaced) options.namespace_ = asked->ns;
  auto items = json::Value::array();
  std::string version;
  do {
    auto page = co_await asked->client.list(*resource, options);
    for (auto& item : page.items) items.push_back(std::move(item));
    version = page.resource_version;
    options.continue_token = page.continue_token;
  } while (!options.continue_token.empty());
  co_return json::Value::object(
      {{"apiVersion", asked->api_version},
       {"kind", text::cat(asked->kind, "List")},
       {"metadata", json::Value::object({{"resourceVersion", version}})},
       {"items", std::move(items)}}
  );
}

class ClusterLookup final : public helm::Lookup {
 public:
  ClusterLookup(kube::Client client, kube::RestMapper& mapper, asio::any_io_executor executor)
      : client_{std::move(client)}, mapper_{mapper}, executor_{std::move(executor)} {}

  Result<json::Value> find(
      std::string_view api_version, std::string_view kind, std::string_view ns, std::string_view name
  ) override {
    auto asked = std::make_shared<Asked>(Asked{
        client_, mapper_, std::string{api_version}, std::string{kind}, std::string{ns}, std::string{name}});
    auto answer = std::make_shared<std::promise<Result<json::Value>>>();
    auto ready = answer->get_future();
    auto tell = [answer](const std::exception_ptr& failure, Result<json::Value> found) {
      if (failure) return answer->set_exception(failure);
      answer->set_value(std::move(found));
    };
    asio::co_spawn(executor_, ask(std::move(asked)), std::move(tell));
    if (ready.wait_for(kLongestLookup) != std::future_status::ready)
      return InputError{"", text::cat("lookup of ", kind, " ", name, ": the API server did not answer")};
    try {
      return ready.get();
    } catch (const std::exception& error) {
      return InputError{"", error.what()};
    }
  }

 private:
  kube::Client client_;
  kube::RestMapper& mapper_;
  asio::any_io_executor executor_;
};

}  // namespace

asio::awaitable<helm::Capabilities> ClusterFacts::capabilities() {
  const auto now = clock_.now();
  if (known_ && now - asked_at_ < kKept) co_return *known_;
  auto out = helm::default_capabilities();
  out.api_versions.clear();
  std::string path{"/version"};
  const auto version = co_await client_.get_path(std::move(path));
  if (auto set = helm::set_kube_version(out, version.text_at({"gitVersion"})); !set)
    throw kube::ApiError{500, "", text::cat("the API server's version: ", set.error().text())};
  for (const auto* root : {"/api", "/apis"}) {
    path = root;
    std::string form{kAggregated};
    const auto discovery = co_await client_.get_path(std::move(path), std::move(form));
    add_versions(discovery, out.api_versions);
  }
  known_ = out;
  asked_at_ = now;
  co_return out;
}

std::unique_ptr<helm::Lookup> cluster_lookup(
    kube::Client client, kube::RestMapper& mapper, asio::any_io_executor executor
) {
  return std::make_unique<ClusterLookup>(std::move(client), mapper, std::move(executor));
}

}  // namespace weir::helm_controller
