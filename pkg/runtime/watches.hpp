#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pkg/kube/informer.hpp"
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

}  // namespace weir::runtime
