#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "controllers/cli/command.hpp"

namespace weir::cli {

/// `weir completion bash|zsh`: a script that makes the shell ask `weir __complete` what may come next.
Command completion_command();

/// What may stand in place of the last of `words` (those after "weir"; the last may be empty): commands, kinds, flags
/// and their values. The names of a kind's objects come from `names_of`; the kind is the first word given.
/// @param programs  further commands, whose flags are not completed
std::vector<std::string> completions(
    std::span<const std::string_view> words,
    std::span<const runtime::ControllerFacts> controllers,
    std::span<const std::string_view> programs,
    const std::function<std::vector<std::string>(const Given& given)>& names_of
);

/// `weir __complete WORD...`: one candidate a line, for the shell. Never fails, never complains.
int complete(
    std::span<const std::string_view> words,
    std::span<const runtime::ControllerFacts> controllers,
    std::span<const std::string_view> programs,
    const Terminal& terminal
);

}  // namespace weir::cli
