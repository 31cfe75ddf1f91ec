#include "controllers/image_automation/push_plan.hpp"

#include <string_view>
#include <utility>

#include "pkg/access/git.hpp"
#include "pkg/base/text.hpp"

namespace weir::image_automation {
namespace {

constexpr std::string_view kHeads = "refs/heads/";

/// The branch that a reference means; empty for a tag, a range, a commit or another name.
std::string branch_of(const git::Reference& reference) {
  if (!reference.commit.empty()) return "";
  if (!reference.name.empty()) return reference.name.starts_with(kHeads) ? reference.name.substr(kHeads.size()) : "";
  if (!reference.tag.empty() || !reference.semver.empty()) return "";
  return reference.branch.empty() ? "master" : reference.branch;
}

Result<void> add_refspec(std::string_view refspec, PushPlan& plan) {
  constexpr const char* kField = "spec.git.push.refspec";
  const bool forces = refspec.starts_with('+');
  if (forces) refspec.remove_prefix(1);
  const auto [from, to] = text::cut(refspec, ":");
  if (from != "HEAD" && from != plan.branch && from != plan.branch_reference()) {
    return InputError{
        kField,
        text::cat(
            "the source must be the pushed branch ", text::quoted(plan.branch), " or HEAD, got ", text::quoted(from)
        )};
  }
  if (to.find('*') != std::string_view::npos) return InputError{kField, "a pattern is not supported"};
  std::string destination{to.empty() ? from : to};
  if (destination == "HEAD") return InputError{kField, "the destination must be a name"};
  if (!destination.starts_with("refs/")) destination = text::cat(kHeads, destination);
  if (destination == plan.branch_reference()) {
    plan.references.front().force = forces;
  } else {
    plan.references.emplace_back(std::move(destination), forces);
  }
  return {};
}

}  // namespace

Result<PushPlan> make_push_plan(const api::image::GitSpec& git, const api::GitRepositoryRef* source_ref) {
  PushPlan plan;
  if (git.checkout) {
    plan.checkout = access::reference_of(git.checkout->ref);
  } else if (source_ref != nullptr) {
    plan.checkout = access::reference_of(*source_ref);
  }
  const std::string checked_out = branch_of(plan.checkout);
  plan.branch = git.push && !git.push->branch.empty() ? git.push->branch : checked_out;
  if (plan.branch.empty()) {
    return InputError{"spec.git.push.branch", "required, because what is checked out is no branch"};
  }
  plan.switches = plan.branch != checked_out;
  plan.references.emplace_back(text::cat(kHeads, plan.branch));
  if (!git.push) return plan;
  if (!git.push->refspec.empty()) {
    if (auto added = add_refspec(git.push->refspec, plan); added.has_error()) return added.error();
  }
  for (const auto& [key, value] : git.push->options) plan.options.push_back(text::cat(key, "=", value));
  return plan;
}

}  // namespace weir::image_automation
