#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/kube/object.hpp"
#include "pkg/ssa/change_set.hpp"
#include "pkg/ssa/content_hash.hpp"

namespace weir::ssa {

/// An object as it is to be in the cluster. It is serialised when it is made, once, and every dry run and every apply
/// send that text as it is; what an apply has to know of it is kept beside. The tree stays until the object was
/// compared with a live one, which would have to read it from the text again. Cheap to copy.  Threads: value.
class Desired {
 public:
  /// Takes time linear in the size of the object: for the pool that built it.
  /// @param object  normalised
  explicit Desired(kube::Object object);

  const ObjectId& id() const { return id_; }
  /// Name, labels and annotations, nothing else: what steers us.
  const kube::Object& head() const { return head_; }
  /// JSON; a Secret's values are in it.
  const std::string& text() const { return *text_; }
  /// Of the text as it was built.
  const ContentHash& hash() const { return hash_; }
  /// (apiVersion, kind) of what a CustomResourceDefinition makes the server serve; empty for every other object.
  using Kinds = std::vector<std::pair<std::string, std::string>>;
  const Kinds& kinds() const { return kinds_; }
  /// Whether the cluster removes it when it is done (a Job with ttlSecondsAfterFinished).
  bool expires() const { return expires_; }

  /// The tree; read from the text when it was dropped.
  /// @returns an error for what is nested deeper than we read
  Result<std::shared_ptr<const kube::Object>> tree() const;
  /// Leaves the text, which takes a small part of the memory: for what waits for its turn, or lies in a plan.
  void drop_tree() { tree_.reset(); }
  /// For a cluster-scoped object: the server takes no namespace. The hash stays.
  void drop_namespace();

 private:
  ObjectId id_;
  kube::Object head_;
  std::shared_ptr<const std::string> text_;
  std::shared_ptr<const kube::Object> tree_;
  ContentHash hash_;
  Kinds kinds_;
  bool expires_ = false;
};

}  // namespace weir::ssa
