#!/usr/bin/env python3
"""`make bench`: runs the shared benchmark (W1 to W8) against the release binary and puts the figures next to Flux's.

  bench.py [--binary build/release/weir] [--workloads w1,w2,...] [--quick] [--out DIR]

The harness is looked up in $WEIR_BENCH_DIR, else ../shared/bench beside this checkout. --quick takes one run where the full
benchmark takes several, and leaves out 500 Kustomizations: minutes instead of a quarter of an hour, with rougher figures.
Raw results go to --out (default build/bench), one JSON file a workload.
"""
import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support", "python"))
from processes import ROOT, ControlPlane, scratch_folder  # noqa: E402

# Which controllers run (a file of the harness), and what is measured then. w1 starts the controllers itself, so it comes last.
SERIES = [("weir-core.json", ["w2", "w3", "w4", "w5", "w6"]), ("weir.json", ["w7", "w8"]), ("weir-core.json", ["w1"])]
WORKLOADS = [workload for _, workloads in SERIES for workload in workloads]
QUICK = {"w1": ["runs=2", "settle=10", "idle=20"], "w2": ["sizes=[[1,2],[100,1]]"], "w3": ["window=30"], "w4": ["runs=5"],
         "w5": ["runs=1"], "w6": [], "w7": ["scans=2"], "w8": ["runs=2"]}
SOURCE, KUSTOMIZE = "source-controller", "kustomize-controller"
REFLECTOR, AUTOMATION = "image-reflector-controller", "image-automation-controller"


def harness():
    """The folder of the benchmark, or None."""
    for folder in (os.environ.get("WEIR_BENCH_DIR"), os.path.join(ROOT, "..", "shared", "bench")):
        if folder and os.path.isfile(os.path.join(folder, "bench.py")):
            return os.path.abspath(folder)
    return None


# -- figures ------------------------------------------------------------------------------------------------------------
# (workload, what, unit, how to read it from a result, the aim in words). A reader may return None.
def _fan_out(n, read):
    def figure(r):
        runs = r.get(str(n))
        return statistics.median(read(x) for x in runs) if runs else None
    return figure


def _requests(result, client, divisor):
    rows = (result.get("api_requests") or {}).get(client)
    return rows["total"] / divisor if rows else 0.0


def _kustomize_cpu(x):
    return x["processes"][KUSTOMIZE]["cpu_s"]


