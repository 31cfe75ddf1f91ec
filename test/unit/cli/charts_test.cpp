// The commands that work on charts.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "controllers/cli/explain_command.hpp"
#include "controllers/cli/lint_command.hpp"
#include "controllers/cli/show_command.hpp"
#include "controllers/cli/template_command.hpp"
#include "test/support/scratch_folder.hpp"

namespace weir::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Outcome {
  int status = 0;
  std::string out, err;
};

class ChartCommands : public testing::Test {
 protected:
  void SetUp() override {
    write("Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.2.3\nmaintainers: [{name: me}]\n");
    write("values.yaml", "count: 1000000\nword: yes\nnothing:\n");
    write("README.md", "# Shop\n");
    write("crds/a.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n");
    write(
        "templates/a.yaml",
        "kind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\nns: {{ .Release.Namespace }}\ncount: {{ .Values.count "
        "}}\n"
    );
    write("templates/h.yaml", "kind: Job\nmetadata:\n  name: h\n  annotations: {helm.sh/hook: test}\n");
  }

  void write(const std::string& name, const std::string& text) {
    const std::filesystem::path path{chart() + "/" + name};
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path} << text;
  }
  std::string chart() const { return scratch_ / "shop"; }
  std::string folder() const { return scratch_.path(); }

  static Outcome run(const Command& command, std::vector<std::string> arguments) {
    const std::vector<std::string_view> views{arguments.begin(), arguments.end()};
    std::ostringstream out, err;
    const int status = run_command(command, views, {out, err});
    return {status, out.str(), err.str()};
  }

 private:
  test::ScratchFolder scratch_;
};

