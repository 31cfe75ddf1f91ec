#!/usr/bin/python3
"""Takes one guard of the product out after the other; the simulation must notice each. What it does not notice is a hole in
the truth (truth.hpp) or in what the acts reach.

  test/simulation/mutate.py build/release [--seeds 2000] [--only WORD]
"""
import argparse
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RECONCILER = "controllers/kustomize/kustomization_reconciler.cpp"
APPLY = "controllers/kustomize/kustomization_apply.cpp"
CONTROLLER = "pkg/runtime/controller.hpp"

# What is taken out, where, its text, and what takes its place.
MUTANTS = [
    ("a new spec wakes its object", CONTROLLER, "return old.generation != now.generation ||", "return"),
    ("a request wakes its object", CONTROLLER,
     "(!Traits::request(now).empty() && Traits::request(now) != Traits::request(old));", "false;"),
    ("a request is told as served", CONTROLLER, "*handled = requested;", "handled->clear();"),
    ("a suspended object is left alone", CONTROLLER, "if (Traits::is_suspended(object)) {",
     "if (Traits::is_suspended(object) && object.metadata.name.empty()) {"),
    ("a finalizer comes before the first write", CONTROLLER,
     "if (!Traits::kFinalizer.empty() && !object.metadata.has_finalizer(Traits::kFinalizer)) {",
     "if (Traits::kFinalizer.empty()) {"),
    ("an object that could not be cleaned up stays", CONTROLLER, "if (!std::holds_alternative<Done>(outcome)) {",
     "if (std::holds_alternative<Stall>(outcome)) {"),
    ("after a lost answer the object is read first", CONTROLLER, "const auto snapshot = co_await catch_up(key);",
     "const auto snapshot = parts_.informer.get(key);"),
    ("what is written is said before", APPLY, "  co_await context.publish_status();\n", ""),
    ("what is written is recorded before", APPLY,
     "  run.object.status.inventory = run.recorded.stored();\n  co_await say_that_it_writes(context, run);",
     "  co_await say_that_it_writes(context, run);"),
    ("what left the build is deleted", APPLY, "if (!stale.empty()) co_await prune_some(context, run, std::move(stale));\n  run.object.status.inventory = run.recorded.stored();\n  run.memory",
     "run.object.status.inventory = run.recorded.stored();\n  run.memory"),
    ("only what is not pruned is forgotten", APPLY, "if (!run.object.spec.prune) {", "if (run.object.spec.prune) {"),
    ("a failed apply ends the pass", APPLY, "if (!result.errors.empty()) {\n    std::string message",
     "if (result.errors.size() > 1'000'000) {\n    std::string message"),
    ("what drifted is not untouched", RECONCILER, "if (!ready || !run.applied.is_untouched(run.is_due)) co_return Next{};",
     "if (!ready) co_return Next{};"),
    ("a new spec is another input", RECONCILER, 'text::cat(run.object.metadata.generation, " ", sha256_hex(variables))',
     "sha256_hex(variables)"),
    ("a new artifact is another input", RECONCILER, 'text::cat(artifact.digest, " ", artifact.revision, " ", run.settings)',
     "run.settings"),
    ("other files are other inputs", RECONCILER, "if (!same) co_return Next{};\n  context.log.debug(\"no input",
     "context.log.debug(\"no input"),
    ("an object that is gone is drift", "pkg/live/drift.cpp",
     "if (live == nullptr) return record.expires ? Drift::kAtInterval : Drift::kNow;",
     "if (live == nullptr) return Drift::kNone;"),
    ("an entry that is another one is drift", "pkg/live/drift.cpp", "return is_scaled ? Drift::kAtInterval : Drift::kNow;",
     "return is_scaled ? Drift::kAtInterval : Drift::kNone;"),
    ("nothing is believed of a watch that is not complete", "pkg/live/applied_set.cpp",
     "if (record.owned.entry == 0 || !view_.is_complete(record.id)) return false;", "if (record.owned.entry == 0) return false;"),
    ("what could not be deleted is an error", "pkg/ssa/remove.cpp",
     'if (refused) out.error = text::cat(id.text(), " delete failed: ", safe_text(id, *refused));', ""),
    ("an object that could not be deleted keeps its owner", "controllers/kustomize/kustomization_deletion.cpp",
     "if (!result.errors.empty()) {", "if (result.errors.size() > 1'000'000) {"),
    ("a deleted Kustomization takes its objects along", "controllers/kustomize/kustomization_deletion.cpp",
     "if (object.spec.suspend || !deletes || objects.empty())", "if (object.spec.suspend || deletes || objects.empty())"),
    ("a failed write stops the pass", "pkg/ssa/execute.cpp", 'out.error = text::cat(object.id().text(), " apply failed: ",',
     'std::string lost = text::cat(object.id().text(), " apply failed: ",'),
    ("a new commit is another revision", "controllers/source/git_repository_reconciler.cpp",
     "artifact && artifact->revision == run.resolution.revision && has_same_inputs(run.object)",
     "artifact && has_same_inputs(run.object)"),
    ("an artifact that is gone is made again", "controllers/source/git_repository_reconciler.cpp",
     "if (good) co_return Next{};", "if (good || !path.empty()) co_return Next{};"),
    ("a write needs the lease", "pkg/runtime/manager.cpp",
     "if (const auto at = election_of.find(controller); at != election_of.end()) at->second->require();",
     "if (const auto at = election_of.find(controller); at != election_of.end()) static_cast<void>(at);"),
]


def run(command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)


def copy_sources(folder):
    os.makedirs(folder, exist_ok=True)
    for name in run(["git", "ls-files"], cwd=ROOT).stdout.split("\n"):
        if not name or not os.path.isfile(os.path.join(ROOT, name)):
            continue
        target = os.path.join(folder, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(os.path.join(ROOT, name), "rb") as file:
            now = file.read()
        if not os.path.exists(target) or open(target, "rb").read() != now:
            shutil.copy2(os.path.join(ROOT, name), target)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    folder = os.path.join(os.path.abspath(options.build), "mutants")
    copy_sources(folder)
    configured = run(["cmake", "--preset", "release"], cwd=folder)
    if configured.returncode:
        sys.exit(configured.stdout)
    build = ["cmake", "--build", "build/release", "--target", "weir_simulate", "--parallel", str(os.cpu_count())]
    program = os.path.join(folder, "build/release/test/simulation/weir_simulate")
    missed = 0
    wanted = [mutant for mutant in MUTANTS if options.only in mutant[0]]
    for name, path, text, instead in wanted:
        path = os.path.join(folder, path)
        with open(path) as file:
            whole = file.read()
        if whole.count(text) != 1:
            sys.exit(f"{name}: {path} has {whole.count(text)} places like it")
        with open(path, "w") as file:
            file.write(whole.replace(text, instead))
        try:
            built = run(build, cwd=folder)
            if built.returncode:
                sys.exit(f"{name}: does not compile\n{built.stdout[-3000:]}")
            # The first that fails will do; shortening it is of no interest here.
            played = run([program, "--from", "1", "--seeds", str(options.seeds), "--first", "yes"])
            noticed = played.returncode != 0
            line = played.stdout.split("\n")[0][:200]
            print(f"{'noticed' if noticed else 'MISSED '}  {name}: {line}", flush=True)
            missed += not noticed
        finally:
            with open(path, "w") as file:
                file.write(whole)
    print(f"{len(wanted)} guards taken out, {missed} not noticed within {options.seeds} worlds")
    return 1 if missed else 0


sys.exit(main())
