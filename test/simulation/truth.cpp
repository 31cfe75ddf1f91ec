#include "test/simulation/truth.hpp"

#include <algorithm>
#include <utility>

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

std::int64_t number(const json::Value& object, std::initializer_list<std::string_view> path) {
  const auto* value = object.find_path(path);
  return value == nullptr ? 0 : value->integer().value_or(0);
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

bool is_left_alone(const json::Value& object) {
  return object.text_at({"metadata", "annotations", "kustomize.toolkit.fluxcd.io/reconcile"}) == "disabled";
}

/// What several Kustomizations build under one name.
bool is_shared(std::string_view object) { return text::cut(object, "/").second.starts_with("shared-"); }

std::string_view owner_of(const json::Value& object) {
  return object.text_at({"metadata", "labels", "kustomize.toolkit.fluxcd.io/name"});
}

/// Whom a Kustomization impersonates; empty: nobody.
std::string user_of(const json::Value& spec) {
  const auto account = spec.text_at({"serviceAccountName"});
  return account.empty() ? "" : text::cat("system:serviceaccount:", kNamespace, ":", account);
}

bool has(const json::Value& spec, std::string_view name) { return flag(spec, {name}); }

std::string_view dependency_of(const json::Value& spec) {
  const auto* list = spec.find("dependsOn");
  return list == nullptr || list->as_array().empty() ? "" : list->as_array().front().text_at({"name"});
}

}  // namespace

std::chrono::milliseconds Truth::now() { return elapsed(); }

void Truth::committed(const std::string& revision, const Tree& tree) {
  places_.insert_or_assign(revision, trees_.size());
  trees_.emplace_back(revision, tree);
  head_ = revision;
}

void Truth::ignored(bool ignores) {
  ignores_ = ignores;
  ever_ignored_ = true;
}

void Truth::troubled(Trouble trouble, bool begins) {
  troubles_ += begins ? 1 : -1;
  calm_since_ = now();
  if (trouble != Trouble::kDelay) return;
  delays_ += begins ? 1 : -1;
  on_time_since_ = now();
}

void Truth::disturbed(const std::string& object) { disturbed_.insert_or_assign(object, now()); }

bool Truth::is_excused(const std::string& object) const {
  const auto at = disturbed_.find(object);
  return at != disturbed_.end() && !is_overdue(at->second);
}

bool Truth::is_contested(const std::string& name, const std::string& object) const {
  const auto [kind, id] = text::cut(std::string_view{object}, "/");
  for (const auto& other : sharers(name)) {
    const auto* theirs = find("Kustomization/" + other);
    const auto built = build(trees_.back().second, *theirs->find("spec"), ignores_);
    if (built && built->contains(object)) return true;
    const auto* entries = theirs->find_path({"status", "inventory", "entries"});
    if (entries == nullptr) continue;
    for (const auto& entry : entries->as_array()) {
      const auto listed = entry.text_at({"id"});
      if (listed.ends_with(kind) && listed.find(text::cat("_", id, "_")) != std::string_view::npos) return true;
    }
  }
  return false;
}

const json::Value* Truth::find(const std::string& object) const {
  // Of a kind that is not defined there is nothing to ask for.
  if (object.starts_with("Box/") && api_.find(path_of(kDefinition)) == nullptr) return nullptr;
  return api_.find(path_of(object));
}

std::vector<std::string> Truth::differences(const std::string& name, const Objects& expected, Allowance allowance) {
  std::vector<std::string> out;
  for (const auto& [id, text] : expected) {
    const auto* live = find(id);
    const std::string is = live == nullptr ? "(absent)" : said(text::cut(std::string_view{id}, "/").first, *live);
    if (is == text || (live != nullptr && is_left_alone(*live))) continue;
    if (live == nullptr && terminating_.erase(id) > 0) disturbed(id);
    if (allowance != Allowance::kNone) {
      if (ever_ignored_ && id.ends_with(text::cat("-", kIgnorable))) continue;
      if (is_shared(id)) {
        if (is_contested(name, id)) contested_.insert_or_assign(id, now());
        const auto at = contested_.find(id);
        if (at != contested_.end() && !is_overdue(at->second)) continue;
      }
      const auto at = disturbed_.find(id);
      const bool is_excused =
          at != disturbed_.end() && !(allowance == Allowance::kHealing ? is_overdue(at->second) : over(at->second));
      if (is_excused) continue;
    }
    out.push_back(text::cat(id, " is ", text::quoted(is), ", not ", text::quoted(text)));
  }
  return out;
}

