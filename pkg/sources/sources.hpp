#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/meta/v1/artifact.hpp"
#include "api/meta/v1/kind.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kube/informer.hpp"

/// The consumer's side of sources: from a reference to an artifact, whatever the kind.  Threads: reactor.
namespace weir::sources {

/// What a reference leads to. One of these holds: there is an artifact; there is an object without one yet; `problem`
/// says why the object cannot be read; there is no object.
struct Found {
  Found() {}
  bool exists = false;
  std::optional<api::Artifact> artifact;
  std::string problem;  ///< free of secrets
};

/// A table of the kinds of which artifacts may come. A kind is added once, with the cache that follows it.
class Sources {
 public:
  /// Hears that a source has another artifact than before, or none any more.
  using Handler = std::function<void(std::string_view kind, const kube::ObjectKey& source)>;

  Sources() = default;
  Sources(const Sources&) = delete;
  Sources& operator=(const Sources&) = delete;

  /// Before the caches start. The cache must outlive this.
  template <api::Kind T>
  void add(kube::Informer<T>& objects) {
    Row row;
    row.kind = T::kNames.kind;
    row.group = T::kNames.group;
    row.find = [&objects](const kube::ObjectKey& key) {
      Found out;
      const auto object = objects.get(key);
      out.exists = object != nullptr;
      if (object) {
        out.artifact = object->status.artifact;
      } else {
        out.problem = objects.problem(key);
      }
      return out;
    };
    objects.on_change([this, kind = T::kNames.kind](const auto& key, const auto& before, const auto& after) {
      if (!handler_ || content_of(before) == content_of(after)) return;
      handler_(kind, key);
    });
    rows_.push_back(std::move(row));
  }

  void on_change(Handler handler) { handler_ = std::move(handler); }

  bool serves(std::string_view kind) const { return row_of(kind) != nullptr; }
  /// "GitRepository.source.toolkit.fluxcd.io": how the API server names the kind. The kind must be served.
  std::string full_name(std::string_view kind) const;
  /// Not there when the kind is not served.
  Found find(std::string_view kind, const kube::ObjectKey& key) const;

 private:
  struct Row {
    std::string_view kind;
    std::string_view group;
    std::function<Found(const kube::ObjectKey&)> find;
  };
  const Row* row_of(std::string_view kind) const;
  template <class T>
  static std::string content_of(const std::shared_ptr<const T>& object) {
    if (!object || !object->status.artifact) return "";
    return text::cat(object->status.artifact->digest, object->status.artifact->revision);
  }

  std::vector<Row> rows_;
  Handler handler_;
};

}  // namespace weir::sources
