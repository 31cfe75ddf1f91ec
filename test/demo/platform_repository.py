"""The content of the demo's Git repository, and the objects that make a cluster follow it."""
PROD = "apps/order-service/overlays/prod/kustomization.yaml"
BASE = "apps/order-service/base/kustomization.yaml"
FLAGS = "apps/order-service/base/feature-flags.yaml"
SERVICE = "apps/order-service/base/service.yaml"
GOOD_TEXT, BROKEN_TEXT = "targetPort: http", "targetPort: http: 8080"


MARKER = '{"$imagepolicy": "flux-system:order-service:tag"}'


def _overlay(environment, replicas, tag, comment=""):
    return f"""apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: shop
resources:
- ../../base
labels:
- pairs:
    environment: {environment}
images:
- name: registry.example.com/order-service
  newTag: {tag}{comment}
replicas:
- name: order-service
  count: {replicas}
configMapGenerator:
- name: order-service-settings
  literals:
  - ENVIRONMENT={environment}
"""


FILES = {
    "infrastructure/namespace.yaml": """apiVersion: v1
kind: Namespace
metadata:
  name: shop
""",
    "infrastructure/priority-class.yaml": """apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: customer-facing
value: 1000
description: What customers would miss at once.
""",
    "infrastructure/limits.yaml": """apiVersion: v1
kind: LimitRange
metadata:
  name: defaults
  namespace: shop
spec:
  limits:
  - type: Container
    defaultRequest:
      cpu: 100m
      memory: 64Mi
""",
    BASE: """apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- deployment.yaml
- service.yaml
- feature-flags.yaml
""",
    "apps/order-service/base/deployment.yaml": """apiVersion: apps/v1
kind: Deployment
metadata:
  name: order-service
spec:
  selector:
    matchLabels:
      app: order-service
  template:
    metadata:
      labels:
        app: order-service
    spec:
      priorityClassName: customer-facing
      containers:
      - name: order-service
        image: registry.example.com/order-service
        ports:
        - name: http
          containerPort: 8080
        envFrom:
        - configMapRef:
            name: order-service-settings
""",
    SERVICE: """apiVersion: v1
kind: Service
metadata:
  name: order-service
  labels:
    app: order-service
spec:
  selector:
    app: order-service
  ports:
  - name: http
    port: 80
    protocol: TCP
    targetPort: http
""",
    FLAGS: """apiVersion: v1
kind: ConfigMap
metadata:
  name: feature-flags
data:
  express-checkout: "on"
""",
    "apps/order-service/overlays/dev/kustomization.yaml": _overlay("dev", 1, "2.1.0-rc.1"),
    "apps/order-service/overlays/staging/kustomization.yaml": _overlay("staging", 1, "2.0.0"),
    PROD: _overlay("prod", 3, "2.0.0", f" # {MARKER}"),
}

BROKEN_LINE = 1 + FILES[SERVICE][:FILES[SERVICE].index(GOOD_TEXT)].count("\n")


def objects(namespace, url):
    """A GitRepository and two Kustomizations; the second waits for the first."""
    def kustomization(name, **spec):
        return {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
                "metadata": {"name": name, "namespace": namespace},
                "spec": {"interval": "10m", "timeout": "2m", "prune": True, "wait": True,
                         "sourceRef": {"kind": "GitRepository", "name": "platform"}, **spec}}
    return [
        {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository",
         "metadata": {"name": "platform", "namespace": namespace},
         "spec": {"url": url, "interval": "10s", "ref": {"branch": "main"}}},
        kustomization("order-service", path="./apps/order-service/overlays/prod", dependsOn=[{"name": "infrastructure"}]),
        kustomization("infrastructure", path="./infrastructure"),
    ]


def image_objects(namespace, image):
    """What follows the tags of an image and writes the newest release into Git."""
    def obj(kind, name, spec):
        return {"apiVersion": "image.toolkit.fluxcd.io/v1", "kind": kind, "metadata": {"name": name, "namespace": namespace},
                "spec": spec}
    return [obj("ImageRepository", "order-service", {"image": image, "interval": "1m"}),
            obj("ImagePolicy", "order-service", {"imageRepositoryRef": {"name": "order-service"},
                                                 "policy": {"semver": {"range": ">=2.0.0"}}}),
            obj("ImageUpdateAutomation", "releases", {
                "interval": "10m", "sourceRef": {"kind": "GitRepository", "name": "platform"}, "update": {"path": "./apps"},
                "git": {"commit": {"author": {"name": "Weir", "email": "weir@example.com"}}}})]
