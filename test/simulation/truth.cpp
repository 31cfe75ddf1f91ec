#include "test/simulation/truth.hpp"

#include <algorithm>

#include "api/kustomize/v1/kustomization.hpp"
#include "api/source/v1/git_repository.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/kube/resource.hpp"
#include "test/simulation/time.hpp"

namespace weir::simulation {
namespace {

const kube::Resource& kustomizations() {
  static const auto kResource = kube::resource_of<api::kustomize::Kustomization>();
  return kResource;
}

const json::Value* condition(const json::Value& object, std::string_view type) {
  const auto* conditions = object.find_path({"status", "conditions"});
  if (conditions == nullptr) return nullptr;
  for (const auto& candidate : conditions->as_array()) {
    if (candidate.text_at({"type"}) == type) return &candidate;
  }
  return nullptr;
}

std::int64_t number(const json::Value& object, std::initializer_list<std::string_view> path) {
  const auto* value = object.find_path(path);
  return value == nullptr ? 0 : value->integer().value_or(0);
}

bool is_true(const json::Value& object, std::string_view type) {
  const auto* found = condition(object, type);
  return found != nullptr && found->text_at({"status"}) == "True";
}

bool is_request_handled(const json::Value& object) {
  const auto request = object.text_at({"metadata", "annotations", "reconcile.fluxcd.io/requestedAt"});
  return request.empty() || request == object.text_at({"status", "lastHandledReconcileAt"});
}

std::string ready_text(const json::Value& object) {
  const auto* found = condition(object, "Ready");
  if (found == nullptr) return "no Ready condition";
  return text::cat(
      "Ready=",
      found->text_at({"status"}),
      " ",
      found->text_at({"reason"}),
      ": ",
      found->text_at({"message"}),
      " (generation ",
      number(object, {"metadata", "generation"}),
      ", observed ",
      number(object, {"status", "observedGeneration"}),
      ", applied ",
      object.text_at({"status", "lastAppliedRevision"}),
      ")"
  );
}

}  // namespace

std::chrono::milliseconds Truth::now() { return elapsed(); }

void Truth::committed(const std::string& revision, const Tree& tree) {
  trees_.insert_or_assign(revision, tree);
  head_ = revision;
}

void Truth::troubled(bool begins) {
  troubles_ += begins ? 1 : -1;
  calm_since_ = now();
}

void Truth::disturbed(const std::string& object) { disturbed_.insert_or_assign(object, now()); }

const json::Value* Truth::find(const std::string& object) const { return api_.find(path_of(object)); }

std::vector<std::string> Truth::differences(const Objects& expected, bool with_allowance) {
  std::vector<std::string> out;
  for (const auto& [name, text] : expected) {
    const auto* live = find(name);
    const std::string is = live == nullptr ? "(absent)" : said(text::cut(std::string_view{name}, "/").first, *live);
    if (is == text) continue;
    if (live == nullptr && terminating_.erase(name) > 0) disturbed(name);
    const auto at = disturbed_.find(name);
    if (with_allowance && at != disturbed_.end() &&
        (troubles_ > 0 || now() - std::max(at->second, calm_since_) < healing_))
      continue;
    out.push_back(text::cat(name, " is ", text::quoted(is), ", not ", text::quoted(text)));
  }
  return out;
}

void Truth::look_at(const std::string& name, const json::Value& object) {
  auto& known = known_[name];
  const std::string version{object.text_at({"metadata", "resourceVersion"})};
  if (version != known.version) {
    known.version = version;
    const auto* spec = object.find("spec");
    if (!flag(object, {"spec", "prune"})) may_leave_.insert(name);
    if (!flag(object, {"spec", "suspend"})) {
      known.suspended_since.reset();
    } else if (!known.suspended_since) {
      known.suspended_since = now();
    }
    if (object.find_path({"metadata", "deletionTimestamp"}) != nullptr) {
      if (flag(object, {"spec", "suspend"})) may_leave_.insert(name);
      known.is_ready = false;
      terminating_.insert(text::cat("Kustomization/", name));
      return;
    }
    known.is_ready = is_true(object, "Ready") && !flag(object, {"spec", "suspend"}) &&
                     number(object, {"status", "observedGeneration"}) == number(object, {"metadata", "generation"});
    if (known.is_ready) {
      const std::string revision{object.text_at({"status", "lastAppliedRevision"})};
      const std::string judged = text::cat(revision, " ", json::write(*spec));
      if (judged != known.judged) {
        known.judged = judged;
        known.expected.reset();
        const auto tree = trees_.find(revision);
        if (tree == trees_.end())
          return violated(text::cat("Kustomization ", name, " says it applied ", revision, ", which nobody committed"));
        known.expected = build(tree->second, *spec);
      }
      if (!known.expected)
        violated(text::cat("Kustomization ", name, " is Ready at a revision that cannot be built: ", ready_text(object))
        );
    }
  }
  if (!known.is_ready || !known.expected) return;
  const auto wrong = differences(*known.expected, true);
  if (!wrong.empty())
    violated(text::cat("Kustomization ", name, ", ", ready_text(object), ", but ", text::join(wrong, "; ")));
}

void Truth::look() {
  if (!violation_.empty()) return;
  for (const auto& [path, object] : api_.all(kustomizations())) look_at(name_of(path), *object);
}

void Truth::wrote(const std::string& config_map) {
  const auto owner = known_.find(std::string{text::cut(std::string_view{config_map}, "-").first});
  if (owner == known_.end() || !owner->second.suspended_since || troubles_ > 0) return;
  if (now() - std::max(*owner->second.suspended_since, calm_since_) < kLongestPass) return;
  violated(text::cat("ConfigMap ", config_map, " is written, though its Kustomization is suspended"));
}

std::string Truth::unsettled() {
  for (const auto& [path, object] : api_.all(kube::resource_of<api::source::GitRepository>())) {
    const auto revision = object->text_at({"status", "artifact", "revision"});
    if (!is_true(*object, "Ready") || revision != head_)
      return text::cat("GitRepository ", name_of(path), " has ", revision, ", not ", head_, ": ", ready_text(*object));
    if (!is_request_handled(*object)) return text::cat("GitRepository ", name_of(path), " was requested in vain");
  }
  for (const auto& [path, object] : api_.all(kustomizations())) {
    const std::string name = name_of(path);
    if (flag(*object, {"spec", "suspend"})) continue;
    if (object->find_path({"metadata", "deletionTimestamp"}) != nullptr)
      return text::cat("Kustomization ", name, " is still being deleted");
    if (!is_request_handled(*object)) return text::cat("Kustomization ", name, " was requested in vain");
    const auto generation = number(*object, {"metadata", "generation"});
    const auto expected = build(trees_.at(head_), *object->find("spec"));
    const bool is_current = number(*object, {"status", "observedGeneration"}) == generation;
    if (!expected) {
      const auto* ready = condition(*object, "Ready");
      if (ready != nullptr && ready->text_at({"status"}) == "False" && ready->text_at({"reason"}) == "BuildFailed")
        continue;
      return text::cat("Kustomization ", name, " should say that it cannot be built: ", ready_text(*object));
    }
    if (!is_true(*object, "Ready") || !is_current || object->text_at({"status", "lastAppliedRevision"}) != head_)
      return text::cat("Kustomization ", name, " should be Ready at ", head_, ": ", ready_text(*object));
    const auto wrong = differences(*expected, false);
    if (!wrong.empty()) return text::cat("Kustomization ", name, ": ", text::join(wrong, "; "));
  }
  return "";
}

void Truth::look_for_orphans() {
  Objects all;
  std::set<std::string> unknown;  // whose objects may be anything: it is suspended, or cannot be built
  for (const auto& [path, object] : api_.all(kustomizations())) {
    const auto expected = build(trees_.at(head_), *object->find("spec"));
    if (!expected || flag(*object, {"spec", "suspend"})) {
      unknown.insert(name_of(path));
    } else {
      all.insert(expected->begin(), expected->end());
    }
  }
  for (const auto& [path, object] : api_.all(kube::core::config_maps())) {
    const std::string owner{object->text_at({"metadata", "labels", "kustomize.toolkit.fluxcd.io/name"})};
    if (owner.empty() || may_leave_.contains(owner) || unknown.contains(owner)) continue;
    if (!all.contains(text::cat("ConfigMap/", name_of(path))))
      violated(
          text::cat("ConfigMap ", name_of(path), " of Kustomization ", owner, " is left, though nothing says it should")
      );
  }
}

}  // namespace weir::simulation
