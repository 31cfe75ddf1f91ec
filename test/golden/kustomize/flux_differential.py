#!/usr/bin/env python3
"""Substitutes variables and builds Kustomizations with weir's code and with Flux's, and compares.

usage: flux_differential.py DRIVER [--table] [--write-table] [--seeds N] [--builds N] [--first SEED] [--seed SEED] [--build]

--table compares with substitutions.txt, which holds what Flux gave (--write-table makes it anew); it needs no Flux.
Otherwise N random substitutions and builds are compared with Flux's own libraries (flux/main.go): equal objects, or both
refuse. Without that program the test is skipped (status 77), under CI=true it fails; --build builds it first.
"""
import argparse
import json
import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import flux_program  # noqa: E402
from flux_cases import VARIABLES, Expressions, Folder, table  # noqa: E402

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "substitutions.txt")


def request_of(value, strict):
    return {"object": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"v": value}},
            "substitute": VARIABLES, "strict": strict}


def rounded(value):
    """With whole numbers beyond 2^53 as Flux has them: it rounds, weir keeps their digits."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(value) if isinstance(value, int) and abs(value) > 2**53 else value


def result_of(answer):
    """The value that was substituted, or None when it was refused."""
    return None if "error" in answer else [rounded(answer["objects"][0].get("data", {}).get("v"))]


def write_table(flux):
    with open(TABLE, "w") as file:
        for value in table():
            lax, strict = (result_of(flux.ask(request_of(value, strict))) for strict in (False, True))
            row = [value, lax] if lax == strict else [value, lax, strict]
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def check_table(weir):
    bad = 0
    rows = [json.loads(line) for line in open(TABLE)]
    for value, *results in rows:
        for strict, expected in ((False, results[0]), (True, results[-1])):
            answer = weir.ask(request_of(value, strict))
            if result_of(answer) != expected:
                bad += 1
                print(f"{value!r}{' (strict)' if strict else ''}: expected {expected}, got {answer}")
    print(f"{len(rows)} expressions, {bad} differ")
    return 1 if bad else 0


def without_owner(objects):
    """Weir's objects without the labels of the owner."""
    for item in objects:
        labels = item["metadata"]["labels"]
        for key in [key for key in labels if key.startswith("owner.example.org/")]:
            del labels[key]
        if not labels:
            del item["metadata"]["labels"]
    return objects


def compare(seed, weir, flux, is_build):
    """(what was asked, both answers, whether they are alike; None: Flux cannot read what it printed itself)"""
    if is_build:
        folder = Folder(seed)
        answers = []
        for program in (weir, flux):
            with tempfile.TemporaryDirectory(prefix="weir-flux-") as root:
                folder.save(root)
                answers.append(program.ask({"root": root, "kustomization": folder.owner, "strict": folder.is_strict}))
        if "objects" in answers[0]:
            without_owner(answers[0]["objects"])
        for answer in answers:  # both apply in an order of their own
            answer.get("objects", []).sort(key=lambda item: (item["kind"], item["metadata"]["name"]))
        asked = {"files": folder.files, "kustomization": folder.owner}
    else:
        asked = Expressions(seed).request()
        answers = [weir.ask(asked), flux.ask(asked)]
    if answers[1].get("error", "").startswith("UnmarshalJSON: yaml:"):
        return asked, answers, None
    if ("error" in answers[0]) != ("error" in answers[1]):
        return asked, answers, False
    return asked, answers, "error" in answers[0] or rounded(answers[0]["objects"]) == rounded(answers[1]["objects"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("driver")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--write-table", action="store_true")
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--builds", type=int, default=20)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, help="one random substitution")
    parser.add_argument("--build-seed", type=int, help="one random build")
    parser.add_argument("--show", type=int, default=5)
    parser.add_argument("--build", action="store_true", help="build Flux's program when it is missing")
    arguments = parser.parse_args()
    if arguments.table:
        with flux_program.Answers(arguments.driver) as weir:
            return check_table(weir)
    program = flux_program.ensure() if arguments.build else flux_program.find()
    if not program:
        print("Flux's libraries are not built (make flux builds them): nothing compared")
        return 1 if os.environ.get("CI") == "true" else 77
    with flux_program.Answers(arguments.driver) as weir, flux_program.Answers(program) as flux:
        if arguments.write_table:
            write_table(flux)
            return 0
        work = [(seed, False) for seed in range(arguments.first, arguments.first + arguments.seeds)]
        work += [(seed, True) for seed in range(arguments.first, arguments.first + arguments.builds)]
        if arguments.seed is not None or arguments.build_seed is not None:
            is_build = arguments.seed is None
            work = [(arguments.build_seed if is_build else arguments.seed, is_build)]
        same, refused, failed, bad = 0, 0, 0, []
        for seed, is_build in work:
            asked, answers, is_alike = compare(seed, weir, flux, is_build)
            if is_alike is None:
                failed += 1
            elif is_alike:
                refused += "error" in answers[0]
                same += "error" not in answers[0]
            else:
                bad.append(f"{'build ' if is_build else ''}{seed}")
            if (is_alike is False and len(bad) <= arguments.show) or len(work) == 1:
                print(f"== {'build' if is_build else 'seed'} {seed}\n{json.dumps(asked, ensure_ascii=False, indent=1)}\nweir: {json.dumps(answers[0], ensure_ascii=False)}\nflux: {json.dumps(answers[1], ensure_ascii=False)}")
    print(f"{len(work)} seeds: {same} alike, {refused} refused by both, {failed} that Flux fails at, {len(bad)} differ{': ' + ', '.join(bad[:40]) if bad else ''}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