FIGURES = [
    ("w1", "idle source-controller, resident", "MiB", lambda r: r["memory_after_30s"][SOURCE]["rss_mib"], "20"),
    ("w1", "idle kustomize-controller, resident", "MiB", lambda r: r["memory_after_30s"][KUSTOMIZE]["rss_mib"], "20"),
    ("w1", "idle source-controller, private", "MiB", lambda r: r["memory_after_30s"][SOURCE]["private_mib"], ""),
    ("w1", "idle kustomize-controller, private", "MiB", lambda r: r["memory_after_30s"][KUSTOMIZE]["private_mib"], ""),
    ("w1", "idle CPU of both, per minute", "s", lambda r: sum(r["idle"]["processes"][c]["cpu_s"] for c in (SOURCE, KUSTOMIZE))
        * 60 / r["idle"]["wall_s"], ""),
    ("w1", "all started to Kustomization handled", "s", lambda r: r["cold_start_to_reconciled"]["kustomization_s"].get("median"), ""),
    ("w2", "1 Kustomization, created to Ready", "s", _fan_out(1, lambda x: x["all_ready_s"]), ""),
    ("w2", "100 Kustomizations, all Ready", "s", _fan_out(100, lambda x: x["all_ready_s"]), "3.5"),
    ("w2", "100 Kustomizations, CPU", "s", _fan_out(100, _kustomize_cpu), "0.5"),
    ("w2", "API requests per Kustomization (100)", "", _fan_out(100, lambda x: _requests(x, KUSTOMIZE, 100)), "15"),
    ("w2", "100 Kustomizations, pruned", "s", _fan_out(100, lambda x: x["delete"]["all_gone_s"]), ""),
    ("w2", "500 Kustomizations, all Ready", "s", _fan_out(500, lambda x: x["all_ready_s"]), ""),
    ("w2", "500 Kustomizations, CPU", "s", _fan_out(500, _kustomize_cpu), "2.5"),
    ("w3", "no-op Kustomization, CPU", "ms", lambda r: r["kustomizations"]["cpu_ms_per_reconcile"][KUSTOMIZE], ""),
    ("w3", "no-op Kustomization, API requests", "", lambda r: (r["kustomizations"]["api_per_reconcile"].get(KUSTOMIZE) or {}).get("total", 0.0), "5"),
    ("w3", "no-op GitRepository, CPU", "ms", lambda r: r["sources"]["cpu_ms_per_reconcile"][SOURCE], ""),
    ("w3", "no-op GitRepository, bytes", "B", lambda r: r["sources"]["git"]["bytes_out"] / max(1, r["sources"]["reconciles"] or 1), ""),
    ("w4", "push to applied, on request", "s", lambda r: r["annotated"]["push_to_object_s"].get("median"), "0.06"),
    ("w4", "push to applied, polling every 5 s", "s", lambda r: r["polling_5s"]["push_to_object_s"].get("median"), ""),
    ("w5", "changed object put back, interval 10 m", "s", lambda r: r["interval_10m"].get("changed_repaired_s"), ""),
    ("w5", "changed object put back, interval 10 s", "s", lambda r: r["interval_10s"]["changed"].get("median"), ""),
    ("w6", "20,000 files, first fetch", "s", lambda r: r["first"]["ready_s"], ""),
    ("w6", "20,000 files, first fetch, CPU", "s", lambda r: r["first"]["processes"][SOURCE]["cpu_s"], ""),
    ("w6", "20,000 files, one-file commit", "s", lambda r: r["per_commit"]["wall_s"].get("median"), "1.5"),
    ("w6", "20,000 files, one-file commit, CPU", "s", lambda r: r["per_commit"]["cpu_s"][SOURCE].get("median"), ""),
    ("w6", "20,000 files, one-file commit, bytes", "B", lambda r: r["per_commit"]["bytes_out"].get("median"), "100000"),
    ("w6", "20,000 files, peak resident", "MiB", lambda r: r["per_commit"]["rss_peak_mib"][SOURCE].get("median"), ""),
    ("w7", "10,000 tags, scan that finds nothing new, CPU", "s", lambda r: r["rescan"]["cpu_s"][REFLECTOR].get("median"), ""),
    ("w7", "new tag until 100 policies have it", "s", lambda r: r["new_tag"]["wall_s"].get("median"), "0.3"),
    ("w7", "new tag until 100 policies have it, CPU", "s", lambda r: r["new_tag"]["cpu_s"][REFLECTOR].get("median"), "0.06"),
    ("w7", "the same, peak resident", "MiB", lambda r: max(x["processes"][REFLECTOR]["rss_peak_mib"] for x in r["new_tag"]["rows"]), "30"),
    ("w8", "200 of 2,000 files, policy to pushed commit", "s", lambda r: r["update"]["policy_to_push_s"].get("median"), "0.3"),
    ("w8", "200 of 2,000 files, CPU", "s", lambda r: r["cpu_s"][AUTOMATION].get("median"), "0.2"),
    ("w8", "200 of 2,000 files, peak resident", "MiB", lambda r: r["rss_peak_mib"][AUTOMATION].get("median"), "40"),
    ("w8", "a run that changes nothing, CPU", "s", lambda r: r["no_change"]["cpu_s"][AUTOMATION].get("median"), ""),
    ("w8", "a run that changes nothing, bytes", "B", lambda r: r["no_change"]["bytes_out"].get("median"), ""),
]


def load(path):
    try:
        with open(path) as f:
            return json.load(f)["result"]
    except (OSError, ValueError, KeyError):
        return None


def figure(read, result):
    try:
        return read(result) if result else None
    except (KeyError, TypeError, ZeroDivisionError):
        return None


def text(value, unit):
    if value is None:
        return "-"
    shown = f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{shown} {unit}".strip()


def table(bench, out):
    """Rows (workload, what, ours, Flux's better figure, the aim), as text."""
    rows = [("", "figure", "Weir", "Flux", "aim")]
    for workload, what, unit, read, aim in FIGURES:
        ours = figure(read, load(os.path.join(out, f"weir-{workload}.json")))
        if ours is None and not os.path.exists(os.path.join(out, f"weir-{workload}.json")):
            continue
        theirs = [figure(read, load(os.path.join(bench, "results", f"{name}-{workload}.json")))
                  for name in ("flux", "flux-kc1.8.3")]
        theirs = [v for v in theirs if v is not None]
        rows.append((workload, what, text(ours, unit), text(min(theirs) if theirs else None, unit),
                     f"{text(float(aim), unit)}" if aim else ""))
    widths = [max(len(r[i]) for r in rows) for i in range(5)]
    return "\n".join("  ".join([row[0].ljust(widths[0]), row[1].ljust(widths[1]),
                                *(cell.rjust(width) for cell, width in zip(row[2:], widths[2:]))]).rstrip() for row in rows)


