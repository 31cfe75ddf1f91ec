// People of a world: who commits, and who talks to the API server.

#include <algorithm>
#include <utility>

#include "api/kustomize/v1/kustomization.hpp"
#include "api/source/v1/git_repository.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "test/simulation/world.hpp"

namespace weir::simulation {
namespace {

using api::kustomize::Kustomization;
using api::source::GitRepository;

constexpr std::array kFolders{"a", "b", "c", "d"};
constexpr std::array kMaps{"m0", "m1", "m2", "m3", "m4"};
constexpr std::array kChildren{"one", "two", "three"};
constexpr std::array kSolos{"five", "six"};

template <class Array>
std::string pick(const Array& array, std::uint32_t number) {
  return array[number % array.size()];
}

std::string kustomization_path(const std::string& name) { return path_of("Kustomization/" + name); }

Spec draw_spec(std::array<std::uint32_t, 3> numbers) {
  Spec out;
  out.path = pick(kFolders, numbers[1]);
  out.variable = static_cast<int>(numbers[2] % 1'000);
  out.prune = numbers[2] % 5 != 0;
  out.is_tenant = numbers[2] / 7 % 4 == 0;
  out.wait = numbers[2] / 31 % 3 == 0;
  return out;
}

asio::awaitable<void> nothing() { co_return; }

/// One thing about it. @param before  one that it may wait for; empty: there is none
void change(Spec& spec, std::uint32_t what, std::uint32_t how, const std::string& before) {
  switch (what % 9) {
    case 0:
    case 1: spec.path = pick(kFolders, how); break;
    case 2:
    case 3: spec.variable = static_cast<int>(how % 1'000); break;
    case 4: spec.prune = !spec.prune; break;
    case 5: spec.is_tenant = !spec.is_tenant; break;
    case 6: spec.wait = !spec.wait; break;
    default: spec.depends_on = spec.depends_on.empty() ? before : ""; break;
  }
}

/// The child before it.
std::string before(const std::string& child) {
  const auto at = std::ranges::find(kChildren, child);
  return at == kChildren.begin() || at == kChildren.end() ? "" : *std::prev(at);
}

}  // namespace

/// What is there before the first act.
void World::plant() {
  for (std::size_t i = 0; i < kFolders.size(); ++i) {
    for (std::size_t map = 0; map < 3; ++map) tree_.folders[kFolders[i]][kMaps[map]] = static_cast<int>(10 * i + map);
  }
  tree_.children["one"] = draw_spec({0, 0, 1});
  tree_.children["two"] = draw_spec({0, 1, 2});
}

void World::change_tree(ActKind kind, Numbers numbers) {
  const auto folder = pick(kFolders, numbers[0]);
  const auto map = pick(kMaps, numbers[1]);
  const auto child = pick(kChildren, numbers[0]);
  switch (kind) {
    case ActKind::kChangeFile:
      tree_.folders[folder][map] = static_cast<int>(numbers[2] % 1'000);
      return commit(text::cat(folder, "/", map, " = ", numbers[2] % 1'000));
    case ActKind::kRemoveFile:
      if (tree_.folders[folder].erase(map) == 0) return;
      return commit(text::cat("without ", folder, "/", map));
    case ActKind::kAddChild:
      if (tree_.children.contains(child)) return;
      tree_.children[child] = draw_spec(numbers);
      return commit(text::cat("a child ", child));
    case ActKind::kRemoveChild:
      if (tree_.children.erase(child) == 0) return;
      return commit(text::cat("without the child ", child));
    case ActKind::kChangeChild:
      if (!tree_.children.contains(child)) return;
      change(tree_.children[child], numbers[1], numbers[2], before(child));
      // A file of its folder often changes with it.
      if (numbers[2] % 2 == 0) tree_.folders[tree_.children[child].path][map] = static_cast<int>(numbers[2] % 1'000);
      return commit(text::cat("the child ", child, " otherwise"));
    case ActKind::kChangeWorkload:
      tree_.workloads[folder] = static_cast<int>(numbers[2] % 12);
      return commit(text::cat(folder, "/app = ", numbers[2] % 12));
    case ActKind::kChangeBox:
      tree_.box = 1 + static_cast<int>(numbers[2] % 100);
      return commit(text::cat("a box of ", tree_.box));
    case ActKind::kRemoveBoxes:
      if (std::exchange(tree_.box, 0) == 0) return;
      return commit("without boxes");
    case ActKind::kBreakManifest:
      if (!tree_.broken.insert(folder).second) return;
      return commit(text::cat(folder, " broken"));
    case ActKind::kMendManifests:
      if (tree_.broken.empty()) return;
      tree_.broken.clear();
      return commit("all mended");
    default:
      tree_ = past_[past_.size() - 1 - numbers[0] % std::min<std::size_t>(past_.size(), 5)];
      return commit("as it was before");
  }
}

asio::awaitable<void> World::ask(std::string method, std::string path, std::string body) {
  http::Request request{method == "APPLY" ? "PATCH" : method, test::SimulatedApi::cluster().server};
  // What kubectl's own managers write into applied objects is undone; requests are signed as Flux's documents say.
  const bool is_request = body.find("requestedAt") != std::string::npos || body.find("suspend") != std::string::npos;
  request.url.target = text::cat(path, "?fieldManager=", is_request ? "flux-client-side-apply" : "kubectl-edit");
  request.headers.set("User-Agent", "kubectl/v1.36");
  request.headers.set("Content-Type", request.method == "PATCH" ? "application/merge-patch+json" : "application/json");
  if (method == "APPLY") {  // by one who calls himself as the controller does
    request.url.target = text::cat(path, "?fieldManager=kustomize-controller&force=true");
    request.headers.set("Content-Type", "application/apply-patch+yaml");
  }
  request.body = std::move(body);
  const http::CallOptions options;
  auto answer = co_await api_.send(std::move(request), options);
  tell(text::cat("    answered ", answer.status));
}

asio::awaitable<void> World::patch_kustomization(const std::string& name, std::string body) {
  tell(text::cat("kustomization ", name, ": ", body));
  return ask("PATCH", kustomization_path(name), std::move(body));
}

std::vector<std::string> World::kustomizations() const {
  std::vector<std::string> out;
  for (const auto& [path, object] : api_.all(kube::resource_of<Kustomization>())) out.push_back(name_of(path));
  return out;
}

std::string World::kustomization(std::uint32_t number) const {
  const auto all = kustomizations();
  return all.empty() ? "" : all[number % all.size()];
}

asio::awaitable<void> World::change_cluster(ActKind kind, Numbers numbers) {
  const auto solo = pick(kSolos, numbers[0]);
  const auto name = kustomization(numbers[0]);
  const bool has_solo = api_.find(kustomization_path(solo)) != nullptr;
  if (kind == ActKind::kAddSolo || kind == ActKind::kChangeSolo || kind == ActKind::kRemoveSolo) {
    if (has_solo == (kind == ActKind::kAddSolo)) return nothing();
    tell(text::cat(to_string(kind), " ", solo));
    if (kind == ActKind::kRemoveSolo) return ask("DELETE", kustomization_path(solo), "{}");
    if (kind == ActKind::kAddSolo) {
      solos_[solo] = draw_spec(numbers);
      solos_[solo].shares = numbers[1] % 4 != 0;
      if (solos_[solo].shares) solos_[solo].prune = numbers[2] % 2 == 0;
    }
    if (kind == ActKind::kChangeSolo)
      change(solos_[solo], numbers[1], numbers[2], solo == kSolos.back() ? kSolos.front() : kChildren.front());
    auto document = simulation::kustomization(solo, solos_[solo].document(solo));
    auto text = json::write(document);
    if (kind == ActKind::kChangeSolo) return ask("PATCH", kustomization_path(solo), std::move(text));
    return ask("POST", kube::resource_of<Kustomization>().path(kNamespace), std::move(text));
  }
  if (kind == ActKind::kSuspend) return patch_kustomization(name, R"({"spec": {"suspend": true}})");
  if (kind == ActKind::kResume) {
    for (const auto& candidate : kustomizations()) {
      const auto* suspended = api_.find(kustomization_path(candidate))->find_path({"spec", "suspend"});
      if (suspended == nullptr || !suspended->is_bool() || !suspended->as_bool()) continue;
      return patch_kustomization(candidate, R"({"spec": {"suspend": null}})");
    }
    return nothing();
  }
  if (kind == ActKind::kRequest) {
    const auto token = text::cat(numbers[1], "-", numbers[2]);
    const auto annotate =
        text::cat(R"({"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": ")", token, "\"}}}");
    if (numbers[1] % 2 == 0) return patch_kustomization(name, annotate);
    tell("request repo");
    return ask("PATCH", kube::resource_of<GitRepository>().path(kNamespace, "repo"), annotate);
  }
  if (kind == ActKind::kIgnoreFile) {
    ignores_ = !ignores_;
    tell(ignores_ ? "m4 is ignored" : "m4 is no longer ignored");
    truth_.ignored(ignores_);
    auto body = text::cat(R"({"spec": {"ignore": )", ignores_ ? text::cat("\"", kIgnorable, ".yaml\"") : "null", "}}");
    return ask("PATCH", kube::resource_of<GitRepository>().path(kNamespace, "repo"), std::move(body));
  }
  const auto maps = api_.all(kube::core::config_maps());
  if (kind == ActKind::kAddByHand) {
    const auto map = text::cat(pick(kChildren, numbers[0]), "-", pick(kMaps, numbers[1]));
    const auto path = kube::core::config_maps().path(kNamespace, map);
    if (api_.find(path) != nullptr) return nothing();
    tell(text::cat("add by hand ", map));
    truth_.disturbed("ConfigMap/" + map);
    auto body = text::cat(
        R"({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": ")",
        map,
        R"("}, "data": {"value": "by hand"}})"
    );
    return ask("POST", kube::core::config_maps().path(kNamespace), std::move(body));
  }
  if (maps.empty()) return nothing();
  const auto path = std::next(maps.begin(), numbers[0] % maps.size())->first;
  const auto map = name_of(path);
  truth_.disturbed("ConfigMap/" + map);
  tell(text::cat(to_string(kind), " ", map));
  if (kind == ActKind::kDeleteByHand) return ask("DELETE", path, "{}");
  if (kind == ActKind::kAddKey) return ask("PATCH", path, R"({"data": {"extra": "by hand"}})");
  if (kind == ActKind::kLeaveAlone) {
    const char* annotation = "kustomize.toolkit.fluxcd.io/reconcile";
    truth_.left_alone("ConfigMap/" + map);
    const auto& object = *maps.at(path);
    const bool is_left = !object.text_at({"metadata", "annotations", annotation}).empty();
    auto body = text::cat(
        R"({"metadata": {"annotations": {")",
        annotation,
        "\": ",
        is_left ? "null" : R"("disabled")",
        R"(}}, "data": {"value": "by hand"}})"
    );
    return ask("PATCH", path, std::move(body));
  }
  if (kind == ActKind::kImpostor) {
    const auto& object = *maps.at(path);
    const auto* labels = object.find_path({"metadata", "labels"});
    auto metadata = json::Value::object({{"name", map}, {"namespace", kNamespace}});
    if (labels != nullptr) metadata.set("labels", *labels);
    auto body = json::Value::object(
        {{"apiVersion", "v1"},
         {"kind", "ConfigMap"},
         {"metadata", std::move(metadata)},
         {"data", json::Value::object({{"value", text::cat("by another ", numbers[2])}})}}
    );
    return ask("APPLY", path, json::write(body));
  }
  return ask("PATCH", path, text::cat(R"({"data": {"value": "by hand )", numbers[2], "\"}}"));
}

/// Somebody asks for a Kustomization, and changes one of its objects while that is under way.
asio::awaitable<void> World::edit_during_pass(Numbers numbers) {
  const auto name = kustomization(numbers[0]);
  std::vector<std::string> maps;
  for (const auto& [path, object] : api_.all(kube::core::config_maps())) {
    if (object->text_at({"metadata", "labels", "kustomize.toolkit.fluxcd.io/name"}) == name) maps.push_back(path);
  }
  if (maps.empty()) co_return;
  const auto token = text::cat("pass-", numbers[1], "-", numbers[2]);
  co_await patch_kustomization(
      name, text::cat(R"({"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": ")", token, "\"}}}")
  );
  co_await async::sleep_for(Milliseconds{numbers[1] % 80});
  const auto& path = maps[numbers[2] % maps.size()];
  const auto map = name_of(path);
  truth_.disturbed("ConfigMap/" + map);
  tell(text::cat("edit during a pass ", map));
  if (numbers[2] % 3 == 0) {
    co_await ask("DELETE", path, "{}");
  } else {
    co_await ask("PATCH", path, text::cat(R"({"data": {"value": "by hand )", numbers[2], "\"}}"));
  }
}

