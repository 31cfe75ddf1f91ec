#pragma once

#include <functional>
#include <memory>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

#include "api/meta/v1/kind.hpp"
#include "pkg/async/task_group.hpp"
#include "pkg/kube/informer.hpp"
#include "pkg/log/logger.hpp"
#include "pkg/runtime/metrics.hpp"

namespace weir::runtime {

/// Whether a process has work to do without a collection.
enum class Need {
  kRequired,
  kOptional,  ///< the kind need not be installed, nor the permission given
};

/// One cache for each collection that the controllers of a process follow, whoever asks for it: several of them in one
/// process hold a collection once. Handlers and indexes are added by those who ask, before start().  Threads: reactor.
class Caches {
 public:
  /// `client` must outlive the caches.
  Caches(kube::Client& client, log::Logger log) : client_{client}, log_{std::move(log)} {}
  Caches(const Caches&) = delete;
  Caches& operator=(const Caches&) = delete;

  /// The objects of one of our kinds, as it is described.
  /// @param namespace_  empty: of all
  template <api::Kind T>
  kube::Informer<T>& get(
      const std::string& namespace_, const std::string& label_selector, Need need = Need::kRequired
  ) {
    kube::ReflectorOptions options;
    options.resource = kube::resource_of<T>();
    options.namespace_ = namespace_;
    options.label_selector = label_selector;
    options.is_optional = need == Need::kOptional;
    return get<T>(std::move(options), [](json::Value& document) { return json::decode<T>(json::View{document}); });
  }

  /// What `decode` makes of a collection. Two that ask for the
  /// same T of the same collection share what the first decodes.
  template <class T>
  kube::Informer<T>& get(kube::ReflectorOptions options, typename kube::Informer<T>::Decode decode) {
    const std::string key = key_of(options, typeid(T).name());
    for (auto& entry : entries_) {
      if (entry.key != key) continue;
      auto& informer = *static_cast<kube::Informer<T>*>(entry.informer.get());
      if (!options.is_optional) informer.require();
      return informer;
    }
    Entry entry;
    entry.key = key;
    entry.resource = options.resource;
    auto informer = std::make_shared<kube::Informer<T>>(client_, std::move(options), std::move(decode), log_);
    auto& out = *informer;
    entry.run = [&out] { return out.run(); };
    entry.informer = std::move(informer);
    entries_.push_back(std::move(entry));
    return out;
  }

  /// Follows all that was asked for, and says in the metrics how many caches there are of each collection.
  void start(async::TaskGroup& tasks, Metrics& metrics);

 private:
  struct Entry {
    std::string key;
    kube::Resource resource;
    std::shared_ptr<void> informer;
    std::function<asio::awaitable<void>()> run;
  };
  static std::string key_of(const kube::ReflectorOptions& options, const char* type);

  kube::Client& client_;
  log::Logger log_;
  std::vector<Entry> entries_;
};

}  // namespace weir::runtime
