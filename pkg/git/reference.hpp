#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/git/object_id.hpp"

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
  std::string symref_target;       ///< of HEAD, when the server says
};

/// What a Reference means at this moment.
struct Resolution {
  Resolution() {}

  std::string name;      ///< full name of the reference; empty for a bare commit
  std::string revision;  ///< "main@sha1:<hex>", "refs/pull/1/head@sha1:<hex>", "sha1:<hex>"
  ObjectId commit;
  std::optional<ObjectId> annotated_tag;  ///< the tag object when the reference is one
  std::vector<std::string> skipped_tags;  ///< of a range: higher ones that point to no commit

  friend bool operator==(const Resolution&, const Resolution&) = default;
};

/// The prefixes that a server need list for `choose`; empty when no listing is needed (a commit).
std::vector<std::string> ref_prefixes(const Reference& reference);

/// Picks by the precedence above. A branch named besides a commit only shows in the revision.
/// @param url         for the texts of errors
/// @param no_commits  objects that turned out to lead to a tree or a file: a range skips their tags
/// @returns an error with the text Flux's users know: couldn't find remote ref "refs/tags/x", no
/// match found for semver: R Semver: tags that are strict semantic versions with an optional
/// leading v; of versions that differ in their build metadata only, the one whose metadata sorts
/// last.
Result<Resolution> choose(
    const Reference& reference,
    const std::vector<RemoteRef>& refs,
    std::string_view url,
    const std::set<ObjectId>& no_commits = {}
);

}  // namespace weir::git