void Truth::learn_spec(Known& known, const json::Value& spec) {
  if (!known.specs.empty()) {
    if (known.specs.back().value == spec) return;
    known.specs.back().until = now();
  }
  known.specs.push_back({spec, {}});
}

const std::vector<Truth::Known::Spec>& Truth::specs_in_use(Known& known) const {
  std::erase_if(known.specs, [this](const auto& past) { return past.until && over(*past.until); });
  return known.specs;
}

/// Soon: it wakes whoever is asked, whatever he waits for.
void Truth::judge_request(const std::string& name, const json::Value& object, Known& known) {
  if (is_request_handled(object)) {
    known.request.clear();
    return;
  }
  const auto request = object.text_at({"metadata", "annotations", "reconcile.fluxcd.io/requestedAt"});
  if (known.request != request) {
    known.request = request;
    known.requested_since = now();
  }
  if (is_overdue(known.requested_since)) violated(text::cat("Kustomization ", name, " was requested in vain"));
}

/// Whether there are Deployments, and all of them have been healthy for long enough.
bool Truth::runs_for_long(const Objects& expected, const std::function<bool(std::chrono::milliseconds since)>& is_long)
    const {
  bool has_any = false;
  for (const auto& [id, text] : expected) {
    if (!id.starts_with("Deployment/")) continue;
    const auto since = runs_since_.find(id);
    if (is_shared(id) || !is_healthy(id) || since == runs_since_.end() || !is_long(since->second)) return false;
    has_any = true;
  }
  return has_any;
}

/// Who waits hears of what he waits for.
void Truth::judge_wait(const std::string& name, const json::Value& object, Known& known) {
  constexpr std::string_view kWaits = "Running health checks for revision ";
  const auto* ready = condition(object, "Ready");
  const auto message = ready == nullptr ? std::string_view{} : ready->text_at({"message"});
  if (!message.starts_with(kWaits) || specs_in_use(known).size() > 1) return;
  const auto place = places_.find(std::string{text::cut(message.substr(kWaits.size()), " ").first});
  if (place == places_.end() || place->first != head_) return;
  const auto expected = build(trees_[place->second].second, *object.find("spec"), ignores_);
  if (expected && runs_for_long(*expected, [this](auto since) { return is_overdue(since); }))
    violated(text::cat("Kustomization ", name, " still says ", message, ", but all of it is healthy"));
}

/// Who says that something is not healthy has looked.
void Truth::judge_failure(const std::string& name, const json::Value& object, Known& known) {
  const auto* ready = condition(object, "Ready");
  const bool says_so = ready != nullptr && ready->text_at({"reason"}) == "HealthCheckFailed";
  if (says_so == std::exchange(known.says_unhealthy, says_so) || !says_so) return;
  const auto place = places_.find(std::string{object.text_at({"status", "lastAttemptedRevision"})});
  if (place == places_.end() || specs_in_use(known).size() > 1) return;
  const auto expected = build(trees_[place->second].second, *object.find("spec"), ignores_);
  if (!expected) return;
  const bool is_healthy = runs_for_long(*expected, [this](auto since) { return over(since); });
  if (is_healthy)
    violated(text::cat("Kustomization ", name, " says ", ready_text(object), ", but all of it is healthy"));
}

bool Truth::is_healthy(const std::string& deployment) const {
  const auto* live = find(deployment);
  return live != nullptr &&
         number(*live, {"status", "observedGeneration"}) == number(*live, {"metadata", "generation"}) &&
         number(*live, {"status", "availableReplicas"}) > 0;
}

