// api_differential [--seeds N] [--from S]: asks the simulated API server and a real one the same, and prints what they
// answer otherwise. Exit status 1: something differed.

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string_view>

#include "pkg/async/timeout.hpp"
#include "test/simulation/api_server/differential_servers.hpp"

int main(int count, char** words) {
  std::uint64_t seeds = 100;
  std::uint64_t from = 1;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view word{words[i]};
    if (word == "--seeds") seeds = std::strtoull(words[i + 1], nullptr, 10);
    if (word == "--from") from = std::strtoull(words[i + 1], nullptr, 10);
  }
  weir::test::DifferentialServers servers;
  std::size_t differing = 0;
  for (const auto& one : servers.differential().run_samples()) std::cout << one << "\n";
  for (auto seed = from; seed < from + seeds; ++seed) {
    const auto found = servers.differential().run(seed);
    if (!found.empty()) ++differing;
    for (const auto& one : found) std::cout << "seed " << seed << ": " << one << "\n";
  }
  std::cout << seeds << " sequences, " << servers.differential().requests() << " requests, " << differing
            << " sequences with differences\n";
  return differing == 0 ? 0 : 1;
}
