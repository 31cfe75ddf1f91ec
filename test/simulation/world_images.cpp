// Images in a world: who pushes them, and whether the automation writes what the policy says, and nothing else.

#include <algorithm>
#include <array>
#include <charconv>

#include "api/image/v1/image_policy.hpp"
#include "api/image/v1/image_repository.hpp"
#include "api/image/v1/image_update_automation.hpp"
#include "controllers/image_automation/facts.hpp"
#include "controllers/image_reflector/facts.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "test/simulation/disk.hpp"
#include "test/simulation/time.hpp"
#include "test/simulation/world.hpp"

namespace weir::simulation {
namespace {

constexpr const char* kRegistry = "registry.example.com";

/// "1.12.3" as numbers; the simulation's people push nothing else.
std::array<int, 3> version_of(std::string_view tag) {
  std::array<int, 3> out{};
  std::size_t at = 0;
  for (const auto part : text::split(tag, '.')) {
    if (at < out.size()) std::from_chars(part.data(), part.data() + part.size(), out[at++]);
  }
  return out;
}

template <class T>
void put(test::SimulatedApi& api, std::string_view name, const std::string& spec) {
  const auto resource = kube::resource_of<T>();
  api.put(
      resource.path(kNamespace, name),
      *json::parse(text::cat(
          R"({"apiVersion": ")",
          resource.api_version(),
          R"(", "kind": ")",
          resource.kind,
          R"(", "metadata": {"namespace": ")",
          kNamespace,
          R"(", "name": ")",
          name,
          R"("}, "spec": )",
          spec,
          "}"
      ))
  );
}

}  // namespace

void World::install_images() {
  const std::vector<std::string> common{"--health-addr=0", "--metrics-addr=0"};
  for (const auto& [name, facts] :
       {std::pair{"image-reflector", image_reflector::facts()},
        std::pair{"image-automation", image_automation::facts()}}) {
    auto arguments = common;
    arguments.push_back(text::cat("--storage-path=", (folder_ / name / "data").string()));
    disk().mount(folder_ / name, name);
    programs_.push_back({name, facts, std::move(arguments), nullptr});
  }
  images_ = {"1.0.0"};
  ever_pushed_ = {"1.0.0"};
  tree_.image = "1.0.0";
  registry_.put("app", images_);
  network_.serve(kRegistry, registry_);
  put<api::image::ImageRepository>(api_, "app", text::cat(R"({"image": ")", kRegistry, R"(/app", "interval": "20s"})"));
  put<api::image::ImagePolicy>(
      api_, "app", R"({"imageRepositoryRef": {"name": "app"}, "policy": {"semver": {"range": ">=1.0.0"}}})"
  );
  put<api::image::ImageUpdateAutomation>(
      api_,
      "auto",
      text::cat(
          R"({"interval": "30s", "sourceRef": {"kind": "GitRepository", "name": "repo"},
              "git": {"checkout": {"ref": {"branch": "main"}}, "push": {"branch": "main"},
                      "commit": {"author": {"name": "weir", "email": "weir@example.com"}}},
              "update": {"strategy": "Setters", "path": "./)",
          kImageFolder,
          R"("}})"
      )
  );
}

std::string World::newest_image() const {
  return images_.empty() ? "" : *std::ranges::max_element(images_, {}, [](const auto& tag) { return version_of(tag); });
}

asio::awaitable<void> World::change_images(ActKind kind, Numbers numbers) {
  if (images_.empty()) co_return;
  if (kind == ActKind::kRegistryDown) {
    registry_.set_down(true);
    later(Truth::Trouble::kRefusal, Milliseconds{1 + numbers[1] % 20'000}, [this] { registry_.set_down(false); });
    co_return;
  }
  if (kind == ActKind::kRemoveImage) {
    if (images_.size() < 2) co_return;
    images_.erase(std::ranges::find(images_, newest_image()));
  } else {
    const auto tag = text::cat("1.", numbers[0] % 30, ".", numbers[1] % 5);
    if (std::ranges::find(images_, tag) != images_.end()) co_return;
    images_.push_back(tag);
    ever_pushed_.insert(tag);
  }
  tell(text::cat(to_string(kind), ": the newest is ", newest_image()));
  registry_.put("app", images_);
}

/// What the automation has pushed since: the commit before it, with another tag in the marked file and no other change.
void World::take_pushes() {
  for (const auto& pushed = git_.pushed(); pushes_ < pushed.size(); ++pushes_) {
    const auto& commit = pushed[pushes_];
    const auto files = git_.files_of(commit);
    const auto file = files.find(text::cat(kImageFolder, "/image.yaml"));
    const auto marked = file == files.end() ? std::string_view{} : std::string_view{file->second};
    const auto tag = text::cut(text::cut(marked, "value: ").second, " ").first;
    tell(text::cat("commit ", commit.substr(0, 8), " of the automation: ", tag));
    tree_.image = tag;
    past_.push_back(tree_);
    truth_.committed(text::cat("main@sha1:", commit), tree_);
    may_have_forgotten_push_ = false;
    if (files != tree_.files()) truth_.violated("the automation has changed more than the marked tag");
    if (!ever_pushed_.contains(tree_.image))
      truth_.violated(text::cat("the automation has committed the tag ", tag, ", which was never there"));
  }
}

std::string World::images_unsettled() {
  if (images_.empty()) return "";
  const auto ready = [&](const std::string& path) {
    const auto* object = api_.find(path);
    return object != nullptr && is_true(*object, "Ready");
  };
  const auto repository = kube::resource_of<api::image::ImageRepository>().path(kNamespace, "app");
  const auto policy = kube::resource_of<api::image::ImagePolicy>().path(kNamespace, "app");
  const auto automation = kube::resource_of<api::image::ImageUpdateAutomation>().path(kNamespace, "auto");
  if (!ready(repository)) return "the ImageRepository is not Ready";
  if (!ready(policy)) return "the ImagePolicy is not Ready";
  if (const auto latest = api_.find(policy)->text_at({"status", "latestRef", "tag"}); latest != newest_image())
    return text::cat("the ImagePolicy says ", latest, ", not ", newest_image());
  if (!tree_.broken.contains(kImageFolder) && !ready(automation)) return "the ImageUpdateAutomation is not Ready";
  const auto told = api_.find(automation)->text_at({"status", "lastPushCommit"});
  if (!git_.pushed().empty() && !may_have_forgotten_push_ && told != git_.pushed().back())
    return text::cat("the ImageUpdateAutomation tells of the push ", told, ", not of ", git_.pushed().back());
  if (tree_.image != newest_image() && !tree_.broken.contains(kImageFolder))
    return text::cat("the marked tag is ", tree_.image, ", not ", newest_image());
  return "";
}

}  // namespace weir::simulation
