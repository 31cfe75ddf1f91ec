"""Random acts on real controllers; at rest the cluster must be what Git and the specs say.

One round: a few acts at random moments (commits that change a parent's children, their specs and their files together,
suspends, requests, drift by hand, deletions, edits of specs, controllers killed or restarted), then rest. Whatever may be
Ready by then has to be, at the newest commit, with exactly the objects that its folder and its spec make.
A seed decides every act; on failure the acts of the round are printed, and the seed that repeats them.

  make converge SEEDS=4 ROUNDS=25
"""
import argparse
import json
import os
import random
import shutil
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import weir  # noqa: E402
from git_server import GitServer  # noqa: E402
from kube import REQUESTED_AT, ApiError, Kube, brief, check_status_rules, is_ready  # noqa: E402
from processes import ROOT, ControlPlane, require_control_plane, scratch_folder  # noqa: E402

FOLDERS = ("a", "b", "c", "d")              # what a Kustomization may point to
CHILDREN = ("one", "two", "three", "four")  # made by the parent
MAPS = tuple(f"m{n}" for n in range(6))     # what a folder may hold besides
SOLOS = ("five", "six")                     # made by hand
REST = 45                                   # seconds within which everything must have settled
KUSTOMIZATION = {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization"}
OWNER = "kustomize.toolkit.fluxcd.io/name"


class Difference(AssertionError):
    pass


class World:
    """One namespace, one repository and what is meant to be in them."""

    def __init__(self, cluster, seed):
        self.cluster, self.kube, self.seed = cluster, cluster.kube, seed
        self.random = random.Random(seed)
        self.ns = self.kube.namespace(f"seed-{seed}")
        self.acts, self.began = [], time.monotonic()
        self.files = {folder: {f"m{n}": str(n) for n in range(3)} for folder in FOLDERS}
        self.children = {name: self.new_spec(name) for name in CHILDREN[:2]}
        self.solos = {}
        self.suspended = set()
        self.unknown = set()    # suspended when they left Git: put back before the parent looked, they still are
        self.left = {}          # Kustomization -> names of objects that may be left over
        self.repository = cluster.git.repository(f"seed-{seed}", self.tree())
        self.kube.create({"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository",
                          "metadata": {"name": "repo", "namespace": self.ns},
                          "spec": {"url": self.repository.url, "interval": "10m", "ref": {"branch": "main"}}})
        self.kube.create({**KUSTOMIZATION, "metadata": {"name": "parent", "namespace": self.ns},
                          "spec": {key: value for key, value in {**self.new_spec("parent"), "path": "./parent"}.items()
                                   if key not in ("namePrefix", "postBuild")}})

    # -- what is meant ------------------------------------------------------------------------------------------
    def new_spec(self, name):
        return {"interval": "10m", "retryInterval": "1s", "timeout": "30s", "prune": True, "path": f"./{FOLDERS[0]}",
                "targetNamespace": self.ns, "namePrefix": f"{name}-", "sourceRef": {"kind": "GitRepository", "name": "repo"},
                "postBuild": {"substitute": {"v": "0"}}}

    def manifest(self, name):
        return json.dumps({**KUSTOMIZATION, "metadata": {"name": name}, "spec": self.children[name]}, indent=1)

    def tree(self):
        """Every file of the repository."""
        out = {f"parent/{name}.yaml": self.manifest(name) for name in self.children}
        out["parent/marker.yaml"] = self.config_map("parent-marker", "1")
        for folder, maps in self.files.items():
            out.update({f"{folder}/{name}.yaml": self.config_map(name, f"{value}-${{v}}") for name, value in maps.items()})
            out[f"{folder}/always.yaml"] = self.config_map("always", "of ${v}")
        return out

    @staticmethod
    def config_map(name, value):
        return json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"value": value}})

    def commit(self, extra=None):
        wanted = {**self.tree(), **(extra or {})}
        have = {line for line in self.repository.git("ls-files").splitlines()}
        self.head = self.repository.commit({**{path: None for path in have - set(wanted)}, **wanted})

    def expected(self, spec):
        """name -> value: the objects of a spec at the newest commit."""
        folder, prefix = spec["path"].removeprefix("./"), spec.get("namePrefix", "")
        if folder == "parent":
            return {"parent-marker": "1"}
        value = spec["postBuild"]["substitute"]["v"]
        out = {prefix + name: f"{text}-{value}" for name, text in self.files[folder].items()}
        out[prefix + "always"] = f"of {value}"
        return out

    # -- acts ---------------------------------------------------------------------------------------------------
    def did(self, text):
        self.acts.append(f"{time.monotonic() - self.began:7.2f}  {text}")

    def act(self):
        r = self.random
        r.choices((self.act_commit, self.act_broken_commit, self.act_suspend, self.act_request, self.act_drift, self.act_delete,
                   self.act_solo, self.act_controller), weights=(10, 1, 3, 3, 4, 2, 4, 1))[0]()
        time.sleep(r.choice((0, 0, 0.02, 0.1, 0.3, 0.8)))

    def change_spec(self, name, spec):
        """Changes one field; returns what was done in words."""
        r = self.random
        kind = r.choice(("path", "v", "v", "prune", "label", "wait", "dependsOn"))
        if kind == "path":
            spec["path"] = "./" + r.choice(FOLDERS)
        elif kind == "v":
            spec["postBuild"] = {"substitute": {"v": str(r.randrange(1000))}}
        elif kind == "prune":
            spec["prune"] = r.random() < 0.6
            if not spec["prune"]:
                self.may_leave(name)
        elif kind == "label":
            spec["commonMetadata"] = {"labels": {"round": str(r.randrange(1000))}}
        elif kind == "dependsOn":
            earlier = [n for n in CHILDREN[:CHILDREN.index(name)] if n in self.children] if name in CHILDREN else []
            spec["dependsOn"] = [{"name": n} for n in earlier if r.random() < 0.4]
        else:
            spec["wait"] = not spec.get("wait", False)
        return f"{name}.{kind}"

    def is_blocked(self, name):
        """Whether it waits for one that is suspended, gone, or blocked itself."""
        return any(d["name"] not in self.children or d["name"] in self.suspended | self.unknown or self.is_blocked(d["name"])
                   for d in self.children.get(name, {}).get("dependsOn", ()))

    def may_leave(self, name):
        """From now on objects of this Kustomization may be left over: it did not prune for a while."""
        # also what no folder holds any more: it may have left Git by the very commit that forbade to prune
        self.left.setdefault(name, set()).update(f"{name}-{m}" for m in (*MAPS, "always"))

    def act_commit(self):
        r, done = self.random, []
        for _ in range(r.randint(1, 4)):
            what = r.random()
            if what < 0.45:
                folder = r.choice(FOLDERS)
                name = r.choice(MAPS)
                if name in self.files[folder] and r.random() < 0.3:
                    del self.files[folder][name]
                    done.append(f"-{folder}/{name}")
                else:
                    self.files[folder][name] = str(r.randrange(1000))
                    done.append(f"{folder}/{name}={self.files[folder][name]}")
                for owner in [n for n, s in {**self.children, **self.solos}.items() if not s["prune"]]:
                    self.may_leave(owner)
            elif what < 0.85 and self.children:
                name = r.choice(sorted(self.children))
                done.append(self.change_spec(name, self.children[name]))
            elif what < 0.95 and len(self.children) < len(CHILDREN):
                name = r.choice([n for n in CHILDREN if n not in self.children])
                self.children[name] = self.new_spec(name)
                done.append(f"+{name}")
            elif len(self.children) > 1:
                name = r.choice(sorted(self.children))
                if name in self.suspended | self.unknown or not self.children[name]["prune"]:
                    self.may_leave(name)
                if name in self.suspended:
                    self.suspended.discard(name)
                    self.unknown.add(name)
                del self.children[name]
                done.append(f"-{name}")
        self.commit()
        self.did(f"commit {self.head[:8]}: {', '.join(done)}")
        if r.random() < 0.7:
            self.look()

    def act_broken_commit(self):
        folder = self.random.choice(FOLDERS)
        self.commit({f"{folder}/broken.yaml": "a: b: c"})
        self.did(f"commit {self.head[:8]}: {folder}/broken.yaml")
        self.look()

    def look(self):
        self.kube.request_reconcile("GitRepository", "repo", self.ns)

    def names(self):
        return sorted([*self.children, *self.solos])

    def act_suspend(self):
        name = self.random.choice(["parent", *self.names()])
        value = name not in self.suspended | self.unknown
        if self.patch(name, {"spec": {"suspend": value}}):
            (self.suspended.add if value else self.suspended.discard)(name)
            self.unknown.discard(name)
            self.did(f"{'suspend' if value else 'resume'} {name}")

    def act_request(self):
        name = self.random.choice(["parent", *self.names()])
        if self.patch(name, {"metadata": {"annotations": {REQUESTED_AT: str(time.time_ns())}}}):
            self.did(f"request {name}")

    def act_drift(self):
        found = [o["metadata"]["name"] for o in self.kube.list("ConfigMap", self.ns) if OWNER in o["metadata"].get("labels", {})]
        if not found:
            return
        name = self.random.choice(sorted(found))
        if self.random.random() < 0.4:
            self.kube.delete("ConfigMap", name, self.ns)
            self.did(f"delete ConfigMap {name} by hand")
            return
        try:
            self.kube.merge("ConfigMap", name, self.ns, {"data": {"value": "by hand"}})
            self.did(f"change ConfigMap {name} by hand")
        except ApiError as e:
            if e.status != 404:
                raise

    def act_delete(self):
        name = self.random.choice(self.names() or ["parent"])
        if name == "parent" or not self.kube.delete("Kustomization", name, self.ns):
            return
        spec = self.children.get(name) or self.solos.get(name)
        if name in self.suspended | self.unknown or not spec["prune"]:
            self.may_leave(name)
        self.suspended.discard(name)
        self.solos.pop(name, None)
        self.did(f"delete Kustomization {name} by hand")

    def act_solo(self):
        self.act_solo_named(self.random.choice(SOLOS))

    def act_solo_named(self, name):
        if name not in self.solos:
            self.kube.wait_gone("Kustomization", name, self.ns, REST)
            self.solos[name] = self.new_spec(name)
            self.kube.create({**KUSTOMIZATION, "metadata": {"name": name, "namespace": self.ns}, "spec": self.solos[name]})
            self.did(f"create Kustomization {name}")
            return
        done = self.change_spec(name, self.solos[name])
        self.patch(name, {"spec": self.solos[name]})
        self.did(f"edit {done}")

    def act_controller(self):
        controller = self.random.choice(self.cluster.controllers)
        if self.random.random() < 0.5:
            controller.kill()
            self.did(f"kill {controller.name}")
            time.sleep(self.random.choice((0, 0.2, 0.5)))
        else:
            controller.stop()
            self.did(f"stop {controller.name}")
        controller.start()

    def patch(self, name, change):
        try:
            self.kube.merge("Kustomization", name, self.ns, change)
            return True
        except ApiError as e:
            if e.status == 404:
                return False
            raise

    # -- rest ---------------------------------------------------------------------------------------------------
    def rest(self):
        """Waits until what may be Ready is, and the cluster is what it should be."""
        for name in sorted(self.suspended):     # most rounds end with everything awake
            if self.random.random() < 0.7 and self.patch(name, {"spec": {"suspend": False}}):
                self.suspended.discard(name)
                self.did(f"resume {name}")
        self.commit()
        self.look()
        self.did(f"rest at {self.head[:8]}")
        deadline, problems = time.monotonic() + REST, ["nothing was looked at"]
        while problems and time.monotonic() < deadline:
            time.sleep(0.2)
            problems = self.problems()
        if not problems:                        # and it stays so
            time.sleep(0.5)
            problems = self.problems()
        if problems:
            raise Difference("\n".join(problems))

    def problems(self):
        live = {o["metadata"]["name"]: o for o in self.kube.list("Kustomization", self.ns)}
        maps = {o["metadata"]["name"]: o for o in self.kube.list("ConfigMap", self.ns)}
        wanted = {"parent": None, **self.solos}
        out = []
        if "parent" not in self.suspended:
            wanted.update(self.children)
            for name in CHILDREN:
                if name in live and name not in self.children:
                    out.append(f"Kustomization {name} is there and is not in Git: {brief(live[name])}")
        for name in SOLOS:
            if name in live and name not in self.solos:
                out.append(f"Kustomization {name} was deleted and is there: {brief(live[name])}")
        for name, spec in wanted.items():
            if name not in live:
                out.append(f"Kustomization {name} is not there")
                continue
            out += self.problems_of(live[name], spec, maps)
        # what belongs to nobody
        for name, obj in maps.items():
            owner = obj["metadata"].get("labels", {}).get(OWNER)
            if owner and owner not in live and name not in self.left.get(owner, ()):
                out.append(f"ConfigMap {name} is there without its Kustomization")
        return out

    def problems_of(self, obj, spec, maps):
        name, out = obj["metadata"]["name"], []
        if spec is not None:
            for key, value in spec.items():
                if obj["spec"].get(key) != value and not (not value and key not in obj["spec"]):
                    out.append(f"Kustomization {name}: spec.{key} is {json.dumps(obj['spec'].get(key))}, not {json.dumps(value)}")
        if name in self.suspended or self.is_blocked(name) or (name in self.unknown and obj["spec"].get("suspend")):
            return out
        revision = (obj.get("status") or {}).get("lastAppliedRevision") or ""
        if not is_ready(obj) or not revision.endswith(self.head):
            return out + [f"Kustomization {name} is not Ready at {self.head[:8]}: {brief(obj)}"]
        check_status_rules(obj)
        asked = obj["metadata"].get("annotations", {}).get(REQUESTED_AT)
        if asked and obj["status"].get("lastHandledReconcileAt") != asked:
            out.append(f"Kustomization {name}: the request {asked} was not handled")
        expected = self.expected(obj["spec"])
        labels = obj["spec"].get("commonMetadata", {}).get("labels", {})
        for want, value in expected.items():
            if want not in maps:
                out.append(f"ConfigMap {want} of {name} is not there")
                continue
            have = maps[want]
            if have.get("data", {}).get("value") != value:
                out.append(f"ConfigMap {want} of {name}: value is {json.dumps(have.get('data'))}, not {json.dumps(value)}")
            if have["metadata"].get("labels", {}).get(OWNER) != name:
                out.append(f"ConfigMap {want} does not belong to {name}")
            for key, text in labels.items():
                if have["metadata"]["labels"].get(key) != text:
                    out.append(f"ConfigMap {want} of {name}: label {key} is not {text}")
        for found, have in maps.items():
            if have["metadata"].get("labels", {}).get(OWNER) == name and found not in expected and found not in self.left.get(name, ()):
                out.append(f"ConfigMap {found} of {name} should have been pruned")
        return out


