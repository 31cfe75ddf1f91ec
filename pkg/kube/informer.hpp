#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "api/meta/v1/kind.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/describe.hpp"
#include "pkg/kube/object.hpp"
#include "pkg/kube/reflector.hpp"

namespace weir::kube {

/// An object that could not be decoded: as the server has it, and why.
struct Unreadable {
  json::Value document;
  std::string problem;
};

/// What is known of one collection: a snapshot of each object, kept up to date by a reflector, with indexes.
/// Snapshots are immutable and shared; an object that cannot be read is kept apart, as it came, with the reason.
/// Threads: reactor.
template <class T>
class Informer final : private Reflector::Target {
 public:
  using Snapshot = std::shared_ptr<const T>;
  /// Turns a document into what the cache keeps; may take it apart unless it fails.
  using Decode = std::function<Result<T>(json::Value& document)>;
  /// Hears of each change; `before` is null for a new object, `after` for one that is gone.
  using Handler = std::function<void(const ObjectKey& key, const Snapshot& before, const Snapshot& after)>;
  /// Hears of each change of an object that cannot be read; `before` is null when it could be read before, or was not
  /// there, `after` when it can be read now, or is gone.
  using UnreadableHandler = std::function<void(
      const ObjectKey& key,
      const std::shared_ptr<const Unreadable>& before,
      const std::shared_ptr<const Unreadable>& after
  )>;
  /// The values under which an object is found in an index.
  using IndexFunction = std::function<std::vector<std::string>(const T&)>;

  Informer(Client& client, ReflectorOptions options, Decode decode, log::Logger log)
      : decode_{std::move(decode)}, log_{log}, reflector_{client, std::move(options), *this, log} {}

  // Before run() only.
  void require() { reflector_.require(); }
  void on_change(Handler handler) { handlers_.push_back(std::move(handler)); }
  void on_unreadable(UnreadableHandler handler) { unreadable_handlers_.push_back(std::move(handler)); }
  /// @throws std::logic_error when there is one of that name: several users of one cache must not take each other's
  void add_index(std::string name, IndexFunction function) {
    const auto [at, is_new] = indexes_.try_emplace(std::move(name));
    if (!is_new) throw std::logic_error{text::cat("there is an index ", text::quoted(at->first), " already")};
    at->second.function = std::move(function);
  }

  /// Runs until cancelled.
  asio::awaitable<void> run() { return reflector_.run(); }
  async::Event& synced() { return reflector_.synced(); }
  bool is_synced() const { return reflector_.is_synced(); }
  const std::string& last_failure() const { return reflector_.last_failure(); }

  /// nullptr: not there (or not readable, see unreadable()).
  Snapshot get(const ObjectKey& key) const {
    const auto at = objects_.find(key);
    return at == objects_.end() ? nullptr : at->second;
  }
  /// nullptr: it can be read, or is not there.
  std::shared_ptr<const Unreadable> unreadable(const ObjectKey& key) const {
    const auto at = unreadable_.find(key);
    return at == unreadable_.end() ? nullptr : at->second;
  }
  /// Why the object of that key could not be read; empty when it could.
  std::string problem(const ObjectKey& key) const {
    const auto found = unreadable(key);
    return found ? found->problem : std::string{};
  }
  /// The resourceVersion that is known of an object, readable or not; empty: it is not there.
  std::string version(const ObjectKey& key) const {
    const auto at = versions_.find(key);
    return at == versions_.end() ? std::string{} : at->second;
  }
  /// Everything that happened up to this resourceVersion is known; empty: nothing is yet.
  const std::string& latest_version() const { return latest_; }
  /// Keys of the objects under `value` of the index, in order.
  std::vector<ObjectKey> keys(const std::string& index, const std::string& value) const {
    const auto& entries = indexes_.at(index).entries;
    const auto at = entries.find(value);
    if (at == entries.end()) return {};
    return {at->second.begin(), at->second.end()};
  }
  const std::unordered_map<ObjectKey, Snapshot>& objects() const { return objects_; }

