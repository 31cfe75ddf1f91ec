"""Child processes that end with their parent, scratch folders and free ports; shared with the control plane's starter."""
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path.insert(0, os.path.join(ROOT, "test", "controlplane"))
from controlplane import ControlPlane, ControlPlaneError, die_with_parent, free_port, scratch_folder  # noqa: E402,F401


def require_control_plane():
    """For a test's main: without the binaries it ends as skipped (status 77), or fails when CI demands them."""
    import binaries
    missing = binaries.missing()
    if missing:
        print(f"no control plane, missing {', '.join(missing)}: run `make controlplane`", file=sys.stderr)
        sys.exit(1 if os.environ.get("WEIR_REQUIRE_CONTROL_PLANE") == "1" else 77)