TEST_F(ChartCommands, TemplatePrintsObjectsThenHooks) {
  const auto outcome = run(template_command(), {"rel", chart(), "-n", "store", "--set", "count=5"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(
      outcome.out,
      "---\n# Source: shop/templates/a.yaml\nkind: ConfigMap\nmetadata: {name: rel}\nns: store\ncount: 5\n"
      "---\n# Source: shop/templates/h.yaml\nkind: Job\nmetadata:\n  name: h\n  annotations: {helm.sh/hook: test}\n\n"
  );
}

TEST_F(ChartCommands, TemplateLeavesOutWhatIsNotWanted) {
  EXPECT_THAT(run(template_command(), {"rel", chart(), "--no-hooks"}).out, Not(HasSubstr("Job")));
  EXPECT_THAT(run(template_command(), {"rel", chart(), "--skip-tests"}).out, Not(HasSubstr("Job")));
  EXPECT_THAT(
      run(template_command(), {"rel", chart(), "--include-crds"}).out, StartsWith("---\n# Source: shop/crds/a.yaml\n")
  );
  EXPECT_THAT(run(template_command(), {"rel", chart(), "-s", "templates/h.yaml"}).out, Not(HasSubstr("ConfigMap")));
}

TEST_F(ChartCommands, TemplateNamesTheRelease) {
  EXPECT_THAT(run(template_command(), {chart()}).out, HasSubstr("name: release-name"));
  EXPECT_THAT(run(template_command(), {chart(), "-g"}).out, HasSubstr("name: release-name"));
  EXPECT_THAT(
      run(template_command(), {chart(), "--name-template", "{{ upper \"x\" | lower }}-y"}).out, HasSubstr("name: x-y")
  );
  const auto outcome = run(template_command(), {"Bad_Name", chart()});
  EXPECT_EQ(outcome.status, kRefused);
  EXPECT_THAT(
      outcome.err, StartsWith("Error: release name check failed: release name \"Bad_Name\": invalid release name")
  );
}

TEST_F(ChartCommands, TemplateWritesFiles) {
  const std::string target = folder() + "/out";
  const auto outcome = run(template_command(), {"rel", chart(), "--output-dir", target, "--release-name"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, StartsWith("wrote " + target + "/rel/shop/templates/a.yaml\n"));
  std::ifstream file{target + "/rel/shop/templates/h.yaml"};
  std::string first;
  std::getline(file, first);
  EXPECT_EQ(first, "---");
}

TEST_F(ChartCommands, TemplateTellsWhereItFailed) {
  write("templates/a.yaml", "a: {{ .Values.count.x.y }}\n");
  const auto outcome = run(template_command(), {"rel", chart()});
  EXPECT_EQ(outcome.status, kRefused);
  EXPECT_THAT(outcome.err, HasSubstr("shop/templates/a.yaml:1:13"));
  EXPECT_THAT(outcome.err, HasSubstr("\n\nUse --debug flag to render out invalid YAML\n"));
  write("templates/a.yaml", "a: b: c\n");
  EXPECT_THAT(
      run(template_command(), {"rel", chart()}).err, StartsWith("Error: YAML parse error on shop/templates/a.yaml: ")
  );
  EXPECT_THAT(run(template_command(), {"rel", chart(), "--debug"}).out, HasSubstr("a: b: c"));
}

TEST_F(ChartCommands, TemplateRefusesByNameWhatItDoesNotServe) {
  for (const char* flag : {"--post-renderer=x", "--insecure-skip-tls-verify"}) {
    const auto outcome = run(template_command(), {"rel", chart(), flag});
    EXPECT_EQ(outcome.status, kUsageError) << flag;
    EXPECT_THAT(outcome.err, HasSubstr("not served")) << flag;
  }
  EXPECT_EQ(run(template_command(), {"rel", chart(), "--dry-run"}).status, 0);
  EXPECT_EQ(
      run(template_command(), {"rel", chart(), "--dry-run=none"}).err,
      "Error: invalid dry-run value (\"none\"). Must be \"server\" or \"client\"\n"
  );
  EXPECT_EQ(run(template_command(), {"a", "b", "c"}).status, kUsageError);
}

TEST_F(ChartCommands, ChartsThatAreNowhereAreMissedInHelmsWords) {
  const auto words = [this](const std::string& chart) { return run(template_command(), {"rel", chart}).err; };
  EXPECT_EQ(words("./absent"), "Error: path \"./absent\" not found\n");
  EXPECT_THAT(
      words("absent"),
      StartsWith("Error: non-absolute URLs should be in form of repo_name/path_to_chart, got: absent\n\n")
  );
  EXPECT_EQ(run(template_command(), {"rel", chart(), "--verify"}).err, "Error: unpacked charts cannot be verified\n");
  EXPECT_THAT(words("repo/absent"), StartsWith("Error: repo repo not found\n\n"));
  EXPECT_EQ(words("ftp://h/x.tgz"), "Error: scheme \"ftp\" not supported\n");
  EXPECT_EQ(words("oci://h"), "Error: invalid reference \"oci://h\": missing registry or repository\n");
  EXPECT_EQ(
      run(template_command(), {"rel", "x", "--repo", "oci://h/x"}).err,
      "Error: could not find protocol handler for: oci\n\ncharts of registries are named oci://HOST/PATH/NAME, without "
      "--repo\n"
  );
}

TEST_F(ChartCommands, ShowPrintsPartsOfAChart) {
  EXPECT_EQ(
      run(show_command(), {"chart", chart()}).out,
      "apiVersion: v2\nmaintainers:\n- name: me\nname: shop\nversion: 1.2.3\n\n"
  );
  EXPECT_EQ(run(show_command(), {"values", chart()}).out, "count: 1000000\nword: yes\nnothing:\n\n");
  EXPECT_EQ(run(show_command(), {"readme", chart()}).out, "# Shop\n\n");
  EXPECT_THAT(run(show_command(), {"crds", chart()}).out, StartsWith("---\napiVersion: apiextensions.k8s.io/v1\n"));
  EXPECT_THAT(run(show_command(), {"all", chart()}).out, HasSubstr("version: 1.2.3\n\n---\ncount: 1000000\n"));
  EXPECT_EQ(run(show_command(), {"nonsense", chart()}).status, kUsageError);
  EXPECT_EQ(run(show_command(), {"chart", "./absent"}).err, "Error: path \"./absent\" not found\n");
}

TEST_F(ChartCommands, LintSaysWhatHelmSaysAndTellsTraps) {
  const auto outcome = run(lint_command(), {chart()});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(
      outcome.out,
      "==> Linting " + chart() +
          "\n"
          "[INFO] Chart.yaml: icon is recommended\n"
          "[WARNING] values.yaml:1: count: 1000000 prints as 1e+06 at templates/a.yaml:4; use int64 there, or quote it "
          "here\n"
          "[INFO] values.yaml:2: word: yes is read as true; quote it if it is a text\n"
          "[INFO] values.yaml:3: nothing is null: Helm drops the key, and templates do not see it\n"
          "\n1 chart(s) linted, 0 chart(s) failed\n"
  );
  EXPECT_EQ(run(lint_command(), {chart(), "--strict"}).status, kRefused);
}

TEST_F(ChartCommands, LintFailsForErrors) {
  write("templates/a.yaml", "kind: Deployment\nmetadata: {name: Bad_Name}\n");
  const auto outcome = run(lint_command(), {chart(), "--quiet"});
  EXPECT_EQ(outcome.status, kRefused);
  EXPECT_EQ(outcome.err, "Error: 1 chart(s) linted, 1 chart(s) failed\n");
  EXPECT_THAT(
      outcome.out,
      HasSubstr(
          "[WARNING] templates/a.yaml: object name does not conform to Kubernetes naming requirements: \"Bad_Name\""
      )
  );
  EXPECT_THAT(
      outcome.out,
      HasSubstr("[ERROR] templates/a.yaml: a Deployment must contain matchLabels or matchExpressions, and \"Bad_Name\" "
                "does not")
  );
  EXPECT_THAT(
      run(lint_command(), {folder() + "/absent"}).out, HasSubstr("Error unable to check Chart.yaml file in chart: ")
  );
}

TEST_F(ChartCommands, ExplainTellsWhichLayerSetAKey) {
  const auto outcome = run(explain_command(), {"values", chart(), "count", "--set", "count=5,more=x"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "count: 5\n  set to 1000000 by shop/values.yaml\n  changed to 5 by --set count=5,more=x\n");
  EXPECT_EQ(run(explain_command(), {"templates", chart()}).status, kUsageError);
}

}  // namespace
}  // namespace weir::cli
