"""The documentation says what the code does: pages made from the CRDs are current, every condition reason and every metric has
its row, links lead somewhere, versions agree."""
import os
import re
import subprocess
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def read(*path):
    with open(os.path.join(ROOT, *path)) as f:
        return f.read()


def sources(*folders):
    for folder in folders:
        for where, _, names in os.walk(os.path.join(ROOT, folder)):
            for name in names:
                if name.endswith((".hpp", ".cpp")):
                    yield read(where, name)


class Docs(unittest.TestCase):
    def test_the_reference_is_made_from_the_crds(self):
        done = subprocess.run([sys.executable, os.path.join(ROOT, "docs", "reference", "generate.py"), "--check"],
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_every_reason_is_explained(self):
        reasons = set()
        for text in sources("api", "controllers"):
            for block in re.findall(r"namespace \w*reason \{(.*?)\n\}", text, re.S):
                reasons |= set(re.findall(r'string_view k\w+ = "(\w+)"', block))
        self.assertGreater(len(reasons), 25)
        page = read("docs", "troubleshooting.md")
        self.assertEqual([r for r in sorted(reasons) if not re.search(rf"\b{r}\b", page)], [])

    def test_every_metric_is_explained_and_no_other(self):
        known = set()
        for text in sources("pkg", "controllers"):
            known |= set(re.findall(r'"((?:gotk|weir|controller_runtime|workqueue|rest_client|leader_election|process|go)_[a-z_]+)"', text))
        known = {name for name in known if re.search(r"_(total|seconds|bytes|info|depth|status|workers|reconciles|fds|threads|tags|caches)$", name)}
        self.assertGreater(len(known), 20)
        told = set()
        for line in read("docs", "operations.md").splitlines():
            if line.startswith("| `"):
                told |= set(re.findall(r"`((?:gotk|weir|controller_runtime|workqueue|rest_client|leader_election|process|go)_[a-z_]+)`",
                                       line.split("|")[1]))
        self.assertEqual(sorted(told), sorted(known))

    def test_links_lead_somewhere(self):
        pages = [os.path.join("docs", n) for n in os.listdir(os.path.join(ROOT, "docs")) if n.endswith(".md")]
        for page in ["README.md", "CHANGELOG.md", *pages]:
            for target in re.findall(r"\]\(([^)#:]+)\)", read(page)):
                self.assertTrue(os.path.exists(os.path.join(ROOT, os.path.dirname(page), target)), f"{page}: {target}")

    def test_the_supported_versions_agree(self):
        code = read("controllers", "cli", "check_command.cpp")
        oldest, newest = (re.search(rf"k{word}Minor = (\d+)", code)[1] for word in ("Oldest", "Newest"))
        self.assertIn(f"1.{oldest} to 1.{newest}", read("README.md"))
        self.assertIn(f"1.{oldest} to 1.{newest}", read("docs", "install.md"))
        self.assertIn(f'kubeVersion: ">=1.{oldest}.0-0"', read("charts", "weir", "Chart.yaml"))
        pins = read("test", "controlplane", "binaries.py")
        self.assertIn(f'KUBERNETES = "v1.{newest}.', pins)
        self.assertIn(f'OLDER = {{"1.{oldest}"', pins)

    def test_the_dockerfile_copies_what_is_there(self):
        # the image itself is built by `make image`, which takes longer than a test may
        allowed = {line[1:] for line in read(".dockerignore").splitlines() if line.startswith("!")}
        for line in read("Dockerfile").splitlines():
            if line.startswith("COPY ") and "--from" not in line:
                for source in line.split()[1:-1]:
                    self.assertTrue(os.path.exists(os.path.join(ROOT, source)), line)
                    self.assertIn(source.split("/")[0], allowed, line)

    def test_the_change_log_has_this_version(self):
        version = re.search(r"project\(weir VERSION ([0-9.]+)", read("CMakeLists.txt"))[1]
        self.assertIn(f"\n## {version}", read("CHANGELOG.md"))


if __name__ == "__main__":
    unittest.main()
