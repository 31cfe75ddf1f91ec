#!/usr/bin/env python3
"""`make bench-kustomize`: builds the trees of the shared benchmark's W9 with weir and with kustomize 5.8.2, turn by turn.

  bench_kustomize.py WEIR [--runs N] [--out FILE]

Prints the medians of wall time, CPU time and peak RSS, and weir's share of kustomize's. The trees come from gen.py in
$WEIR_BENCH_DIR, else ../shared/bench. A last row builds 10,000 resources with weir alone, for the growth.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
sys.path.insert(0, os.path.join(HERE, "..", "golden", "kustomize"))
import reference  # noqa: E402

#       name of the tree, aims: share of kustomize's time and of its memory
TREES = [("10 resources", "overlay_small", 1 / 3, None), ("1,000 resources", "overlay_large", 1 / 10, 1 / 4), ("100 overlays, 5 deep", "overlay_nested", 1 / 10, 1 / 4)]


def harness():
    for folder in (os.environ.get("WEIR_BENCH_DIR"), os.path.join(ROOT, "..", "shared", "bench")):
        if folder and os.path.isfile(os.path.join(folder, "gen.py")):
            return os.path.abspath(folder)
    return None


def timed(command):
    """(wall seconds, CPU seconds, peak RSS in MiB, output)"""
    with tempfile.TemporaryFile() as out:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        output = out.read()
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with status {process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output


def medians(rows):
    return [statistics.median(row[i] for row in rows) for i in range(3)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--out")
    arguments = parser.parse_args()
    folder = harness()
    if not folder:
        print("no benchmark: ../shared/bench (or $WEIR_BENCH_DIR) is absent")
        return 1
    sys.path.insert(0, folder)
    import gen
    kustomize = reference.ensure()
    work = tempfile.mkdtemp(prefix="weir-w9-")
    results = {}
    is_met = True
    try:
        print(f"{'':22} {'wall s':>20} {'CPU s':>20} {'peak RSS MiB':>20}   share of kustomize's wall / CPU / RSS")
        for name, make, time_aim, memory_aim in TREES:
            tree = os.path.join(work, make)
            getattr(gen, make)(tree)
            ours, theirs = [], []
            for _ in range(arguments.runs):     # by turns, so that both see the same machine
                ours.append(timed([arguments.weir, "build", tree]))
                theirs.append(timed([kustomize, "build", tree]))
            if ours[0][3] != theirs[0][3]:
                print(f"{name}: the outputs differ")
                is_met = False
            a, b = medians(ours), medians(theirs)
            share = [x / y for x, y in zip(a, b)]
            is_good = share[0] <= time_aim and (memory_aim is None or share[2] <= memory_aim)
            is_met = is_met and is_good
            aim = f"aim {time_aim:.2f}" + (f" / {memory_aim:.2f} of the RSS" if memory_aim else "")
            print(f"{name:22} {a[0]:9.3f} {b[0]:10.3f} {a[1]:9.3f} {b[1]:10.3f} {a[2]:9.1f} {b[2]:10.1f}   "
                  f"{share[0]:.3f} / {share[1]:.3f} / {share[2]:.3f}   {aim}: {'met' if is_good else 'NOT met'}")
            results[make] = {"weir": dict(zip(("wall_s", "cpu_s", "rss_mib"), a)), "kustomize": dict(zip(("wall_s", "cpu_s", "rss_mib"), b))}
        growth = []
        for count in (1000, 10000):
            tree = os.path.join(work, f"large{count}")
            gen.overlay_large(tree, count)
            growth.append(medians([timed([arguments.weir, "build", tree]) for _ in range(arguments.runs)]))
        print(f"{'10,000 resources':22} {growth[1][0]:9.3f} {'':10} {growth[1][1]:9.3f} {'':10} {growth[1][2]:9.1f} {'':10}   "
              f"{growth[1][1] / growth[0][1]:.1f} times the CPU of 1,000")
        results["10000"] = dict(zip(("wall_s", "cpu_s", "rss_mib"), growth[1]))
        if arguments.out:
            with open(arguments.out, "w") as file:
                json.dump(results, file, indent=1)
    finally:
        shutil.rmtree(work)
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
