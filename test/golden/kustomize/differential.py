#!/usr/bin/env python3
"""Builds random kustomization trees with `weir build` and with kustomize 5.8.2 and compares what they print.

usage: differential.py WEIR [--seeds N] [--first SEED] [--seed SEED] [--keep DIR] [--jobs N] [--build]

Both must print the same bytes, or both must refuse. --seed runs one seed alone and shows the difference; --keep leaves
its files in a folder. With 2,000 seeds or more every field and option must have been written at least 20 times.
Without the kustomize program the test is skipped (status 77), under CI=true it fails; --build builds the program first.
"""
import argparse
import collections
import concurrent.futures
import difflib
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import reference  # noqa: E402
from generate import Tree  # noqa: E402

LEAST = 20
# A build is over before collecting garbage pays: it would take a fourth of kustomize's time.
ENVIRONMENT = dict(os.environ, GOGC="off")


def run(program, folder, tree):
    command = [program, "build", os.path.join(folder, tree.root)] + tree.flags
    with tempfile.TemporaryDirectory(prefix="weir-diff-") as output:
        done = subprocess.run(command + (["-o", output] if tree.has_folder else []), capture_output=True, timeout=60, env=ENVIRONMENT)
        out = done.stdout.decode(errors="replace")
        for name in sorted(os.listdir(output)):
            with open(os.path.join(output, name), encoding="utf-8", errors="replace") as file:
                out += f"=== {name}\n{file.read()}"
    return done.returncode, out, done.stderr.decode(errors="replace")


def compare(seed, weir, kustomize, keep=None):
    """(tree, verdict, why); verdict is same, refused, crashed (kustomize did: nothing to compare with), or what differs."""
    tree = Tree(seed).make()
    folder = keep or tempfile.mkdtemp(prefix="weir-diff-")
    try:
        tree.save(folder)
        ours = run(weir, folder, tree)
        theirs = run(kustomize, folder, tree)
    finally:
        if not keep:
            shutil.rmtree(folder)
    # The label names the version of the program that builds.
    expected = theirs[1].replace("managed-by: kustomize-v5.8.2", "managed-by: kustomize-(devel)")
    if ours[0] not in (0, 1):
        return tree, "crash", f"weir ended with status {ours[0]}: {ours[2][-600:]}"
    if "\ngoroutine " in theirs[2]:
        return tree, "crashed", theirs[2]
    if (ours[0] == 0) != (theirs[0] == 0):
        return tree, "refusal", f"weir: status {ours[0]} {ours[2][-600:]}\nkustomize: status {theirs[0]} {theirs[2][-600:]}"
    if ours[0] != 0:
        return tree, "refused", ours[2] + theirs[2]
    if ours[1] == expected:
        return tree, "same", ""
    lines = difflib.unified_diff(expected.splitlines(True), ours[1].splitlines(True), "kustomize", "weir")
    return tree, "difference", "".join(list(lines)[:80])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--keep")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--show", type=int, default=5, help="differences to print")
    parser.add_argument("--build", action="store_true", help="build kustomize when it is missing")
    arguments = parser.parse_args()

    kustomize = reference.ensure() if arguments.build else reference.find()
    if not kustomize:
        print("kustomize 5.8.2 is not built (make kustomize builds it): nothing compared")
        return 1 if os.environ.get("CI") == "true" else 77

    if arguments.seed is not None:
        tree, verdict, why = compare(arguments.seed, arguments.weir, kustomize, arguments.keep)
        print(f"seed {arguments.seed}: {verdict}, root {tree.root}, flags {' '.join(tree.flags)}\n{why}")
        return 0 if verdict in ("same", "refused", "crashed") else 1

    counts, verdicts, shown, bad = collections.Counter(), collections.Counter(), 0, []
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        seeds = range(arguments.first, arguments.first + arguments.seeds)
        for seed, (tree, verdict, why) in zip(seeds, pool.map(lambda s: compare(s, arguments.weir, kustomize), seeds)):
            counts.update(tree.counts)
            verdicts[verdict] += 1
            if verdict in ("same", "refused", "crashed"):
                continue
            bad.append(seed)
            if shown < arguments.show:
                shown += 1
                print(f"== seed {seed}: {verdict}\n{why}")
    for what, count in sorted(counts.items()):
        print(f"{count:6} {what}")
    print(f"{arguments.seeds} seeds: {verdicts['same']} built alike, {verdicts['refused']} refused by both, "
          f"{verdicts['crashed']} crashed kustomize, {len(bad)} differ{': ' + str(bad[:40]) if bad else ''}")
    rare = [what for what, count in counts.items() if count < LEAST]
    if arguments.seeds >= 2000 and rare:
        print(f"written fewer than {LEAST} times:", ", ".join(sorted(rare)))
        return 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