# -- running ------------------------------------------------------------------------------------------------------------
def run(args, bench):
    out = os.path.abspath(args.out)
    os.makedirs(out, exist_ok=True)
    wanted = args.workloads.split(",") if args.workloads else WORKLOADS
    unknown = set(wanted) - set(WORKLOADS)
    if unknown:
        sys.exit(f"bench: no workload {', '.join(sorted(unknown))} here, only {', '.join(sorted(WORKLOADS))}")
    work = scratch_folder("weir-bench-")
    version = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    env = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
    failed = []
    try:
        with ControlPlane(crds=[os.path.join(ROOT, "crds")]) as plane:
            plane.kubectl("create", "namespace", "flux-system")
            pids = ",".join(f"{name}={process.pid}" for name, process in plane.processes.items())
            common = ["--kubeconfig", plane.kubeconfig, "--kubectl", plane.binaries["kubectl"], "--work", work,
                      "--set", f"BIN={os.path.dirname(os.path.abspath(args.binary))}",
                      "--audit-log", plane.path("audit.log"), "--extra-pids", pids]
            command = [sys.executable, os.path.join(bench, "bench.py")]
            for system, workloads in SERIES:
                chosen = [w for w in workloads if w in wanted]
                if not chosen:
                    continue
                wait_gone(work)
                flags = [*common, "--system", os.path.join(bench, "systems", system)]
                if chosen == ["w1"]:
                    measure(command, "w1", flags, args, out, version, env, failed)
                    continue
                done = subprocess.run([*command, "up", *flags], env=env, stdout=subprocess.DEVNULL)
                if done.returncode:
                    tails(work)
                    sys.exit("bench: the controllers did not start")
                try:
                    for workload in chosen:
                        measure(command, workload, [*flags, "--pids", f"@{work}/pids"], args, out, version, env, failed)
                finally:
                    subprocess.run([*command, "down", "--work", work], env=env)
            if failed:
                tails(work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(table(bench, out))
    if failed:
        sys.exit(f"bench: {', '.join(failed)} did not finish")


def measure(command, workload, common, args, out, version, env, failed):
    print(f"bench: {workload} ...", flush=True)
    result = os.path.join(out, f"weir-{workload}.json")
    if os.path.exists(result):
        os.remove(result)
    params = [x for p in (QUICK[workload] if args.quick else []) for x in ("--param", p)]
    done = subprocess.run([*command, workload, *common, "--label", f"weir {version}", "--out", result, *params], env=env)
    if done.returncode:
        failed.append(workload)


def wait_gone(work):
    """Until the processes that `down` asked to end are gone: their ports are fixed."""
    import time
    try:
        with open(os.path.join(work, "pids")) as f:
            pids = [int(p.split("=")[1]) for p in f.read().strip().split(",")]
    except FileNotFoundError:
        return
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and any(alive(pid) for pid in pids):
        time.sleep(0.1)
    for pid in filter(alive, pids):
        os.kill(pid, signal.SIGKILL)


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def tails(work):
    folder = os.path.join(work, "logs")
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        with open(os.path.join(folder, name), errors="replace") as f:
            print(f"--- the end of {name}\n{''.join(f.readlines()[-12:])}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=os.path.join(ROOT, "build", "release", "weir"))
    parser.add_argument("--workloads", help="which, as w2,w4 (default: all)")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", default=os.path.join(ROOT, "build", "bench"))
    parser.add_argument("--table", action="store_true", help="only print the table of what --out holds")
    args = parser.parse_args()
    bench = harness()
    if bench is None:
        print("bench: no benchmark here: set WEIR_BENCH_DIR, or check out ../shared beside this project", file=sys.stderr)
        return 1 if os.environ.get("CI") else 0
    if args.table:
        print(table(bench, args.out))
        return 0
    if not os.access(args.binary, os.X_OK):
        sys.exit(f"bench: no executable {args.binary}, run `make build`")
    run(args, bench)
    return 0


if __name__ == "__main__":
    sys.exit(main())
