"""A bare Git repository with a work tree to commit from."""
import os
import shutil
import subprocess

ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "Test", "GIT_AUTHOR_EMAIL": "test@example.com",
    "GIT_COMMITTER_NAME": "Test", "GIT_COMMITTER_EMAIL": "test@example.com",
}


class Repository:
    """`root`/`name`.git and a clone of it. Commits go to `branch` and are pushed at once."""

    def __init__(self, root, name, branch="main"):
        self.name, self.branch = name, branch
        self.bare, self.tree = os.path.join(root, name + ".git"), os.path.join(root, ".trees", name)
        os.makedirs(self.tree)
        self._run("init", "--quiet", "--bare", f"--initial-branch={branch}", self.bare, cwd=root)
        for key, value in (("http.receivepack", "true"), ("uploadpack.allowFilter", "true"),
                           ("uploadpack.allowAnySHA1InWant", "true"), ("gc.auto", "0"), ("receive.autogc", "false")):
            self._run("config", key, value, cwd=self.bare)
        self._run("init", "--quiet", f"--initial-branch={branch}", ".")
        self._run("remote", "add", "origin", self.bare)

    def git(self, *argv):
        """Runs git in the work tree; returns its output."""
        return self._run(*argv).strip()

    def write(self, path, content):
        """Writes a file of the work tree; None removes the file or folder."""
        full = os.path.join(self.tree, path)
        if content is None:
            shutil.rmtree(full) if os.path.isdir(full) else os.remove(full)
            return
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w" if isinstance(content, str) else "wb") as f:
            f.write(content)

    def commit(self, files=None, message="change", tag=None, annotated=None):
        """Writes {path: content or None}, commits and pushes; returns the commit id."""
        for path, content in (files or {}).items():
            self.write(path, content)
        self._run("add", "--all")
        self._run("commit", "--quiet", "--allow-empty", "-m", message)
        if tag:
            self._run("tag", tag)
        if annotated:
            self._run("tag", "-a", annotated, "-m", annotated)
        self._run("push", "--quiet", "--force", "--tags", "origin", f"HEAD:refs/heads/{self.branch}")
        return self.git("rev-parse", "HEAD")

    def head(self, branch=None):
        """The commit of a branch on the server; None when it is not there."""
        return self._run("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch or self.branch}", cwd=self.bare).strip() or None

    def show(self, path, revision=None):
        """The bytes of a file on the server."""
        return subprocess.run(["git", "show", f"{revision or self.branch}:{path}"], cwd=self.bare, check=True,
                              env=dict(os.environ, **ENVIRONMENT), capture_output=True).stdout

    def log(self, format_="%s", revision=None):
        """The commits on the server, newest first, each as git log prints it."""
        return self._run("log", f"--format={format_}%x00", revision or self.branch, cwd=self.bare).strip("\0\n").split("\0\n")

    def hook(self, name, script):
        """Sets a hook of the server; None removes it."""
        path = os.path.join(self.bare, "hooks", name)
        if script is None:
            os.remove(path)
            return
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write("#!/bin/sh\n" + script)
        os.chmod(path, 0o755)

    def take(self):
        """Brings what others pushed into the work tree."""
        self._run("fetch", "--quiet", "origin", self.branch)
        self._run("reset", "--quiet", "--hard", "FETCH_HEAD")

    def _run(self, *argv, cwd=None):
        done = subprocess.run(["git", *argv], cwd=cwd or self.tree, env=dict(os.environ, **ENVIRONMENT),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"git {' '.join(argv)}: {done.stderr.strip()}")
        return done.stdout
