#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pkg/async/event.hpp"
#include "pkg/base/text.hpp"
#include "pkg/http/transport.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/json/merge.hpp"

namespace weir::runtime {

/// An API server that holds objects in memory: get, list, watch, create, merge patches with a status subresource. It
/// knows what controllers rely on: resourceVersion grows with each write, generation with each one outside of metadata
/// and status, and with a deletion; an object with a deletion time goes with its last finalizer. Threads: reactor.
class MemoryApi final : public http::Transport {
 public:
  /// Sees a request before it is answered; an answer that it gives is the answer.
  using Hook = std::function<std::optional<http::Response>(const http::Request& request)>;
  void before_each(Hook hook) { hook_ = std::move(hook); }
  /// While held, what happens reaches no watch.
  void hold_watches(bool held) {
    held_ = held;
    if (!held) changed_.notify();
  }

  /// Everything but metadata that the server itself sets.
  void put(std::string path, json::Value document) {
    const auto at = objects_.find(path);
    const bool is_new = at == objects_.end();
    auto& metadata = document["metadata"];
    metadata.set("uid", text::cat("uid-", ++uids_));
    metadata.set("generation", 1);
    metadata.set("resourceVersion", std::to_string(++version_));
    objects_.insert_or_assign(path, document);
    tell(is_new ? "ADDED" : "MODIFIED", document);
  }
  /// What a user's edit, or a deletion, does.
  void edit(const std::string& path, const std::function<void(json::Value& object)>& change) {
    auto& object = objects_.at(path);
    const auto before = object;
    change(object);
    settle(path, before);
  }
  void remove(const std::string& path) {
    edit(path, [](json::Value& object) {
      object["metadata"].set("deletionTimestamp", "2026-01-01T00:00:00Z");
      object["metadata"].set("generation", object.find_path({"metadata", "generation"})->integer().value_or(0) + 1);
    });
  }
  /// nullptr: gone.
  const json::Value* find(const std::string& path) const {
    const auto at = objects_.find(path);
    return at == objects_.end() ? nullptr : &at->second;
  }
  /// "PATCH /apis/.../status {...}"
  const std::vector<std::string>& writes() const { return writes_; }

  asio::awaitable<http::Response> send(http::Request request, const http::CallOptions&) override {
    co_return answer(request);
  }
  asio::awaitable<http::StreamedResponse> open(http::Request, const http::CallOptions&) override {
    http::StreamedResponse out;
    out.status = 200;
    out.body = std::make_unique<Watch>(*this);
    co_return out;
  }
  const std::string& identity() const override { return identity_; }

 private:
  /// There is one watch: of everything from now on.
  class Watch final : public http::BodyReader {
   public:
    explicit Watch(MemoryApi& api) : api_{api} {}
    asio::awaitable<std::string> read_some() override {
      while (api_.held_ || api_.events_.empty()) co_await api_.changed_.wait();
      std::string out = std::move(api_.events_.front());
      api_.events_.pop_front();
      co_return out;
    }

   private:
    MemoryApi& api_;
  };

  http::Response answer(const http::Request& request) {
    if (hook_) {
      if (auto given = hook_(request)) return std::move(*given);
    }
    http::Response out;
    out.status = 200;
    std::string path{text::cut(request.url.target, "?").first};
    if (request.method != "GET") writes_.push_back(text::cat(request.method, " ", path, " ", request.body));
    if (request.method == "POST") {
      out.body = request.body;
      return out;
    }
    const bool of_status = path.ends_with("/status");
    if (of_status) path.resize(path.size() - std::string_view{"/status"}.size());
    auto at = objects_.find(path);
    if (request.method == "GET" && at == objects_.end()) {
      if (path.find("/namespaces/") != std::string::npos) return missing();
      const std::string in_plural = path.substr(path.rfind('/')) + "/";
      auto items = json::Value::array();
      for (const auto& [name, object] : objects_) {
        if (name.find(in_plural) != std::string::npos) items.push_back(object);
      }
      auto metadata = json::Value::object({{"resourceVersion", std::to_string(version_)}});
      out.body = json::write(json::Value::object({{"metadata", std::move(metadata)}, {"items", std::move(items)}}));
      events_.clear();
      return out;
    }
    if (at == objects_.end()) return missing();
    if (request.method == "PATCH") {
      const auto patch = json::parse(request.body).value();
      const auto before = at->second;
      const auto expected = patch.text_at({"metadata", "resourceVersion"});
      if (!expected.empty() && expected != before.text_at({"metadata", "resourceVersion"})) {
        out.status = 409;
        out.body = R"({"kind":"Status","reason":"Conflict","message":"the object has been modified"})";
        return out;
      }
      for (const auto* part : {"metadata", "spec", "status"}) {
        if (of_status != (std::string_view{part} == "status") || !patch.contains(part)) continue;
        json::merge_patch(at->second[part], *patch.find(part));
      }
      out.body = json::write(settle(path, before));
      return out;
    }
    out.body = json::write(at->second);
    return out;
  }

  static http::Response missing() {
    http::Response out;
    out.status = 404;
    out.body = R"({"kind":"Status","reason":"NotFound","message":"not found"})";
    return out;
  }

  /// Counts what a write changed, and tells about it. @returns the object as it is now
  json::Value settle(const std::string& path, const json::Value& before) {
    auto& object = objects_.at(path);
    if (object == before) return object;
    auto& metadata = object["metadata"];
    const auto* spec = object.find("spec");
    const auto* old = before.find("spec");
    if (spec != nullptr && old != nullptr && !(*spec == *old)) {
      metadata.set("generation", metadata.find("generation")->integer().value_or(0) + 1);
    }
    metadata.set("resourceVersion", std::to_string(++version_));
    const auto* finalizers = metadata.find("finalizers");
    const bool ends = metadata.contains("deletionTimestamp") && (finalizers == nullptr || finalizers->empty());
    const auto now = object;
    if (ends) objects_.erase(path);
    tell(ends ? "DELETED" : "MODIFIED", now);
    return now;
  }

  void tell(std::string_view type, const json::Value& object) {
    events_.push_back(json::write(json::Value::object({{"type", type}, {"object", object}})) + "\n");
    changed_.notify();
  }

  std::string identity_;
  Hook hook_;
  std::map<std::string, json::Value> objects_;
  std::vector<std::string> writes_;
  std::deque<std::string> events_;
  async::Notification changed_;
  bool held_ = false;
  int version_ = 100;
  int uids_ = 0;
};

}  // namespace weir::runtime
