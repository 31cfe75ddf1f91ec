"""The commands about charts, and the reference helm beside them, each with a home of its own."""
import hashlib
import os
import shutil
import subprocess
import sys
import unittest

import weir
from processes import ROOT, scratch_folder

sys.path.insert(0, os.path.join(ROOT, "test", "golden", "helm"))
import helm_reference  # noqa: E402
sys.path.insert(0, os.path.join(ROOT, "test", "golden", "kustomize"))
import reference as kustomize_reference  # noqa: E402,F401

FROM_HELM_ALONE = ("Pulled: ", "Digest: ")  # helm 4.2 says them on standard output


class Signer:
    """Somebody with an OpenPGP key, made by gpg below `folder`; `keyring` is the file with the public one."""

    def __init__(self, folder, name="somebody"):
        self.home = os.path.join(folder, f"gpg-{name}")
        os.makedirs(self.home, mode=0o700)
        self.keyring = os.path.join(self.home, "public.gpg")
        self._gpg("--quick-generate-key", "--passphrase", "", name, "rsa2048", "sign", "1d")
        self._gpg("--output", self.keyring, "--export", name)

    @staticmethod
    def is_there():
        return shutil.which("gpg") is not None

    def provenance(self, archive, file_name):
        """What `helm package --sign` puts beside an archive."""
        text = f"name: shop\n\n...\nfiles:\n  {file_name}: sha256:{hashlib.sha256(archive).hexdigest()}\n"
        return self._gpg("--clear-sign", "--digest-algo", "SHA512", "--output", "-", input=text.encode())

    def _gpg(self, *argv, input=None):
        return subprocess.run(["gpg", "--homedir", self.home, "--batch", "--yes", "--pinentry-mode", "loopback", *argv],
                              check=True, input=input, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout

    def stop(self):
        subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "all"], check=False)


class ChartCommands(unittest.TestCase):
    """A folder for a file, and what its cases ask for."""

    @classmethod
    def setUpClass(cls):
        cls.folder = scratch_folder("weir-charts-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.home = os.path.join(cls.folder, "home")
        os.makedirs(cls.home)
        cls.prepare()

    @classmethod
    def prepare(cls):
        """For a file's own set-up."""

    def environment(self, **more):
        return {"PATH": os.environ["PATH"], "HOME": self.home, **more}

    def weir(self, *argv, **more):
        return subprocess.run([weir.binary(), *argv], capture_output=True, text=True, timeout=120, cwd=self.folder,
                              env=self.environment(**more))

    def succeed(self, *argv, **more):
        done = self.weir(*argv, **more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def refusal(self, *argv, **more):
        """What a command that must fail says; nothing is printed then."""
        done = self.weir(*argv, **more)
        self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
        return done.stderr

    def same_as_helm(self, *argv, helm_only=(), **more):
        """What is printed, and whether anything is, as by helm 4.2; skipped without that program."""
        ours = self.weir("template", *argv, **more)
        if not helm_reference.find():
            self.assertNotEqual(os.environ.get("WEIR_REQUIRE_CONTROL_PLANE"), "1", "no helm program: run `make helm-reference`")
            return ours
        theirs = subprocess.run([helm_reference.path(), "template", *argv, *helm_only], capture_output=True, text=True,
                                timeout=120, cwd=self.folder, env=self.environment(**more))
        self.assertEqual(ours.returncode, theirs.returncode, f"weir: {ours.stderr}\nhelm: {theirs.stderr}")
        wanted = [line for line in theirs.stdout.splitlines(True) if not line.startswith(FROM_HELM_ALONE)]
        self.assertEqual(ours.stdout, "".join(wanted))
        return ours
