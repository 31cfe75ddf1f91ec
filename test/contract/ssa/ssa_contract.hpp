#pragma once

#include <string>
#include <utility>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/ssa/execute.hpp"
#include "pkg/ssa/normalize.hpp"
#include "pkg/ssa/plan.hpp"
#include "pkg/ssa/remove.hpp"
#include "pkg/ssa/wait.hpp"
#include "pkg/yaml/documents.hpp"
#include "test/contract/kube/kube_contract.hpp"

namespace weir::ssa {

/// Plans, applies and prunes on the API server under test. Manifests are YAML in which NS stands for the test's
/// namespace.
class SsaContract : public kube::KubeContract {
 protected:
  void SetUp() override {
    KubeContract::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    mapper_ = std::make_unique<kube::RestMapper>(*client_, clock_);
    options_.field_manager = "kustomize-controller";
    options_.annotation_group = "kustomize.toolkit.fluxcd.io";
  }

  Cluster cluster(kube::Client& client) { return {client, *mapper_, options_, clock_, log::Logger{}}; }

  std::string here(std::string text) const {
    for (auto at = text.find("NS"); at != std::string::npos; at = text.find("NS", at + 1)) {
      text.replace(at, 2, namespace_);
    }
    return text;
  }
  std::vector<Desired> objects(const std::string& manifests) const {
    auto documents = yaml::parse_documents(here(manifests), "test.yaml");
    if (documents.has_error()) throw std::runtime_error{documents.error().text()};
    std::vector<Desired> out;
    for (auto& document : *documents) {
      kube::Object object{std::move(document.value)};
      normalize(object).value();
      out.emplace_back(std::move(object));
    }
    return out;
  }
  static std::string config_map_text(const std::string& name, const std::string& value, const std::string& extra = {}) {
    return text::cat(
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ",
        name,
        "\n  namespace: NS\n",
        extra,
        "data:\n  value: \"",
        value,
        "\"\n"
    );
  }
  static std::string annotated(const std::string& key, const std::string& value) {
    return text::cat("  annotations:\n    kustomize.toolkit.fluxcd.io/", key, ": ", value, "\n");
  }

  /// Plans, and carries the plan out.
  Report apply_as(kube::Client& client, PlanRequest request, ExecuteRequest how = {}) {
    const auto where = cluster(client);
    auto plan = run(make_plan(where, std::move(request)));
    return run(execute(where, std::move(plan), std::move(how)));
  }
  Report apply(PlanRequest request, ExecuteRequest how = {}) {
    return apply_as(*client_, std::move(request), std::move(how));
  }
  Report apply(const std::string& manifests, bool force = false) {
    PlanRequest request;
    request.objects = objects(manifests);
    request.force = force;
    return apply(std::move(request));
  }
  Report prune_as(kube::Client& client, std::vector<ObjectId> ids, Owned owned = {}) {
    const auto where = cluster(client);
    return run(remove(where, std::move(ids), std::move(owned)));
  }
  Report prune(std::vector<ObjectId> ids, Owned owned = {}) {
    return prune_as(*client_, std::move(ids), std::move(owned));
  }
  /// "ConfigMap/a created": the changes without the namespace, in order.
  std::vector<std::string> lines(const Report& result) const {
    std::vector<std::string> out;
    for (const auto& change : result.changes) {
      out.push_back(text::cat(change.id.kind, "/", change.id.name, " ", to_string(change.action)));
    }
    return out;
  }
  /// The value of a ConfigMap's data.value; "absent" when there is no such object.
  std::string value(const std::string& name) {
    const auto found = get(name);
    return found ? std::string{found->document().text_at({"data", "value"})} : "absent";
  }
  void set_value(const std::string& name, const std::string& value, const std::string& manager) {
    const auto patch = json::Value::object({{"data", json::Value::object({{"value", value}})}});
    kube::PatchOptions options;
    options.field_manager = manager;
    run(client_->merge_patch(kube::core::config_maps(), key(name), patch, options));
  }
  /// managedFields have whole seconds: lets the last change lie clearly in the past.
  void let_time_pass() { run(api_->let_time_pass()); }

  std::unique_ptr<kube::RestMapper> mapper_;
  Options options_;
};

}  // namespace weir::ssa
