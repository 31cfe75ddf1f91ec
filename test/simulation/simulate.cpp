// Plays worlds, one a seed, until one does not hold; that one is shortened and told.
//
//   weir_simulate --from 1 --seeds 2000      many worlds (--first yes: the first that does not hold is not shortened)
//   weir_simulate --tell 17                  one, told whole
//   weir_simulate --story FILE               one that was shortened, told whole
//   weir_simulate --places 3 --from 1 --seeds 2    a death at each place of short stories, three times at those of one
//   weir_simulate --rounds 320               what processes hold after 10, 20, 40, ... times the same acts
//   weir_simulate --stories FOLDER           all that are kept: whether each holds

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <malloc.h>

#include "pkg/base/text.hpp"
#include "test/simulation/acts.hpp"
#include "test/simulation/memory.hpp"
#include "test/simulation/time.hpp"
#include "test/simulation/world.hpp"

namespace weir::simulation {
namespace {

struct Played {
  std::string violation;
  std::vector<std::string> told;
};

Played play(std::uint64_t seed, const std::vector<Act>& acts) {
  Played out;
  World world{seed};
  try {
    out.violation = world.play(acts);
  } catch (const std::exception& error) {
    out.violation = text::cat("exception: ", error.what());
  }
  out.told = world.story();
  return out;
}

/// Which kind of thing did not hold: a shorter story is to fail in the same way.
std::string kind_of(const std::string& violation) {
  std::string out;
  for (const char c : violation.substr(0, violation.find(':'))) {
    if (c < '0' || c > '9') out.push_back(c);
  }
  return out.substr(0, 24);
}

/// Leaves out ever smaller parts for as long as the rest still fails.
std::vector<Act> shortened(std::uint64_t seed, std::vector<Act> acts, const std::string& kind) {
  for (std::size_t part = acts.size() / 2; part > 0; part /= 2) {
    for (std::size_t at = 0; at < acts.size();) {
      auto fewer = acts;
      const auto first = fewer.begin() + static_cast<std::ptrdiff_t>(at);
      fewer.erase(first, first + static_cast<std::ptrdiff_t>(std::min(part, acts.size() - at)));
      if (kind_of(play(seed, fewer).violation) == kind) {
        acts = std::move(fewer);
      } else {
        at += part;
      }
    }
  }
  return acts;
}

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

int tell(std::uint64_t seed, const std::vector<Act>& acts) {
  const auto played = play(seed, acts);
  for (const auto& line : played.told) std::cout << line << "\n";
  std::cout << (played.violation.empty() ? "all held" : played.violation) << "\n";
  return played.violation.empty() ? 0 : 1;
}

Story story_of(const std::filesystem::path& path) {
  std::ifstream file{path};
  return read_story(std::string{std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}});
}

int play_all(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) files.push_back(entry.path());
  std::ranges::sort(files);
  int out = files.empty() ? 1 : 0;
  for (const auto& file : files) {
    const auto story = story_of(file);
    const auto played = play(story.seed, story.acts);
    std::cout << file.filename().string() << ": " << (played.violation.empty() ? "holds" : played.violation) << "\n";
    if (!played.violation.empty()) out = 1;
  }
  return out;
}

/// What differs from run to run and says nothing: digests, numbers, names of temporary files.
std::string without_names(const std::string& place) {
  std::string out;
  for (std::size_t at = 0; at < place.size();) {
    std::size_t end = at;
    while (end < place.size() && std::isxdigit(static_cast<unsigned char>(place[end])) != 0) ++end;
    const std::string word = place.substr(at, end - at);
    const bool is_name =
        word.size() >= 6 || (!word.empty() && word.find_first_not_of("0123456789") == std::string::npos);
    out += is_name ? "#" : word;
    if (end == at) out += place[end++];
    at = end;
  }
  return out;
}

/// A short story in which nothing goes wrong by itself.
std::vector<Act> quiet_acts(std::uint64_t seed) {
  auto out = draw_acts(seed);
  std::erase_if(out, [](const Act& act) { return is_trouble(act.kind); });
  out.resize(std::min<std::size_t>(out.size(), 16));
  return out;
}

/// Lets a process die once at each place of a short story: of each name of a place the first times.
int visit_places(std::uint64_t seed, std::size_t times) {
  const auto acts = quiet_acts(seed);
  std::vector<std::string> places;
  {
    World world{seed};
    world.list_places(places);
    if (const auto violation = world.play(acts); !violation.empty()) {
      std::cout << "without a death: " << violation << "\n";
      return 1;
    }
  }
  std::map<std::string, std::size_t> visited;
  std::size_t deaths = 0;
  for (std::size_t place = 0; place < places.size(); ++place) {
    if (visited[without_names(places[place])]++ >= times) continue;
    ++deaths;
    World world{seed};
    world.die_at(place);
    const auto violation = world.play(acts);
    if (violation.empty()) continue;
    for (const auto& line : world.story()) std::cout << line << "\n";
    std::cout << "a death at place " << place << " (" << places[place] << ") of seed " << seed << ": " << violation
              << "\n";
    return 1;
  }
  std::cout << "seed " << seed << ": " << deaths << " deaths at " << visited.size() << " places of different names (of "
            << places.size() << " that are passed): all held\n";
  return 0;
}

