// Holds crds/*.yaml, which people write and read, against the C++ types, which the controllers read
// and write.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "api/helm/v2/helm_release.hpp"
#include "api/image/v1/image_policy.hpp"
#include "api/image/v1/image_repository.hpp"
#include "api/image/v1/image_update_automation.hpp"
#include "api/kustomize/v1/kustomization.hpp"
#include "api/source/v1/git_repository.hpp"
#include "api/source/v1/helm_chart.hpp"
#include "api/source/v1/helm_repository.hpp"
#include "api/source/v1/oci_repository.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/describe.hpp"
#include "pkg/yaml/documents.hpp"

namespace weir {
namespace {

using json::Value;

std::string read(const std::filesystem::path& path) {
  std::ifstream in{path};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::filesystem::path folder() { return std::filesystem::path{WEIR_SOURCE_DIR} / "crds"; }

Value crd(const std::string& name) {
  auto document = yaml::parse_document(read(folder() / name), name);
  if (!document) throw std::runtime_error{text::cat(document.error().where, ": ", document.error().message)};
  return std::move(*document);
}

const Value& schema_of(const Value& crd, std::size_t version) {
  return *crd.find_path({"spec", "versions"})->as_array().at(version).find_path({"schema", "openAPIV3Schema"});
}

std::set<std::string> names(const Value* list_or_object) {
  std::set<std::string> out;
  if (list_or_object == nullptr) return out;
  if (list_or_object->is_object()) {
    for (const auto& member : list_or_object->as_object()) out.insert(member.key);
  } else {
    for (const auto& element : list_or_object->as_array()) out.insert(element.as_string());
  }
  return out;
}

/// What a field holds when a document leaves it out, in the eyes of the C++ type.
Value absent(const Value& ours) {
  if (const Value* fallback = ours.find("default")) return *fallback;
  const auto type = ours.text_at({"type"});
  if (type == "boolean") return false;
  if (type == "integer") return 0;
  if (type == "string") return "";
  return nullptr;
}

/// "60s" and "1m0s" are the same default.
bool same_default(const Value& theirs, const Value& ours) {
  if (theirs == ours) return true;
  if (!theirs.is_string() || !ours.is_string()) return false;
  const auto left = parse_duration(theirs.as_string());
  const auto right = parse_duration(ours.as_string());
  return left && right && *left == *right;
}

/// Lists in `faults` every way in which the CRD (theirs) and the type (ours) differ at `path` and
/// below.
void compare(const std::string& path, const Value& theirs, const Value& ours, std::vector<std::string>& faults) {
  if (path == "status.weir") return;  // ours alone, free in form
  if (ours.size() == 0 || theirs.contains("x-kubernetes-preserve-unknown-fields")) {
    if (ours.size() != 0 || !theirs.contains("x-kubernetes-preserve-unknown-fields")) {
      faults.push_back(text::cat(path, ": only one side takes any value"));
    }
    return;
  }
  if (theirs.text_at({"type"}) != ours.text_at({"type"})) {
    faults.push_back(text::cat(path, ": ", theirs.text_at({"type"}), " in the CRD, ", ours.text_at({"type"}), " in C++")
    );
    return;
  }
  if (const Value* fallback = theirs.find("default"); fallback != nullptr && path != "status") {
    if (!same_default(*fallback, absent(ours))) faults.push_back(text::cat(path, ": the defaults differ"));
  }
  if (theirs.text_at({"description"}).empty() && path.back() != ']' && path.back() != '}') {
    faults.push_back(text::cat(path, ": the CRD does not describe it"));
  }
  auto required = names(theirs.find("required"));
  if (required != names(ours.find("required"))) faults.push_back(text::cat(path, ": other fields are required"));
  if (const Value* items = theirs.find("items")) compare(path + "[]", *items, *ours.find("items"), faults);
  if (const Value* values = theirs.find("additionalProperties")) {
    if (ours.contains("additionalProperties")) {
      compare(path + "{}", *values, *ours.find("additionalProperties"), faults);
    } else {
      faults.push_back(text::cat(path, ": a map in the CRD, no map in C++"));
    }
  }
  auto all = names(theirs.find("properties"));
  all.merge(names(ours.find("properties")));
  for (const auto& name : all) {
    const Value* left = theirs.find("properties") ? theirs.find("properties")->find(name) : nullptr;
    const Value* right = ours.find("properties") ? ours.find("properties")->find(name) : nullptr;
    const auto below = text::cat(path, ".", name);
    if (left == nullptr) {
      faults.push_back(text::cat(below, ": not in the CRD, so the API server drops it"));
    } else if (right == nullptr) {
      if (below != "status.weir") faults.push_back(text::cat(below, ": not in C++"));
    } else {
      compare(below, *left, *right, faults);
    }
  }
}

template <class Kind, class Spec, class Status>
std::vector<std::string> differences(const std::string& file) {
  const auto definition = crd(file);
  std::vector<std::string> faults;
  if (definition.text_at({"spec", "group"}) != Kind::kNames.group ||
      definition.text_at({"spec", "names", "kind"}) != Kind::kNames.kind ||
      definition.text_at({"spec", "names", "plural"}) != Kind::kNames.plural) {
    faults.push_back("the names differ");
  }
  const auto& properties = *schema_of(definition, 0).find("properties");
  compare("spec", *properties.find("spec"), json::schema<Spec>(), faults);
  compare("status", *properties.find("status"), json::schema<Status>(), faults);
  return faults;
}

TEST(CrdSchema, GitRepositoryIsWhatTheTypeSays) {
  using namespace api::source;
  EXPECT_THAT(
      (differences<GitRepository, GitRepositorySpec, GitRepositoryStatus>("gitrepositories.yaml")), testing::IsEmpty()
  );
}

TEST(CrdSchema, KustomizationIsWhatTheTypeSays) {
  using namespace api::kustomize;
  EXPECT_THAT(
      (differences<Kustomization, KustomizationSpec, KustomizationStatus>("kustomizations.yaml")), testing::IsEmpty()
  );
}

TEST(CrdSchema, HelmRepositoryIsWhatTheTypeSays) {
  using namespace api::source;
  EXPECT_THAT(
      (differences<HelmRepository, HelmRepositorySpec, HelmRepositoryStatus>("next/helmrepositories.yaml")),
      testing::IsEmpty()
  );
}

TEST(CrdSchema, HelmChartIsWhatTheTypeSays) {
  using namespace api::source;
  EXPECT_THAT((differences<HelmChart, HelmChartSpec, HelmChartStatus>("next/helmcharts.yaml")), testing::IsEmpty());
}

TEST(CrdSchema, OciRepositoryIsWhatTheTypeSays) {
  using namespace api::source;
  EXPECT_THAT(
      (differences<OciRepository, OciRepositorySpec, OciRepositoryStatus>("next/ocirepositories.yaml")),
      testing::IsEmpty()
  );
}

TEST(CrdSchema, HelmReleaseIsWhatTheTypeSays) {
  using namespace api::helm;
  EXPECT_THAT(
      (differences<HelmRelease, HelmReleaseSpec, HelmReleaseStatus>("next/helmreleases.yaml")), testing::IsEmpty()
  );
}

TEST(CrdSchema, ImageRepositoryIsWhatTheTypeSays) {
  using namespace api::image;
  EXPECT_THAT(
      (differences<ImageRepository, ImageRepositorySpec, ImageRepositoryStatus>("imagerepositories.yaml")),
      testing::IsEmpty()
  );
}

TEST(CrdSchema, ImagePolicyIsWhatTheTypeSays) {
  using namespace api::image;
  EXPECT_THAT((differences<ImagePolicy, ImagePolicySpec, ImagePolicyStatus>("imagepolicies.yaml")), testing::IsEmpty());
}

TEST(CrdSchema, ImageUpdateAutomationIsWhatTheTypeSays) {
  using namespace api::image;
  EXPECT_THAT(
      (differences<ImageUpdateAutomation, ImageUpdateAutomationSpec, ImageUpdateAutomationStatus>(
          "imageupdateautomations.yaml"
      )),
      testing::IsEmpty()
  );
}

TEST(CrdSchema, ComparisonNoticesWhatDiffers) {
  const auto theirs = Value::object(
      {{"type", "object"},
       {"description", "d"},
       {"required", Value::array({"a"})},
       {"properties",
        Value::object(
            {{"a", Value::object({{"type", "string"}, {"description", "d"}, {"default", "x"}})},
             {"b", Value::object({{"type", "string"}, {"description", "d"}})}}
        )}}
  );
  const auto ours = Value::object(
      {{"type", "object"},
       {"properties",
        Value::object({{"a", Value::object({{"type", "string"}})}, {"c", Value::object({{"type", "string"}})}})}}
  );
  std::vector<std::string> faults;
  compare("spec", theirs, ours, faults);
  EXPECT_THAT(
      faults,
      testing::UnorderedElementsAre(
          "spec: other fields are required",
          "spec.a: the defaults differ",
          "spec.b: not in C++",
          "spec.c: not in the CRD, so the API server drops it"
      )
  );
}

TEST(CrdSchema, EveryVersionOfAKindHasOneSchemaAndTheFirstIsStored) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder()}) {
    const auto name = entry.path().filename().string();
    if (name == "kustomization.yaml" || entry.path().extension() != ".yaml") continue;
    const auto definition = crd(name);
    const auto& versions = definition.find_path({"spec", "versions"})->as_array();
    for (std::size_t i = 0; i < versions.size(); ++i) {
      EXPECT_EQ(schema_of(definition, i), schema_of(definition, 0)) << name << ' ' << i;
      EXPECT_EQ(versions[i].find("storage")->as_bool(), i == 0) << name << ' ' << i;
      EXPECT_TRUE(versions[i].find("served")->as_bool()) << name << ' ' << i;
    }
    ++count;
  }
  EXPECT_GE(count, 5u);
}

TEST(CrdSchema, KustomizationFileListsEveryDefinition) {
  const auto listed = names(crd("kustomization.yaml").find("resources"));
  std::set<std::string> there;
  for (const auto& entry : std::filesystem::directory_iterator{folder()}) {
    const auto name = entry.path().filename().string();
    if (name != "kustomization.yaml" && entry.path().extension() == ".yaml") there.insert(name);
  }
  EXPECT_EQ(listed, there);
}

}  // namespace
}  // namespace weir