void Truth::look_at(const std::string& name, const json::Value& object) {
  auto& known = known_[name];
  auto allowance = Allowance::kHealing;
  const std::string version{object.text_at({"metadata", "resourceVersion"})};
  if (version != known.version) {
    known.version = version;
    known.exists = true;
    const auto* spec = object.find("spec");
    learn_spec(known, *spec);
    const std::string applied{object.text_at({"status", "lastAppliedRevision"})};
    if (applied != std::exchange(known.applied, applied) && !applied.empty() && !is_true(object, "Ready"))
      return violated(text::cat("Kustomization ", name, " tells of another revision, but ", ready_text(object)));
    if (const auto* ready = condition(object, "Ready"); ready != nullptr && ready->text_at({"status"}) == "False")
      known.failed_at = head_;
    judge_failure(name, object, known);
    if (is_true(object, "Ready") &&
        number(object, {"status", "observedGeneration"}) == number(object, {"metadata", "generation"})) {
      known.unready_since.reset();
    } else if (!known.unready_since) {
      known.unready_since = now();
    }
    if (!flag(object, {"spec", "prune"})) may_leave_.insert(name);
    if (!flag(object, {"spec", "suspend"})) {
      known.suspended_since.reset();
    } else if (!known.suspended_since) {
      known.suspended_since = now();
    }
    if (!applied.empty()) known.reached.insert(applied);
    if (object.find_path({"metadata", "deletionTimestamp"}) != nullptr) {
      if (!known.deleted_since) known.deleted_since = now();
      if (flag(object, {"spec", "suspend"})) may_leave_.insert(name);
      known.is_ready = false;
      terminating_.insert(text::cat("Kustomization/", name));
      return;
    }
    known.deleted_since.reset();
    const bool was_ready = known.is_ready;
    known.is_ready = is_true(object, "Ready") && !flag(object, {"spec", "suspend"}) &&
                     number(object, {"status", "observedGeneration"}) == number(object, {"metadata", "generation"});
    if (known.is_ready) {
      const std::string judged = text::cat(known.applied, " ", json::write(*spec), ignores_ ? " ignores" : "");
      const bool is_news = judged != known.judged;
      if (is_news) {
        known.judged = judged;
        known.expected.reset();
        const auto place = places_.find(known.applied);
        if (place == places_.end())
          return violated(
              text::cat("Kustomization ", name, " says it applied ", known.applied, ", which nobody committed")
          );
        known.expected = build(trees_[place->second].second, *spec, ignores_);
      }
      if (!known.expected)
        return violated(
            text::cat("Kustomization ", name, " is Ready at a revision that cannot be built: ", ready_text(object))
        );
      const std::string dependency{dependency_of(*spec)};
      if (is_news && !dependency.empty() && !known_[dependency].reached.contains(known.applied))
        return violated(text::cat(
            "Kustomization ", name, " has applied ", known.applied, " before ", dependency, ", which it depends on"
        ));
      if ((is_news || !was_ready) && has(*spec, "wait")) judge_health(name, object, *known.expected);
      if (is_news || !was_ready) {
        allowance = Allowance::kPass;
        judge_inventory(name, object, *known.expected);
      }
    }
  }
  if (known.exists) judge_request(name, object, known);
  if (known.exists) judge_wait(name, object, known);
  if (!known.is_ready || !known.expected) return;
  const auto wrong = differences(name, *known.expected, allowance);
  if (!wrong.empty())
    violated(text::cat("Kustomization ", name, ", ", ready_text(object), ", but ", text::join(wrong, "; ")));
}

/// It has just become Ready: what it lists is what it builds, or something that left the build was not deleted.
void Truth::judge_inventory(const std::string& name, const json::Value& object, const Objects& expected) {
  const auto* entries = object.find_path({"status", "inventory", "entries"});
  const auto size = entries == nullptr ? std::size_t{0} : entries->as_array().size();
  if (ever_ignored_ || size == expected.size()) return;
  std::string listed;
  for (std::size_t i = 0; i < size; ++i)
    text::append(listed, i == 0 ? "" : ", ", entries->as_array()[i].text_at({"id"}));
  std::string built;
  for (const auto& [id, text] : expected) text::append(built, built.empty() ? "" : ", ", id);
  violated(text::cat("Kustomization ", name, " lists ", listed, " and builds ", built, ", but ", ready_text(object)));
}