#ifdef WEIR_WEIGHS
/// Acts after which all is as it was before them.
std::vector<Act> rounds(std::uint64_t count) {
  std::vector<Act> out;
  const auto add = [&](ActKind kind, std::uint32_t first, std::uint32_t second, std::uint32_t third) {
    out.push_back({kind, std::chrono::milliseconds{9'000}, {first, second, third}});
  };
  for (std::uint32_t round = 0; round < count; ++round) {
    add(ActKind::kChangeFile, 0, 0, round % 1'000);
    add(ActKind::kAddChild, 2, 1, 1);
    add(ActKind::kEditByHand, round, 0, round);
    add(ActKind::kAddSolo, 0, 4, 1);
    add(ActKind::kRequest, 0, 2 * round, 0);
    add(ActKind::kRequest, 0, 2 * round + 1, 0);
    add(ActKind::kChangeWorkload, 1, 0, 1 + round % 11);
    add(ActKind::kDeleteByHand, round, 0, 0);
    add(ActKind::kSkewClock, 0, 0, 600);
    add(ActKind::kRemoveSolo, 0, 0, 0);
    add(ActKind::kBreakManifest, 1, 0, 0);
    add(ActKind::kMendManifests, 0, 0, 0);
    add(ActKind::kRemoveChild, 2, 0, 0);
    add(ActKind::kEndWatches, 0, 0, 0);
    add(ActKind::kForgetHistory, 0, 0, 1);
  }
  return out;
}

/// What processes hold after few rounds and after many.
int weigh(std::uint64_t most) {
  for (std::uint64_t count = 10; count <= most; count *= 2) {
    World world{5};
    world.weigh(live_bytes);
    if (const auto violation = world.play(rounds(count)); !violation.empty()) {
      std::cout << violation << "\n";
      return 1;
    }
    std::cout << count << " rounds:";
    for (const auto& line : world.story()) std::cout << " " << line << ",";
    std::cout << " " << elapsed().count() / 60'000 << " minutes\n" << std::flush;
  }
  return 0;
}
#endif

int run(std::uint64_t from, std::uint64_t seeds, bool is_first_enough) {
  const auto began = processor_seconds();
  std::size_t acts_played = 0;
  for (std::uint64_t seed = from; seed < from + seeds; ++seed) {
    const auto acts = draw_acts(seed);
    const auto played = play(seed, acts);
    acts_played += acts.size();
    if (played.violation.empty()) continue;
    std::cout << "seed " << seed << ": " << played.violation << "\n" << std::flush;
    if (is_first_enough) return 1;
    std::cout << "shortening...\n" << std::flush;
    const auto fewer = shortened(seed, acts, kind_of(played.violation));
    tell(seed, fewer);
    std::cout << "\n" << write_story(seed, fewer);
    return 1;
  }
  const auto took = processor_seconds() - began;
  std::cout << seeds << " seeds from " << from << ", " << acts_played << " acts: all held; "
            << took / static_cast<double>(seeds) << " s of one core a seed\n";
  return 0;
}

}  // namespace
}  // namespace weir::simulation

int main(int argc, char** argv) {
  using namespace weir::simulation;
  ::setenv("TMPDIR", "/dev/shm", 0);
  // Memory that one world gave back is for the next.
  constexpr int kMuch = 512 << 20;
  ::mallopt(M_TRIM_THRESHOLD, kMuch);
  ::mallopt(M_MMAP_THRESHOLD, kMuch);
  std::uint64_t from = 1;
  std::uint64_t seeds = 100;
  bool is_first_enough = false;
  std::uint64_t times = 0;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::string_view value = argv[i + 1];
    auto number = [&](std::uint64_t& out) {
      return std::from_chars(value.data(), value.data() + value.size(), out).ec == std::errc{};
    };
    if (name == "--story") {
      const auto story = story_of(value);
      return tell(story.seed, story.acts);
    }
    if (name == "--stories") return play_all(value);
    if (name == "--tell") {
      std::uint64_t seed = 0;
      if (number(seed)) return tell(seed, draw_acts(seed));
    }
#ifdef WEIR_WEIGHS
    if (name == "--rounds") {
      std::uint64_t most = 0;
      if (number(most)) return weigh(most);
    }
#endif
    if (name == "--first") {
      is_first_enough = value == "yes";
      continue;
    }
    if ((name == "--from" && number(from)) || (name == "--seeds" && number(seeds)) ||
        (name == "--places" && number(times)))
      continue;
    std::cerr << "unknown: " << name << " " << value << "\n";
    return 2;
  }
  if (times == 0) return run(from, seeds, is_first_enough);
  for (std::uint64_t seed = from; seed < from + seeds; ++seed) {
    if (const int failed = visit_places(seed, times); failed != 0) return failed;
  }
  return 0;
}
