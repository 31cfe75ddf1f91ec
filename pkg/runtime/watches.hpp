#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/kube/informer.hpp"
#include "pkg/kube/resource.hpp"
#include "pkg/runtime/caches.hpp"
#include "pkg/runtime/controller.hpp"

/// What wakes the objects of a kind besides their own change: rows of who is watched, what of it counts, and whom it
/// wakes. All are told before the caches start, and must outlive them.
namespace weir::runtime {

/// The part of a watched object whose change is news; the object is nullptr when it is not there.
template <class Watched>
using WhatCounts = std::string (*)(const std::shared_ptr<const Watched>& object);

/// The objects to wake when the watched object of that key has news.
using Whom = std::function<std::vector<kube::ObjectKey>(const kube::ObjectKey& watched)>;

/// The objects that an index has under the key of the watched one.
template <class T>
Whom found_by(const kube::Informer<T>& objects, std::string index) {
  return [&objects, index = std::move(index)](const kube::ObjectKey& watched) {
    return objects.keys(index, watched.text());
  };
}

template <api::Kind T, class Watched>
void wake(Controller<T>& controller, kube::Informer<Watched>& watched, WhatCounts<Watched> what_counts, Whom whom) {
  watched.on_change(
      [&controller, what_counts, whom = std::move(whom)](const auto& key, const auto& before, const auto& after) {
        if (what_counts(before) == what_counts(after)) return;
        for (const auto& object : whom(key)) controller.enqueue(object);
      }
  );
}

/// The same where every change is news.
template <api::Kind T, class Watched>
void wake(Controller<T>& controller, kube::Informer<Watched>& watched, Whom whom) {
  watched.on_change([&controller, whom = std::move(whom)](const auto& key, const auto&, const auto&) {
    for (const auto& object : whom(key)) controller.enqueue(object);
  });
}

/// A ConfigMap or Secret of which only that it changed matters.
struct ConfigChange {};

/// How an index calls a ConfigMap or Secret: "Secret/apps/values".
inline std::string config_text(std::string_view kind, const kube::ObjectKey& key) {
  return text::cat(kind, "/", key.text());
}

/// The ConfigMaps and Secrets that objects read, where these carry a label.
/// @param configs_of  config_text() of those that an object names
template <api::Kind T>
void wake_by_configs(
    Controller<T>& controller,
    kube::Informer<T>& objects,
    Caches& caches,
    const std::string& namespace_,
    const std::string& label_selector,
    typename kube::Informer<T>::IndexFunction configs_of
) {
  constexpr const char* kByConfig = "config";
  objects.add_index(kByConfig, std::move(configs_of));
  for (auto resource : {kube::core::config_maps(), kube::core::secrets()}) {
    const auto who_reads = [&objects, kind = resource.kind](const kube::ObjectKey& config) {
      return objects.keys(kByConfig, config_text(kind, config));
    };
    kube::ReflectorOptions options;
    options.resource = std::move(resource);
    options.namespace_ = namespace_;
    options.label_selector = label_selector;
    options.detail = kube::Detail::kMetadata;
    auto decode = [](const json::Value&) -> Result<ConfigChange> { return ConfigChange{}; };
    wake(controller, caches.get<ConfigChange>(std::move(options), decode), who_reads);
  }
}

}  // namespace weir::runtime
