// What befalls the machines, the network, the API server and the disks of a world.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "api/source/v1/git_repository.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "test/simulation/disk.hpp"
#include "test/simulation/places.hpp"
#include "test/simulation/time.hpp"
#include "test/simulation/world.hpp"

namespace weir::simulation {

using api::source::GitRepository;
using enum Truth::Trouble;

/// What somebody has seen to that the API server refuses.
std::optional<http::Response> World::refusal_of(const http::Request& request) {
  const auto [path, query] = text::cut(std::string_view{request.url.target}, "?");
  unsigned status = 0;
  if (!unwatched_.empty() && path.ends_with(unwatched_) && query.find("watch=") != std::string_view::npos) status = 403;
  if (refused_status_ != 0 && path.ends_with("/status") && path.ends_with(refused_name_) && request.method != "GET")
    status = refused_status_;
  if (status == 0) return std::nullopt;
  const auto* reason = status == 403   ? "Forbidden"
                       : status == 409 ? "Conflict"
                       : status == 422 ? "Invalid"
                                       : "InternalError";
  http::Response out;
  out.status = status;
  out.headers.set("Content-Type", "application/json");
  out.body = text::cat(
      R"({"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "not today", "reason": ")",
      reason,
      R"(", "code": )",
      status,
      "}"
  );
  tell(text::cat("    refused with ", status));
  return out;
}

