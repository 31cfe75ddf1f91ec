#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What somebody does in a world, as data: a story is a seed (the network's and the processes' luck) and a list of
/// acts. Acts name nothing: each finds its object by its numbers among those that are there when it happens, so that a
/// story can be shortened and still be played.  Pure.  Threads: any.
namespace weir::simulation {

enum class ActKind : std::uint8_t {
  kChangeFile,
  kRemoveFile,
  kAddChild,
  kRemoveChild,
  kChangeChild,
  kBreakManifest,
  kMendManifests,
  kRevert,
  kAddSolo,
  kRemoveSolo,
  kChangeSolo,
  kSuspend,
  kResume,
  kRequest,
  kEditByHand,
  kDeleteByHand,
  kAddByHand,
  kStorm,
  kPartition,
  kKill,
  kRestart,
  kEndWatches,
  kForgetHistory,
  kHoldWatches,
  kForgeDown,
  kDiskFull,
  kDiskFails,
  kPowerFails,
  kRevokeRights,
  kRefuseWrites,
  kChangeWorkload,
  kIgnoreFile,
  kImpostor,
  kLeaveAlone,
  kAddKey,
  kPushImage,
  kRemoveImage,
  kRegistryDown,
  kChangeBox,
  kRemoveBoxes,
  kDeleteDefinition,
  kForbidWatches,
  kSlowWatches,
  kRefuseStatus,
  kStall,
  kEditDuringPass,
  kBreakArtifact,
  kSkewClock,
};
inline constexpr std::size_t kActKinds = static_cast<std::size_t>(ActKind::kSkewClock) + 1;

struct Act {
  ActKind kind;
  std::chrono::milliseconds pause;       ///< since the act before
  std::array<std::uint32_t, 3> numbers;  ///< choose what it is done to, and how
};

/// "change-file", as stories are written.
std::string_view to_string(ActKind kind);

/// Whether it is in everybody's way.
bool is_trouble(ActKind kind);

/// A hundred and more, over some ten minutes. In every fourth story nothing is in anybody's way: much can be asked
/// then.
std::vector<Act> draw_acts(std::uint64_t seed);

/// "kill 1200 7 3 9": one act a line; lines that begin with # are for people.
std::string write_story(std::uint64_t seed, const std::vector<Act>& acts);
struct Story {
  std::uint64_t seed = 0;
  std::vector<Act> acts;
};
/// @throws std::runtime_error naming the line
Story read_story(const std::string& text);

}  // namespace weir::simulation
