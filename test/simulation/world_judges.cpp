// What a world sees that the API server's objects do not tell: who sends what, and what is on disks.

#include <filesystem>
#include <fstream>
#include <iterator>

#include "api/source/v1/git_repository.hpp"
#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "test/simulation/time.hpp"
#include "test/simulation/world.hpp"

namespace weir::simulation {

using api::source::GitRepository;

namespace {

/// A process that has lost its lease has ended by then.
constexpr std::chrono::seconds kUnwinding{60};

}  // namespace

/// Whoever sends a write holds the lease; what is on its way when the lease is lost may arrive.
void World::judge_sender(const std::string& sender, const http::Request& request) {
  const auto& target = request.url.target;
  if (!has_replicas_ || request.method == "GET") return;
  if (target.find("/leases") != std::string::npos) return judge_lease(sender, request);
  const auto program = text::cut(std::string_view{sender}, "-").first;
  const auto* lease =
      api_.find(kube::core::leases().path("flux-system", text::cat(program, "-controller-leader-election")));
  const auto holder = lease == nullptr ? std::string_view{} : lease->text_at({"spec", "holderIdentity"});
  if (holder.starts_with(text::cat(sender, "_"))) return;
  truth_.violated(text::cat(sender, " sends ", request.method, " ", target, ", though the lease is held by ", holder));
}

/// Whoever takes a lease that another one held finds that one gone: nobody stays who has lost it.
void World::judge_lease(const std::string& sender, const http::Request& request) {
  const auto* lease = api_.find(std::string{text::cut(std::string_view{request.url.target}, "?").first});
  const std::string holder{
      lease == nullptr ? std::string_view{} : text::cut(lease->text_at({"spec", "holderIdentity"}), "_").first};
  if (holder.empty()) return;
  leaders_.insert(holder);
  const auto asked = json::parse(request.body);
  if (holder == sender || !asked || !asked->text_at({"spec", "holderIdentity"}).starts_with(text::cat(sender, "_")))
    return;
  for (const auto& program : programs_) {
    const bool is_alive = program.process && !program.process->has_ended();
    if (is_alive && holder == text::cat(program.name, "-", program.begun) && !has_stalled_)
      truth_.violated(text::cat(sender, " takes the lease of ", holder, ", which goes on"));
  }
}

/// Whoever held a lease that another one holds now has ended, or does so.
void World::judge_leaders() {
  for (const auto& [path, lease] : api_.all(kube::core::leases())) {
    const auto holder = text::cut(lease->text_at({"spec", "holderIdentity"}), "_").first;
    const auto kind = text::cut(holder, "-").first;
    for (const auto& program : programs_) {
      const auto name = text::cat(program.name, "-", program.begun);
      const bool has_lost = program.process && !program.process->has_ended() && leaders_.contains(name) &&
                            name != holder && text::cut(std::string_view{name}, "-").first == kind;
      if (!has_lost) {
        lost_since_.erase(name);
      } else if (elapsed() - lost_since_.try_emplace(name, elapsed()).first->second > kUnwinding && !truth_.is_troubled()) {
        truth_.violated(text::cat(name, " goes on, though its lease is held by ", holder));
      }
    }
  }
}

void World::note_write(const http::Request& request) {
  const auto [path, query] = text::cut(std::string_view{request.url.target}, "?");
  if (request.method == "GET" || query.find("dryRun") != std::string::npos) return;
  if (!request.headers.get_or_empty("User-Agent").starts_with("kustomize-controller")) return;
  for (const auto* kind : {"ConfigMap", "Deployment"}) {
    const auto collection = path_of(text::cat(kind, "/")) + "/";
    if (!path.starts_with(collection)) continue;
    const auto object = text::cat(kind, "/", path.substr(collection.size()));
    if (request.method == "DELETE") {
      // The server refuses what is of another state.
      const auto* live = api_.find(std::string{path});
      const auto body = json::parse(request.body);
      const auto wanted = body ? body->text_at({"preconditions", "resourceVersion"}) : std::string_view{};
      if (live != nullptr && !wanted.empty() && wanted != live->text_at({"metadata", "resourceVersion"})) continue;
    }
    truth_.wrote(object, request.method == "DELETE", std::string{request.headers.get_or_empty("Impersonate-User")});
  }
}

/// At rest nothing is on the disk of a source that no object needs.
std::string World::leftovers() const {
  if (has_replicas_ || is_disk_unreliable_) return "";
  const auto told_of = artifact_file();
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator{told_of.parent_path(), ignored}) {
    const auto name = entry.path().filename().string();
    const bool is_index = name.starts_with('.') && name.ends_with(".index");
    if (entry.path() != told_of && !is_index) return text::cat("nothing needs the file ", name);
  }
  return "";
}

/// Empty: there is none, or no disk has it.
std::filesystem::path World::artifact_file() const {
  const auto* repository = api_.find(kube::resource_of<GitRepository>().path(kNamespace, "repo"));
  const auto path = repository == nullptr ? std::string_view{} : repository->text_at({"status", "artifact", "path"});
  if (path.empty()) return {};
  for (const auto& program : programs_) {
    const auto file = folder_ / program.name / "data" / path;
    if (std::filesystem::exists(file)) return file;
  }
  return {};
}

std::string World::artifact_problem(bool is_at_rest) const {
  const auto* repository = api_.find(kube::resource_of<GitRepository>().path(kNamespace, "repo"));
  const auto digest =
      repository == nullptr ? std::string_view{} : repository->text_at({"status", "artifact", "digest"});
  if (digest.empty()) return "";
  const auto path = artifact_file();
  if (path.empty()) return "the artifact that the GitRepository tells of is gone";
  if (!is_at_rest) return "";
  std::ifstream file{path, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
  return text::cat("sha256:", sha256_hex(bytes)) == digest ? ""
                                                           : "the artifact that the GitRepository tells of is torn";
}

}  // namespace weir::simulation