asio::awaitable<void> World::trouble(ActKind kind, Numbers numbers) {
  auto& program = programs_[numbers[0] % programs_.size()];
  const Milliseconds length{1 + numbers[1] % 20'000};
  const auto luck = numbers[2];
  tell(text::cat(to_string(kind), " ", program.name, " for ", length.count(), " ms"));
  switch (kind) {
    case ActKind::kStorm:
      network_.weather = {luck % 200, luck / 7 % 200, luck / 11 % 50, luck / 13 % 300, luck / 17 % 100};
      later(kDelay, length, [this] { network_.weather = {}; });
      break;
    case ActKind::kPartition:
      if (!program.process) break;
      program.process->link().partition(true);
      later(kDelay, length, [this, &program] {
        if (program.process) program.process->link().partition(false);
      });
      break;
    case ActKind::kKill: co_await stop(program, true, length); break;
    case ActKind::kRestart: co_await stop(program, false, length); break;
    case ActKind::kPowerFails:
      artifact_harmed_ = elapsed();
      co_await stop(program, true, length);
      disk().lose_power(program.name);
      break;
    case ActKind::kRevokeRights:
      api_.revoke(kTenantUser);
      later(kRefusal, length, [this] { api_.allow(kTenantUser); });
      if (luck % 2 == 0) co_await remove_and_request({numbers[1], numbers[1] / 4, 0});
      break;
    case ActKind::kRefuseWrites:
      refuses_writes_ = true;
      later(kRefusal, length, [this] { refuses_writes_ = false; });
      if (luck % 3 == 0) co_await remove_and_request({numbers[1], 1, 0});
      if (luck % 3 == 1) co_await disturb_dependency();
      break;
    case ActKind::kDiskFull:
      is_disk_unreliable_ = true;
      disk().fill(program.name, true);
      later(kRefusal, length, [&program] { disk().fill(program.name, false); });
      break;
    case ActKind::kDiskFails:
      is_disk_unreliable_ = true;
      disk().fail(program.name, 1 + luck % 300);
      later(kRefusal, length, [&program] { disk().fail(program.name, 0); });
      break;
    case ActKind::kEndWatches:
      api_.end_watches();
      truth_.troubled(kDelay, true);
      truth_.troubled(kDelay, false);
      break;
    case ActKind::kForgetHistory:
      api_.end_watches();
      // What nobody hears of any more: only a list can tell that it is gone.
      if (luck % 2 == 0) {
        const auto maps = api_.all(kube::core::config_maps());
        if (!maps.empty()) {
          const std::string path = std::next(maps.begin(), luck / 2 % maps.size())->first;
          truth_.disturbed("ConfigMap/" + name_of(path));
          tell(text::cat("unheard of, it is deleted: ", name_of(path)));
          api_.remove(path);
        }
      }
      api_.forget_history();
      truth_.troubled(kDelay, true);
      truth_.troubled(kDelay, false);
      break;
    case ActKind::kForbidWatches: {
      unwatched_ = luck % 3 == 0 ? "/deployments" : "/configmaps";
      for (const auto& watch : api_.watches()) {
        if (watch.path.ends_with(unwatched_)) api_.break_watch(watch.number);
      }
      later(kRefusal, length, [this] { unwatched_.clear(); });
      break;
    }
    case ActKind::kSlowWatches: {
      auto slowly = slow_watches(length);
      asio::co_spawn(reactor_, std::move(slowly), asio::detached);
      break;
    }
    case ActKind::kStall:
      places().stalled = text::cat(program.name, "-", program.begun);
      places().stall = Milliseconds{12'000} + length;
      has_stalled_ = true;
      later(kDelay, Milliseconds{60'000}, [] { places().stalled.clear(); });
      break;
    case ActKind::kRefuseStatus:
      refused_status_ = std::array{403u, 409u, 422u, 500u}.at(luck % 4);
      refused_name_ = luck / 4 % 2 == 0 ? "" : "/five/status";
      later(kRefusal, length, [this] { refused_status_ = 0; });
      if (!refused_name_.empty()) co_await change_in_a_row();
      break;
    case ActKind::kBreakArtifact: {
      const auto file = artifact_file();
      if (file.empty()) break;
      artifact_harmed_ = elapsed();
      std::error_code ignored;  // its disk may be in trouble as well
      const auto size = std::filesystem::file_size(file, ignored);
      if (luck % 4 == 0) {
        std::filesystem::remove(file, ignored);
      } else if (luck % 4 == 1) {
        std::filesystem::resize_file(file, size / 2, ignored);
      } else if (luck % 4 == 2) {
        put_another_archive(file);
      } else {
        std::fstream bytes{file, std::ios::binary | std::ios::in | std::ios::out};
        bytes.seekp(static_cast<std::streamoff>(size / 2));
        bytes.write("torn", 4);
      }
      std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now(), ignored);
      // Until the source is looked at again, and whoever found nothing asks again.
      later(kRefusal, Milliseconds{60'000}, [] {});
      break;
    }
    case ActKind::kSkewClock:
      program.clock->skew = Milliseconds{static_cast<int>(luck % 1'200) * 1'000 - 600'000};
      break;
    case ActKind::kHoldWatches:
      api_.hold_watches(true);
      later(kDelay, length, [this] { api_.hold_watches(false); });
      break;
    default:
      git_.set_down(true);
      later(kRefusal, length, [this] { git_.set_down(false); });
      break;
  }
}

/// Events come one by one, and late: what a process has written itself it knows long before it hears of it.
asio::awaitable<void> World::slow_watches(Milliseconds length) {
  truth_.troubled(kDelay, true);
  api_.hold_watches(true);
  for (const auto end = elapsed() + length; elapsed() < end && !is_ending_;) {
    co_await async::sleep_for(Milliseconds{50 + chance().below(1'500)});
    if (is_ending_) co_return;
    for (const auto& watch : api_.watches()) api_.release(watch.number, 1);
  }
  if (is_ending_) co_return;
  api_.hold_watches(false);
  truth_.troubled(kDelay, false);
}

/// One that is whole, of another revision.
void World::put_another_archive(const std::filesystem::path& file) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator{file.parent_path(), ignored}) {
    if (entry.path() == file || entry.path().extension() != ".gz") continue;
    std::filesystem::copy_file(entry.path(), file, std::filesystem::copy_options::overwrite_existing, ignored);
    return;
  }
}

}  // namespace weir::simulation
