"""A program that tests compare with or drive: found, or built once from the Go module proxy. Nothing of it is in the product."""
import fcntl
import hashlib
import os
import sys

import binaries


class GoProgram:
    """`variable` in the environment wins; else the cache folder, else a build into it. go.mod and go.sum in `module` pin it,
    and `sources`, the program's own files there."""

    def __init__(self, name, variable, module, package, version, takes, sources=()):
        self.name, self.variable, self.module, self.package = name, variable, module, package
        self.version, self.takes, self.sources = version, takes, sources

    def path(self):
        """Where the program is or would be built to."""
        if os.environ.get(self.variable):
            return os.environ[self.variable]
        digest = hashlib.sha256()
        for name in ("go.mod", "go.sum", *self.sources):
            with open(os.path.join(self.module, name), "rb") as file:
                digest.update(file.read())
        return os.path.join(binaries.cache_root(), self.name, f"{self.version}-{digest.hexdigest()[:12]}", self.name)

    def find(self):
        """The program, or None when it has not been built."""
        return self.path() if os.access(self.path(), os.X_OK) else None

    def ensure(self, log=sys.stderr):
        """The program; builds it when it is missing. @raises binaries.BinariesError"""
        program = self.path()
        if not self.find():
            os.makedirs(os.path.dirname(program), exist_ok=True)
            with open(os.path.join(os.path.dirname(program), ".lock"), "w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not self.find():
                    print(f"{self.name}: building {self.version} from its Go module ({self.takes}, once)", file=log, flush=True)
                    part = program + ".part"
                    binaries.run_go(binaries.find_go(log), ["build", "-trimpath", "-ldflags", "-s -w", "-o", part, self.package],
                                     self.module)
                    os.rename(part, program)
        return program

    def main(self):
        """Builds it if need be and prints where it is."""
        try:
            print(self.ensure())
        except binaries.BinariesError as problem:
            sys.exit(f"{self.name}: {problem}")
