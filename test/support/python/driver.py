"""Lends the helpers of this folder to a test in another language: runs one line of Python after the other from standard
input and answers each with one line: "ok <text>" or "error <text>", escaped so that it stays one line.
"""
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


def main():
    scope = {"__name__": "driver"}
    with tempfile.TemporaryDirectory(prefix="weir-test-") as folder:
        scope["folder"] = folder
        for line in sys.stdin:
            code = line.rstrip("\n").encode().decode("unicode_escape")
            try:
                try:
                    result = eval(compile(code, "<test>", "eval"), scope)
                except SyntaxError:
                    result = exec(compile(code, "<test>", "exec"), scope)
                answer = "ok " + ("" if result is None else str(result))
            except Exception as error:
                answer = f"error {type(error).__name__}: {error}"
            print(answer.encode("unicode_escape").decode(), flush=True)
        sys.stdout.flush()
    os._exit(0)     # servers' threads may still wait for clients


main()
