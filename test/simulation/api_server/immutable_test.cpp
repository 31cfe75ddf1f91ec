// What never changes once it was said, and what the server answers to those who try.

#include "test/simulation/api_server/api_bench.hpp"

namespace weir::test {
namespace {

using testing::StartsWith;

class Immutable : public ApiBench {
 protected:
  static std::string pods(std::string_view image) {
    return text::cat(
        R"("template": {"metadata": {"labels": {"app": "a"}}, "spec": {"restartPolicy": "Always", "containers": [{"name": "a", "image": ")",
        image,
        "\"}]}}"
    );
  }
};

TEST_F(Immutable, SelectorsOfWorkloads) {
  const std::string deployments = "/apis/apps/v1/namespaces/default/deployments";
  const auto spec = text::cat(
      R"({"metadata": {"name": "a"}, "spec": {"selector": {"matchLabels": {"app": "a"}}, )", pods("x:1"), "}}"
  );
  EXPECT_EQ(post(deployments, spec).status, 201u);
  EXPECT_EQ(
      message(
          422,
          merge(
              deployments + "/a",
              R"({"spec": {"selector": {"matchLabels": {"app": "b"}}, "template": {"metadata": {"labels": {"app": "b"}}}}})"
          )
      ),
      "Deployment.apps \"a\" is invalid: spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"b\"}}: field is "
      "immutable"
  );
  EXPECT_EQ(merge(deployments + "/a", R"({"spec": {"replicas": 3}})").status, 200u);

  const std::string sets = "/apis/apps/v1/namespaces/default/statefulsets";
  EXPECT_EQ(post(sets, spec).status, 201u);
  EXPECT_THAT(
      message(422, merge(sets + "/a", R"({"spec": {"serviceName": "b"}})")),
      StartsWith("StatefulSet.apps \"a\" is invalid: spec: Forbidden: updates to statefulset spec for fields other than"
      )
  );
}

TEST_F(Immutable, TheTemplateOfAJob) {
  const std::string jobs = "/apis/batch/v1/namespaces/default/jobs";
  const auto never = text::replace_all(pods("x:1"), "Always", "Never");
  EXPECT_EQ(post(jobs, text::cat(R"({"metadata": {"name": "a"}, "spec": {)", never, "}}")).status, 201u);
  EXPECT_THAT(
      message(
          422,
          merge(jobs + "/a", R"({"spec": {"template": {"spec": {"containers": [{"name": "a", "image": "x:2"}]}}}})")
      ),
      StartsWith("Job.batch \"a\" is invalid: spec.template: Invalid value: ")
  );
  EXPECT_EQ(
      message(422, merge(jobs + "/a", R"({"spec": {"completions": 3}})")),
      "Job.batch \"a\" is invalid: spec.completions: Invalid value: 3: field is immutable"
  );
}

TEST_F(Immutable, TheAddressOfAService) {
  const std::string services = "/api/v1/namespaces/default/services";
  post(services, R"({"metadata": {"name": "a"}, "spec": {"ports": [{"port": 80}]}})");
  EXPECT_EQ(
      message(422, merge(services + "/a", R"({"spec": {"clusterIP": "10.96.200.1", "clusterIPs": ["10.96.200.1"]}})")),
      "Service \"a\" is invalid: spec.clusterIPs[0]: Invalid value: [\"10.96.200.1\"]: may not change once set"
  );
  EXPECT_EQ(merge(services + "/a", R"({"spec": {"clusterIP": null}})").status, 200u) << "it is not said, so it stays";
}

TEST_F(Immutable, WhatASecretOrAConfigMapSaysOfItself) {
  const std::string secrets = "/api/v1/namespaces/default/secrets";
  post(secrets, R"({"metadata": {"name": "a"}, "immutable": true, "data": {"a": "MQ=="}})");
  const auto refused = [&](const char* change) { return message(422, merge(secrets + "/a", change)); };
  EXPECT_EQ(
      refused(R"({"data": {"a": "Mg=="}})"),
      "Secret \"a\" is invalid: data: Forbidden: field is immutable when `immutable` is set"
  );
  EXPECT_EQ(
      refused(R"({"immutable": false})"),
      "Secret \"a\" is invalid: immutable: Forbidden: field is immutable when `immutable` is set"
  );
  EXPECT_EQ(
      refused(R"({"type": "other"})"), "Secret \"a\" is invalid: type: Invalid value: \"other\": field is immutable"
  );
}

TEST_F(Immutable, TheRoleOfABinding) {
  const std::string bindings = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings";
  post(bindings, R"({"metadata": {"name": "a"}, "roleRef": {"kind": "Role", "name": "one"}})");
  EXPECT_EQ(
      message(422, merge(bindings + "/a", R"({"roleRef": {"name": "two"}})")),
      "RoleBinding.rbac.authorization.k8s.io \"a\" is invalid: roleRef: Invalid value: "
      "{\"APIGroup\":\"rbac.authorization.k8s.io\",\"Kind\":\"Role\",\"Name\":\"two\"}: cannot change roleRef"
  );
}

}  // namespace
}  // namespace weir::test
