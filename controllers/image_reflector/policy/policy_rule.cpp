#include "controllers/image_reflector/policy/policy_rule.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "controllers/image_reflector/policy/decimal.hpp"
#include "pkg/base/text.hpp"

namespace weir::image_reflector {
namespace {

// Flux's words, which users' alerts match on.
constexpr std::string_view kNothingLeft = "version list argument cannot be empty";
constexpr std::string_view kNothingFits = "unable to determine latest version from provided list";

}  // namespace

Result<semver::Version> parse_version_tag(std::string_view text) {
  if (std::ranges::count(text, '.') < 2) return InputError{"", "not a semantic version"};
  return semver::Version::parse_lenient(text);
}

VersionIndex::VersionIndex(const TagList& tags) {
  for (const auto tag : tags.tags()) {
    if (auto version = parse_version_tag(tag)) entries_.push_back(Entry{std::move(*version), tag});
  }
  entries_.shrink_to_fit();
  // Stable: the tags come bytewise descending.
  std::ranges::stable_sort(entries_, [](const Entry& left, const Entry& right) {
    return right.version < left.version;
  });
}

std::string_view VersionIndex::highest_in(const semver::Range& range) const {
  for (const auto& entry : entries_) {
    if (range.contains(entry.version)) return entry.tag;
  }
  return {};
}

Result<PolicyRule> PolicyRule::compile(const api::image::ImagePolicySpec& spec) {
  PolicyRule out;
  const auto& policy = spec.policy;
  const auto set_order = [&](Kind kind, std::string_view name, const std::string& order) -> Result<void> {
    if (order != "asc" && order != "desc" && !order.empty()) {
      return InputError{
          text::cat("spec.policy.", name, ".order"),
          text::cat("invalid policy: expected asc or desc, got ", text::quoted(order))};
    }
    out.kind_ = kind;
    out.descending_ = order == "desc";
    out.key_ = text::cat(name, '\0', out.descending_ ? "desc" : "asc");
    return {};
  };
  Result<void> ordered;
  if (policy.semver) {
    auto range = semver::Range::parse(policy.semver->range);
    if (range.has_error()) return InputError{"", text::cat("invalid policy: ", range.error().text())};
    out.range_ = std::move(*range);
    out.key_ = text::cat("semver", '\0', policy.semver->range);
  } else if (policy.alphabetical) {
    ordered = set_order(Kind::kAlphabetical, "alphabetical", policy.alphabetical->order);
  } else if (policy.numerical) {
    ordered = set_order(Kind::kNumerical, "numerical", policy.numerical->order);
  } else {
    return InputError{"", "invalid policy: spec.policy: expected semver, alphabetical or numerical"};
  }
  if (ordered.has_error()) return ordered.error();
  if (spec.filter_tags) {
    auto pattern = regex::Regex::compile(spec.filter_tags->pattern);
    if (pattern.has_error()) return InputError{"", text::cat("failed to filter tags: ", pattern.error().text())};
    out.filter_.emplace(std::move(*pattern), spec.filter_tags->extract);
    text::append(out.key_, '\0', spec.filter_tags->pattern, '\0', spec.filter_tags->extract);
  }
  return out;
}

Result<Choice> PolicyRule::select(const std::vector<std::string_view>& tags) const {
  std::vector<Candidate> candidates;
  std::deque<std::string> values;  // what the candidates point into; a deque never moves its elements
  if (!filter_) {
    candidates.reserve(tags.size());
    for (const auto tag : tags) candidates.push_back(Candidate{tag, tag});
  } else {
    std::unordered_map<std::string_view, std::size_t> known;
    for (const auto tag : tags) {
      auto value = filter_->apply(tag);
      if (!value) continue;
      if (const auto at = known.find(*value); at != known.end()) {
        candidates[at->second].tag = tag;  // tags descend, so the smallest is the last
        continue;
      }
      values.push_back(std::move(*value));
      known.emplace(values.back(), candidates.size());
      candidates.push_back(Candidate{values.back(), tag});
    }
  }
  if (candidates.empty()) return InputError{"", std::string{kNothingLeft}};
  switch (kind_) {
    case Kind::kSemver: return select_version(candidates);
    case Kind::kNumerical: return select_number(candidates);
    case Kind::kAlphabetical: break;
  }
  return select_text(candidates);
}

Result<Choice> PolicyRule::select_version(const std::vector<Candidate>& candidates) const {
  const Candidate* best = nullptr;
  semver::Version highest;
  for (const auto& candidate : candidates) {
    auto version = parse_version_tag(candidate.value);
    if (version.has_error() || !range_->contains(*version)) continue;
    if (best != nullptr) {
      const auto order = version->compare(highest);
      if (order < 0 || (order == 0 && candidate.value <= best->value)) continue;
    }
    best = &candidate;
    highest = std::move(*version);
  }
  if (best == nullptr) return InputError{"", std::string{kNothingFits}};
  return Choice{std::string{best->tag}};
}

Result<Choice> PolicyRule::select_number(const std::vector<Candidate>& candidates) const {
  const Candidate* best = nullptr;
  const Candidate* skipped = nullptr;
  std::size_t skipped_count = 0;
  Decimal extreme;
  for (const auto& candidate : candidates) {
    auto number = Decimal::parse(candidate.value);
    if (number.has_error()) {
      ++skipped_count;
      if (skipped == nullptr || candidate.tag < skipped->tag) skipped = &candidate;
      continue;
    }
    if (best != nullptr) {
      const auto order = *number <=> extreme;
      const bool is_better = descending_ ? order < 0 : order > 0;
      // Of equal numbers the bytewise smallest tag, whatever the order in which they come.
      if (!is_better && !(order == 0 && candidate.tag < best->tag)) continue;
    }
    best = &candidate;
    extreme = std::move(*number);
  }
  if (best == nullptr) {
    return InputError{
        "",
        text::cat(
            "failed to parse invalid numeric value '", skipped->value, "': none of ", skipped_count, " tags is a number"
        )};
  }
  Choice out{std::string{best->tag}};
  out.skipped = skipped_count;
  if (skipped != nullptr) out.skipped_example = skipped->tag;
  return out;
}

Result<Choice> PolicyRule::select_text(const std::vector<Candidate>& candidates) const {
  const auto best = descending_ ? std::ranges::min_element(candidates, {}, &Candidate::value)
                                : std::ranges::max_element(candidates, {}, &Candidate::value);
  return Choice{std::string{best->tag}};
}

}  // namespace weir::image_reflector
