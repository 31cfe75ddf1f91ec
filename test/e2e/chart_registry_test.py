"""Charts from a real registry, Debian's docker-registry: versions, digests, credentials, and what is no chart."""
import json
import os
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
from chart_commands import ChartCommands, Signer, helm_reference  # noqa: E402
from chart_server import ChartServer, chart  # noqa: E402
from registry import DockerRegistry, docker_config  # noqa: E402

# The bcrypt of "secret", as `htpasswd -nbB ann secret` prints it.
HTPASSWD = "ann:$2b$10$KnqNBpYylhL/siwaEMGxMu0862voZzgYA9p5USpgFpBq9V.m2zqdS\n"
PLAIN = ("--plain-http",)


class Registries(ChartCommands):
    @classmethod
    def prepare(cls):
        cls.registry = DockerRegistry(os.path.join(cls.folder, "registry"))
        cls.addClassCleanup(cls.registry.stop)
        cls.digests = {}
        for version in ("1.2.3", "1.10.0", "2.0.0-rc.1", "0.9.0+build.1"):
            cls.push(cls.registry, version)
        cls.registry.push("charts/shop", "latest")
        cls.registry.push("charts/shop", "sha256-0000.sig")
        cls.address = f"oci://{cls.registry.address}/charts/shop"

    @classmethod
    def push(cls, registry, version):
        metadata = {"apiVersion": "v2", "name": "shop", "version": version}
        digest = registry.push_chart("charts/shop", version.replace("+", "_"), chart("shop", version), metadata,
                                     provenance=b"-----BEGIN PGP SIGNED MESSAGE-----")
        cls.digests[version] = digest
        return digest

    def test_versions_are_chosen_as_helm_chooses_them(self):
        for reference, argument, version in (
                (self.address, (), "1.10.0"), (self.address, ("--version", "1.2.3"), "1.2.3"),
                (self.address, ("--version", "~1.2"), "1.2.3"), (self.address, ("--devel",), "2.0.0-rc.1"),
                (f"{self.address}:1.2.3", (), "1.2.3"), (f"{self.address}:1.2.3", ("--version", "1.2.3"), "1.2.3"),
                (f"{self.address}@{self.digests['1.2.3']}", (), "1.2.3"),
                (f"{self.address}:1.2.3@{self.digests['1.2.3']}", (), "1.2.3")):
            with self.subTest(reference=reference, argument=argument):
                done = self.same_as_helm("r", reference, *argument, *PLAIN)
                self.assertIn(f"data: {{chart: shop-{version}}}\n", done.stdout)
                self.assertRegex(done.stderr, r"^Pulled: \S+\nDigest: " + re.escape(self.digests[version]) + "\n$")

    def test_a_plus_sign_stands_as_underscore_in_tags(self):
        for argument in (("--version", "0.9.0+build.1"), ("--version", "~0.9")):
            out = self.succeed("template", "r", self.address, *argument)
            self.assertIn("data: {chart: shop-0.9.0+build.1}\n", out)
        self.assertIn("shop-0.9.0+build.1", self.succeed("template", "r", f"{self.address}:0.9.0_build.1"))

    def test_the_other_commands_take_the_same_charts(self):
        self.assertIn("version: 1.10.0\n", self.succeed("show", "chart", self.address))
        self.assertIn("1 chart(s) linted, 0 chart(s) failed\n", self.succeed("lint", f"{self.address}:1.2.3"))
        self.assertEqual(self.succeed("explain", "values", self.address, "--set", "a=1"), "a: 1\n  set to 1 by --set a=1\n")

    def test_what_is_missing_or_at_odds_is_told(self):
        for argument, words in (
                ((self.address, "--version", "^9"), "could not locate a version matching provided version string ^9\n"),
                ((f"{self.address}:1.2.3", "--version", "1.10.0"),
                 "chart reference and version mismatch: 1.10.0 is not 1.2.3\n"),
                ((f"{self.address}:1.10.0@{self.digests['1.2.3']}",),
                 f"chart reference digest mismatch: {self.digests['1.10.0']} is not {self.digests['1.2.3']}\n"),
                ((f"{self.address}:7.0.0",), "MANIFEST_UNKNOWN"),
                ((f"oci://{self.registry.address}/charts/none",), "NAME_UNKNOWN"),
                ((f"{self.address}@sha256:{'0' * 64}",), "MANIFEST_UNKNOWN")):
            with self.subTest(argument):
                self.assertIn(words, self.refusal("template", "r", *argument))
                self.same_as_helm("r", *argument, *PLAIN)

    def test_what_helm_pushes_is_pulled(self):
        if not helm_reference.find():
            self.skipTest("no helm program: run `make helm-reference`")
        for version in ("5.0.0", "5.1.0+build.7"):
            file = os.path.join(self.folder, f"pushed-{version}.tgz")
            with open(file, "wb") as out:
                out.write(chart("pushed", version))
            done = subprocess.run([helm_reference.path(), "push", file, f"oci://{self.registry.address}/charts", *PLAIN],
                                  capture_output=True, text=True, timeout=60, env=self.environment())
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("pushed-5.1.0+build.7", self.succeed("template", "r", f"oci://{self.registry.address}/charts/pushed"))
        self.same_as_helm("r", f"oci://{self.registry.address}/charts/pushed", "--version", "5.0.0", *PLAIN)

    def test_an_image_is_no_chart(self):
        self.registry.push("charts/image", "1.0.0")
        said = self.refusal("template", "r", f"oci://{self.registry.address}/charts/image:1.0.0")
        self.assertIn("could not load config with mediatype application/vnd.cncf.helm.config.v1+json", said)

    def test_an_index_may_name_charts_of_a_registry(self):
        server = ChartServer()
        self.addCleanup(server.stop)
        server.publish("shop", "1.2.3", b"", url=f"{self.address}:1.2.3")
        self.assertIn("shop-1.2.3", self.succeed("template", "r", "shop", "--repo", server.url))

    def test_signatures_of_charts_are_verified(self):
        if not Signer.is_there():
            self.skipTest("no gpg")
        signer = Signer(self.folder)
        self.addCleanup(signer.stop)
        archive = chart("signed", "1.2.3")
        for name, provenance in (("signed", signer.provenance(archive, "signed-1.2.3.tgz")), ("unsigned", None)):
            self.registry.push_chart(f"charts/{name}", "1.2.3", archive,
                                     {"apiVersion": "v2", "name": "signed", "version": "1.2.3"}, provenance=provenance)
        arguments = ("--verify", "--keyring", signer.keyring)
        self.same_as_helm("r", f"oci://{self.registry.address}/charts/signed:1.2.3", *arguments, *PLAIN)
        self.assertIn("signed-1.2.3", self.succeed("template", "r", f"oci://{self.registry.address}/charts/signed", *arguments))
        self.assertIn("does not contain a layer with mediatype application/vnd.cncf.helm.chart.provenance.v1.prov",
                      self.refusal("template", "r", f"oci://{self.registry.address}/charts/unsigned:1.2.3", *arguments))

    def test_kustomizations_take_charts_from_registries(self):
        folder = os.path.join(self.folder, "kustomization")
        os.makedirs(folder)
        with open(os.path.join(folder, "kustomization.yaml"), "w") as file:
            json.dump({"helmCharts": [
                {"name": "shop", "releaseName": name, "version": version, "repo": f"oci://{self.registry.address}/charts/"}
                for name, version in (("exact", "1.2.3"), ("range", "^1.3.0"))]}, file)
        out = self.succeed("build", folder, "--enable-helm")
        self.assertEqual(re.findall("chart: (.*)|  name: (.*)", out),
                         [("shop-1.2.3", ""), ("", "exact"), ("shop-1.10.0", ""), ("", "range")])
        self.assertEqual(os.listdir(folder), ["kustomization.yaml"])

    def test_credentials_come_from_flags_or_from_configurations(self):
        users = os.path.join(self.folder, "users")
        with open(users, "w") as file:
            file.write(HTPASSWD)
        registry = DockerRegistry(os.path.join(self.folder, "private"), htpasswd=users)
        self.addCleanup(registry.stop)
        registry.user = ("ann", "secret")
        self.push(registry, "1.2.3")
        address = f"oci://{registry.address}/charts/shop:1.2.3"
        self.assertIn("401", self.refusal("template", "r", address))
        said = self.refusal("template", "r", address, "--username", "ann", "--password", "wrong")
        self.assertIn("401", said)
        self.assertNotIn("wrong", said)
        self.assertIn("shop-1.2.3", self.succeed("template", "r", address, "--username", "ann", "--password", "secret"))
        known = docker_config(registry.address, "ann", "secret")
        for name, variable in (("helm/registry/config.json", None), ("docker/config.json", "DOCKER_CONFIG"),
                               ("own.json", "HELM_REGISTRY_CONFIG")):
            with self.subTest(name):
                home = os.path.join(self.folder, "home-of-" + name.split("/")[0])
                file = os.path.join(home, *((".config",) if variable is None else ()), name)
                os.makedirs(os.path.dirname(file), exist_ok=True)
                with open(file, "w") as out:
                    out.write(known)
                more = {"HOME": home}
                if variable:
                    more[variable] = os.path.dirname(file) if variable == "DOCKER_CONFIG" else file
                done = self.same_as_helm("r", address, *PLAIN, **more)
                self.assertIn("shop-1.2.3", done.stdout)
        # A program that keeps credentials is not run; it is named when they are missing.
        helpers = os.path.join(self.folder, "helpers.json")
        with open(helpers, "w") as out:
            json.dump({"credHelpers": {registry.address: "keychain"}}, out)
        said = self.refusal("template", "r", address, HELM_REGISTRY_CONFIG=helpers)
        self.assertIn("docker-credential-keychain, which is not run", said)
        self.assertIn("shop-1.2.3", self.succeed("template", "r", f"{self.address}:1.2.3", HELM_REGISTRY_CONFIG=helpers))


if __name__ == "__main__":
    if not DockerRegistry.is_there():
        print("skipped: no docker-registry (Debian package docker-registry)")
        sys.exit(77)
    unittest.main(verbosity=2)