/// What left the build is to be deleted while somebody refuses it.
asio::awaitable<void> World::remove_and_request(Numbers numbers) {
  change_tree(ActKind::kRemoveFile, numbers);
  const auto token = text::cat("removed-", past_.size());
  co_await ask(
      "PATCH",
      kube::resource_of<GitRepository>().path(kNamespace, "repo"),
      text::cat(R"({"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": ")", token, "\"}}}")
  );
}

asio::awaitable<void> World::change_variable(const std::string& solo) {
  if (!solos_.contains(solo) || api_.find(kustomization_path(solo)) == nullptr) co_return;
  solos_[solo].variable = (solos_[solo].variable + 1) % 1'000;
  tell(text::cat("another variable for ", solo));
  co_await ask(
      "PATCH", kustomization_path(solo), json::write(simulation::kustomization(solo, solos_[solo].document(solo)))
  );
}

/// What another one waits for is no more as it should be, and cannot be put right: then that one is to do something.
asio::awaitable<void> World::disturb_dependency() {
  const std::string solo = kSolos.front();
  const auto path = path_of(text::cat("ConfigMap/", kChildren.front(), "-m1"));
  if (!solos_.contains(solo) || api_.find(path) == nullptr) co_return;
  solos_[solo].depends_on = kChildren.front();
  co_await change_variable(solo);
  truth_.disturbed(text::cat("ConfigMap/", name_of(path)));
  co_await ask("PATCH", path, R"({"data": {"value": "by hand"}})");
  co_await async::sleep_for(Milliseconds{6'500});
  co_await change_variable(solo);
}

/// Two of which the second waits for the first.
asio::awaitable<void> World::change_in_a_row() {
  const std::string last = kSolos.back();
  if (!solos_.contains(last) || !solos_.contains(kSolos.front())) co_return;
  solos_[last].depends_on = kSolos.front();
  co_await change_variable(kSolos.front());
  co_await async::sleep_for(Milliseconds{6'500});
  co_await change_variable(last);
}

/// Whatever is of that kind goes with it.
asio::awaitable<void> World::delete_definition() {
  if (api_.find(path_of(kDefinition)) == nullptr) return nothing();
  truth_.disturbed(kDefinition);
  truth_.disturbed("Box/box");
  tell("delete the definition of boxes");
  return ask("DELETE", path_of(kDefinition), "{}");
}

}  // namespace weir::simulation