/// It has just become Ready, and waits for what it applied.
void Truth::judge_health(const std::string& name, const json::Value& object, const Objects& expected) {
  for (const auto& [id, text] : expected) {
    const auto* live = find(id);
    if (!id.starts_with("Deployment/") || is_shared(id) || live == nullptr || is_left_alone(*live)) continue;
    if (!is_excused(id) && !is_healthy(id))
      violated(
          text::cat("Kustomization ", name, " waits, and says ", ready_text(object), ", but ", id, " is not healthy")
      );
  }
}

void Truth::look() {
  if (!violation_.empty()) return;
  const auto all = api_.all(kustomizations());
  for (const auto& [path, object] : all) look_at(name_of(path), *object);
  for (auto& [name, known] : known_) {
    if (!known.exists || all.contains(path_of("Kustomization/" + name))) continue;
    known.exists = false;
    known.is_ready = false;
    if (!known.unready_since) known.unready_since = now();
  }
}

void Truth::wrote(const std::string& object, bool deletes, const std::string& user) {
  const auto* live = find(object);
  if (live == nullptr && deletes) return;
  // What is not there yet says by its name whose it is.
  std::string owner{live == nullptr ? "" : owner_of(*live)};
  if (owner.empty()) owner = text::cut(text::cut(std::string_view{object}, "/").second, "-").first;
  const auto at = known_.find(owner);
  if (at == known_.end() || at->second.specs.empty()) return;
  auto& known = at->second;
  if (deletes) judge_deletion(object, owner, known);
  // Whoever shares it may be the one who writes.
  if (is_shared(object)) return;
  if (known.exists && known.suspended_since && over(*known.suspended_since))
    return violated(text::cat(object, " is written, though its Kustomization is suspended"));
  if (live != nullptr && is_left_alone(*live) && !deletes) {
    const auto disturbance = disturbed_.find(object);
    if (disturbance == disturbed_.end() || over(disturbance->second))
      return violated(text::cat(object, " is written, though it says that it is to be left alone"));
  }
  const auto& specs = specs_in_use(known);
  const bool is_right_user = std::ranges::any_of(specs, [&](const auto& spec) { return user == user_of(spec.value); });
  if (!is_right_user)
    return violated(
        text::cat(object, " is written as ", text::quoted(user), ", not as ", text::quoted(user_of(specs.back().value)))
    );
  if (deletes) return;
  const bool may_write = std::ranges::any_of(specs, [&](const auto& spec) {
    const std::string dependency{dependency_of(spec.value)};
    const auto other = known_.find(dependency);
    return dependency.empty() ||
           (other != known_.end() && !(other->second.unready_since && over(*other->second.unready_since)));
  });
  if (!may_write)
    violated(text::cat(
        object, " is written, though ", owner, " depends on ", dependency_of(specs.back().value), ", which is not ready"
    ));
}

/// A rule allows it: it left the build, or its owner goes and takes it along.
void Truth::judge_deletion(const std::string& object, const std::string& owner, Known& known) {
  const auto* kustomization = find("Kustomization/" + owner);
  const bool is_going =
      kustomization == nullptr || kustomization->find_path({"metadata", "deletionTimestamp"}) != nullptr;
  if (is_going && known.deleted_since && known.suspended_since && *known.suspended_since <= *known.deleted_since)
    return violated(text::cat(object, " is deleted, though ", owner, " was suspended when it was deleted"));
  const auto& specs = specs_in_use(known);
  if (std::ranges::none_of(specs, [](const auto& spec) { return has(spec.value, "prune"); }))
    return violated(text::cat(object, " is deleted, though ", owner, " does not prune"));
  if (is_going || (ever_ignored_ && object.ends_with(text::cat("-", kIgnorable)))) return;
  const auto applied = places_.find(known.applied);
  // Since the spec of a while ago, or the first commit when it has applied none.
  for (std::size_t place = applied == places_.end() ? 0 : applied->second; place < trees_.size(); ++place) {
    for (const auto& spec : specs) {
      const auto expected = build(trees_[place].second, spec.value, ignores_);
      if (!expected || !expected->contains(object)) return;
    }
  }
  violated(text::cat(object, " is deleted, though ", owner, " has it in its build"));
}

