#include "controllers/cli/build_command.hpp"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "test/support/scratch_folder.hpp"

namespace weir::cli {
namespace {

/// The files that `weir build -o FOLDER` makes of the manifests.
std::set<std::string> files_of(const std::string& manifests, int status = 0) {
  const test::ScratchFolder scratch;
  std::filesystem::create_directory(scratch / "out");
  std::ofstream{scratch / "kustomization.yaml"} << "resources: [r.yaml]\n";
  std::ofstream{scratch / "r.yaml"} << manifests;
  std::ostringstream out, err;
  const std::string folder = scratch.path(), output = scratch / "out";
  const std::vector<std::string_view> arguments{folder, "-o", output};
  EXPECT_EQ(build_command(arguments, out, err), status) << err.str();
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{output}) names.insert(entry.path().filename());
  return names;
}

std::string manifest(
    const std::string& version, const std::string& kind, const std::string& name, const std::string& space = {}
) {
  return "---\napiVersion: " + version + "\nkind: " + kind + "\nmetadata:\n  name: " + name + "\n" +
         (space.empty() ? "" : "  namespace: " + space + "\n");
}

TEST(BuildCommand, AFileSaysItsNamespaceWhereThereAreSeveral) {
  // No namespace is the one called default, and counts as one; a cluster-wide object has none.
  EXPECT_EQ(
      files_of(
          manifest("v1", "Service", "d") + manifest("apps/v1", "Deployment", "d", "default") +
          manifest("v1", "ConfigMap", "c", "One") + manifest("v1", "Namespace", "one") +
          manifest("rbac.authorization.k8s.io/v1", "ClusterRole", "system:x")
      ),
      (std::set<std::string>{
          "default_v1_service_d.yaml",
          "default_apps_v1_deployment_d.yaml",
          "one_v1_configmap_c.yaml",
          "v1_namespace_one.yaml",
          "rbac.authorization.k8s.io_v1_clusterrole_system:x.yaml"})
  );
}

TEST(BuildCommand, OneNamespaceIsNotSaid) {
  EXPECT_EQ(
      files_of(
          manifest("v1", "Service", "d", "x") + manifest("example.com/v1", "Widget", "W.Big", "x") +
          manifest("v1", "Namespace", "x")
      ),
      (std::set<std::string>{"v1_service_d.yaml", "example.com_v1_widget_w.big.yaml", "v1_namespace_x.yaml"})
  );
}

// kustomize does not print and read an object once more on the way to a file of its own.
TEST(BuildCommand, AFoldedTextGainsNoLineInAFileOfItsOwn) {
  const test::ScratchFolder scratch;
  std::filesystem::create_directory(scratch / "out");
  std::ofstream{scratch / "kustomization.yaml"} << "resources: [r.yaml]\n";
  std::ofstream{scratch / "r.yaml"} << "apiVersion: v1\nkind: Widget\nmetadata: {name: w}\nspec: >-\n  a\n    b\n";
  const std::string folder = scratch.path(), output = scratch / "out";
  std::ostringstream whole, nothing, err;
  EXPECT_EQ(build_command(std::vector<std::string_view>{folder}, whole, err), 0);
  EXPECT_NE(whole.str().find("spec: |-\n  a\n\n    b\n"), std::string::npos) << whole.str();
  EXPECT_EQ(build_command(std::vector<std::string_view>{folder, "-o", output}, nothing, err), 0);
  std::ifstream file{scratch / "out/v1_widget_w.yaml"};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_NE(text.find("spec: |-\n  a\n    b\n"), std::string::npos) << text;
}

TEST(BuildCommand, ASlashInANameIsRefused) {
  EXPECT_EQ(files_of(manifest("v1", "ConfigMap", "../../x"), 1), std::set<std::string>{});
  EXPECT_EQ(files_of(manifest("v1", "ConfigMap", "team/app"), 1), std::set<std::string>{});
}

}  // namespace
}  // namespace weir::cli
