"""Container images without a daemon: a folder becomes a docker-archive that containerd imports."""
import hashlib
import io
import json
import os
import tarfile


def pack(root, name, target, config=None):
    """Writes the folder `root` as the image `name` (with its tag) to the file `target`."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        def owner(entry):
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = "root"
            return entry
        tar.add(root, arcname=".", filter=owner)
    data = layer.getvalue()
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
    image = {"architecture": machine, "os": "linux", "config": config or {}, "rootfs": {"type": "layers", "diff_ids": [digest]}}
    text = json.dumps(image).encode()
    manifest = [{"Config": hashlib.sha256(text).hexdigest() + ".json", "RepoTags": [name], "Layers": ["layer.tar"]}]
    with tarfile.open(target, "w") as tar:
        for path, content in ((manifest[0]["Config"], text), ("layer.tar", data), ("manifest.json", json.dumps(manifest).encode())):
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return target
