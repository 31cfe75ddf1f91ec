#include "test/support/memory_api.hpp"

#include <algorithm>
#include <deque>
#include <stdexcept>

#include "pkg/async/timeout.hpp"
#include "pkg/base/time.hpp"
#include "pkg/json/codec.hpp"
#include "test/support/memory_api_call.hpp"
#include "test/support/scripted_api.hpp"

namespace weir::test {
namespace {

constexpr std::string_view kDefinitions = "customresourcedefinitions";

}  // namespace

/// One stream: what happened since its version, as far as its selectors go.
class MemoryApi::Watch final : public http::BodyReader {
 public:
  Watch(MemoryApi& api, Call call, long since) : api_{api}, call_{std::move(call)} {
    const auto first =
        std::ranges::find_if(api_.history_, [since](const auto& event) { return event.version > since; });
    next_ = static_cast<std::size_t>(first - api_.history_.begin());
    api_.watches_.insert(this);
  }
  ~Watch() override { api_.watches_.erase(this); }

  void end() { ended_ = true; }
  void bookmark() {
    auto object =
        json::Value::object({{"kind", call_.kind->resource.kind}, {"apiVersion", call_.kind->resource.api_version()}});
    object.set("metadata", json::Value::object({{"resourceVersion", std::to_string(api_.version_)}}));
    ready_.push_back(line("BOOKMARK", object));
  }

  asio::awaitable<std::string> read_some() override {
    for (;;) {
      while (!api_.held_ && next_ < api_.history_.size()) take(api_.history_[next_++]);
      if (!api_.held_ && !ready_.empty()) {
        std::string out = std::move(ready_.front());
        ready_.pop_front();
        co_return out;
      }
      if (ended_) co_return std::string{};
      co_await api_.changed_.wait();
    }
  }

 private:
  static std::string line(std::string_view type, const json::Value& object) {
    return json::write(json::Value::object({{"type", type}, {"object", object}})) + "\n";
  }
  /// What enters the selection is new, what leaves it is gone.
  void take(const Happened& event) {
    const bool was = event.before && call_.selects(event.kind, *event.before);
    const bool is = event.after && call_.selects(event.kind, *event.after);
    if (!was && !is) return;
    json::Value object = is ? *event.after : *event.before;
    object["metadata"].set("resourceVersion", std::to_string(event.version));
    ready_.push_back(line(
        !was ? "ADDED"
        : is ? "MODIFIED"
             : "DELETED",
        call_.wants_metadata ? metadata_only(object) : object
    ));
  }

