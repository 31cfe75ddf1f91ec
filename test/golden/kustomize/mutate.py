#!/usr/bin/env python3
"""Takes one rule after the other out of the engine and checks that a test notices.

usage: mutate.py BUILD_FOLDER [--tables] [--code N] [--seed S] [--jobs N]

--tables  every entry of the built-in tables: field specs, name references, variables, merge keys, scopes of kinds
--code N  N conditions and statements of pkg/kustomize, drawn at random: negated or left out

Each mutant is compiled alone and linked into copies of the golden tests and of weir. It is noticed when the golden cases
fail or, for code, when the unit tests or 120 random trees give something else. Prints the mutants that nobody noticed;
those are to be looked at: some change nothing that could be seen.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

import reference
from generate import Tree

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
ENGINE = os.path.join(ROOT, "pkg", "kustomize")
SEEDS = 120

Mutant = collections.namedtuple("Mutant", "file what text")


def read(path):
    with open(path) as file:
        return file.read()


# -- mutants --------------------------------------------------------------------------------------------------------------
def without(text, start, end):
    return text[:start] + text[end:]


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def table_mutants():
    path = os.path.join(ENGINE, "default_config.cpp")
    text = read(path)
    # One element of a list on a line of its own.
    for match in re.finditer(r'^ +(spec\(.*\)|\{"\w+", "\w*", "[\w/]+"\}|"[\w/\[\]]+"|R"\(.*\)"),\n', text, re.M):
        yield Mutant(path, f"line {line_of(text, match.start())}: {match.group(1)}", without(text, match.start(), match.end()))
    # A whole statement that adds something.
    for match in re.finditer(r"^ +((?:\w+\.push_back|add|raw\.\w+\.push_back)\((?:[^;]*?)\));\n", text, re.M):
        yield Mutant(path, f"line {line_of(text, match.start())}: {match.group(1)[:80]}", without(text, match.start(), match.end()))

    path = os.path.join(ENGINE, "schema_data.cpp")
    text = read(path)
    rows = {}
    for number, fields in re.findall(r"^(\d+) io\.k8s\S*((?: \S+=\S*)*)$", text, re.M):
        rows[number] = [field.split("=") for field in fields.split()]

    def target(form):
        return re.sub(r"^(\*|\[[^\]]*\])+", "", form)

    leads = {number for number, fields in rows.items() if any("[" in form for _, form in fields)}
    while True:
        more = {number for number, fields in rows.items() if any(target(form) in leads for _, form in fields)} - leads
        if not more:
            break
        leads |= more
    for match in re.finditer(r"^\d+ (io\.k8s\S*)((?: \S+=\S*)+)$", text, re.M):
        if match.group(1).endswith("List"):
            continue
        for field in re.finditer(r" (\S+?)=(\S*)", match.group(2)):
            if "[" in field.group(2) or target(field.group(2)) in leads:
                start = match.start(2) + field.start()
                yield Mutant(path, f"{match.group(1)}.{field.group(1)}={field.group(2)}", without(text, start, start + len(field.group())))
    for match in re.finditer(r'^    \{"([^"]+)", "([^"]+)", (true|false)\},$', text, re.M):
        other = "false" if match.group(3) == "true" else "true"
        yield Mutant(path, f"scope of {match.group(1)} {match.group(2)}", text[:match.start(3)] + other + text[match.end(3):])


def code_mutants():
    for folder, _, names in os.walk(ENGINE):
        for name in sorted(names):
            if not name.endswith(".cpp") or name in ("schema_data.cpp", "default_config.cpp"):
                continue
            path = os.path.join(folder, name)
            text = read(path)
            at = 0
            for line in text.splitlines(True):
                stripped = line.strip()
                where = f"{os.path.relpath(path, ROOT)}:{line_of(text, at)}: "
                condition = re.match(r"^( *(?:\} else )?if \()(.*)(\) (?:\{|return.*;|continue;|break;)$)", line.rstrip("\n"))
                if condition and ";" not in condition.group(2) and "(auto" not in line and "const auto" not in condition.group(2) and condition.group(2).count("(") == condition.group(2).count(")"):
                    for word in (f"!({condition.group(2)})", "false"):
                        yield Mutant(path, where + f"if {word}   [{stripped[:90]}]", text[:at] + condition.group(1) + word + condition.group(3) + "\n" + text[at + len(line):])
                elif re.match(r"^[\w.>\-\[\]()&*:]+(?:\(.*\)| \+?= .*|\+\+);$", stripped) and not stripped.startswith(("return", "using", "case", "throw", "fail")):
                    yield Mutant(path, where + f"without {stripped[:90]}", text[:at] + "\n" + text[at + len(line):])
                at += len(line)


# -- building -------------------------------------------------------------------------------------------------------------
class Builder:
    def __init__(self, build):
        self.build = os.path.abspath(build)
        self.compile = {}
        for entry in json.loads(read(os.path.join(self.build, "compile_commands.json"))):
            self.compile[os.path.realpath(os.path.join(entry["directory"], entry["file"]))] = entry["command"]
        self.links = {name: self.link_command(name) for name in ("test/golden/kustomize/kustomize_golden", "test/unit/kustomize/kustomize_unit", "weir")}

    def link_command(self, target):
        done = subprocess.run(["ninja", "-t", "commands", target], cwd=self.build, capture_output=True, text=True, check=True)
        command = [line for line in done.stdout.splitlines() if f" -o {target} " in line][-1]
        return target, re.sub(r"^: && | && :.*$", "", command)

    def object(self, mutant, folder):
        source = os.path.join(folder, "mutant.cpp")
        with open(source, "w") as file:
            file.write(mutant.text)
        command = self.compile[os.path.realpath(mutant.file)]
        command = re.sub(r"^.*?ccache ", "", command)
        command = re.sub(r" -o \S+", f" -o {folder}/mutant.o", command)
        command = re.sub(r" -c \S+", f" -c {source}", command)
        command = command.replace("-O3", "-O0").replace("-Werror", "-w")
        return subprocess.run(command, shell=True, cwd=self.build, capture_output=True).returncode == 0

    def program(self, name, folder):
        target, command = self.links[name]
        out = os.path.join(folder, os.path.basename(name))
        command = command.replace(f" -o {target} ", f" -o {out} {folder}/mutant.o ")
        done = subprocess.run(command, shell=True, cwd=self.build, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"cannot link {name}: {done.stderr[-800:]}")
        return out


# -- noticing -------------------------------------------------------------------------------------------------------------
def expected_trees(kustomize, folder):
    """What kustomize prints for the random trees: (path, flags, status, output)."""
    trees = []
    for seed in range(SEEDS):
        tree = Tree(seed).make()
        path = os.path.join(folder, str(seed))
        tree.save(path)
        command = ["build", os.path.join(path, tree.root), *tree.flags]
        done = subprocess.run([kustomize, *command], capture_output=True)
        if b"\ngoroutine " not in done.stderr:
            trees.append((command, done.returncode == 0, done.stdout.replace(b"kustomize-v5.8.2", b"kustomize-(devel)")))
    return trees


def fails(command):
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60).returncode != 0
    except subprocess.TimeoutExpired:
        return True


def notice(builder, mutant, trees):
    """What noticed the mutant; "" for nobody, "compiler" when it is no program."""
    folder = tempfile.mkdtemp(prefix="weir-mutant-")
    try:
        if not builder.object(mutant, folder):
            return "compiler"
        if fails([builder.program("test/golden/kustomize/kustomize_golden", folder)]):
            return "golden"
        if trees is None:
            return ""
        if fails([builder.program("test/unit/kustomize/kustomize_unit", folder)]):
            return "unit"
        weir = builder.program("weir", folder)
        for command, is_built, output in trees:
            try:
                done = subprocess.run([weir, *command], capture_output=True, timeout=20)
            except subprocess.TimeoutExpired:
                return "random trees"
            if (done.returncode == 0) != is_built or (is_built and done.stdout != output):
                return "random trees"
        return ""
    finally:
        shutil.rmtree(folder)


def run(builder, mutants, trees, jobs):
    counts, survivors = collections.Counter(), []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for mutant, who in zip(mutants, pool.map(lambda m: notice(builder, m, trees), mutants)):
            counts[who or "nobody"] += 1
            if not who:
                survivors.append(mutant)
                print(f"not noticed: {mutant.what}", flush=True)
    print(f"{len(mutants)} mutants: " + ", ".join(f"{count} by {who}" for who, count in counts.most_common()))
    return survivors


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--tables", action="store_true")
    parser.add_argument("--code", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    builder = Builder(arguments.build)
    survivors = []
    if arguments.tables:
        survivors += run(builder, list(table_mutants()), None, arguments.jobs)
    if arguments.code:
        mutants = list(code_mutants())
        random.Random(arguments.seed).shuffle(mutants)
        print(f"{len(mutants)} places in the code, {min(arguments.code, len(mutants))} of them drawn")
        with tempfile.TemporaryDirectory(prefix="weir-trees-") as folder:
            survivors += run(builder, mutants[:arguments.code], expected_trees(reference.ensure(), folder), arguments.jobs)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
