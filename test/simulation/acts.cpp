#include "test/simulation/acts.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "pkg/base/text.hpp"
#include "test/simulation/time.hpp"

namespace weir::simulation {
namespace {

struct Row {
  ActKind kind;
  std::string_view name;
  unsigned weight;  // how often it is drawn
};

constexpr std::array<Row, kActKinds> kRows{{
    {ActKind::kChangeFile, "change-file", 22},
    {ActKind::kRemoveFile, "remove-file", 7},
    {ActKind::kAddChild, "add-child", 5},
    {ActKind::kRemoveChild, "remove-child", 3},
    {ActKind::kChangeChild, "change-child", 10},
    {ActKind::kBreakManifest, "break-manifest", 2},
    {ActKind::kMendManifests, "mend-manifests", 3},
    {ActKind::kRevert, "revert", 3},
    {ActKind::kAddSolo, "add-solo", 7},
    {ActKind::kRemoveSolo, "remove-solo", 3},
    {ActKind::kChangeSolo, "change-solo", 9},
    {ActKind::kSuspend, "suspend", 4},
    {ActKind::kResume, "resume", 5},
    {ActKind::kRequest, "request", 6},
    {ActKind::kEditByHand, "edit-by-hand", 8},
    {ActKind::kDeleteByHand, "delete-by-hand", 5},
    {ActKind::kAddByHand, "add-by-hand", 3},
    {ActKind::kStorm, "storm", 4},
    {ActKind::kPartition, "partition", 3},
    {ActKind::kKill, "kill", 4},
    {ActKind::kRestart, "restart", 2},
    {ActKind::kEndWatches, "end-watches", 2},
    {ActKind::kForgetHistory, "forget-history", 2},
    {ActKind::kHoldWatches, "hold-watches", 3},
    {ActKind::kForgeDown, "forge-down", 2},
    {ActKind::kDiskFull, "disk-full", 2},
    {ActKind::kDiskFails, "disk-fails", 2},
    {ActKind::kPowerFails, "power-fails", 2},
    {ActKind::kRevokeRights, "revoke-rights", 3},
    {ActKind::kRefuseWrites, "refuse-writes", 3},
    {ActKind::kChangeWorkload, "change-workload", 8},
    {ActKind::kIgnoreFile, "ignore-file", 3},
    {ActKind::kImpostor, "impostor", 4},
    {ActKind::kLeaveAlone, "leave-alone", 3},
    {ActKind::kAddKey, "add-key", 4},
    {ActKind::kPushImage, "push-image", 6},
    {ActKind::kRemoveImage, "remove-image", 1},
    {ActKind::kRegistryDown, "registry-down", 1},
    {ActKind::kChangeBox, "change-box", 4},
    {ActKind::kRemoveBoxes, "remove-boxes", 1},
    {ActKind::kDeleteDefinition, "delete-definition", 2},
    {ActKind::kForbidWatches, "forbid-watches", 3},
    {ActKind::kSlowWatches, "slow-watches", 3},
    {ActKind::kRefuseStatus, "refuse-status", 4},
    {ActKind::kStall, "stall", 2},
    {ActKind::kEditDuringPass, "edit-during-pass", 4},
    {ActKind::kBreakArtifact, "break-artifact", 2},
    {ActKind::kSkewClock, "skew-clock", 2},
}};

}  // namespace

std::string_view to_string(ActKind kind) { return kRows.at(static_cast<std::size_t>(kind)).name; }

bool is_trouble(ActKind kind) {
  return (kind >= ActKind::kStorm && kind <= ActKind::kRefuseWrites) || kind == ActKind::kRegistryDown ||
         (kind >= ActKind::kForbidWatches && kind <= ActKind::kStall) || kind == ActKind::kBreakArtifact;
}

std::vector<Act> draw_acts(std::uint64_t seed) {
  Random random{seed ^ 0x5eed'ac75u};
  const bool is_spared = random.below(4) == 0;
  unsigned all = 0;
  for (const auto& row : kRows) all += row.weight;
  const auto count = 100 + random.below(10);
  std::vector<Act> out;
  while (out.size() < count) {
    auto at = random.below(all);
    const auto row = std::ranges::find_if(kRows, [&](const Row& candidate) {
      if (at < candidate.weight) return true;
      at -= candidate.weight;
      return false;
    });
    if (is_spared && is_trouble(row->kind)) continue;
    // Often at once, sometimes after things have calmed down.
    constexpr std::array<std::uint64_t, 6> kPauses{1, 40, 400, 2'000, 10'000, 25'000};
    const auto pause = random.below(kPauses.at(random.below(kPauses.size())));
    out.push_back(
        {row->kind,
         std::chrono::milliseconds{pause},
         {static_cast<std::uint32_t>(random.below(1u << 16)),
          static_cast<std::uint32_t>(random.below(1u << 16)),
          static_cast<std::uint32_t>(random.below(1u << 16))}}
    );
  }
  return out;
}

std::string write_story(std::uint64_t seed, const std::vector<Act>& acts) {
  std::string out = text::cat("seed ", seed, "\n");
  for (const auto& act : acts) {
    text::append(out, to_string(act.kind), " ", act.pause.count());
    for (const auto number : act.numbers) text::append(out, " ", number);
    text::append(out, "\n");
  }
  return out;
}

Story read_story(const std::string& text) {
  Story out;
  std::istringstream lines{text};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words{line};
    std::string name;
    words >> name;
    if (name == "seed") {
      words >> out.seed;
    } else {
      const auto row = std::ranges::find(kRows, name, &Row::name);
      if (row == kRows.end())
        throw std::runtime_error{text::cat("line ", number, ": there is no act ", text::quoted(name))};
      Act act{row->kind, {}, {}};
      std::int64_t pause = 0;
      words >> pause;
      act.pause = std::chrono::milliseconds{pause};
      for (auto& value : act.numbers) words >> value;
      out.acts.push_back(act);
    }
    if (words.fail()) throw std::runtime_error{text::cat("line ", number, ": a number is missing")};
  }
  return out;
}

}  // namespace weir::simulation
