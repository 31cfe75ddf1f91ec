#!/usr/bin/env python3
"""Renders random charts with `weir template` and with helm 4.2.4 and compares what they print.

usage: differential.py WEIR [--seeds N] [--first SEED] [--seed SEED] [--keep DIR] [--jobs N] [--build]

Both must print the same bytes, or both must refuse, Weir with all of helm's message (more may follow it). Warnings are not
compared. The folder of a chart that differs is kept below --keep (build/helm-differential). --seed runs one seed alone and
keeps its chart. With 2,000 seeds or more every function of the grammar must have been written in at least 20 charts.
Without helm 4.2.4 nothing is compared (status 77), under CI=true it fails; --build builds it first.
"""
import argparse
import collections
import concurrent.futures
import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import helm_reference  # noqa: E402
from generate import WORDS, Chart  # noqa: E402

LEAST = 20
# A rendering is over before collecting garbage pays: it would take a part of helm's time.
ENVIRONMENT = dict(os.environ, TZ="UTC", GOGC="off")
SCHEMA_HEAD = "values don't meet the specifications of the schema(s) in the following chart(s):\n"


def run(program, folder, chart):
    done = subprocess.run([program, "template", "rel", "chart", *chart.arguments], cwd=folder, capture_output=True,
        timeout=120, env=ENVIRONMENT)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def message(text):
    """What stands on standard error without the warnings, which begin with a level or a time."""
    text = "\n".join(line for line in text.split("\n") if not re.match(r"level=|time=|\d{4}/\d\d/\d\d ", line)).strip()
    # helm goes through a schema's properties, and through subcharts that Chart.yaml does not name, in the order of a Go
    # map: what a schema finds in a row is put in order, then the charts.
    head, found, rest = text.partition(SCHEMA_HEAD)
    if not found:
        return text
    charts = []
    for line in rest.split("\n"):
        if line.startswith("- at ") and charts:
            charts[-1].append(line)
        else:
            charts.append([line])
    return head + found + "\n".join(sorted("\n".join(chart[:1] + sorted(chart[1:])) for chart in charts))


def compare(seed, weir, helm, keep, is_kept=False):
    """(chart, verdict, why); verdict is same, refused, crashed (helm did: nothing to compare with), or what differs."""
    chart = Chart(seed).make()
    folder = tempfile.mkdtemp(prefix="weir-diff-")
    try:
        chart.write(folder)
        ours, theirs = run(weir, folder, chart), run(helm, folder, chart)
        verdict, why = judge(ours, theirs)
        if is_kept or verdict not in ("same", "refused", "crashed"):
            kept = os.path.join(keep, str(seed))
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(folder, kept)
            why += f"\nkept: {kept}, arguments {' '.join(chart.arguments)}"
        return chart, verdict, why
    finally:
        shutil.rmtree(folder)


def judge(ours, theirs):
    if ours[0] not in (0, 1):
        return "crash", f"weir ended with status {ours[0]}: {ours[2][-600:]}"
    if "\ngoroutine " in theirs[2]:
        return "crashed", theirs[2]
    a, b = message(ours[2]), message(theirs[2])
    if (ours[0] == 0) != (theirs[0] == 0):
        return "refusal", f"weir: status {ours[0]} {a[-600:]}\nhelm: status {theirs[0]} {b[-600:]}"
    if ours[0]:
        return ("refused", "") if a == b or a.startswith(b + "\n") else ("message",
            f"weir: {a[:1500]}\nhelm: {b[:1500]}")
    if ours[1] == theirs[1]:
        return "same", ""
    lines = difflib.unified_diff(theirs[1].splitlines(True), ours[1].splitlines(True), "helm", "weir")
    return "difference", "".join(list(lines)[:60])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--keep", default=os.path.join("build", "helm-differential"))
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--show", type=int, default=5, help="differences to print")
    parser.add_argument("--build", action="store_true", help="build helm when it is missing")
    arguments = parser.parse_args()
    weir = os.path.abspath(arguments.weir)

    helm = helm_reference.ensure() if arguments.build else helm_reference.find()
    if not helm:
        print("helm 4.2.4 is not built (make helm-reference builds it): nothing compared")
        return 1 if os.environ.get("CI") == "true" else 77

    if arguments.seed is not None:
        _, verdict, why = compare(arguments.seed, weir, helm, arguments.keep, is_kept=True)
        print(f"seed {arguments.seed}: {verdict}\n{why}")
        return 0 if verdict in ("same", "refused", "crashed") else 1

    words, verdicts, bad = collections.Counter(), collections.Counter(), []
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        seeds = range(arguments.first, arguments.first + arguments.seeds)
        for seed, (chart, verdict, why) in zip(seeds, pool.map(lambda s: compare(s, weir, helm, arguments.keep),
            seeds)):
            words.update(chart.words)
            verdicts[verdict] += 1
            if verdict in ("same", "refused", "crashed"):
                continue
            bad.append(seed)
            if len(bad) <= arguments.show:
                print(f"== seed {seed}: {verdict}\n{why}", flush=True)
    print(f"{arguments.seeds} charts: {verdicts['same']} rendered alike, {verdicts['refused']} refused by both with the same words, "
          f"{verdicts['crashed']} crashed helm, {len(bad)} differ{': ' + str(bad[:40]) if bad else ''}")
    rare = [word for word in WORDS if words[word] < LEAST]
    if arguments.seeds >= 2000 and rare:
        print(f"in fewer than {LEAST} charts:", ", ".join(rare))
        return 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
