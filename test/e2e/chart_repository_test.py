"""Charts from repositories over http: what is found there is rendered as helm renders it, and what is wrong there is told."""
import gzip
import json
import os
import shutil
import ssl
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import weir  # noqa: E402
from chart_commands import ChartCommands, Signer, helm_reference, kustomize_reference  # noqa: E402
from chart_server import ChartServer, chart, write_chart  # noqa: E402
from pki import Authority  # noqa: E402
from proxy_server import ProxyServer  # noqa: E402
from registry import Registry  # noqa: E402

LARGE_INDEX_BYTES = 50_000_000
LARGE_INDEX_MEMORY = 160 << 20      # the text, and as much again


class Repositories(ChartCommands):
    @classmethod
    def prepare(cls):
        cls.server = ChartServer()
        cls.addClassCleanup(cls.server.stop)
        for version in ("1.2.3", "1.10.0", "2.0.0-rc.1"):
            cls.server.publish("shop", version, chart("shop", version))

    def setUp(self):
        self.server.basic = None
        self.server.log.clear()

    def rendered(self, version):
        return ("---\n# Source: shop/templates/object.yaml\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: r}\n"
                f"data: {{chart: shop-{version}}}\n")

    def test_versions_are_chosen_as_helm_chooses_them(self):
        for argument, version in (((), "1.10.0"), (("--version", "1.2.3"), "1.2.3"), (("--version", "~1.2"), "1.2.3"),
                                  (("--version", "1.2"), "1.2.3"), (("--devel",), "2.0.0-rc.1"),
                                  (("--version", ">=2.0.0-0"), "2.0.0-rc.1")):
            with self.subTest(argument):
                done = self.same_as_helm("r", "shop", "--repo", self.server.url, *argument)
                self.assertEqual(done.stdout, self.rendered(version))

    def test_an_archive_at_an_address_of_its_own(self):
        self.same_as_helm("r", f"{self.server.url}/shop-1.2.3.tgz")
        self.assertEqual(self.succeed("template", "r", f"{self.server.url}/shop-1.2.3.tgz"), self.rendered("1.2.3"))
        self.assertIn("failed to fetch", self.refusal("template", "r", f"{self.server.url}/shop-9.tgz"))

    def test_the_other_commands_take_the_same_charts(self):
        address = f"{self.server.url}/shop-1.2.3.tgz"
        self.assertIn("version: 1.2.3\n", self.succeed("show", "chart", address))
        self.assertIn("version: 1.10.0\n", self.succeed("show", "chart", "shop", "--repo", self.server.url))
        self.assertEqual(self.succeed("explain", "values", address, "--set", "a=1"), "a: 1\n  set to 1 by --set a=1\n")
        linted = self.succeed("lint", "shop", "--repo", self.server.url)
        self.assertTrue(linted.startswith("==> Linting shop\n"), linted)
        self.assertTrue(linted.endswith("1 chart(s) linted, 0 chart(s) failed\n"), linted)

    def test_what_is_missing_is_told_in_helms_words(self):
        repository = ("--repo", self.server.url)
        words = self.refusal("template", "r", "shop", *repository, "--version", "9")
        self.assertEqual(words.splitlines()[0], f'Error: chart "shop" version "9" not found in {self.server.url} repository')
        self.assertIn("its newest version is 1.10.0 (of 3)", words)
        words = self.refusal("template", "r", "none", *repository)
        self.assertEqual(words.splitlines()[0], f'Error: chart "none" not found in {self.server.url} repository')
        words = self.refusal("template", "r", "shop", "--repo", f"{self.server.url}/absent")
        self.assertEqual(words, f'Error: looks like "{self.server.url}/absent" is not a valid chart repository or cannot be '
                                f"reached: failed to fetch {self.server.url}/absent/index.yaml : 404 Not Found\n")
        self.assertIn("cannot be reached: Get", self.refusal("template", "r", "shop", "--repo", "http://127.0.0.1:1"))

    def test_a_broken_index_is_told(self):
        for name, content, words in (
                ("empty", b"", "empty index.yaml file"),
                ("html", b"<html><body>hi", "json: cannot unmarshal string into Go value of type repo.IndexFile"),
                ("broken", b"a: b: c\n", "error converting YAML to JSON: yaml: mapping values are not allowed in this context"),
                ("old", b"entries: {}\n", "no API version specified"),
                ("twice", b"apiVersion: v1\nentries:\n  shop: []\n  shop: []\n", 'line 4: key "shop" already set in map')):
            with self.subTest(name):
                self.server.set_index(content, f"/{name}")
                said = self.refusal("template", "r", "shop", "--repo", f"{self.server.url}/{name}")
                self.assertTrue(said.startswith(f'Error: looks like "{self.server.url}/{name}" is not a valid chart'), said)
                self.assertIn(words, said)

    def test_an_archive_that_is_not_the_one_of_the_index_is_refused(self):
        server = ChartServer()
        self.addCleanup(server.stop)
        server.publish("shop", "1.0.0", chart("shop", "1.0.0"), digest="0" * 64)
        said = self.refusal("template", "r", "shop", "--repo", server.url)
        self.assertIn("is not what the index says: expected the digest " + "0" * 64, said)

    def test_an_archive_that_is_none_is_refused(self):
        server = ChartServer()
        self.addCleanup(server.stop)
        server.publish("shop", "1.0.0", gzip.compress(b"\0" * (200 << 20)))
        started = time.monotonic()
        self.assertIn("Error: ", self.refusal("template", "r", "shop", "--repo", server.url))
        self.assertLess(time.monotonic() - started, 20)
        server.publish("text", "1.0.0", b"no archive")
        self.assertIn("does not appear to be a gzipped archive", self.refusal("template", "r", "text", "--repo", server.url))

    def test_credentials_go_to_the_repository_and_no_further(self):
        other = ChartServer()
        self.addCleanup(other.stop)
        archive = chart("shop", "1.0.0")
        other.publish("shop", "1.0.0", archive)
        server = ChartServer()
        self.addCleanup(server.stop)
        server.basic = ("ann", "secret")
        server.publish("shop", "1.0.0", archive, url=f"{other.url}/shop-1.0.0.tgz")
        known = ("template", "r", "shop", "--repo", server.url, "--username", "ann", "--password", "secret")
        self.assertIn("401 Unauthorized", self.refusal("template", "r", "shop", "--repo", server.url))
        said = self.refusal("template", "r", "shop", "--repo", server.url, "--username", "ann", "--password", "wrong")
        self.assertIn("401 Unauthorized", said)
        self.assertNotIn("wrong", said)
        self.assertIn("shop-1.0.0", self.succeed(*known))
        self.assertEqual([entry["authorization"] for entry in other.log], [""])
        other.basic = ("ann", "secret")
        self.assertIn("401 Unauthorized", self.refusal(*known))
        self.assertIn("shop-1.0.0", self.succeed(*known, "--pass-credentials"))
        # Nor are they for a registry that the index names.
        registry = Registry()
        self.addCleanup(registry.stop)
        registry.basic = ("bob", "word")
        server.publish("moved", "1.0.0", b"", url=f"oci://{registry.address}/charts/moved:1.0.0")
        moved = ("template", "r", "moved", "--repo", server.url, "--username", "ann", "--password", "secret")
        for more, sent in (((), {""}), (("--pass-credentials",), {"", "Basic YW5uOnNlY3JldA=="})):
            registry.log.clear()
            self.assertIn("401", self.refusal(*moved, *more))
            self.assertEqual({entry["authorization"] for entry in registry.log}, sent)
        # Nor are they for whoever has a file of values.
        other.basic = None
        other.pages["/values.yaml"] = (200, {}, b"a: 1\n")
        other.log.clear()
        self.succeed("template", "r", f"{server.url}/shop-1.0.0.tgz", "--username", "ann", "--password", "secret",
                     "-f", f"{other.url}/values.yaml", "--set-file", f"b={other.url}/values.yaml")
        self.assertEqual([entry["authorization"] for entry in other.log], ["", ""])
        # Nor do they follow a redirect to another server.
        other.basic = None
        other.log.clear()
        server.pages["/moved.tgz"] = (302, {"Location": f"{other.url}/shop-1.0.0.tgz"}, b"")
        self.succeed("template", "r", f"{server.url}/moved.tgz", "--username", "ann", "--password", "secret")
        self.assertEqual([entry["authorization"] for entry in other.log], [""])

    def test_servers_prove_who_they_are_and_may_ask_the_same(self):
        authority = Authority(os.path.join(self.folder, "pki"))
        server = ChartServer(authority=authority)
        self.addCleanup(server.stop)
        server.publish("shop", "1.2.3", chart("shop", "1.2.3"))
        said = self.refusal("template", "r", "shop", "--repo", server.url)
        self.assertIn("the certificate is not trusted", said)
        self.same_as_helm("r", "shop", "--repo", server.url, "--ca-file", authority.ca)
        server.tls.load_verify_locations(authority.ca)
        server.tls.verify_mode = ssl.CERT_REQUIRED
        certificate, key = authority.issue("person", server=False)
        self.refusal("template", "r", "shop", "--repo", server.url, "--ca-file", authority.ca)
        self.same_as_helm("r", "shop", "--repo", server.url, "--ca-file", authority.ca, "--cert-file", certificate,
                          "--key-file", key)
        self.assertIn("open absent.crt", self.refusal("template", "r", "shop", "--repo", server.url, "--ca-file", "absent.crt"))

    def test_files_of_values_and_schemas_may_be_at_addresses(self):
        server = ChartServer()
        self.addCleanup(server.stop)
        server.pages["/count.json"] = (200, {}, b'{"type": "integer", "minimum": 1}')
        server.pages["/good.yaml"] = (200, {}, b"count: 3\n")
        server.pages["/bad.yaml"] = (200, {}, b"count: 0\n")
        schema = json.dumps({"properties": {"count": {"$ref": f"{server.url}/count.json"}}})
        folder = write_chart(os.path.join(self.folder, "schema"), chart("shop", "1.0.0", {
            "values.schema.json": schema, "templates/object.yaml": "kind: A\ncount: {{ .Values.count }}\n"}))
        done = self.same_as_helm("r", folder, "-f", f"{server.url}/good.yaml")
        self.assertIn("count: 3\n", done.stdout)
        self.same_as_helm("r", folder, "-f", f"{server.url}/bad.yaml")
        self.assertIn("- at '/count': minimum: got 0, want 1",
                      self.refusal("template", "r", folder, "-f", f"{server.url}/bad.yaml"))
        del server.pages["/count.json"]
        self.assertIn(f"failed to fetch {server.url}/count.json : 404 Not Found",
                      self.refusal("template", "r", folder, "-f", f"{server.url}/good.yaml"))

    def test_dependencies_are_fetched_into_memory(self):
        server = ChartServer()
        self.addCleanup(server.stop)
        for version in ("1.0.0", "1.4.0", "2.0.0"):
            server.publish("base", version, chart("base", version))
        server.publish("extra", "3.0.0", chart("extra", "3.0.0"))
        place = os.path.join(self.folder, "parents")
        folder = write_chart(place, chart("parent", "1.0.0", dependencies=[
            {"name": "base", "version": "^1.0.0", "repository": server.url},
            {"name": "extra", "version": "*", "repository": server.url, "alias": "more"},
            {"name": "extra", "version": "*", "repository": server.url, "alias": "again"},
            {"name": "beside", "version": ">=0.1.0", "repository": "file://../beside"}]))
        write_chart(place, chart("beside", "0.5.0"))
        self.assertIn("missing in charts/ directory: base, extra, extra, beside", self.refusal("template", "r", folder))
        before = sorted(os.listdir(folder))
        ours = self.succeed("template", "r", folder, "--dependency-update")
        self.assertEqual(sorted(os.listdir(folder)), before)
        for made in ("base-1.4.0", "more-3.0.0", "again-3.0.0", "beside-0.5.0", "parent-1.0.0"):
            self.assertIn(f"{{chart: {made}}}", ours)
        # What helm makes of charts/ once it is there, is the same.
        if helm_reference.find():
            subprocess.run([helm_reference.path(), "dependency", "update", folder], check=True, capture_output=True,
                           env=self.environment(), timeout=60)
            self.assertEqual(self.same_as_helm("r", folder).stdout, ours)
        with open(os.path.join(folder, "Chart.yaml")) as file:
            text = file.read().replace("^1.0.0", "^7.0.0")
        shutil.rmtree(os.path.join(folder, "charts"), ignore_errors=True)
        with open(os.path.join(folder, "Chart.yaml"), "w") as file:
            file.write(text)
        self.assertIn('chart "base" version "^7.0.0" not found', self.refusal("template", "r", folder, "--dependency-update"))

    def test_hosts_are_looked_up_when_that_is_allowed(self):
        for host in ("127.0.0.1", "no.such.host.invalid"):
            with self.subTest(host):
                folder = write_chart(os.path.join(self.folder, "hosts", host), chart("shop", "1.0.0", {
                    "templates/object.yaml": f'kind: A\naddress: "{{{{ getHostByName "{host}" }}}}"\n'}))
                self.assertIn('address: ""\n', self.same_as_helm("r", folder).stdout)
                self.same_as_helm("r", folder, "--enable-dns")

    def test_repositories_that_were_added_are_known_by_name(self):
        server = ChartServer()
        self.addCleanup(server.stop)
        server.basic = ("ann", "secret")
        for version in ("1.2.3", "1.10.0"):
            server.publish("shop", version, chart("shop", version))
        home = os.path.join(self.folder, "known")
        config, cache = os.path.join(home, ".config", "helm"), os.path.join(home, ".cache", "helm", "repository")
        os.makedirs(config, exist_ok=True)
        os.makedirs(cache, exist_ok=True)
        with open(os.path.join(config, "repositories.yaml"), "w") as file:
            json.dump({"apiVersion": "", "repositories": [
                {"name": "ours", "url": server.url, "username": "ann", "password": "secret"}]}, file)
        self.assertIn("no cached repo found. (try 'helm repo update'): open ", self.refusal("template", "r", "ours/shop", HOME=home))
        with open(os.path.join(cache, "ours-index.yaml"), "wb") as file:
            file.write(server.pages["/index.yaml"][2])
        for argument, version in (((), "1.10.0"), (("--version", "~1.2"), "1.2.3")):
            self.assertIn(f"shop-{version}", self.same_as_helm("r", "ours/shop", *argument, HOME=home).stdout)
        self.assertNotIn("/index.yaml", server.asked())
        for alias in ("@ours", "alias:ours"):
            parent = write_chart(os.path.join(self.folder, "aliases", alias), chart("parent", "1.0.0", dependencies=[
                {"name": "shop", "version": "~1.2", "repository": alias}]))
            self.assertIn("shop-1.2.3", self.succeed("template", "r", parent, "--dependency-update", HOME=home))
        for arguments, words in ((("ours/none",), 'chart "none" matching  not found in ours index. (try \'helm repo update\'): '
                                  "no chart name found\n"),
                                 (("ours/shop", "--version", "9"), 'chart "shop" matching 9 not found in ours index. (try '
                                  "'helm repo update'): no chart version found for shop-9\n"),
                                 (("theirs/shop",), "repo theirs not found\n")):
            self.assertIn(words, self.refusal("template", "r", *arguments, HOME=home))
            self.same_as_helm("r", *arguments, HOME=home)

    def test_signatures_of_charts_are_verified(self):
        if not Signer.is_there():
            self.skipTest("no gpg")
        ann, bob = Signer(self.folder, "ann"), Signer(self.folder, "bob")
        self.addCleanup(ann.stop)
        self.addCleanup(bob.stop)
        server = ChartServer()
        self.addCleanup(server.stop)
        archive = chart("shop", "1.2.3")
        server.publish("shop", "1.2.3", archive)
        good = ann.provenance(archive, "shop-1.2.3.tgz")
        from_server = ("r", "shop", "--repo", server.url, "--verify", "--keyring")
        self.assertIn("failed to fetch provenance", self.refusal("template", *from_server, ann.keyring))
        place = os.path.join(self.folder, "signed")
        os.makedirs(place)
        file = os.path.join(place, "shop-1.2.3.tgz")
        with open(file, "wb") as out:
            out.write(archive)
        self.assertIn("could not load provenance file", self.refusal("template", "r", file, "--verify", "--keyring", ann.keyring))
        for name, provenance, keyring, words in (
                ("good", good, ann.keyring, None),
                ("stranger", good, bob.keyring, "openpgp: signature made by unknown entity\n"),
                ("changed", good.replace(b"name: shop", b"name: shot"), ann.keyring, "openpgp: invalid signature: "),
                ("other name", ann.provenance(archive, "x.tgz"), ann.keyring,
                 'provenance does not contain a SHA for a file named "shop-1.2.3.tgz"\n'),
                ("other content", ann.provenance(b"", "shop-1.2.3.tgz"), ann.keyring,
                 "sha256 sum does not match for shop-1.2.3.tgz: "),
                ("unsigned", b"name: shop\n...\nfiles: {}\n", ann.keyring, "signature block not found\n"),
                ("no keyring", good, "/absent.gpg", "failed to load keyring: open /absent.gpg: no such file or directory\n")):
            server.pages["/shop-1.2.3.tgz.prov"] = (200, {}, provenance)
            with open(file + ".prov", "wb") as out:
                out.write(provenance)
            for arguments in ((*from_server, keyring), ("r", file, "--verify", "--keyring", keyring)):
                with self.subTest(name=name, arguments=arguments):
                    if words:
                        self.assertIn(words, self.refusal("template", *arguments))
                    # helm keeps a provenance file once it has seen one.
                    done = self.same_as_helm(*arguments, HOME=os.path.join(self.folder, "homes", name.replace(" ", "-")))
                    self.assertEqual(done.returncode, 1 if words else 0, done.stderr)
        self.assertIn("unpacked charts cannot be verified",
                      self.refusal("template", "r", write_chart(place, archive), "--verify", "--keyring", ann.keyring))

    def test_the_proxy_of_the_environment_is_asked(self):
        proxy = ProxyServer()
        self.addCleanup(proxy.stop)
        far = ("template", "r", "shop", "--repo", "http://charts.example.invalid")
        self.refusal(*far, HTTP_PROXY=proxy.url)
        self.assertEqual(proxy.requests, ["GET http://charts.example.invalid/index.yaml"])
        self.refusal(*far, HTTP_PROXY=proxy.url, NO_PROXY="example.invalid")
        self.succeed("template", "r", "shop", "--repo", self.server.url, HTTP_PROXY=proxy.url)
        self.assertEqual(len(proxy.requests), 1)

    def kustomization(self, name, **chart_fields):
        folder = os.path.join(self.folder, name)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        with open(os.path.join(folder, "kustomization.yaml"), "w") as file:
            json.dump({"namespace": "store", "helmCharts": [{"name": "shop", "releaseName": "r", **chart_fields}]}, file)
        return folder

    def test_kustomizations_take_charts_from_repositories(self):
        for fields, version in (({}, "1.10.0"), ({"version": "1.2.3"}, "1.2.3"), ({"devel": True}, "2.0.0-rc.1"),
                                ({"version": "~1.2.0", "valuesInline": {"a": 1}}, "1.2.3")):
            with self.subTest(fields):
                folder = self.kustomization("kustomization", repo=self.server.url, **fields)
                ours = self.succeed("build", folder, "--enable-helm")
                self.assertIn(f"chart: shop-{version}\n", ours)
                self.assertEqual(os.listdir(folder), ["kustomization.yaml"])
                kustomize, helm = kustomize_reference.find(), helm_reference.find()
                if not kustomize or not helm:
                    continue
                path = os.pathsep.join([os.path.dirname(helm), os.environ["PATH"]])
                theirs = subprocess.run([kustomize, "build", folder, "--enable-helm"], capture_output=True, text=True,
                                        timeout=60, env=self.environment(PATH=path))
                self.assertEqual((theirs.returncode, theirs.stdout), (0, ours), theirs.stderr)
        said = self.refusal("build", self.kustomization("gone", repo=self.server.url, version="9"), "--enable-helm")
        self.assertIn(f'helmCharts[0].repo: chart shop: chart "shop" version "9" not found in {self.server.url} repository', said)
        self.assertIn("must specify --enable-helm", self.refusal("build", self.kustomization("off", repo=self.server.url)))

    def test_an_index_of_50_megabytes_costs_little(self):
        lines = [b"apiVersion: v1\nentries:\n"]
        size = number = 0
        while size < LARGE_INDEX_BYTES - 1000:
            versions = [f"  - apiVersion: v2\n    appVersion: \"1.{v}\"\n    description: One of many charts.\n    digest: "
                        f"{v:064x}\n    name: chart-{number}\n    urls:\n    - https://charts.example.com/chart-{number}-{v}.tgz\n"
                        f"    version: 1.{v}.0\n" for v in range(50)]
            lines.append(f"  chart-{number}:\n{''.join(versions)}".encode())
            size += len(lines[-1])
            number += 1
        lines.append(f"  shop:\n  - {{name: shop, version: 1.2.3, urls: [{self.server.url}/shop-1.2.3.tgz]}}\n".encode())
        self.server.set_index(b"".join(lines), "/large")
        pid = os.fork()
        if pid == 0:
            sys.stdout.flush()
            with open(os.devnull, "wb") as nowhere:
                os.dup2(nowhere.fileno(), 1)
                os.execve(weir.binary(), ["weir", "template", "r", "shop", "--repo", f"{self.server.url}/large"],
                          self.environment())
        _, status, usage = os.wait4(pid, 0)
        self.assertEqual(status, 0)
        self.assertLess(usage.ru_maxrss * 1024, LARGE_INDEX_MEMORY)
        self.assertLess(usage.ru_utime, 20)


if __name__ == "__main__":
    unittest.main(verbosity=2)
