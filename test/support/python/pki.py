"""A throw-away certificate authority, made by the openssl command."""
import os
import subprocess


class Authority:
    """Makes certificates below `folder`; `ca` is the path of its own."""

    def __init__(self, folder, name="weir test CA"):
        os.makedirs(folder, exist_ok=True)
        self.folder, self.ca, self.key = folder, os.path.join(folder, "ca.crt"), os.path.join(folder, "ca.key")
        _openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key, "-out", self.ca, "-days", "2",
                 "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=keyCertSign")

    def issue(self, name, server=True, names=()):
        """(certificate, key) for a server on 127.0.0.1 and localhost, and of these names, or for a client."""
        base = os.path.join(self.folder, name)
        _openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", base + ".key", "-out", base + ".csr", "-subj", f"/CN={name}")
        with open(base + ".ext", "w") as f:
            hosts = "".join(f",DNS:{host}" for host in names)
            f.write(f"subjectAltName=IP:127.0.0.1,DNS:localhost{hosts}\nextendedKeyUsage=serverAuth\n" if server
                    else "extendedKeyUsage=clientAuth\n")
        _openssl("x509", "-req", "-in", base + ".csr", "-CA", self.ca, "-CAkey", self.key, "-CAcreateserial", "-days", "2",
                 "-out", base + ".crt", "-extfile", base + ".ext")
        return base + ".crt", base + ".key"


def _openssl(*argv):
    done = subprocess.run(["openssl", *argv], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"openssl {argv[0]}: {done.stderr.strip()}")
