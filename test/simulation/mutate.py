#!/usr/bin/python3
"""Takes one guard of the product out after the other; the simulation must notice each. What it does not notice is a hole in
the truth (truth.hpp) or in what the acts reach.

All of them are built into one program, which is told which one is out: MUTANT stands for that question, and MUTANT_1,
MUTANT_2 where one text holds several guards.

  test/simulation/mutate.py build/release [--seeds 2000] [--only WORD|WORD...] [--jobs 2]
"""
import argparse
import concurrent.futures
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RECONCILER = "controllers/kustomize/kustomization_reconciler.cpp"
APPLY = "controllers/kustomize/kustomization_apply.cpp"
DELETION = "controllers/kustomize/kustomization_deletion.cpp"
HEALTH = "controllers/kustomize/kustomization_health.cpp"
DEPENDENCIES = "controllers/kustomize/dependencies.cpp"
SOURCE = "controllers/source/git_repository_reconciler.cpp"
CONTROLLER = "pkg/runtime/controller.hpp"
LOOP = "pkg/runtime/controller_loop.cpp"
CONCLUSION = "pkg/runtime/conclusion.cpp"
INFORMER = "pkg/kube/informer.hpp"
APPLIED = "pkg/live/applied_set.cpp"
SETS = "pkg/live/applied_sets.cpp"
DRIFT = "pkg/live/drift.cpp"
PLAN = "pkg/ssa/plan.cpp"
EXECUTE = "pkg/ssa/execute.cpp"
REMOVE = "pkg/ssa/remove.cpp"
ELECTION = "pkg/kube/election_machine.cpp"