class Cluster:
    """One control plane, one Git server and both controllers, for all seeds."""

    def __init__(self):
        self.folder = scratch_folder("weir-converge-")
        self.plane = ControlPlane(crds=[os.path.join(ROOT, "crds")])
        self.plane.start()
        self.kube = Kube(self.plane.describe())
        self.kube.namespace("flux-system")
        self.git = GitServer(os.path.join(self.folder, "git"))
        self.controllers = [weir.source_controller(self.plane.kubeconfig, self.folder),
                            weir.kustomize_controller(self.plane.kubeconfig, self.folder, "--requeue-dependency=1s")]
        for controller in self.controllers:
            controller.start()

    def stop(self, failed):
        for controller in self.controllers:
            controller.kill()
        self.git.stop()
        self.plane.failed = failed
        self.plane.stop()
        if failed:
            print(f"converge: logs kept in {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


def run(cluster, seed, rounds, ends):
    """Runs the rounds of one seed; returns how many there was time for."""
    world = World(cluster, seed)
    world.commit()
    for number in range(rounds):
        if time.monotonic() > ends:
            return number
        world.acts, world.began = [], time.monotonic()
        try:
            for _ in range(world.random.randint(3, 9)):
                world.act()
            world.rest()
            for controller in cluster.controllers:
                controller.check()
        except Exception as problem:
            print(f"converge: seed {seed}, round {number} of namespace {world.ns}: {type(problem).__name__}\n{problem}\n"
                  "--- the acts of this round, in seconds\n" + "\n".join(world.acts))
            for controller in cluster.controllers:
                print(f"--- the end of {controller.name}'s log\n{controller.tail(8, 400)}")
            print(f"converge: repeat it with `make converge SEED={seed} SEEDS=1 ROUNDS={number + 1}`")
            raise SystemExit(1) from problem
        print(f"seed {seed} round {number}: {len(world.acts)} acts, {time.monotonic() - world.began:.1f} s", flush=True)
    world.kube.delete("Kustomization", "parent", world.ns)
    return rounds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=4, help="how many worlds, one after the other")
    parser.add_argument("--seed", type=int, default=None, help="the first seed; a random one when it is not given")
    parser.add_argument("--rounds", type=int, default=10, help="of each seed")
    parser.add_argument("--seconds", type=int, default=900, help="no round begins after this time")
    given = parser.parse_args()
    require_control_plane()
    first = given.seed if given.seed is not None else random.SystemRandom().randrange(10 ** 6)
    print(f"converge: seeds {first} to {first + given.seeds - 1}, {given.rounds} rounds each", flush=True)
    ends = time.monotonic() + given.seconds
    cluster, failed, done = Cluster(), True, 0
    try:
        for seed in range(first, first + given.seeds):
            if time.monotonic() < ends:
                done += run(cluster, seed, given.rounds, ends)
        failed = False
    finally:
        cluster.stop(failed)
    print(f"converge: {done} rounds without a difference")


if __name__ == "__main__":
    main()