  MemoryApi& api_;
  const Call call_;
  std::size_t next_ = 0;  // in the history
  std::deque<std::string> ready_;
  bool ended_ = false;
};

MemoryApi::MemoryApi(const Clock& clock) : clock_{clock} {
  serve(kube::core::namespaces());
  serve(kube::core::config_maps(), false);
  serve(kube::core::secrets(), false);
  serve(kube::core::service_accounts(), false);
  serve(kube::core::events(), false);
  serve({"", "v1", "Service", "services", true});
  serve({"apps", "v1", "Deployment", "deployments", true});
  serve({"apiextensions.k8s.io", "v1", "CustomResourceDefinition", std::string{kDefinitions}, false});
  put("/api/v1/namespaces/default", json::Value::object({{"metadata", json::Value::object({{"name", "default"}})}}));
}

MemoryApi::~MemoryApi() = default;

kube::ClusterConfig MemoryApi::cluster() {
  kube::ClusterConfig out;
  out.server = http::Url::parse("http://api").value();
  out.credentials = std::make_shared<kube::StaticCredentials>(SecretString{});
  return out;
}

void MemoryApi::serve(kube::Resource resource, bool has_status) {
  kinds_.push_back(std::make_unique<Kind>(Kind{std::move(resource), has_status}));
}

void MemoryApi::hold_watches(bool held) {
  held_ = held;
  changed_.wake_all();
}

void MemoryApi::end_watches() {
  for (auto* watch : watches_) watch->end();
  changed_.wake_all();
}

void MemoryApi::send_bookmarks() {
  for (auto* watch : watches_) watch->bookmark();
  changed_.wake_all();
}

const MemoryApi::Kind* MemoryApi::kind_of(const std::string& path) const {
  http::Request request{"GET", cluster().server};
  request.url.target = path;
  const auto* kind = call_of(request).kind;
  if (kind == nullptr) throw std::logic_error{text::cat("nothing is served at ", path)};
  return kind;
}

void MemoryApi::put(const std::string& path, json::Value document) {
  const auto* kind = kind_of(path);
  if (objects_.contains(path)) erase(path);
  auto& metadata = document["metadata"];
  metadata.set("uid", text::cat("uid-", ++uids_));
  metadata.set("creationTimestamp", to_rfc3339(clock_.wall_now()));
  settle(path, *kind, std::nullopt, std::move(document));
}

void MemoryApi::edit(const std::string& path, const std::function<void(json::Value& object)>& change) {
  const auto& stored = objects_.at(path);
  json::Value after = stored.document;
  change(after);
  settle(path, *stored.kind, stored.document, std::move(after));
}

void MemoryApi::remove(const std::string& path) {
  const auto* kind = objects_.at(path).kind;
  edit(path, [&](json::Value& object) { begin_deletion(*kind, object, to_rfc3339(clock_.wall_now())); });
}

const json::Value* MemoryApi::find(const std::string& path) const {
  const auto at = objects_.find(path);
  return at == objects_.end() ? nullptr : &at->second.document;
}

std::map<std::string, const json::Value*> MemoryApi::all(const kube::Resource& resource) const {
  std::map<std::string, const json::Value*> out;
  for (const auto& [path, stored] : objects_) {
    if (stored.kind->resource == resource) out.emplace(path, &stored.document);
  }
  return out;
}

asio::awaitable<http::Response> MemoryApi::send(http::Request request, const http::CallOptions&) {
  co_await async::yield_now();
  auto out = answer(request);
  co_await async::yield_now();
  co_return out;
}

asio::awaitable<http::StreamedResponse> MemoryApi::open(http::Request request, const http::CallOptions&) {
  co_await async::yield_now();
  http::StreamedResponse out;
  out.status = 200;
  auto call = call_of(request);
  const std::string from{call.get("resourceVersion")};
  const long since = from.empty() ? version_ : std::stol(from);
  if (call.kind == nullptr) {
    out.status = 404;
    out.body = std::make_unique<OnePiece>(unserved().body);
  } else if (since < forgotten_) {
    const auto expired =
        json::parse(status(410, "Expired", text::cat("too old resource version: ", since)).body).value();
    out.body =
        std::make_unique<OnePiece>(json::write(json::Value::object({{"type", "ERROR"}, {"object", expired}})) + "\n");
  } else {
    out.body = std::make_unique<Watch>(*this, std::move(call), since);
  }
  co_return out;
}

void MemoryApi::begin_deletion(const Kind& kind, json::Value& object, const std::string& time) {
  auto& metadata = object["metadata"];
  if (metadata.contains("deletionTimestamp")) return;
  metadata.set("deletionTimestamp", time);
  if (kind.has_status) metadata.set("generation", metadata.find("generation")->integer().value_or(0) + 1);
}

json::Value MemoryApi::settle(
    const std::string& path, const Kind& kind, std::optional<json::Value> before, json::Value after
) {
  if (before && *before == after) return after;
  if (kind.resource.plural == kDefinitions) {
    auto established = json::Value::object({{"type", "Established"}, {"status", "True"}});
    after["status"].set("conditions", json::Value::array({std::move(established)}));
  }
  auto& metadata = after["metadata"];
  if (kind.has_status) {
    const auto* counted = metadata.find("generation");
    const auto generation = counted == nullptr ? 0 : counted->integer().value_or(0);
    const bool is_other = !before || !same_without(*before, after, {"metadata", "status"});
    if (is_other) metadata.set("generation", before ? generation + 1 : 1);
  }
  metadata.set("resourceVersion", std::to_string(++version_));
  const auto* finalizers = metadata.find("finalizers");
  const bool ends = metadata.contains("deletionTimestamp") && (finalizers == nullptr || finalizers->empty());
  const json::Value now = after;
  if (ends) {
    objects_.erase(path);
    happened(kind, now, std::nullopt);
  } else {
    objects_.insert_or_assign(path, Stored{&kind, std::move(after)});
    happened(kind, std::move(before), now);
  }
  return now;
}

void MemoryApi::erase(const std::string& path) {
  const auto gone = objects_.at(path);
  objects_.erase(path);
  ++version_;
  happened(*gone.kind, gone.document, std::nullopt);
}

void MemoryApi::happened(const Kind& kind, std::optional<json::Value> before, std::optional<json::Value> after) {
  if (kind.resource.plural == kDefinitions) follow_definition(before ? &*before : nullptr, after ? &*after : nullptr);
  history_.push_back({version_, &kind, std::move(before), std::move(after)});
  changed_.wake_all();
  if (told_) told_();
}

/// Serves what a definition defines. Kinds are never taken away: objects refer to them.
void MemoryApi::follow_definition(const json::Value* before, const json::Value* after) {
  if (before != nullptr || after == nullptr) return;
  const auto& definition = *after;
  for (const auto& version : definition.find_path({"spec", "versions"})->as_array()) {
    serve(
        {std::string{definition.text_at({"spec", "group"})},
         std::string{version.text_at({"name"})},
         std::string{definition.text_at({"spec", "names", "kind"})},
         std::string{definition.text_at({"spec", "names", "plural"})},
         definition.text_at({"spec", "scope"}) == "Namespaced"},
        version.find_path({"subresources", "status"}) != nullptr
    );
  }
}

}  // namespace weir::test