std::vector<std::string> Truth::sharers(const std::string& name) const {
  const auto prefix_of = [](const json::Value& object) { return object.text_at({"spec", "namePrefix"}); };
  const auto* one = find("Kustomization/" + name);
  std::vector<std::string> out;
  if (one == nullptr || prefix_of(*one).empty()) return out;
  for (const auto& [path, object] : api_.all(kustomizations())) {
    if (name_of(path) != name && prefix_of(*object) == prefix_of(*one)) out.push_back(name_of(path));
  }
  return out;
}

bool Truth::is_blocked(const json::Value& object) const {
  const auto dependency = dependency_of(*object.find("spec"));
  if (dependency.empty()) return false;
  const auto* other = find(text::cat("Kustomization/", dependency));
  return other == nullptr || !is_true(*other, "Ready") || other->text_at({"status", "lastAppliedRevision"}) != head_ ||
         number(*other, {"status", "observedGeneration"}) != number(*other, {"metadata", "generation"});
}

/// Both who build an object are told, and nobody is told of one who does not.
std::string Truth::judge_conflict(const std::string& name, const json::Value& object, const Objects& expected) const {
  const auto others = sharers(name);
  const auto* told = condition(object, "Conflict");
  const bool names_one =
      told != nullptr && told->text_at({"message"}).find("by Kustomization") != std::string_view::npos;
  if (others.empty()) return names_one ? std::string{told->text_at({"message"})} : "";
  for (const auto& other : others) {
    const auto* theirs = find("Kustomization/" + other);
    const auto built = build(trees_.back().second, *theirs->find("spec"), ignores_);
    const bool is_clear =
        built && !flag(*theirs, {"spec", "suspend"}) && is_true(*theirs, "Ready") && !is_blocked(*theirs);
    if (!is_clear) return "";
    const bool overlaps = std::ranges::any_of(*built, [&](const auto& entry) {
      const auto at = expected.find(entry.first);
      const auto* live = find(entry.first);
      return at != expected.end() && at->second != entry.second && live != nullptr && !is_left_alone(*live);
    });
    if (overlaps && !names_one) return text::cat(name, " and ", other, " write the same, and are not told");
  }
  return "";
}

std::string Truth::requested_in_vain() const {
  for (const auto& [path, object] : api_.all(kube::resource_of<api::source::GitRepository>())) {
    if (!is_request_handled(*object)) return text::cat("GitRepository ", name_of(path), " was requested in vain");
  }
  for (const auto& [path, object] : api_.all(kustomizations())) {
    if (!is_request_handled(*object)) return text::cat("Kustomization ", name_of(path), " was requested in vain");
  }
  return "";
}

