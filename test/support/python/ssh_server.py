"""Git over SSH by Debian's unchanged sshd on loopback, as the user who runs the test.

Host keys and user keys of the kinds rsa, ecdsa and ed25519 are made anew. A user key may do nothing but run Git's server
commands. A wrong host key or user key for a test is made with `new_key`.
"""
import getpass
import os
import shutil
import socket
import subprocess
import time

from processes import die_with_parent, free_port

KINDS = {"rsa": ["-b", "3072"], "ecdsa": ["-b", "256"], "ed25519": []}
SSHD = shutil.which("sshd") or "/usr/sbin/sshd"


class SshServer:
    """`keys[kind]` is the path of a user's private key; `known_hosts(kind)` the line a client must trust."""

    def __init__(self, folder, host_key_kinds=tuple(KINDS), protocol=2):
        self.folder = os.path.abspath(folder)
        os.makedirs(self.folder, exist_ok=True)
        self.user, self.port = getpass.getuser(), free_port()
        self.keys = {kind: self.new_key(f"user_{kind}", kind) for kind in KINDS}
        self.host_keys = {kind: self.new_key(f"host_{kind}", kind) for kind in host_key_kinds}
        command = self._write("git-only", "#!/bin/sh\nexec git shell -c \"$SSH_ORIGINAL_COMMAND\"\n", 0o755)
        lines = []
        for key in self.keys.values():
            with open(key + ".pub") as f:
                lines.append(f'command="{command}",restrict {f.read().strip()}\n')
        authorized = self._write("authorized_keys", "".join(lines))
        self.config = self._write("sshd_config", "".join(f"{line}\n" for line in [
            f"Port {self.port}", "ListenAddress 127.0.0.1", f"AuthorizedKeysFile {authorized}", "StrictModes no",
            "UsePAM no", "PasswordAuthentication no", "KbdInteractiveAuthentication no", "PermitRootLogin yes",
            "PidFile none", *(["AcceptEnv GIT_PROTOCOL"] if protocol == 2 else []), "LogLevel VERBOSE", "MaxStartups 100",
            *(f"HostKey {key}" for key in self.host_keys.values())]))
        if os.getuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)     # sshd insists on it as root
        self._start()

    def _start(self):
        self.log = os.path.join(self.folder, "sshd.log")
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([SSHD, "-D", "-e", "-f", self.config], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, preexec_fn=die_with_parent)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        with open(self.log) as f:
            raise RuntimeError(f"sshd did not start: {f.read()[-800:]}")

    def new_key(self, name, kind="ed25519", passphrase=""):
        """The path of a new private key; path + ".pub" is its public half."""
        path = os.path.join(self.folder, name)
        subprocess.run(["ssh-keygen", "-q", "-t", kind, *KINDS[kind], "-N", passphrase, "-C", name, "-f", path], check=True,
                       stdin=subprocess.DEVNULL)
        return path

    def known_hosts(self, kind=None, key=None):
        """known_hosts lines for one kind of host key, for all, or for another key altogether."""
        paths = [key] if key else [self.host_keys[kind]] if kind else list(self.host_keys.values())
        lines = []
        for path in paths:
            with open(path + ".pub") as f:
                algorithm, blob = f.read().split()[:2]
            lines.append(f"[127.0.0.1]:{self.port} {algorithm} {blob}\n")
        return "".join(lines)

    def url_of(self, repository):
        """The address of a Repository, as ssh://."""
        return f"ssh://{self.user}@127.0.0.1:{self.port}{repository.bare}"

    def stop(self):
        self.process.kill()
        self.process.wait()

    def _write(self, name, text, mode=0o600):
        path = os.path.join(self.folder, name)
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, mode)
        return path
