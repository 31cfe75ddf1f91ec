#include "test/simulation/world.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "api/image/v1/image_policy.hpp"
#include "api/image/v1/image_repository.hpp"
#include "api/image/v1/image_update_automation.hpp"
#include "api/kustomize/v1/kustomization.hpp"
#include "api/source/v1/git_repository.hpp"
#include "controllers/kustomize/facts.hpp"
#include "controllers/source/facts.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "test/simulation/disk.hpp"
#include "test/simulation/places.hpp"
#include "test/simulation/time.hpp"

namespace weir::simulation {
namespace {

using api::kustomize::Kustomization;
using api::source::GitRepository;
using enum Truth::Trouble;

constexpr Milliseconds kRestartPause{10'000};
constexpr const char* kForge = "git.example.com";
constexpr const char* kArtifacts = "source-controller:9090";
/// Within which everything has settled once nobody acts any more: the longest back-off, and a bit.
constexpr std::chrono::minutes kRest{17};
/// An artifact to which something happened is made again.
constexpr std::chrono::seconds kArtifactMended{90};
/// Nobody asks the API server for anything for that long, when all is at rest.
constexpr std::chrono::seconds kSilence{40};

json::Value labelled(json::Value metadata) {
  auto* labels = metadata.find("labels");
  if (labels == nullptr) labels = &metadata.set("labels", json::Value::object());
  labels->set("seen-by", "a-webhook");
  return metadata;
}

}  // namespace

/// Log lines of one program.
class World::Lines final : public log::Sink {
 public:
  Lines(World& world, std::string name) : world_{world}, name_{std::move(name)} {}
  void write(std::string_view line) override { world_.tell(text::cat("  ", name_, ": ", line)); }