  /// Takes in what a write of ours made of an object, so that the next read sees it before the watch does; every watch
  /// event up to that version is then skipped without being decoded. So `object` must be the whole state of its
  /// version: what somebody else has written before it, the spec above all, must be part of it. Ignored when it is not
  /// later than the known one, and when the object is not followed or could not be read.
  void learn(T object)
    requires api::Kind<T>
  {
    const ObjectKey key = kube::key_of(object);
    const auto known = versions_.find(key);
    if (known == versions_.end() || !is_later_version(object.metadata.resource_version, known->second)) return;
    if (unreadable_.contains(key)) return;
    known->second = object.metadata.resource_version;
    replace(key, std::make_shared<const T>(std::move(object)));
  }
  /// The same for an object as the server gave it.
  void learn_document(json::Value document) {
    if (versions_.contains(key_of(document))) put(std::move(document));
  }

 private:
  struct Index {
    IndexFunction function;
    std::unordered_map<std::string, std::set<ObjectKey>> entries;
  };

  void begin_list() override {
    seen_.clear();
    listing_ = true;
  }
  void put(json::Value document) override {
    const auto key = key_of(document);
    const std::string version{document.text_at({"metadata", "resourceVersion"})};
    if (listing_) {
      seen_.insert(key);
    } else {
      latest(version);
    }
    const auto known = versions_.find(key);
    // Our own write arrives twice, and a list may be served from a cache that lags behind it.
    if (known != versions_.end() && !is_later_version(version, known->second)) return;
    versions_[key] = version;
    auto decoded = decode_(document);
    if (decoded.has_error()) {
      if (const auto told = problem(key); told != decoded.error().text()) {
        log_.error("an object cannot be read", decoded.error().text(), {{"name", key.text()}});
      }
      replace(key, nullptr);
      keep_unreadable(key, std::make_shared<const Unreadable>(Unreadable{std::move(document), decoded.error().text()}));
      return;
    }
    keep_unreadable(key, nullptr);
    replace(key, std::make_shared<const T>(std::move(*decoded)));
  }
  void remove(const json::Value& object) override {
    latest(std::string{object.text_at({"metadata", "resourceVersion"})});
    drop(key_of(object));
  }
  void end_list(const std::string& version) override {
    std::vector<ObjectKey> gone;
    for (const auto& [key, known] : versions_) {
      if (!seen_.contains(key)) gone.push_back(key);
    }
    latest(version);
    for (const auto& key : gone) drop(key);
    seen_.clear();
    listing_ = false;
  }

  void latest(std::string version) {
    if (latest_.empty() || is_later_version(version, latest_)) latest_ = std::move(version);
  }

  static ObjectKey key_of(const json::Value& object) {
    return {std::string{object.text_at({"metadata", "namespace"})}, std::string{object.text_at({"metadata", "name"})}};
  }

  void drop(const ObjectKey& key) {
    versions_.erase(key);
    keep_unreadable(key, nullptr);
    replace(key, nullptr);
  }

  void keep_unreadable(const ObjectKey& key, std::shared_ptr<const Unreadable> after) {
    const auto before = unreadable(key);
    if (before == nullptr && after == nullptr) return;
    if (after) {
      unreadable_[key] = after;
    } else {
      unreadable_.erase(key);
    }
    const ObjectKey named = key;
    for (const auto& handler : unreadable_handlers_) handler(named, before, after);
  }

  void replace(const ObjectKey& key, Snapshot after) {
    Snapshot before;
    if (const auto at = objects_.find(key); at != objects_.end()) before = at->second;
    if (before == nullptr && after == nullptr) return;
    for (auto& [name, index] : indexes_) {
      if (before) {
        for (const auto& value : index.function(*before)) {
          const auto entry = index.entries.find(value);
          if (entry == index.entries.end()) continue;
          entry->second.erase(key);
          if (entry->second.empty()) index.entries.erase(entry);
        }
      }
      if (after) {
        for (auto& value : index.function(*after)) index.entries[value].insert(key);
      }
    }
    if (after) {
      objects_[key] = after;
    } else {
      objects_.erase(key);
    }
    const ObjectKey named = key;  // `key` may be part of what handlers change
    for (const auto& handler : handlers_) handler(named, before, after);
  }

  Decode decode_;
  log::Logger log_;
  std::vector<Handler> handlers_;
  std::vector<UnreadableHandler> unreadable_handlers_;
  std::map<std::string, Index> indexes_;
  std::unordered_map<ObjectKey, Snapshot> objects_;
  std::unordered_map<ObjectKey, std::string> versions_;
  std::unordered_map<ObjectKey, std::shared_ptr<const Unreadable>> unreadable_;
  std::unordered_set<ObjectKey> seen_;
  bool listing_ = false;
  std::string latest_;
  Reflector reflector_;
};

}  // namespace weir::kube
