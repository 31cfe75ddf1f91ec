#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "controllers/cli/arguments.hpp"
#include "controllers/cli/terminal.hpp"
#include "pkg/runtime/facts.hpp"

namespace weir::cli {

inline constexpr int kRefused = 1;
inline constexpr int kUsageError = 2;

/// One thing that people type after `weir`.
struct Command {
  std::string_view name;
  std::string_view summary;             ///< one line for `weir --help`
  std::string usage;                    ///< what stands after "usage: weir ", and a description below it
  std::vector<Flag> flags;              ///< without --help, which all have
  std::vector<std::string_view> words;  ///< what completion offers as first word
  /// @returns the exit status. @throws what went wrong with the world: main prints it and ends with 1
  std::function<int(const Given& given, const Terminal& terminal)> run;
};

/// get, check, crds, template, lint, show, explain, completion, version: in the order of the help.
/// @param controllers  those of the program; must outlive the commands
std::vector<Command> user_commands(std::span<const runtime::ControllerFacts> controllers);

/// Parses and runs. @returns 2, after a line on `err`, when the arguments are wrong
int run_command(const Command& command, std::span<const std::string_view> arguments, const Terminal& terminal);

/// "weir get: what is wrong" and the usage. @returns kUsageError
int refuse_usage(std::string_view command, std::string_view problem, const Terminal& terminal);

}  // namespace weir::cli
