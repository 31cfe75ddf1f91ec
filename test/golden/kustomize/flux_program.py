"""What Flux 2.9 makes of a Kustomization, from its own libraries (flux/main.go): $WEIR_FLUX_BUILD, or built from the Go
module proxy (see GoProgram)."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "controlplane"))
from go_program import GoProgram  # noqa: E402

PROGRAM = GoProgram("flux-build", "WEIR_FLUX_BUILD", os.path.join(HERE, "flux"), ".", "v2.9", "about two minutes", ("main.go",))
path, find, ensure = PROGRAM.path, PROGRAM.find, PROGRAM.ensure


class Answers:
    """A running program that answers requests: {"objects": [...]} or {"error": "..."}."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, request):
        self.process.stdin.write(json.dumps(request, ensure_ascii=False).encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"no answer (status {self.process.wait()}) to {json.dumps(request)}")
        return json.loads(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


if __name__ == "__main__":
    PROGRAM.main()
