#include "controllers/image_automation/commit_message.hpp"

#include <gtest/gtest.h>

namespace weir::image_automation {
namespace {

/// Two files, three objects; one policy twice in an object and once in the other file.
struct Example {
  Example() {
    ObjectIdentifier web;
    web.api_version = "apps/v1";
    web.kind = "Deployment";
    web.name = "web";
    web.ns = "shop";
    ObjectIdentifier job = web;
    job.api_version = "batch/v1";
    job.kind = "CronJob";
    job.name = "job";
    edits.push_back(
        {"apps/web.yaml",
         {{web, "nginx:1.0", "nginx:1.1", "ns:nginx", 3},
          {web, "1.0", "1.1", "ns:nginx:tag", 4},
          {job, "ghcr.io/a/job:1", "ghcr.io/a/job:2@sha256:ab", "ns:job", 30}}}
    );
    edits.push_back({"apps/also.yaml", {{web, "nginx:1.0", "nginx:1.1", "ns:nginx", 7}}});
    policies["ns:nginx"] = {"nginx", "1.1", ""};
    policies["ns:job"] = {"ghcr.io/a/job", "2", "sha256:ab"};
  }
  std::vector<FileEdit> edits;
  Policies policies;
};

std::string render(const std::string& text, std::map<std::string, std::string> values = {}) {
  const Example example;
  const std::string namespace_ = "flux";
  const std::string name = "update";
  api::image::GitCommit commit;
  commit.message_template = text;
  commit.message_template_values = std::move(values);
  const auto message = CommitMessage::parse(commit);
  if (message.has_error()) return "parse: " + message.error().text();
  const auto out = message->render({namespace_, name, example.edits, example.policies});
  return out.has_error() ? "render: " + out.error().text() : *out;
}

TEST(CommitMessage, WithoutATemplateItIsFlux) { EXPECT_EQ(render(""), "Update from image update automation"); }

TEST(CommitMessage, TheAutomationPrintsAndHasFields) {
  EXPECT_EQ(
      render("{{ .AutomationObject }} {{ .AutomationObject.Name }} {{ .AutomationObject.Namespace }}"),
      "flux/update update flux"
  );
}

TEST(CommitMessage, FileChangesOfV1) {
  EXPECT_EQ(
      render(
          "{{ range $file, $objects := .Changed.FileChanges }}{{ $file }}\n{{ range $object, $changes := $objects }}"
          "- {{ $object.Kind }} {{ $object.Namespace }}/{{ $object.Name }}\n{{ range $changes }}  {{ .OldValue }} -> "
          "{{ .NewValue }} ({{ .Setter }})\n{{ end }}{{ end }}{{ end }}"
      ),
      "apps/also.yaml\n- Deployment shop/web\n  nginx:1.0 -> nginx:1.1 (ns:nginx)\n"
      "apps/web.yaml\n- Deployment shop/web\n  nginx:1.0 -> nginx:1.1 (ns:nginx)\n  1.0 -> 1.1 (ns:nginx:tag)\n"
      "- CronJob shop/job\n  ghcr.io/a/job:1 -> ghcr.io/a/job:2@sha256:ab (ns:job)\n"
  );
}

TEST(CommitMessage, ObjectsAndChangesOfV1) {
  EXPECT_EQ(
      render("{{ range $object, $changes := .Changed.Objects }}{{ $object.APIVersion }} {{ len $changes }};{{ end }}"),
      "apps/v1 3;batch/v1 1;"
  );
  EXPECT_EQ(
      render("{{ len .Changed.Changes }}{{ range .Changed.Changes }} {{ .NewValue }}{{ end }}"),
      "3 nginx:1.1 1.1 ghcr.io/a/job:2@sha256:ab"
  );
}

TEST(CommitMessage, ImagesOfV1beta1AndV1beta2) {
  for (const std::string where : {".Updated", ".Changed.ImageResult"}) {
    EXPECT_EQ(
        render("{{ range " + where + ".Images }}{{ println . }}{{ end }}"), "nginx:1.1\nghcr.io/a/job:2@sha256:ab\n"
    );
    EXPECT_EQ(
        render(
            "{{ range " + where +
            ".Images }}{{ .Registry }} {{ .Repository }} {{ .Identifier }} {{ .Name }} {{ .Policy }} {{ .Policy.Name "
            "}}\n{{ end }}"
        ),
        "index.docker.io library/nginx 1.1 index.docker.io/library/nginx:1.1 ns/nginx nginx\n"
        "ghcr.io a/job sha256:ab ghcr.io/a/job@sha256:ab ns/job job\n"
    );
    EXPECT_EQ(
        render(
            "{{ range $file, $result := " + where +
            ".Files }}{{ $file }}:{{ range $object, $images := $result.Objects }} {{ $object.Name }}="
            "{{ range $images }}{{ . }}{{ end }}{{ end }}\n{{ end }}"
        ),
        "apps/also.yaml: web=nginx:1.1\napps/web.yaml: web=nginx:1.1 job=ghcr.io/a/job:2@sha256:ab\n"
    );
    EXPECT_EQ(
        render("{{ range $object, $_ := " + where + ".Objects }}{{ $object.Kind }} {{ end }}"), "Deployment CronJob "
    );
  }
}

TEST(CommitMessage, ValuesAndSprig) {
  EXPECT_EQ(
      render(
          "[{{ .Values.cluster | upper }}] {{ .Values.absent }}{{ default \"none\" .Values.team }}",
          {{"cluster", "prod"}}
      ),
      "[PROD] <no value>none"
  );
  EXPECT_EQ(
      render(
          "{{ range .Updated.Images }}{{ .Repository | splitList \"/\" | last }}:{{ .Identifier | trunc 6 }} {{ end }}"
      ),
      "nginx:1.1 job:sha256 "
  );
}

TEST(CommitMessage, MistakesNameTheFieldAndThePlace) {
  const auto unclosed = render("{{ range .Updated.Images }}");
  EXPECT_TRUE(unclosed.starts_with("parse: spec.git.commit.messageTemplate: ")) << unclosed;
  const auto environment = render("{{ env \"HOME\" }}");
  EXPECT_NE(environment.find("function \"env\" not defined"), std::string::npos) << environment;
  const auto unknown = render("a\n{{ .Removed.Thing }}");
  EXPECT_TRUE(unknown.starts_with("render: spec.git.commit.messageTemplate: ")) << unknown;
  EXPECT_NE(unknown.find(":2:"), std::string::npos) << unknown;
  const auto endless = render("{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}");
  EXPECT_TRUE(endless.starts_with("render: ")) << endless;
}

}  // namespace
}  // namespace weir::image_automation
