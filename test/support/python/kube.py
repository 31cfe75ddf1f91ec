"""A small Kubernetes client for tests: plain requests, no cache. Objects are dictionaries as the API server sends them."""
import http.client
import json
import ssl
import threading
import time
import urllib.parse

REQUESTED_AT = "reconcile.fluxcd.io/requestedAt"
API_VERSIONS = {
    "GitRepository": "source.toolkit.fluxcd.io/v1", "Kustomization": "kustomize.toolkit.fluxcd.io/v1",
    "ImageRepository": "image.toolkit.fluxcd.io/v1", "ImagePolicy": "image.toolkit.fluxcd.io/v1",
    "ImageUpdateAutomation": "image.toolkit.fluxcd.io/v1",
    "Deployment": "apps/v1", "StatefulSet": "apps/v1", "Job": "batch/v1", "Lease": "coordination.k8s.io/v1",
    "ClusterRole": "rbac.authorization.k8s.io/v1", "ClusterRoleBinding": "rbac.authorization.k8s.io/v1",
    "Role": "rbac.authorization.k8s.io/v1", "RoleBinding": "rbac.authorization.k8s.io/v1",
    "CustomResourceDefinition": "apiextensions.k8s.io/v1", "PriorityClass": "scheduling.k8s.io/v1",
}   # every other kind: v1


class ApiError(Exception):
    def __init__(self, status, method, path, body):
        message = body.get("message", body) if isinstance(body, dict) else body
        super().__init__(f"{method} {path}: {status} {message}")
        self.status = status
        self.body = body


class TimedOut(AssertionError):
    """A wait ended without what was waited for; the text holds the last state seen."""