 private:
  World& world_;
  const std::string name_;
};

World::World(std::uint64_t seed) {
  begin(seed);
  api_.keep_writes(false);
  api_.serve(kube::resource_of<GitRepository>());
  api_.serve(kube::resource_of<Kustomization>());
  api_.serve(kube::resource_of<api::image::ImageRepository>());
  api_.serve(kube::resource_of<api::image::ImagePolicy>());
  api_.serve(kube::resource_of<api::image::ImageUpdateAutomation>());
  api_.put(
      text::cat("/api/v1/namespaces/", kNamespace),
      json::Value::object({{"metadata", json::Value::object({{"name", kNamespace}})}})
  );
  api_.before_each([this](const http::Request& request) -> std::optional<http::Response> {
    // Leases are renewed for ever, and each scan and each run of an automation writes its time, as Flux's do.
    const auto& target = request.url.target;
    const auto is_of = [&](std::string_view part) { return target.find(part) != std::string::npos; };
    if (!is_of("/leases") && !is_of("/imagerepositories/") && !is_of("/imageupdateautomations/")) ++requests_;
    note_write(request);
    if (request.method != "GET" || is_at_rest_)
      tell(text::cat("  ", request.method, " ", request.url.target, " ", request.headers.get_or_empty("User-Agent")));
    return refusal_of(request);
  });
  api_.after_each_change([this] {
    has_news_ = true;
    truth_.look();
  });
  api_.put(kube::core::service_accounts().path(kNamespace, kTenant), json::Value::object());
  api_.allow(kTenantUser);
  // Some clusters have a webhook that adds a label to everything.
  if (chance().chance(300)) {
    api_.mutate([](test::Review& review) -> std::optional<test::Refusal> {
      if (review.object != nullptr && review.resource->kind == "ConfigMap" && review.subresource.empty())
        review.object->set("metadata", labelled(*review.object->find("metadata")));
      return std::nullopt;
    });
  }
  api_.validate([this](test::Review& review) -> std::optional<test::Refusal> {
    if (!refuses_writes_ || !review.name.ends_with("-m1")) return std::nullopt;
    return test::Refusal{403, "Forbidden", "admission webhook denied the request: not today"};
  });
  network_.serve(test::SimulatedApi::cluster().server.authority(), api_);
  network_.serve(kForge, git_);
  api_.put("/api/v1/namespaces/flux-system", *json::parse(R"({"metadata": {"name": "flux-system"}})"));
  network_.on_send = [this](const std::string& sender, const http::Request& request) { judge_sender(sender, request); };
  const auto kind = chance().below(10);
  install(kind < 3 ? 2 : 1);
  if (kind >= 8) install_images();
  plant();
}

World::~World() {
  disk().unmount_all();
  places().on_pass = nullptr;
  places().stalled.clear();
  ::setenv("TMPDIR", folder_.path().parent_path().c_str(), 1);
}

/// With more than one replica of each, they elect a leader. Each has a disk of its own.
void World::install(int replicas) {
  for (int replica = 0; replica < replicas; ++replica) {
    std::vector<std::string> common{"--health-addr=0", "--metrics-addr=0"};
    if (replicas > 1) common.emplace_back("--enable-leader-election");
    const std::string suffix = replicas == 1 ? "" : text::cat("-", static_cast<char>('a' + replica));
    auto source = common;
    source.push_back(text::cat("--storage-path=", (folder_ / ("source" + suffix) / "data").string()));
    source.push_back(text::cat("--storage-addr=", kArtifacts));
    source.push_back(text::cat("--storage-adv-addr=", kArtifacts));
    programs_.push_back({"source" + suffix, source::facts(), std::move(source), nullptr});
    programs_.push_back({"kustomize" + suffix, kustomize_controller::facts(), std::move(common), nullptr});
  }
  for (const auto& program : programs_) disk().mount(folder_ / program.name, program.name);
  has_replicas_ = replicas > 1;
  if (has_replicas_) truth_.allow_elections();
}

void World::list_places(std::vector<std::string>& places) {
  simulation::places().on_pass = [&places](const std::string& process, std::string_view what) {
    places.push_back(text::cat(text::cut(std::string_view{process}, "-").first, ": ", what));
  };
}

void World::die_at(std::size_t place) {
  simulation::places().on_pass = [this, left = place](const std::string& process, std::string_view what) mutable {
    if (left-- == 0) die(process, what);
  };
}

/// From now on nothing of it reaches anybody, though it runs until the reactor gets round to it.
void World::die(const std::string& process, std::string_view what) {
  for (auto& program : programs_) {
    if (process != program.name && process != text::cat(program.name, "-", program.begun)) continue;
    if (!program.process || program.process->has_ended() || is_ending_) return;
    tell(text::cat("process ", program.name, " dies where: ", what));
    program.process->link().cut();
    disk().freeze(program.name, true);
    auto ending = stop(program, true, Milliseconds{2'000});
    asio::co_spawn(reactor_, std::move(ending), asio::detached);
    return;
  }
}

void World::tell(std::string line) {
  if (!live_bytes_) story_.push_back(text::cat(elapsed_text(), "  ", line));
}

std::string World::play(const std::vector<Act>& acts) {
  std::exception_ptr failure;
  auto playing = main(acts);
  auto finish = [&](std::exception_ptr error) {
    failure = error;
    is_over_ = true;
  };
  asio::co_spawn(reactor_, std::move(playing), asio::bind_cancellation_slot(stop_playing_.slot(), finish));
  // Whoever does more than this in a quarter of an hour goes round in circles.
  constexpr std::size_t kMostSteps = 4'000'000;
  std::size_t steps = 0;
  while (!is_over_ && truth_.violation().empty()) {
    step();
    if (++steps > kMostSteps) truth_.violated("something goes round in circles");
  }
  const std::string out = truth_.violation();
  const auto thrown = failure;
  end();
  if (thrown) std::rethrow_exception(thrown);
  return out;
}

/// What still runs must not outlive what it uses.
void World::end() {
  is_ending_ = true;
  stop_playing_.emit(asio::cancellation_type::terminal);
  while (!is_over_) step();
  bool is_done = false;
  auto ending = kill_all();
  asio::co_spawn(reactor_, std::move(ending), [&](std::exception_ptr) { is_done = true; });
  while (!is_done) step();
}

void World::step() {
  reactor_.restart();
  reactor_.run_one();
  if (git_.pushed().size() > pushes_) take_pushes();
}

asio::awaitable<void> World::kill_all() {
  for (auto& program : programs_) {
    disk().freeze(program.name, true);
    if (program.process) co_await program.process->kill();
    program.process.reset();
  }
}

asio::awaitable<void> World::main(std::vector<Act> acts) {
  commit("the beginning");
  api_.put(
      kube::resource_of<GitRepository>().path(kNamespace, "repo"),
      *json::parse(text::cat(
          R"({"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository",
          "metadata": {"name": "repo", "namespace": "apps"},
          "spec": {"url": "https://)",
          kForge,
          R"(/apps", "interval": "20s", "timeout": "30s", "ref": {"branch": "main"}}})"
      ))
  );
  auto parent = Spec{}.document(kParent);
  parent.set("path", text::cat("./", kParent));
  parent.erase("namePrefix");
  parent.erase("postBuild");
  api_.put(path_of(text::cat("Kustomization/", kParent)), simulation::kustomization(kParent, std::move(parent)));
  for (auto& program : programs_) start(program);
  auto marking = send_bookmarks();
  asio::co_spawn(reactor_, std::move(marking), asio::detached);
  auto keeping = keep_running();
  asio::co_spawn(reactor_, std::move(keeping), asio::detached);
  auto running = run_workloads();
  asio::co_spawn(reactor_, std::move(running), asio::detached);
  for (const auto& next : acts) {
    co_await async::sleep_for(next.pause);
    co_await act(next);
  }
  co_await rest();
  if (live_bytes_) co_await weigh_all();
  for (auto& program : programs_) co_await stop(program, false, Milliseconds{0});
}

/// Whatever is free once a process has gone was its own.
asio::awaitable<void> World::weigh_all() {
  for (auto& program : programs_) {
    const auto before = live_bytes_();
    co_await stop(program, true, Milliseconds{0});
    co_await async::sleep_for(std::chrono::seconds{1});
    story_.push_back(text::cat(program.name, " held ", before - live_bytes_(), " bytes"));
  }
}

/// As an API server does.
asio::awaitable<void> World::send_bookmarks() {
  while (!is_ending_) {
    co_await async::sleep_for(std::chrono::seconds{60});
    api_.send_bookmarks();
  }
}

/// What the cluster makes of Deployments: a few seconds after a change they run, or never do.
asio::awaitable<void> World::run_workloads() {
  while (!is_ending_) {
    co_await async::sleep_for(Milliseconds{500 + chance().below(3'000)});
    if (!std::exchange(has_news_, false)) continue;
    std::vector<std::string> behind;
    for (const auto& [path, object] : api_.all(deployments())) {
      const auto* seen = object->find_path({"status", "observedGeneration"});
      const auto* is = object->find_path({"metadata", "generation"});
      if (is != nullptr && (seen == nullptr || seen->integer() != is->integer())) behind.push_back(path);
    }
    for (const auto& path : behind) {
      api_.edit(path, [](json::Value& object) {
        const auto generation = object.find_path({"metadata", "generation"})->integer().value_or(0);
        const bool runs = !is_bad_image(said("Deployment", object));
        auto status = *json::parse(text::cat(
            R"({"observedGeneration": )",
            generation,
            R"(, "replicas": 1, "updatedReplicas": 1, )",
            runs ? R"("readyReplicas": 1, "availableReplicas": 1, )" : R"("unavailableReplicas": 1, )",
            R"("conditions": [{"type": "Available", "status": ")",
            runs ? "True" : "False",
            "\"}]}"
        ));
        object.set("status", std::move(status));
      });
      truth_.runs(text::cat("Deployment/", name_of(path)));
    }
  }
}

asio::awaitable<void> World::act(const Act& act) {
  switch (act.kind) {
    case ActKind::kChangeFile:
    case ActKind::kRemoveFile:
    case ActKind::kAddChild:
    case ActKind::kRemoveChild:
    case ActKind::kChangeChild:
    case ActKind::kBreakManifest:
    case ActKind::kMendManifests:
    case ActKind::kRevert:
    case ActKind::kChangeWorkload:
    case ActKind::kChangeBox:
    case ActKind::kRemoveBoxes: change_tree(act.kind, act.numbers); break;
    case ActKind::kDeleteDefinition: co_await delete_definition(); break;
    case ActKind::kEditDuringPass: co_await edit_during_pass(act.numbers); break;
    case ActKind::kPushImage:
    case ActKind::kRemoveImage:
    case ActKind::kRegistryDown: co_await change_images(act.kind, act.numbers); break;
    case ActKind::kSkewClock: co_await trouble(act.kind, act.numbers); break;
    default:
      if (is_trouble(act.kind)) {
        co_await trouble(act.kind, act.numbers);
      } else {
        co_await change_cluster(act.kind, act.numbers);
      }
      break;
  }
  truth_.look();
}

void World::commit(const std::string& what) {
  const auto commit = git_.commit("main", tree_.files(), what);
  past_.push_back(tree_);
  tell(text::cat("commit ", commit.substr(0, 8), ": ", what));
  truth_.committed(text::cat("main@sha1:", commit), tree_);
}

asio::awaitable<void> World::wait_and_do(Milliseconds pause, std::function<void()> action) {
  co_await async::sleep_for(pause);
  action();
}

void World::later(Truth::Trouble trouble, Milliseconds pause, std::function<void()> action) {
  truth_.troubled(trouble, true);
  auto work = wait_and_do(pause, [this, trouble, action = std::move(action)] {
    if (is_ending_) return;
    action();
    truth_.troubled(trouble, false);
  });
  asio::co_spawn(reactor_, std::move(work), asio::detached);
}

/// As a kubelet does: what cannot begin, or ends by itself, begins again a while later.
void World::start(Program& program) {
  const auto name = text::cat(program.name, "-", ++program.begun);
  tell(text::cat("process ", name, " begins"));
  disk().freeze(program.name, false);
  try {
    // What a pod has for itself goes with it.
    const auto temporary = folder_ / program.name / ("tmp-" + name);
    std::filesystem::create_directories(temporary);
    ::setenv("TMPDIR", temporary.c_str(), 1);
    places().owner = name;
    program.process = std::make_shared<Process>(
        Process::Parts{
            reactor_, network_, test::SimulatedApi::cluster(), std::make_shared<Lines>(*this, name), program.clock},
        name,
        std::vector{program.facts},
        program.arguments
    );
    program.is_to_run = true;
  } catch (const std::exception& error) {
    tell(text::cat("process ", name, " cannot begin: ", error.what()));
    later(kRefusal, kRestartPause, [this, &program] { start(program); });
  }
}

asio::awaitable<void> World::keep_running() {
  while (!is_ending_) {
    co_await async::sleep_for(std::chrono::seconds{2});
    if (has_replicas_) judge_leaders();
    // As long as it is told of, it stays.
    if (elapsed() - artifact_harmed_ > kArtifactMended) {
      if (auto problem = artifact_problem(false); !problem.empty()) truth_.violated(std::move(problem));
    }
    for (auto& program : programs_) {
      if (!program.is_to_run || !program.process || !program.process->has_ended()) continue;
      tell(text::cat("process ", program.name, "-", program.begun, " has ended by itself"));
      program.is_to_run = false;
      may_have_forgotten_push_ = may_have_forgotten_push_ || program.name == "image-automation";
      disk().freeze(program.name, true);
      const auto process = program.process;
      co_await process->kill();
      program.process.reset();
      later(kRefusal, kRestartPause, [this, &program] { start(program); });
    }
  }
}

asio::awaitable<void> World::stop(Program& program, bool is_killed, Milliseconds pause) {
  const auto process = program.process;
  if (!process || process->has_ended()) co_return;
  program.is_to_run = false;
  may_have_forgotten_push_ = may_have_forgotten_push_ || program.name == "image-automation";
  tell(text::cat("process ", program.name, "-", program.begun, is_killed ? " is killed" : " is asked to end"));
  if (!is_killed) {
    process->ask_to_end();
    for (int tenths = 0; tenths < 350 && !process->has_ended(); ++tenths) co_await async::sleep_for(Milliseconds{100});
    if (!process->has_ended()) truth_.violated(text::cat("process ", program.name, " does not end"));
  }
  disk().freeze(program.name, true);
  co_await process->kill();
  if (program.process != process) co_return;  // it died while it ended
  program.process.reset();
  if (pause.count() > 0) later(kRefusal, pause, [this, &program] { start(program); });
}

asio::awaitable<void> World::rest() {
  tell("nobody acts any more");
  const auto end = elapsed() + kRest;
  std::string why = "troubles go on";
  std::pair<long, std::size_t> looked_at;
  while (elapsed() < end) {
    co_await async::sleep_for(std::chrono::seconds{1});
    truth_.look();
    const std::pair now{api_.version(), past_.size()};
    if (truth_.is_troubled() || now == std::exchange(looked_at, now)) continue;
    why = truth_.unsettled();
    if (why.empty()) why = images_unsettled();
    if (why.empty()) why = artifact_problem(true);
    if (why.empty()) break;
  }
  if (!why.empty()) {
    truth_.violated(text::cat("at rest: ", why));
    co_return;
  }
  tell("all has settled");
  // What is left to write (events, and what says no more than before) may still come, or a replica take over.
  co_await async::sleep_for(std::chrono::seconds{90});
  truth_.look_for_orphans();
  if (const auto file = leftovers(); !file.empty()) truth_.violated(text::cat("at rest: ", file));
  is_at_rest_ = true;
  const auto before = requests_;
  co_await async::sleep_for(kSilence);
  if (requests_ != before && !truth_.keeps_trying())
    truth_.violated(text::cat("at rest: ", requests_ - before, " requests, though nothing changes"));
  why = truth_.unsettled();
  if (why.empty()) why = images_unsettled();
  if (why.empty()) why = artifact_problem(true);
  if (!why.empty()) truth_.violated(text::cat("after rest: ", why));
  co_await request_all();
}

/// Whoever is asked acts, though nothing has changed.
asio::awaitable<void> World::request_all() {
  constexpr const char* kRequest = R"({"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": "at last"}}})";
  for (const auto& name : kustomizations()) co_await patch_kustomization(name, kRequest);
  co_await ask("PATCH", kube::resource_of<GitRepository>().path(kNamespace, "repo"), kRequest);
  std::string waiting;
  for (int seconds = 0; seconds < 10; ++seconds) {
    co_await async::sleep_for(std::chrono::seconds{1});
    waiting = truth_.requested_in_vain();
    if (waiting.empty()) co_return;
  }
  truth_.violated(text::cat("at last: ", waiting));
}

}  // namespace weir::simulation
