"""An hour of commits, drift, deletions and restarts on the real API server, with 200 Kustomizations; what a process holds
must not grow.

The worlds are those of test/converge, as many as make 200 Kustomizations, each with a namespace and a repository. For the
first minutes the controllers are killed and restarted at random too; from then on they live, so that what they hold can be
compared: memory, open files, sockets (a watch is one) and series of metrics, in the tenth minute and at the end,
each time at rest and with everything where Git says (converge's own question). The forge goes away and comes back, and
watches are broken by restarts of the API server, all the time.

  make soak MINUTES=60
"""
import argparse
import os
import random
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "test", "converge"))
import converge  # noqa: E402
from kube import ApiError  # noqa: E402
from processes import require_control_plane  # noqa: E402

KUSTOMIZATIONS = 200
OF_A_WORLD = 1 + len(converge.CHILDREN) + len(converge.SOLOS)
GROWTH = 0.01
MOST_RESTARTS_MINUTES = 5
SAMPLE_MINUTE = 10


class World(converge.World):
    """One that leaves the processes to the soak."""

    def act_controller(self):
        self.act_drift()


def held(controller):
    """What a process holds: numbers by their names."""
    pid = controller.process.pid
    anonymous = private = 0
    with open(f"/proc/{pid}/smaps_rollup") as f:
        for line in f:
            if line.startswith("Anonymous:"):
                anonymous = int(line.split()[1])
            if line.startswith(("Private_Clean:", "Private_Dirty:")):   # pages of the program that were touched, too
                private += int(line.split()[1])
    links = []
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            links.append(os.readlink(f"/proc/{pid}/fd/{name}"))
        except FileNotFoundError:
            pass
    series = sum(1 for line in controller.metrics().splitlines() if line and not line.startswith("#"))
    sockets = sum(1 for link in links if link.startswith("socket:"))
    return {"anonymous KiB": anonymous, "private KiB": private, "files": len(links) - sockets, "sockets": sockets, "series": series,
            "threads": len(os.listdir(f"/proc/{pid}/task"))}


def everywhere_at_rest(worlds):
    for world in worlds:
        world.rest()


def sample(cluster, worlds):
    """Of each controller what it holds, at rest. The smallest of some looks: a pass on its way is no growth."""
    everywhere_at_rest(worlds)
    out = {}
    for _ in range(10):
        time.sleep(2)
        for controller in cluster.controllers:
            for name, value in held(controller).items():
                key = f"{controller.name}: {name}"
                out[key] = min(out.get(key, value), value)
    return out


class Soak:
    def __init__(self, seed, minutes):
        self.random = random.Random(seed)
        self.ends = time.monotonic() + 60 * minutes
        self.began = time.monotonic()
        self.cluster = converge.Cluster()
        self.worlds, self.acts, self.restarts, self.rests = [], 0, 0, 0

    def minute(self):
        return (time.monotonic() - self.began) / 60

    def tell(self, text):
        print(f"{self.minute():6.1f} min  {text}", flush=True)

    def fill(self, seed):
        for number in range((KUSTOMIZATIONS + OF_A_WORLD - 1) // OF_A_WORLD):
            world = World(self.cluster, 1000 * seed + number)
            for name in converge.CHILDREN:
                world.children.setdefault(name, world.new_spec(name))
            world.commit()
            for name in converge.SOLOS:
                world.act_solo_named(name)
            self.worlds.append(world)
        everywhere_at_rest(self.worlds)
        count = sum(len(self.cluster.kube.list("Kustomization", world.ns)) for world in self.worlds)
        self.tell(f"{len(self.worlds)} repositories, {count} Kustomizations are where Git says")

    def act(self):
        self.random.choice(self.worlds).act()
        self.acts += 1
        luck = self.random.random()
        if self.minute() < MOST_RESTARTS_MINUTES and luck < 0.02:
            controller = self.random.choice(self.cluster.controllers)
            (controller.kill if self.random.random() < 0.5 else controller.stop)()
            controller.start()
            self.restarts += 1
        elif luck > 0.997:
            self.restart_apiserver()

    def restart_apiserver(self):
        """Ready is said before all storage is there: people wait a moment more."""
        self.cluster.plane.restart_apiserver()
        for kind in ("GitRepository", "Kustomization", "ConfigMap"):
            deadline = time.monotonic() + 60
            while True:
                try:
                    self.cluster.kube.list(kind, self.worlds[0].ns)
                    break
                except ApiError as e:
                    if time.monotonic() > deadline:
                        raise AssertionError(f"the API server does not come back: {e}") from e
                    time.sleep(0.2)
        self.tell("the API server was restarted")

    def rest_somewhere(self):
        self.random.choice(self.worlds).rest()
        self.rests += 1
        for controller in self.cluster.controllers:
            controller.check()

    def run(self):
        first, looked = None, 0
        while time.monotonic() < self.ends:
            for _ in range(20):
                self.act()
            self.rest_somewhere()
            if first is None and self.minute() >= SAMPLE_MINUTE:
                first = sample(self.cluster, self.worlds)
                self.tell(f"the first sample, after {self.acts} acts")
            if int(self.minute()) // 10 > looked:
                looked = int(self.minute()) // 10
                self.tell(f"{self.acts} acts, {self.restarts} restarts, {self.rests} rests; "
                          + ", ".join(f"{c.name} {held(c)['private KiB']} KiB" for c in self.cluster.controllers))
        last = sample(self.cluster, self.worlds)
        self.tell(f"the last sample, after {self.acts} acts, {self.restarts} restarts, {self.rests} rests without a difference")
        return first, last


def compare(first, last):
    """Prints both; returns how many have grown by more than they may."""
    grown = 0
    for name, before in first.items():
        now = last[name]
        bad = now > before * (1 + GROWTH)
        grown += bad
        print(f"  {name:36} {before:8} {now:8}  {100 * (now - before) / before if before else 0:+.1f} %{'  GROWN' if bad else ''}")
    return grown


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.minutes <= SAMPLE_MINUTE:
        parser.error(f"more than {SAMPLE_MINUTE} minutes, please: the first sample is taken then")
    require_control_plane()
    soak = Soak(given.seed, given.minutes)
    failed = True
    try:
        soak.fill(given.seed)
        first, last = soak.run()
        failed = compare(first, last) > 0
    finally:
        soak.cluster.stop(failed)
    print(f"soak: {'something has grown' if failed else 'nothing has grown'} (seed {given.seed})")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