class Kube:
    """One API server, one identity. `connection` is what ControlPlane.describe() gives: server, ca, token."""

    def __init__(self, connection, token=None):
        url = urllib.parse.urlsplit(connection["server"])
        self.host, self.port = url.hostname, url.port
        self.context = ssl.create_default_context(cafile=connection["ca"])
        self.headers = {"Authorization": "Bearer " + (token or connection["token"]), "Accept": "application/json",
                        "User-Agent": "weir-test/1"}
        self.local = threading.local()
        self.resources = {}     # (apiVersion, kind) -> (plural, namespaced)

    # -- requests -----------------------------------------------------------------------------------------------
    def request(self, method, path, body=None, content_type="application/json"):
        """The decoded answer. Raises ApiError on a status of 400 and up."""
        data = body if isinstance(body, (bytes, str, type(None))) else json.dumps(body)
        headers = dict(self.headers)
        if data is not None:
            headers["Content-Type"] = content_type
        for attempt in (0, 1):      # a kept connection may have been closed meanwhile
            connection = getattr(self.local, "connection", None)
            fresh = connection is None
            if fresh:
                connection = self.local.connection = http.client.HTTPSConnection(self.host, self.port, timeout=30,
                                                                                 context=self.context)
            try:
                connection.request(method, path, body=data, headers=headers)
                response = connection.getresponse()
                text = response.read()
                break
            except (http.client.HTTPException, OSError):
                connection.close()
                self.local.connection = None
                if fresh or attempt:
                    raise
        decoded = json.loads(text) if "json" in response.headers.get("Content-Type", "") else text.decode(errors="replace")
        if response.status >= 400:
            raise ApiError(response.status, method, path, decoded)
        return decoded

    def _resource(self, api_version, kind):
        if (api_version, kind) not in self.resources:
            base = "/api/v1" if api_version == "v1" else "/apis/" + api_version
            for resource in self.request("GET", base)["resources"]:
                if "/" not in resource["name"]:
                    self.resources[api_version, resource["kind"]] = (resource["name"], resource["namespaced"])
        return self.resources[api_version, kind]

    def path(self, kind, name=None, namespace=None, api_version=None, subresource=None):
        api_version = api_version or API_VERSIONS.get(kind, "v1")
        plural, namespaced = self._resource(api_version, kind)
        parts = ["", "api", "v1"] if api_version == "v1" else ["", "apis", *api_version.split("/")]
        if namespaced and namespace:
            parts += ["namespaces", namespace]
        return "/".join([*parts, plural, *(p for p in (name, subresource) if p)])

    # -- objects ------------------------------------------------------------------------------------------------
    def get(self, kind, name, namespace=None, api_version=None):
        """The object, or None when there is none of that name."""
        try:
            return self.request("GET", self.path(kind, name, namespace, api_version))
        except ApiError as e:
            if e.status == 404:
                return None
            raise

    def list(self, kind, namespace=None, api_version=None, query=""):
        return self.request("GET", self.path(kind, None, namespace, api_version) + query)["items"]

    def create(self, obj):
        meta = obj["metadata"]
        return self.request("POST", self.path(obj["kind"], None, meta.get("namespace"), obj["apiVersion"]), obj)

    def apply(self, obj, manager="weir-test", force=True, subresource=None):
        """Server-side apply."""
        meta = obj["metadata"]
        path = self.path(obj["kind"], meta["name"], meta.get("namespace"), obj["apiVersion"], subresource)
        return self.request("PATCH", f"{path}?fieldManager={manager}&force={'true' if force else 'false'}", obj,
                            "application/apply-patch+yaml")

    def merge(self, kind, name, namespace, patch, api_version=None, subresource=None, manager="weir-test"):
        """Merge patch."""
        path = self.path(kind, name, namespace, api_version, subresource)
        return self.request("PATCH", f"{path}?fieldManager={manager}", patch, "application/merge-patch+json")

    def delete(self, kind, name, namespace=None, api_version=None):
        """False when it was gone already."""
        try:
            self.request("DELETE", self.path(kind, name, namespace, api_version))
            return True
        except ApiError as e:
            if e.status == 404:
                return False
            raise

    def namespace(self, name, **labels):
        self.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})
        return name

    def secret(self, namespace, name, **data):
        return self.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": namespace},
                           "stringData": {key.replace("__", "."): value for key, value in data.items()}})

    def config_map(self, namespace, name, **data):
        return self.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace},
                           "data": {key.replace("__", "."): value for key, value in data.items()}})

    def events(self, namespace, name=None):
        """core/v1 Events of a namespace, of one involved object when a name is given."""
        found = self.list("Event", namespace)
        return [e for e in found if name is None or e["involvedObject"]["name"] == name]

    def request_reconcile(self, kind, name, namespace):
        """Sets the annotation that asks for a reconcile; returns its value."""
        token = str(time.time_ns())
        self.merge(kind, name, namespace, {"metadata": {"annotations": {REQUESTED_AT: token}}})
        return token

    # -- waiting ------------------------------------------------------------------------------------------------
    def wait(self, kind, name, namespace, accept, timeout=15, what="the expected state", api_version=None):
        """Polls until accept(object or None) is true; returns that object. Raises TimedOut with the last one seen."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                obj, trouble = self.get(kind, name, namespace, api_version), None
            except (ApiError, OSError, http.client.HTTPException, KeyError) as e:   # API server away, kind not served yet
                obj, trouble = None, e
            if trouble is None and accept(obj):
                return obj
            if time.monotonic() > deadline:
                raise TimedOut(f"{kind}/{namespace}/{name}: {what} not seen within {timeout} s; last: "
                               f"{trouble or brief(obj)}")
            time.sleep(0.03)

    def wait_gone(self, kind, name, namespace=None, timeout=15, api_version=None):
        self.wait(kind, name, namespace, lambda o: o is None, timeout, "its removal", api_version)

    def wait_exists(self, kind, name, namespace=None, timeout=15, api_version=None):
        return self.wait(kind, name, namespace, lambda o: o is not None, timeout, "the object", api_version)

    def wait_ready(self, kind, name, namespace, timeout=15, revision=None):
        """Waits for Ready=True about the present generation, and checks the rules that status must follow."""
        def accept(obj):
            if obj is None or not is_ready(obj):
                return False
            status = obj["status"]
            seen = status.get("lastAppliedRevision") or (status.get("artifact") or {}).get("revision")
            return revision is None or (seen or "").endswith(revision)
        obj = self.wait(kind, name, namespace, accept, timeout, f"Ready=True{' at ' + revision if revision else ''}")
        check_status_rules(obj)
        return obj

    def wait_condition(self, kind, name, namespace, type_, status=None, reason=None, message=None, timeout=15):
        """Waits until a condition has this status, this reason and a message that holds this text (those given)."""
        def accept(obj):
            c = condition(obj, type_)
            return (c is not None and status in (None, c["status"]) and reason in (None, c["reason"])
                    and (message is None or message in c["message"]))
        wanted = f"{type_}={status} {reason or ''} {message or ''}".strip()
        return self.wait(kind, name, namespace, accept, timeout, wanted)


def condition(obj, type_="Ready"):
    for c in ((obj or {}).get("status") or {}).get("conditions") or []:
        if c["type"] == type_:
            return c
    return None


def is_ready(obj):
    ready = condition(obj)
    generation = obj["metadata"]["generation"]
    return (ready is not None and ready["status"] == "True" and ready.get("observedGeneration") == generation
            and obj["status"].get("observedGeneration") == generation)


def check_status_rules(obj):
    """The rules clients build upon; an AssertionError names the broken one."""
    by_type = {c["type"]: c for c in obj["status"]["conditions"]}
    who = f"{obj['kind']}/{obj['metadata']['name']}"
    generation = obj["metadata"]["generation"]
    assert "Ready" in by_type, f"{who}: no Ready condition"
    true = {t for t, c in by_type.items() if c["status"] == "True"}
    assert not {"Reconciling", "Stalled"} <= true, f"{who}: Reconciling and Stalled at once"
    if true & {"Reconciling", "Stalled"}:
        assert "Ready" not in true, f"{who}: Ready=True while {true}"
    assert obj["status"].get("observedGeneration", -1) <= generation, f"{who}: observedGeneration from the future"
    for c in by_type.values():
        assert c.get("observedGeneration", 0) <= generation, f"{who}: {c['type']}.observedGeneration from the future"
    assert len(by_type) == len(obj["status"]["conditions"]), f"{who}: a condition type twice"


def brief(obj):
    """An object in the words a failed wait should print."""
    if obj is None:
        return "absent"
    if not isinstance(obj.get("status"), dict) or "conditions" not in obj["status"]:
        shown = {k: v for k, v in obj.items() if k not in ("metadata", "apiVersion")}
        return json.dumps(shown)[:1500]
    status = obj["status"]
    rest = {k: v for k, v in status.items() if k not in ("conditions", "history")}
    lines = [f"generation {obj['metadata'].get('generation')} {json.dumps(rest)[:800]}"]
    lines += [f"{c['type']}={c['status']} {c['reason']}: {c['message']}" for c in status["conditions"]]
    return "\n  ".join(lines)
