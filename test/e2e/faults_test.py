"""What a cluster may lack: the CRDs, a permission, the API server itself. Each is one clear line and an unready probe, the
process goes on, and works as soon as the lack is mended."""
import os
import sys
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
import weir  # noqa: E402
from processes import free_port  # noqa: E402

CRD = "gitrepositories.source.toolkit.fluxcd.io"


class Faults(scenario.Scenario):
    users = {"guest": ["system:authenticated"]}

    def start(self, kubeconfig, make=weir.source_controller, flags=()):
        """A controller of the test's own, not waited for."""
        controller = make(kubeconfig, os.path.join(self.folder, self.ns), *flags)
        self.addCleanup(controller.kill)
        return controller.start(wait=False)

    def ready_text(self, controller):
        """The status and the text of /readyz."""
        try:
            with urllib.request.urlopen(controller.health_url + "/readyz", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return None, ""

    def unready(self, controller, text):
        """Waits for a 503 that says this; /healthz is fine all the same, or a kubelet would restart it for nothing."""
        deadline = time.monotonic() + 10
        while True:
            status, said = self.ready_text(controller)
            if status == 503 and text in said:
                break
            self.assertLess(time.monotonic(), deadline, f"{status}: {said}")
            time.sleep(0.1)
        self.assertEqual(controller.probe("/healthz"), 200)

    @staticmethod
    def attempts(controller, verb, resource):
        """Waits until it has tried several times."""
        controller.wait_metric("weir_api_requests_total", 4, verb=verb, resource=resource)

    def errors(self, controller, message):
        return [line for line in controller.log_lines() if line["level"] == "error" and line["msg"] == message]

    def test_a_missing_crd(self):
        text = "does not serve gitrepositories.source.toolkit.fluxcd.io/v1: is its CRD installed? (`weir crds apply`"
        crd = self.kube.get("CustomResourceDefinition", CRD)
        self.source.stop()
        self.kustomize.stop()
        self.addCleanup(lambda: (self.source.start(), self.kustomize.start()))
        self.kube.delete("CustomResourceDefinition", CRD)
        self.kube.wait_gone("CustomResourceDefinition", CRD)
        controller = self.start(self.plane.kubeconfig)
        self.unready(controller, text)
        self.attempts(controller, "list", "gitrepositories")
        told = self.errors(controller, "cannot follow a resource")
        self.assertEqual(len(told), 1)
        self.assertIn(text, told[0]["error"])
        self.kube.create({k: v for k, v in crd.items() if k != "status"} | {
            "metadata": {"name": CRD, "labels": crd["metadata"]["labels"]}})
        controller.wait_ready(30)
        self.assertTrue([line for line in controller.log_lines() if line["msg"] == "following the resource again"])

    def test_a_missing_permission(self):
        text = 'User \"guest\" cannot list resource \"gitrepositories\"'.replace("\\", "")
        controller = self.start(self.plane.users["guest"]["kubeconfig"])
        self.unready(controller, text)
        self.attempts(controller, "list", "gitrepositories")
        told = self.errors(controller, "cannot follow a resource")
        self.assertEqual(len(told), 1)
        self.assertIn(text, told[0]["error"])
        self.kube.apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "guest"},
                         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
                         "subjects": [{"kind": "User", "name": "guest"}]})
        self.addCleanup(self.kube.delete, "ClusterRoleBinding", "guest")
        controller.wait_ready(30)

    def test_a_missing_permission_for_the_lease(self):
        controller = self.start(self.plane.users["guest"]["kubeconfig"], flags=(
            "--enable-leader-election=true", "--leader-election-retry-period=500ms"))
        self.attempts(controller, "get", "leases")
        told = self.errors(controller, "cannot read or write the lease")
        self.assertEqual(len(told), 1)
        self.assertIn('cannot get resource "leases"', told[0]["error"])
        self.assertIsNone(controller.process.poll())

    def test_an_api_server_that_is_away(self):
        path = self.plane.path(f"{self.ns}.kubeconfig")
        port = free_port()
        with open(self.plane.kubeconfig) as f, open(path, "w") as out:
            out.write(f.read().replace(str(self.plane.port), str(port)))
        controller = self.start(path, weir.kustomize_controller, ("--enable-leader-election=true",))
        self.unready(controller, f"waiting for the API server https://127.0.0.1:{port}")
        controller.wait_metric("rest_client_requests_total", 4, code="<error>")
        lines = [line for line in controller.log_lines() if line["level"] == "error"]
        self.assertEqual([line["msg"] for line in lines], ["cannot reach the API server"])
        self.assertRegex(lines[0]["error"], "connect to 127.0.0.1:.*[Rr]efused")
        self.assertEqual(controller.stop(), 0)      # and it ends in good order

    def test_a_token_that_is_not_known(self):
        path = self.plane.path(f"{self.ns}.kubeconfig")
        with open(self.plane.kubeconfig) as f, open(path, "w") as out:
            out.write(f.read().replace(self.plane.tokens["admin"], self.keep_secret("0123456789-an-unknown-token")))
        controller = self.start(path, weir.kustomize_controller)
        self.unready(controller, "Unauthorized")
        self.assertEqual(len(self.errors(controller, "cannot reach the API server")), 1)

    def test_an_address_that_is_taken(self):
        taken = self.source.health_url.split("//")[1]
        controller = weir.kustomize_controller(self.plane.kubeconfig, os.path.join(self.folder, self.ns), f"--health-addr={taken}")
        self.addCleanup(controller.kill)
        controller.start(wait=False)
        self.assertEqual(controller.process.wait(10), 1)
        self.assertIn(taken, controller.log_text())


if __name__ == "__main__":
    scenario.main()
