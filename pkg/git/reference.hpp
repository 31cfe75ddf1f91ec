#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/git/object_id.hpp"
#include "pkg/semver/range.hpp"
#include "pkg/semver/version.hpp"

namespace weir::git {

/// What a GitRepository follows (spec.ref). Precedence: commit, name, tag, semver, branch; nothing
/// = branch master.
struct Reference {
  Reference() {}

  std::string branch;
  std::string tag;
  std::string semver;
  std::string name;  ///< a full name: refs/heads/main, refs/pull/420/head
  std::string commit;

  friend bool operator==(const Reference&, const Reference&) = default;
};

/// A reference as a server lists it.
struct RemoteRef {
  RemoteRef(std::string name_, ObjectId object_) : name{std::move(name_)}, object{object_} {}

  std::string name;
  ObjectId object;
  std::optional<ObjectId> peeled;  ///< what an annotated tag points at
};

/// What a Reference means at this moment.
struct Resolution {
  Resolution() {}

  std::string name;      ///< full name of the reference; empty for a bare commit
  std::string revision;  ///< "main@sha1:<hex>", "refs/pull/1/head@sha1:<hex>", "sha1:<hex>"
  ObjectId commit;
  std::optional<ObjectId> annotated_tag;  ///< the tag object when the reference is one
  std::vector<std::string> skipped_tags;  ///< of a range: some that point to no commit

  friend bool operator==(const Resolution&, const Resolution&) = default;
};

/// The prefixes that a server need list for `choose`; empty when no listing is needed (a commit).
std::vector<std::string> ref_prefixes(const Reference& reference);

/// Gets the references of a server one by one, so that a list without end is never held.
class RefSink {
 public:
  virtual ~RefSink() = default;
  /// A list begins; what came before belonged to one that broke off.
  virtual void start() = 0;
  virtual void take(const RemoteRef& ref) = 0;
};

/// Picks by the precedence above. A branch named besides a commit only shows in the revision.
/// Semver: tags that are strict semantic versions with an optional leading v; of versions that
/// differ in their build metadata only, the one whose metadata sorts last. Keeps one reference,
/// however many come.
/// `reference` and `no_commits` (objects that turned out to lead to a tree or a file: a range skips
/// their tags) must outlive it; choose() takes the URL for its texts and returns errors as Flux's
/// users know them: couldn't find remote ref "refs/tags/x", no match found for semver: R.
/// Threads: value.
class Chooser final : public RefSink {
 public:
  explicit Chooser(const Reference& reference, const std::set<ObjectId>& no_commits = kNone);
  void start() override;
  void take(const RemoteRef& ref) override;
  /// Whether the list had anything in it.
  bool has_seen_any() const { return has_seen_any_; }
  Result<Resolution> choose(std::string_view url) const;

 private:
  void take_version(const RemoteRef& ref);

  static const std::set<ObjectId> kNone;
  const Reference& reference_;
  const std::set<ObjectId>& no_commits_;
  std::string name_;  // in full, of what is looked for; empty = by version
  std::optional<Result<semver::Range>> range_;
  bool has_seen_any_ = false;
  std::optional<RemoteRef> best_;
  semver::Version best_version_;
  std::vector<std::string> skipped_;
};

}  // namespace weir::git