std::string Truth::unsettled() {
  if (auto waiting = requested_in_vain(); !waiting.empty()) return waiting;
  for (const auto& [path, object] : api_.all(kube::resource_of<api::source::GitRepository>())) {
    const auto revision = object->text_at({"status", "artifact", "revision"});
    if (!is_true(*object, "Ready") || revision != head_)
      return text::cat("GitRepository ", name_of(path), " has ", revision, ", not ", head_, ": ", ready_text(*object));
  }
  const auto& tree = trees_.back().second;
  std::map<std::string, std::set<std::string>> shared;  // object → what those who share it say
  for (const auto& [path, object] : api_.all(kustomizations())) {
    for (const auto& [name, text] : build(tree, *object->find("spec"), ignores_).value_or(Objects{})) {
      if (is_shared(name)) shared[name].insert(flag(*object, {"spec", "suspend"}) || is_blocked(*object) ? "*" : text);
    }
  }
  for (const auto& [path, object] : api_.all(kustomizations())) {
    const std::string name = name_of(path);
    if (flag(*object, {"spec", "suspend"})) continue;
    if (object->find_path({"metadata", "deletionTimestamp"}) != nullptr)
      return text::cat("Kustomization ", name, " is still being deleted");
    if (is_blocked(*object)) continue;
    const auto generation = number(*object, {"metadata", "generation"});
    auto expected = build(tree, *object->find("spec"), ignores_);
    const bool is_current = number(*object, {"status", "observedGeneration"}) == generation;
    if (!expected) {
      const auto* ready = condition(*object, "Ready");
      if (ready != nullptr && ready->text_at({"status"}) == "False" && ready->text_at({"reason"}) == "BuildFailed")
        continue;
      return text::cat("Kustomization ", name, " should say that it cannot be built: ", ready_text(*object));
    }
    const bool is_hopeless = has_hopeless(*object, *expected);
    if (is_hopeless && is_true(*object, "Ready"))
      return text::cat("Kustomization ", name, " waits for what never runs, and says ", ready_text(*object));
    if (is_hopeless && known_[name].failed_at != head_)
      return text::cat(
          "Kustomization ", name, " waits for what never runs, and does not say so: ", ready_text(*object)
      );
    if (!is_hopeless &&
        (!is_true(*object, "Ready") || !is_current || object->text_at({"status", "lastAppliedRevision"}) != head_))
      return text::cat("Kustomization ", name, " should be Ready at ", head_, ": ", ready_text(*object));
    if (auto conflict = judge_conflict(name, *object, *expected); !conflict.empty())
      return text::cat("Kustomization ", name, ": ", conflict);
    std::erase_if(*expected, [&](const auto& entry) {
      const auto at = shared.find(entry.first);
      if (at == shared.end() || at->second.size() == 1) return false;
      const auto* live = find(entry.first);
      return at->second.contains("*") ||
             (live != nullptr && at->second.contains(said(text::cut(std::string_view{entry.first}, "/").first, *live)));
    });
    const auto wrong = differences(name, *expected, Allowance::kNone);
    if (!wrong.empty()) return text::cat("Kustomization ", name, ": ", text::join(wrong, "; "));
  }
  return "";
}

/// It waits for a Deployment that never runs.
bool Truth::has_hopeless(const json::Value& object, const Objects& expected) const {
  return flag(object, {"spec", "wait"}) && std::ranges::any_of(expected, [&](const auto& entry) {
           const auto* live = find(entry.first);
           return entry.first.starts_with("Deployment/") && live != nullptr && is_bad_image(said("Deployment", *live));
         });
}

bool Truth::keeps_trying() const {
  const auto all = api_.all(kustomizations());
  return std::ranges::any_of(all, [&](const auto& entry) {
    const auto expected = build(trees_.back().second, *entry.second->find("spec"), ignores_);
    return !flag(*entry.second, {"spec", "suspend"}) && (!expected || has_hopeless(*entry.second, *expected));
  });
}

void Truth::look_for_orphans() {
  Objects all;
  std::set<std::string> unknown;  // whose objects may be anything: it is suspended, blocked, or cannot be built
  for (const auto& [path, object] : api_.all(kustomizations())) {
    const auto expected = build(trees_.back().second, *object->find("spec"), ignores_);
    if (!expected || flag(*object, {"spec", "suspend"}) || is_blocked(*object)) {
      unknown.insert(name_of(path));
    } else {
      all.insert(expected->begin(), expected->end());
    }
  }
  const auto look_at_all = [&](std::string_view kind, const kube::Resource& resource) {
    for (const auto& [path, object] : api_.all(resource)) {
      const std::string owner{owner_of(*object)};
      if (owner.empty() || may_leave_.contains(owner) || unknown.contains(owner)) continue;
      const auto id = text::cat(kind, "/", name_of(path));
      if (!all.contains(id) && !left_alone_.contains(id))
        violated(text::cat(id, " of Kustomization ", owner, " is left, though nothing says it should"));
    }
  };
  look_at_all("ConfigMap", kube::core::config_maps());
  look_at_all("Deployment", deployments());
}

}  // namespace weir::simulation
