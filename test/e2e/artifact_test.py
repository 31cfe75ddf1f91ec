"""Archives: refs, contents, serving, retention."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
import gzip  # noqa: E402
import hashlib  # noqa: E402
import io  # noqa: E402
import tarfile  # noqa: E402
import urllib.error  # noqa: E402
import urllib.request  # noqa: E402

from scenario import config_map  # noqa: E402


def fetch(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5) as r:
        return r.status, r.read()


class Artifact(scenario.Scenario):
    def archive(self, name="repo"):
        """{path: TarInfo} of a GitRepository's archive, after its digest and size were checked."""
        artifact = self.kube.get("GitRepository", name, self.ns)["status"]["artifact"]
        _, data = fetch(artifact["url"])
        self.assertEqual(artifact["digest"], "sha256:" + hashlib.sha256(data).hexdigest())
        self.assertEqual(artifact["size"], len(data))
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(data))) as tar:
            return {m.name: m for m in tar.getmembers()}

    def files(self, name="repo"):
        return sorted(path for path, member in self.archive(name).items() if member.isfile())

    def test_what_is_in_an_archive(self):
        repository = self.repository({"a.yaml": "a", "b/run.sh": "#!/bin/sh\n", "logo.png": "no", ".github/x.yaml": "no",
                                      ".gitignore": "x"})
        os.chmod(os.path.join(repository.tree, "b/run.sh"), 0o755)
        os.symlink("a.yaml", os.path.join(repository.tree, "link.yaml"))
        repository.commit()
        self.git_repository(repository.url)
        self.fetched()
        members = self.archive()
        self.assertEqual(self.files(), ["a.yaml", "b/run.sh"])
        self.assertEqual(members["a.yaml"].mode & 0o777, 0o600)
        self.assertEqual(members["b/run.sh"].mode & 0o777, 0o700)
        self.assertEqual(members["b"].mode & 0o777, 0o750)
        self.assertTrue(all((m.uid, m.gid, m.uname, m.gname, m.mtime) == (0, 0, "", "", 0) for m in members.values()))

    def test_ignore_rules(self):
        repository = self.repository({"deploy/a.yaml": "a", "docs/b.yaml": "b", "docs/.sourceignore": "b.yaml\n", "c.yaml": "c",
                                      "logo.png": "kept once there is a pattern"})
        self.git_repository(repository.url, ignore="/*\n!/deploy\n")
        self.git_repository(repository.url, "other")
        self.fetched()
        self.fetched("other")
        self.assertEqual(self.files(), ["deploy/a.yaml"])
        self.assertEqual(self.files("other"), ["c.yaml", "deploy/a.yaml", "docs/.sourceignore", "logo.png"])

    def test_refs_and_their_revisions(self):
        repository = self.repository({"a.yaml": "1"})
        first = repository.git("rev-parse", "HEAD")
        second = repository.commit({"a.yaml": "2"}, tag="v1.2.0")
        third = repository.commit({"a.yaml": "3"}, annotated="v1.10.0")
        last = repository.commit({"a.yaml": "4"}, tag="v2.0.0-rc.1")
        for name, ref, revision in [("branch", {"branch": "main"}, f"main@sha1:{last}"),
                                    ("tag", {"tag": "v1.2.0"}, f"v1.2.0@sha1:{second}"),
                                    ("annotated", {"tag": "v1.10.0"}, f"v1.10.0@sha1:{third}"),
                                    ("semver", {"semver": ">=1.0.0"}, f"v1.10.0@sha1:{third}"),
                                    ("name", {"name": "refs/heads/main"}, f"refs/heads/main@sha1:{last}"),
                                    ("commit", {"commit": first}, f"sha1:{first}"),
                                    ("both", {"branch": "main", "commit": second}, f"main@sha1:{second}")]:
            with self.subTest(name):
                self.git_repository(repository.url, name, ref=ref)
                self.assertEqual(self.fetched(name)["status"]["artifact"]["revision"], revision)

    def test_equal_trees_give_equal_bytes(self):
        repository = self.repository({"a.yaml": "a"})
        self.git_repository(repository.url)
        before = self.fetched()["status"]["artifact"]
        repository.commit({"a.yaml": "b"})
        commit = self.push(repository, {"a.yaml": "a"})
        after = self.fetched(commit=commit)["status"]["artifact"]
        self.assertEqual(after["digest"], before["digest"])
        self.assertNotEqual(after["path"], before["path"])

    def test_ranges_and_paths_that_lead_out(self):
        repository = self.repository({"a.yaml": "a"})
        self.git_repository(repository.url)
        url = self.fetched()["status"]["artifact"]["url"]
        whole = fetch(url)[1]
        self.assertEqual(fetch(url, Range="bytes=2-5"), (206, whole[2:6]))
        for path in ("/../../../../etc/passwd", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/gitrepository/..%2f..%2f..%2fetc/passwd", "//etc/passwd"):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                fetch(self.source.storage_url + path)
            self.assertIn(caught.exception.code, (400, 403, 404), path)

    def test_a_damaged_archive_is_made_again(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        artifact = self.fetched()["status"]["artifact"]
        path = os.path.join(self.source.storage_path, artifact["path"])
        with open(path, "wb") as f:
            f.write(b"damaged")
        self.reconcile("GitRepository", "repo")
        self.fetched()
        self.assertEqual(self.files(), ["a.yaml"])

    def test_include(self):
        inner, outer = self.repository({"x/i.yaml": "i", "other.yaml": "o"}, "inner"), self.repository({"a.yaml": "a"}, "outer")
        self.git_repository(outer.url, "outer", include=[{"repository": {"name": "inner"}, "fromPath": "x", "toPath": "lib"}])
        self.kube.wait_condition("GitRepository", "outer", self.ns, "IncludeUnavailable", "True", "NotFound")
        self.git_repository(inner.url, "inner")
        self.fetched("inner")
        self.kube.request_reconcile("GitRepository", "outer", self.ns)
        self.fetched("outer")
        self.assertEqual(self.files("outer"), ["a.yaml", "lib/i.yaml"])

    def test_sparse_checkout(self):
        repository = self.repository({"one/a.yaml": "a", "two/b.yaml": "b", "c.yaml": "c"})
        self.git_repository(repository.url, sparseCheckout=["./one"])
        self.fetched()
        self.assertIn("one/a.yaml", self.files())
        self.assertNotIn("two/b.yaml", self.files())

    def test_submodules(self):
        inner, outer = self.repository({"i.yaml": "i"}, "inner"), self.repository({"a.yaml": "a"}, "outer")
        outer.git("submodule", "--quiet", "add", inner.url, "lib")
        commit = outer.commit(message="with a submodule")
        self.git_repository(outer.url, "with", recurseSubmodules=True)
        self.git_repository(outer.url, "without")
        self.fetched("with", commit)
        self.fetched("without", commit)
        self.assertEqual(self.files("with"), ["a.yaml", "lib/i.yaml"])
        self.assertEqual(self.files("without"), ["a.yaml"])


if __name__ == "__main__":
    scenario.main()
