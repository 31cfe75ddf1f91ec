#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include "pkg/async/asio.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/log/sink.hpp"
#include "test/simulation/acts.hpp"
#include "test/simulation/api_server/simulated_api.hpp"
#include "test/simulation/intent.hpp"
#include "test/simulation/network.hpp"
#include "test/simulation/process.hpp"
#include "test/simulation/truth.hpp"
#include "test/support/git_server.hpp"
#include "test/support/memory_registry.hpp"
#include "test/support/scratch_folder.hpp"

namespace weir::simulation {

/// A cluster, a forge, the controllers, and people who act on them.  Threads: one.
class World {
 public:
  explicit World(std::uint64_t seed);
  ~World();

  /// Notes the places that are passed where a process may die: "kustomize: PATCH api/… is sent". Before play().
  void list_places(std::vector<std::string>& places);
  /// Lets a process die at the place of that number, as list_places() counts them. Before play().
  void die_at(std::size_t place);

  /// Plays the acts, then waits until all is at rest. @returns the first thing that did not hold; empty: all did
  std::string play(const std::vector<Act>& acts);
  /// Says what each process holds when all is at rest, in the place of the story. Before play().
  void weigh(std::function<std::size_t()> live_bytes) { live_bytes_ = std::move(live_bytes); }

  /// What happened: acts, writes to the API server, log lines, each with its time.
  const std::vector<std::string>& story() const { return story_; }

 private:
  using Numbers = std::array<std::uint32_t, 3>;
  struct Program {
    std::string name;
    runtime::ControllerFacts facts;
    std::vector<std::string> arguments;
    std::shared_ptr<Process> process;
    int begun = 0;
    bool is_to_run = false;                                                // nobody has stopped it
    std::shared_ptr<SkewedClock> clock = std::make_shared<SkewedClock>();  // of the machine that it runs on
  };
  class Lines;

  void tell(std::string line);
  void die(const std::string& process, std::string_view what);
  void install(int replicas);
  std::optional<http::Response> refusal_of(const http::Request& request);
  void judge_lease(const std::string& sender, const http::Request& request);
  void judge_leaders();
  void judge_sender(const std::string& sender, const http::Request& request);
  void note_write(const http::Request& request);
  asio::awaitable<void> main(std::vector<Act> acts);
  asio::awaitable<void> act(const Act& act);
  asio::awaitable<void> rest();
  asio::awaitable<void> request_all();
  asio::awaitable<void> send_bookmarks();
  asio::awaitable<void> run_workloads();
  asio::awaitable<void> keep_running();
  asio::awaitable<void> slow_watches(Milliseconds length);
  // What the GitRepository tells of is there. @param is_at_rest  and is what it should be
  std::string artifact_problem(bool is_at_rest) const;
  std::filesystem::path artifact_file() const;
  static void put_another_archive(const std::filesystem::path& file);
  std::string leftovers() const;
  void step();
  void end();
  asio::awaitable<void> kill_all();

  // People who commit (world_people.cpp).
  void plant();
  void commit(const std::string& what);
  void change_tree(ActKind kind, Numbers numbers);
  // Images: in some worlds only.
  void install_images();
  asio::awaitable<void> change_images(ActKind kind, Numbers numbers);
  void take_pushes();
  std::string newest_image() const;
  std::string images_unsettled();
  // People who talk to the API server.
  asio::awaitable<void> ask(std::string method, std::string path, std::string body);
  asio::awaitable<void> patch_kustomization(const std::string& name, std::string body);
  asio::awaitable<void> delete_definition();
  asio::awaitable<void> change_cluster(ActKind kind, Numbers numbers);
  asio::awaitable<void> edit_during_pass(Numbers numbers);
  asio::awaitable<void> remove_and_request(Numbers numbers);
  asio::awaitable<void> change_variable(const std::string& solo);
  asio::awaitable<void> disturb_dependency();
  asio::awaitable<void> change_in_a_row();
  // What befalls everybody.
  asio::awaitable<void> trouble(ActKind kind, Numbers numbers);
  void later(Truth::Trouble trouble, Milliseconds pause, std::function<void()> action);
  asio::awaitable<void> wait_and_do(Milliseconds pause, std::function<void()> action);
  void start(Program& program);
  asio::awaitable<void> stop(Program& program, bool is_killed, Milliseconds pause);

  std::vector<std::string> kustomizations() const;
  std::string kustomization(std::uint32_t number) const;

  asio::awaitable<void> weigh_all();

  SystemClock clock_;
  std::function<std::size_t()> live_bytes_;
  std::vector<std::string> story_;
  asio::io_context reactor_{1};
  test::SimulatedApi api_{clock_};
  test::GitServer git_;
  test::MemoryRegistry registry_;
  std::vector<std::string> images_;  // the tags that are there
  std::set<std::string> ever_pushed_;
  std::size_t pushes_ = 0;  // of the automation, taken in so far
  Network network_;
  test::ScratchFolder folder_;  // everybody's disks
  Truth truth_{api_};
  std::vector<Program> programs_;
  Tree tree_;
  std::vector<Tree> past_;
  std::map<std::string, Spec> solos_;
  bool has_replicas_ = false;
  bool ignores_ = false;         // the GitRepository leaves a file out
  bool refuses_writes_ = false;  // a webhook refuses what it does not like
  std::string unwatched_;        // the plural of the kind that nobody may watch
  unsigned refused_status_ = 0;  // what writes of status are answered with; 0: they are made
  bool has_stalled_ = false;     // a machine stood still for a while
  std::map<std::string, std::chrono::milliseconds> lost_since_;  // by process
  std::set<std::string> leaders_;                                // processes that hold, or held, a lease
  bool is_disk_unreliable_ = false;                              // something could not be removed, perhaps
  bool may_have_forgotten_push_ = false;                         // the automation has ended since its last one
  std::string refused_name_;                                     // the end of their paths; empty: of all
  std::chrono::milliseconds artifact_harmed_{0};                 // when somebody last did something to files
  bool has_news_ = false;  // something has changed since the workloads were looked at
  std::size_t requests_ = 0;
  asio::cancellation_signal stop_playing_;
  bool is_at_rest_ = false;
  bool is_over_ = false;
  bool is_ending_ = false;
};

}  // namespace weir::simulation