# The guard, where it stands, its text, and the text without it.
MUTANTS = [
    # What wakes, and what a pass begins with.
    ("a new spec wakes its object", CONTROLLER, "return old.generation != now.generation ||",
     "return (!MUTANT && old.generation != now.generation) ||"),
    ("a new object wakes", CONTROLLER, "if (before == nullptr || after == nullptr) return true;",
     "if (before == nullptr || after == nullptr) return !MUTANT;"),
    ("a request wakes its object", CONTROLLER, "(!Traits::request(now).empty() && Traits::request(now) != Traits::request(old));",
     "(!MUTANT && !Traits::request(now).empty() && Traits::request(now) != Traits::request(old));"),
    ("a request is told as served", CONTROLLER, "if (handled != nullptr && !requested.empty()) *handled = requested;",
     "if (!MUTANT && handled != nullptr && !requested.empty()) *handled = requested;"),
    ("after a lost answer the object is read first", CONTROLLER, "if (behind == behind_.end()) co_return parts_.informer.get(key);",
     "if (MUTANT || behind == behind_.end()) co_return parts_.informer.get(key);"),
    ("a pass speaks of the generation that it saw", CONTROLLER, "    object.metadata.resource_version = metadata->resource_version;\n",
     "    object.metadata.resource_version = metadata->resource_version;\n    if (MUTANT) object.metadata.generation = metadata->generation;\n"),
    ("the cache learns only of the same spec", CONTROLLER, "if (same_spec) {", "if (MUTANT || same_spec) {"),
    ("a suspended object is left alone", CONTROLLER, "if (Traits::is_suspended(object)) {", "if (!MUTANT && Traits::is_suspended(object)) {"),
    ("a finalizer comes before the first write", CONTROLLER,
     "if (!Traits::kFinalizer.empty() && !object.metadata.has_finalizer(Traits::kFinalizer)) {\n      auto",
     "if (!MUTANT && !Traits::kFinalizer.empty() && !object.metadata.has_finalizer(Traits::kFinalizer)) {\n      auto"),
    ("an object that could not be cleaned up stays", CONTROLLER, "if (!std::holds_alternative<Done>(outcome)) {",
     "if (!MUTANT && !std::holds_alternative<Done>(outcome)) {"),
    ("a failed deletion is tried again soon", CONTROLLER,
     "if (std::holds_alternative<Failed>(outcome)) result.again_after = Milliseconds{0};",
     "if (std::holds_alternative<Failed>(outcome)) result.again_after = MUTANT ? Milliseconds{86'400'000} : Milliseconds{0};"),
    ("a failed pass is tried again", LOOP, "        queue_.add(key, now + result.again_after);\n      } else {",
     "        if (!MUTANT) queue_.add(key, now + result.again_after);\n      } else {"),
    ("what could not be told is tried again", LOOP, "queue_.add_failed(key, now, random_fraction());",
     "if (!MUTANT) queue_.add_failed(key, now, random_fraction());"),
    ("who waits looks again", LOOP, "      queue_.forget(key);\n      queue_.add(key, now + result.again_after);\n      return;\n    case PassResult::Kind::kFailed",
     "      queue_.forget(key);\n      if (!MUTANT) queue_.add(key, now + result.again_after);\n      return;\n    case PassResult::Kind::kFailed"),
    ("who is woken during a pass runs again", "pkg/kube/work_queue.cpp", "if (at->second.due) ready_.emplace(*at->second.due, key);",
     "if (MUTANT) at->second.due.reset();\n  if (at->second.due) ready_.emplace(*at->second.due, key);"),
    ("an object is reconciled once at a time", "pkg/kube/work_queue.cpp", "  if (!entry.in_progress) {\n    if (entry.due)",
     "  if (MUTANT || !entry.in_progress) {\n    if (entry.due)"),
    ("what was not told is of one version", CONTROLLER, "if (at->second.resource_version == object.metadata.resource_version) object.status",
     "if (MUTANT || at->second.resource_version == object.metadata.resource_version) object.status"),
    # What status says.
    ("Ready is of the generation that was applied", CONCLUSION,
     "  set(status, condition::kReady, \"True\", reason, message, now);\n  status.observed_generation = status.metadata.generation;",
     "  set(status, condition::kReady, \"True\", reason, message, now);\n  if (!MUTANT) status.observed_generation = status.metadata.generation;"),
    ("a failure takes Ready away", CONCLUSION, "    set(status, condition::kReady, \"False\", reason, message, now);\n  }",
     "    if (!MUTANT) set(status, condition::kReady, \"False\", reason, message, now);\n  }"),
    ("whoever writes is not Ready", CONCLUSION, "set(status, condition::kReady, \"Unknown\", api::reason::kProgressing",
     "if (!MUTANT) set(status, condition::kReady, \"Unknown\", api::reason::kProgressing"),
    ("the revision is told once it is applied", RECONCILER, "  status.last_applied_revision = run.revision;\n",
     "  if (!MUTANT) status.last_applied_revision = run.revision;\n"),
    ("the revision is not told before it is applied", RECONCILER, "  run.object.status.last_attempted_revision = run.revision;\n",
     "  run.object.status.last_attempted_revision = run.revision;\n  if (MUTANT) run.object.status.last_applied_revision = run.revision;\n"),
    # What a Kustomization applies.
    ("what is written is said before", APPLY, "  co_await context.publish_status();\n", "  if (!MUTANT) co_await context.publish_status();\n"),
    ("what is written is recorded before", APPLY,
     "  run.object.status.inventory = run.recorded.stored();\n  co_await say_that_it_writes(context, run);",
     "  if (!MUTANT) run.object.status.inventory = run.recorded.stored();\n  co_await say_that_it_writes(context, run);"),
    ("what left the build is deleted", APPLY, "if (!stale.empty()) co_await prune_some(context, run, std::move(stale));\n  run.object.status.inventory = run.recorded.stored();\n  run.memory",
     "if (MUTANT) {\n    for (const auto& id : stale) run.recorded.erase(id);\n  } else if (!stale.empty()) {\n    co_await prune_some(context, run, std::move(stale));\n  }\n  run.object.status.inventory = run.recorded.stored();\n  run.memory"),
    (("without prune nothing is deleted", "with prune something is deleted"), APPLY, "if (!run.object.spec.prune) {",
     "if (MUTANT_2 || (!MUTANT_1 && !run.object.spec.prune)) {"),
    ("only what is ours is pruned", APPLY, "    return live.label(name_label) == std::string_view{key.name} &&",
     "    return (MUTANT || live.label(name_label) == std::string_view{key.name}) &&"),
    ("what could not be pruned is an error", APPLY, "  if (!result.errors.empty()) {\n    run.object.status.inventory",
     "  if (!MUTANT && !result.errors.empty()) {\n    run.object.status.inventory"),
    ("a failed apply ends the pass", APPLY, "if (!result.errors.empty()) {\n    std::string message",
     "if (!MUTANT && !result.errors.empty()) {\n    std::string message"),
    (("what drifted is not untouched", "who is not Ready is not done"), RECONCILER,
     "if (!ready || !run.applied.is_untouched(run.is_due)) co_return Next{};",
     "if ((!MUTANT_2 && !ready) || (!MUTANT_1 && !run.applied.is_untouched(run.is_due))) co_return Next{};"),
    ("a new spec is another input", RECONCILER, 'text::cat(run.object.metadata.generation, " ", sha256_hex(variables))',
     'text::cat(MUTANT ? std::int64_t{0} : std::int64_t{run.object.metadata.generation}, " ", sha256_hex(variables))'),
    (("a new artifact is another input", "other bytes of one revision are another input"), RECONCILER,
     'text::cat(artifact.digest, " ", artifact.revision, " ", run.settings)',
     'MUTANT_1 ? run.settings : text::cat(MUTANT_2 ? "" : artifact.digest, " ", artifact.revision, " ", run.settings)'),
    ("other files are other inputs", RECONCILER, "if (!same) co_return Next{};\n  context.log.debug(\"no input",
     "if (!MUTANT && !same) co_return Next{};\n  context.log.debug(\"no input"),
    ("only a spec that was applied has the same files", RECONCILER, "!memory.files.empty() && memory.settings == run.settings &&",
     "!memory.files.empty() && (MUTANT || memory.settings == run.settings) &&"),
    ("drift is looked for before files are compared", RECONCILER, "if (!was_applied || !run.applied.is_untouched(true)) co_return Next{};",
     "if (!was_applied || (!MUTANT && !run.applied.is_untouched(true))) co_return Next{};"),
    ("only what is Ready has the same files", RECONCILER, "                           api::is_condition_true(run.object.status.conditions, condition::kReady);",
     "                           (MUTANT || api::is_condition_true(run.object.status.conditions, condition::kReady));"),
    ("a kind that was missing is looked for again", "pkg/kube/rest_mapper.cpp", "age < kBelievedFor : age < kMissingFor",
     "age < kBelievedFor : (MUTANT || age < kMissingFor)"),
    ("a dependency is of the same revision", DEPENDENCIES, "if (same_source && status.last_applied_revision != revision) {",
     "if (!MUTANT && same_source && status.last_applied_revision != revision) {"),
    ("a new source wakes who uses it", "controllers/kustomize/kustomization_watches.cpp",
     "for (const auto& key : kustomizations.keys(kBySource, source_text(kind, source))) controller.enqueue(key);",
     "for (const auto& key : kustomizations.keys(kBySource, source_text(kind, source))) {\n      if (!MUTANT) controller.enqueue(key);\n    }"),
    ("a tenant's objects are written as the tenant", RECONCILER, "  return account.empty() ? parts_.client\n",
     "  return (MUTANT || account.empty()) ? parts_.client\n"),
    ("who depends on another waits for it", RECONCILER, "if (problem.empty()) co_return Next{};", "if (MUTANT || problem.empty()) co_return Next{};"),
    ("a dependency that is ready wakes who waits", RECONCILER, "  parts_.waiters.insert(key);\n",
     "  if (!MUTANT) parts_.waiters.insert(key);\n  if (MUTANT) co_return Wait{reason::kDependencyNotReady, std::move(problem), Milliseconds{86'400'000}};\n"),
    ("a dependency is ready of its present spec", DEPENDENCIES, "status.observed_generation != dependency->metadata.generation ||",
     "(!MUTANT && status.observed_generation != dependency->metadata.generation) ||"),
    ("a dependency is ready when it says so", DEPENDENCIES, "        !api::is_condition_true(status.conditions, condition::kReady)) {",
     "        (!MUTANT && !api::is_condition_true(status.conditions, condition::kReady))) {"),
    # Deletion.
    (("a deleted Kustomization takes its objects along", "a suspended one takes nothing along",
      "one that does not prune takes nothing along"), DELETION, "if (object.spec.suspend || !deletes || objects.empty())",
     "if (MUTANT_1 || (!MUTANT_2 && object.spec.suspend) || (!MUTANT_3 && !deletes) || objects.empty())"),
    ("what could not be taken along keeps its owner", DELETION, "  if (!result.errors.empty()) {", "  if (!MUTANT && !result.errors.empty()) {"),
    # Health.
    ("who waits for health is not done before", HEALTH, "  if (wait.is_over()) {", "  if (MUTANT || wait.is_over()) {"),
    ("what is not Current is waited for", "pkg/live/health_wait.cpp", "  if (health.status == ssa::HealthStatus::kCurrent) {",
     "  if (MUTANT || health.status == ssa::HealthStatus::kCurrent) {"),
    ("a wait ends at its time", HEALTH, "if (wait.has_failed() || wait.has_expired(then)) {", "if (wait.has_failed() || (!MUTANT && wait.has_expired(then))) {"),
    ("what is waited for and changes is asked again", "pkg/live/health_wait.cpp", "  if (at == pending_.end()) return false;\n  at->second.touched = true;",
     "  if (MUTANT || at == pending_.end()) return false;\n  at->second.touched = true;"),
    ("what changes while it is asked is asked again", "pkg/live/health_wait.cpp", "plan(key, entry, entry.touched ? started_ : next);",
     "plan(key, entry, entry.touched && !MUTANT ? started_ : next);"),
    ("what drifts during a wait is put right", RECONCILER, "run.only_health = !run.applied.has_drifted();",
     "run.only_health = MUTANT || !run.applied.has_drifted();"),
    # Drift.
    ("an object that is gone is drift", DRIFT, "if (live == nullptr) return record.expires ? Drift::kAtInterval : Drift::kNow;",
     "if (live == nullptr) return MUTANT ? Drift::kNone : record.expires ? Drift::kAtInterval : Drift::kNow;"),
    ("an entry that is another one is drift", DRIFT, "return is_scaled ? Drift::kAtInterval : Drift::kNow;",
     "return MUTANT ? Drift::kNone : is_scaled ? Drift::kAtInterval : Drift::kNow;"),
    ("what somebody writes under our name is drift", DRIFT, "  if (is.entry != was.entry) {", "  if (is.entry != was.entry && !(MUTANT && is.fields == was.fields)) {"),
    ("what kubectl adds is drift", DRIFT, "if (is.unclean && !was.unclean && !record.merges) {",
     "if (!MUTANT && is.unclean && !was.unclean && !record.merges) {"),
    ("nothing is believed of a watch that is not complete", APPLIED,
     "if (record.owned.entry == 0 || !view_.is_complete(record.id)) return false;",
     "if (record.owned.entry == 0 || (!MUTANT && !view_.is_complete(record.id))) return false;"),
    ("an object that another one applies is not fought for", APPLIED,
     "if (live && live->owner != owner_ && view_.is_listed(live->owner, record.id)) {",
     "if (!MUTANT && live && live->owner != owner_ && view_.is_listed(live->owner, record.id)) {"),
    ("what another one lets go of is put right", SETS, "  for (const auto& [other, id] : released) {\n    notice(other, id);\n    wake(other, Milliseconds{0});",
     "  for (const auto& [other, id] : released) {\n    if (MUTANT) continue;\n    notice(other, id);\n    wake(other, Milliseconds{0});"),
    ("a conflict is told", SETS, "  note(owner, entry.set, other);\n", "  if (MUTANT) return;\n  note(owner, entry.set, other);\n"),
    ("a conflict that is over is told no more", SETS, "    set.opponents.erase(entry);\n  }\n", "    if (!MUTANT) set.opponents.erase(entry);\n  }\n"),
    ("what happens during a pass is looked at after it", SETS, "  for (const auto& identity : seen) judge(owner, entry, identity);",
     "  for (const auto& identity : seen) {\n    if (!MUTANT) judge(owner, entry, identity);\n  }"),
    ("what is touched in no pass is looked at", SETS, "  if (judgement.wake) wake(owner, *judgement.wake);",
     "  if (judgement.wake && !MUTANT) wake(owner, *judgement.wake);"),
    ("who takes his word back is looked at", APPLIED, "if (live && (record.need_only_exist || live->left_alone)) return out;",
     "if (live && (MUTANT || record.need_only_exist || live->left_alone)) return out;"),
    ("what is first known whole is looked at", SETS, "if (record.id.group == kind.group && record.id.kind == kind.kind) notice(owner, record.id);",
     "if (!MUTANT && record.id.group == kind.group && record.id.kind == kind.kind) notice(owner, record.id);"),
    ("who is gone is nobody's opponent", SETS, "if (!opponent.owner.name.empty()) wake(opponent.owner, Milliseconds{0});",
     "if (!MUTANT && !opponent.owner.name.empty()) wake(opponent.owner, Milliseconds{0});"),
    # Server-side apply.
    ("what is to be left alone is not written", "pkg/ssa/steering.cpp",
     'return is_steered(object, group, "reconcile", "disabled") ||', 'return (!MUTANT && is_steered(object, group, "reconcile", "disabled")) ||'),
    ("an object that is expected is compared", PLAN, "  if (desired.has_error() || !holds(*live, **desired, cluster_.options.field_manager)) co_return false;",
     "  if (desired.has_error() || (!MUTANT && !holds(*live, **desired, cluster_.options.field_manager))) co_return false;"),
    ("a dry run that changes something is a change", PLAN, "if (live && !object.is_unclean && is_same_state(*live, answer->object))",
     "if (live && !object.is_unclean && (MUTANT || is_same_state(*live, answer->object)))"),
    ("what kubectl added is removed", PLAN, "  object.is_unclean = is_unclean(object, answer->object);\n",
     "  object.is_unclean = !MUTANT && is_unclean(object, answer->object);\n"),
    ("a refused dry run is an error", PLAN, "  if (!object.error.empty()) object.intent = Intent::kRefused;\n",
     "  if (!MUTANT && !object.error.empty()) object.intent = Intent::kRefused;\n"),
    ("a failed write is an error", EXECUTE, "  if (refused) {\n    out.error = text::cat(object.id().text(), \" apply failed: \"",
     "  if (refused) {\n    if (!MUTANT) out.error = text::cat(object.id().text(), \" apply failed: \""),
    ("what could not be deleted is an error", REMOVE, "  out.error = text::cat(id.text(), \" delete failed: \", safe_text(id, *refused));",
     "  if (!MUTANT) out.error = text::cat(id.text(), \" delete failed: \", safe_text(id, *refused));"),
    ("what is deleted is what was looked at", REMOVE, "    options.resource_version = found->metadata.resource_version();",
     "    if (!MUTANT) options.resource_version = found->metadata.resource_version();"),
    # Sources.
    (("a new commit is another revision", "another list of what is ignored makes another artifact"), SOURCE,
     "artifact && artifact->revision == run.resolution.revision && has_same_inputs(run.object)",
     "artifact && (MUTANT_1 || artifact->revision == run.resolution.revision) && (MUTANT_2 || has_same_inputs(run.object))"),
    ("an artifact that is gone is made again", SOURCE, "if (good) co_return Next{};", "if (MUTANT || good) co_return Next{};"),
    ("an artifact that is torn is made again", "pkg/artifact/storage.cpp", "  const bool good = now->digest == digest;",
     "  const bool good = MUTANT || now->digest == digest;"),
    ("the artifact that is told of stays", "pkg/artifact/storage.cpp", "if (relative == current || is_hidden(entry.path())",
     "if ((!MUTANT && relative == current) || is_hidden(entry.path())"),
    ("equal bytes of another revision are news", "controllers/source/artifact_keeper.cpp", "artifact->digest != stored.digest || artifact->revision != revision",
     "artifact->digest != stored.digest || (!MUTANT && artifact->revision != revision)"),
    ("the archive that is told of is not replaced", "pkg/artifact/storage.cpp", "const bool is_told_of = target == old &&",
     "const bool is_told_of = !MUTANT && target == old &&"),
    ("old archives go", "pkg/artifact/storage.cpp", "if (i < keep && now - old[i].time < options_.retention_ttl) continue;",
     "if (MUTANT || (i < keep && now - old[i].time < options_.retention_ttl)) continue;"),
    ("what a killed process left is swept", "pkg/artifact/storage.cpp", "for (const auto& path : found) removed +=",
     "for (const auto& path : found) removed += MUTANT ? 0 :"),
    ("bytes of another digest are not applied", "pkg/artifact/fetcher.cpp", "if (digester.finish() != digest) {",
     "if (digester.finish() != digest && !MUTANT) {"),
    ("a store that is damaged is fetched anew", "pkg/git/client.cpp", "if (error.kind() != GitFailure::kStorage || before.is_fresh) throw;",
     "if (MUTANT || error.kind() != GitFailure::kStorage || before.is_fresh) throw;"),
    ("a push that could not be told of is told of later", "controllers/image_automation/image_update_automation_reconciler.cpp",
     "  recall_push(object);\n  Run run{object};", "  if (!MUTANT) recall_push(object);\n  Run run{object};"),
    # Watches and leases.
    ("an older state does not replace a newer one", INFORMER, "if (known != versions_.end() && !is_later_version(version, known->second)) return;",
     "if (!MUTANT && known != versions_.end() && !is_later_version(version, known->second)) return;"),
    ("what a list no longer has is gone", INFORMER, "if (!seen_.contains(key)) gone.push_back(key);", "if (!MUTANT && !seen_.contains(key)) gone.push_back(key);"),
    ("what is deleted is gone", INFORMER, "    drop(key_of(object));\n", "    if (!MUTANT) drop(key_of(object));\n"),
    ("a history that was forgotten is listed anew", "pkg/kube/reflector_machine.cpp", "if (expired) resource_version_.clear();",
     "if (expired && !MUTANT) resource_version_.clear();"),
    ("a watch goes on where it ended", "pkg/kube/reflector_machine.cpp", "  if (!resource_version.empty()) resource_version_ = std::move(resource_version);",
     "  if (!resource_version.empty()) resource_version_ = MUTANT ? std::to_string(std::stol(resource_version) + 40) : std::move(resource_version);"),
    ("a write needs the lease", "pkg/runtime/manager.cpp",
     "if (const auto at = election_of.find(controller); at != election_of.end()) at->second->require();",
     "if (const auto at = election_of.find(controller); at != election_of.end() && !MUTANT) at->second->require();"),
    ("a lease that is held is not taken", ELECTION, "if (expired) return Write{};", "if (MUTANT || expired) return Write{};"),
    ("who sees another one lead stops", ELECTION, "  if (leading_) {\n    leading_ = false;\n    return Lost{};\n  }\n  const bool expired",
     "  if (leading_ && !MUTANT) {\n    leading_ = false;\n    return Lost{};\n  }\n  const bool expired"),
    ("a lease that could not be renewed is lost", ELECTION, "if (leading_ && now >= renewed_at_ + times_.renew) {",
     "if (!MUTANT && leading_ && now >= renewed_at_ + times_.renew) {"),
]


