"""Makes the objects of config/ from the chart with its default values: `config/generate.py HELM`, or `make config`.

Helm's own labels and hooks are left out: kubectl knows neither.
"""
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CHART = os.path.join(os.path.dirname(HERE), "charts", "weir")
HEADING = "# Made by `make config` from charts/weir with its default values: change those.\n"
RBAC = "rbac/rbac.yaml"
FILES = {"ServiceAccount": RBAC, "ClusterRole": RBAC, "ClusterRoleBinding": RBAC, "Role": RBAC, "RoleBinding": RBAC,
         "NetworkPolicy": "network/policies.yaml", "Deployment": "manager/controllers.yaml", "Service": "manager/controllers.yaml",
         "PodDisruptionBudget": "manager/controllers.yaml", "ResourceQuota": "manager/controllers.yaml"}
OF_HELM = re.compile(r"^(# Source: | *app\.kubernetes\.io/managed-by: | *helm\.sh/chart: ).*\n", re.M)


def main(helm):
    rendered = subprocess.run([helm, "template", "weir", CHART, "--namespace", "flux-system"], capture_output=True, text=True)
    if rendered.returncode != 0:
        sys.exit(rendered.stderr)
    texts = {}
    for document in re.split(r"^---\n", rendered.stdout, flags=re.M):
        kind = re.search(r"^kind: (\w+)$", document, re.M)
        if kind and "helm.sh/hook" not in document:
            texts.setdefault(FILES[kind[1]], []).append(OF_HELM.sub("", document).strip() + "\n")
    for path, documents in texts.items():
        with open(os.path.join(HERE, path), "w") as f:
            f.write(HEADING + "---\n".join(documents))


if __name__ == "__main__":
    main(*sys.argv[1:])
