#include "pkg/git/reference.hpp"

#include <utility>

#include "pkg/base/text.hpp"

namespace weir::git {

namespace {

constexpr std::string_view kTags = "refs/tags/";
constexpr std::string_view kHeads = "refs/heads/";
constexpr std::string_view kDefaultBranch = "master";
constexpr std::size_t kMostSkipped = 1'000;  // tags that are named

std::string branch_of(const Reference& reference) {
  return reference.branch.empty() ? std::string{kDefaultBranch} : reference.branch;
}

InputError refused(std::string message) { return InputError{"", std::move(message)}; }

Resolution resolution(const RemoteRef& ref, std::string_view shown) {
  Resolution out;
  out.name = ref.name;
  out.commit = ref.peeled.value_or(ref.object);
  if (ref.peeled) out.annotated_tag = ref.object;
  out.revision = text::cat(shown, "@sha1:", out.commit.hex());
  return out;
}

InputError missing(std::string_view url, std::string_view name) {
  return refused(text::cat("unable to clone '", url, "': couldn't find remote ref ", text::quoted(name)));
}

Result<Resolution> choose_commit(const Reference& reference) {
  const auto id = ObjectId::parse(reference.commit);
  if (!id) return refused(text::cat("unable to resolve commit object for '", reference.commit, "': object not found"));
  Resolution out;
  out.commit = *id;
  if (!reference.branch.empty()) {
    out.revision = text::cat(reference.branch, "@sha1:", id->hex());
  } else {
    out.revision = text::cat("sha1:", id->hex());
  }
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

const std::set<ObjectId> Chooser::kNone;

Chooser::Chooser(const Reference& reference, const std::set<ObjectId>& no_commits)
    : reference_{reference}, no_commits_{no_commits} {
  if (!reference.name.empty()) {
    name_ = reference.name;
  } else if (!reference.tag.empty()) {
    name_ = text::cat(kTags, reference.tag);
  } else if (!reference.semver.empty()) {
    range_ = semver::Range::parse(reference.semver);
  } else {
    name_ = text::cat(kHeads, branch_of(reference));
  }
}

void Chooser::start() {
  has_seen_any_ = false;
  best_.reset();
  skipped_.clear();
}

void Chooser::take(const RemoteRef& ref) {
  has_seen_any_ = true;
  if (!name_.empty()) {
    if (!best_ && ref.name == name_) best_ = ref;
  } else if (range_->has_value()) {
    take_version(ref);
  }
}

void Chooser::take_version(const RemoteRef& ref) {
  if (!ref.name.starts_with(kTags)) return;
  const auto tag = std::string_view{ref.name}.substr(kTags.size());
  auto version = semver::Version::parse_tag(tag);
  if (!version || !range_->value().contains(*version)) return;
  if (no_commits_.contains(ref.object)) {
    if (skipped_.size() < kMostSkipped) skipped_.emplace_back(tag);
    return;
  }
  const auto order = best_ ? *version <=> best_version_ : std::weak_ordering::greater;
  if (order > 0 || (order == 0 && version->build > best_version_.build)) {
    best_ = ref;
    best_version_ = std::move(*version);
  }
}

Result<Resolution> Chooser::choose(std::string_view url) const {
  if (!reference_.commit.empty()) return choose_commit(reference_);
  if (!reference_.name.empty()) {
    if (best_) return resolution(*best_, name_);
    return refused(text::cat("unable to resolve ref '", name_, "' to a specific commit"));
  }
  if (!range_) {
    if (!best_) return missing(url, name_);
    return resolution(*best_, reference_.tag.empty() ? branch_of(reference_) : reference_.tag);
  }
  if (range_->has_error()) return refused(text::cat("semver parse error: ", range_->error().message));
  if (best_) {
    auto out = resolution(*best_, std::string_view{best_->name}.substr(kTags.size()));
    out.skipped_tags = skipped_;
    return out;
  }
  const std::string none = text::cat("no match found for semver: ", reference_.semver);
  if (skipped_.empty()) return refused(none);
  return refused(text::cat(none, " (the tag '", skipped_.front(), "' points to no commit)"));
}

}  // namespace weir::git
