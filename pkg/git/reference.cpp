#include "pkg/git/reference.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/semver/range.hpp"

namespace weir::git {

namespace {

constexpr std::string_view kTags = "refs/tags/";
constexpr std::string_view kHeads = "refs/heads/";
constexpr std::string_view kDefaultBranch = "master";

std::string branch_of(const Reference& reference) {
  return reference.branch.empty() ? std::string{kDefaultBranch} : reference.branch;
}

InputError refused(std::string message) { return InputError{"", std::move(message)}; }

const RemoteRef* find(const std::vector<RemoteRef>& refs, std::string_view name) {
  const auto found = std::find_if(refs.begin(), refs.end(), [&](const RemoteRef& ref) {
    return ref.name == name;
  });
  return found == refs.end() ? nullptr : &*found;
}

Resolution resolution(const RemoteRef& ref, std::string_view shown) {
  Resolution out;
  out.name = ref.name;
  out.commit = ref.peeled.value_or(ref.object);
  if (ref.peeled) out.annotated_tag = ref.object;
  out.revision = text::cat(shown, "@sha1:", out.commit.hex());
  return out;
}

InputError missing(std::string_view url, std::string_view name) {
  return refused(
      text::cat("unable to clone '", url, "': couldn't find remote ref ", text::quoted(name))
  );
}

Result<Resolution> choose_commit(const Reference& reference) {
  const auto id = ObjectId::parse(reference.commit);
  if (!id)
    return refused(
        text::cat("unable to resolve commit object for '", reference.commit, "': object not found")
    );
  Resolution out;
  out.commit = *id;
  if (!reference.branch.empty()) {
    out.revision = text::cat(reference.branch, "@sha1:", id->hex());
  } else {
    out.revision = text::cat("sha1:", id->hex());
  }
  return out;
}

Result<Resolution> choose_by_semver(
    const std::string& text,
    const std::vector<RemoteRef>& refs,
    const std::set<ObjectId>& no_commits
) {
  const auto range = semver::Range::parse(text);
  if (!range) return refused(text::cat("semver parse error: ", range.error().message));
  const RemoteRef* best = nullptr;
  semver::Version best_version;
  std::vector<std::string> skipped;
  for (const auto& ref : refs) {
    if (!ref.name.starts_with(kTags)) continue;
    const auto version =
        semver::Version::parse_tag(std::string_view{ref.name}.substr(kTags.size()));
    if (!version || !range->contains(*version)) continue;
    if (no_commits.contains(ref.object)) {
      skipped.push_back(ref.name.substr(kTags.size()));
      continue;
    }
    const auto order = best ? *version <=> best_version : std::weak_ordering::greater;
    if (order > 0 || (order == 0 && version->build > best_version.build)) {
      best = &ref;
      best_version = *version;
    }
  }
  if (!best && !skipped.empty())
    return refused(text::cat(
        "no match found for semver: ",
        text,
        " (the tag '",
        skipped.front(),
        "' points to no commit)"
    ));
  if (!best) return refused(text::cat("no match found for semver: ", text));
  auto out = resolution(*best, std::string_view{best->name}.substr(kTags.size()));
  out.skipped_tags = std::move(skipped);
  return out;
}

}  // namespace

std::vector<std::string> ref_prefixes(const Reference& reference) {
  if (!reference.commit.empty()) return {};
  if (!reference.name.empty()) return {reference.name};
  if (!reference.tag.empty()) return {text::cat(kTags, reference.tag)};
  if (!reference.semver.empty()) return {std::string{kTags}};
  return {text::cat(kHeads, branch_of(reference))};
}

Result<Resolution> choose(
    const Reference& reference,
    const std::vector<RemoteRef>& refs,
    std::string_view url,
    const std::set<ObjectId>& no_commits
) {
  if (!reference.commit.empty()) return choose_commit(reference);
  if (!reference.name.empty()) {
    if (const auto* ref = find(refs, reference.name)) return resolution(*ref, reference.name);
    return refused(text::cat("unable to resolve ref '", reference.name, "' to a specific commit"));
  }
  if (!reference.tag.empty()) {
    const std::string name = text::cat(kTags, reference.tag);
    if (const auto* ref = find(refs, name)) return resolution(*ref, reference.tag);
    return missing(url, name);
  }
  if (!reference.semver.empty()) return choose_by_semver(reference.semver, refs, no_commits);
  const std::string branch = branch_of(reference);
  const std::string name = text::cat(kHeads, branch);
  if (const auto* ref = find(refs, name)) return resolution(*ref, branch);
  return missing(url, name);
}

}  // namespace weir::git