def run(command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)


def numbered():
    """(row, {"MUTANT": number} or {"MUTANT_1": number, ...}, {number: name})"""
    out, number = [], 0
    for row in MUTANTS:
        names = row[0] if isinstance(row[0], tuple) else (row[0],)
        marks = ["MUTANT"] if len(names) == 1 else [f"MUTANT_{place}" for place in range(1, len(names) + 1)]
        numbers = [number + place for place in range(1, len(names) + 1)]
        number += len(names)
        out.append((row, dict(zip(marks, numbers)), dict(zip(numbers, names))))
    return out


def mutated(path, text, rows):
    """A source with the guards of `rows` that can be taken out."""
    for (names, _, guard, without), marks, _ in rows:
        if text.count(guard) != 1:
            sys.exit(f"{names}: {path} has {text.count(guard)} places like it")
        for mark, number in marks.items():
            without = without.replace(mark, f"(weir_mutant == {number})")
        text = text.replace(guard, without)
    declared = "extern int weir_mutant;\n"
    return text.replace("#pragma once\n", "#pragma once\n" + declared, 1) if path.endswith(".hpp") else declared + text


def write_tree(folder, mutants):
    """The sources with every guard optional; what is as it was keeps its time, so that it is not built again."""
    changed = {}
    for mutant in mutants:
        changed.setdefault(mutant[0][1], []).append(mutant)
    for name in run(["git", "ls-files"], cwd=ROOT).stdout.split("\n"):
        source, target = os.path.join(ROOT, name), os.path.join(folder, name)
        if not name or not os.path.isfile(source):
            continue
        with open(source, "rb") as file:
            now = file.read()
        if name in changed:
            now = mutated(name, now.decode(), changed[name]).encode()
        if name == "test/simulation/simulate.cpp":
            now += b'\nint weir_mutant = std::getenv("WEIR_MUTANT") == nullptr ? 0 : std::atoi(std::getenv("WEIR_MUTANT"));\n'
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if not os.path.exists(target) or open(target, "rb").read() != now:
            with open(target, "wb") as file:
                file.write(now)
            os.chmod(target, os.stat(source).st_mode)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--only", default="", help="guards that have one of these words in their names")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    folder = os.path.join(os.path.abspath(options.build), "mutants")
    rows = numbered()
    write_tree(folder, rows)
    for command in (["cmake", "--preset", "release"],
                    ["cmake", "--build", "build/release", "--target", "weir_simulate", "--parallel", str(os.cpu_count())]):
        built = run(command, cwd=folder)
        if built.returncode:
            sys.exit(built.stdout[-4000:])
    program = os.path.join(folder, "build/release/test/simulation/weir_simulate")

    def play(mutant):
        number, name = mutant
        # The first that fails will do; shortening it is of no interest here.
        played = run([program, "--from", "1", "--seeds", str(options.seeds), "--first", "yes"],
                     env=dict(os.environ, WEIR_MUTANT=str(number)))
        noticed = played.returncode != 0
        print(f"{'noticed' if noticed else 'MISSED '}  {name}: {played.stdout.splitlines()[0][:160] if played.stdout else 'it crashed'}", flush=True)
        return noticed

    wanted = [(number, name) for row in rows for number, name in row[2].items() if any(word in name for word in options.only.split("|"))]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        missed = len(wanted) - sum(pool.map(play, wanted))
    print(f"{len(wanted)} guards taken out, {missed} not noticed within {options.seeds} worlds")
    return 1 if missed else 0


sys.exit(main())
