#include "controllers/cli/completion_command.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include "controllers/cli/kinds.hpp"
#include "controllers/cli/session.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/text.hpp"

namespace weir::cli {
namespace {

constexpr Milliseconds kPatience{2'000};  ///< Longer than this nobody waits for a completion.

constexpr std::string_view kBash = R"(# bash completion for weir: source <(weir completion bash)
_weir() {
  local current words
  current="${COMP_WORDS[COMP_CWORD]}"
  words=("${COMP_WORDS[@]:1:COMP_CWORD}")
  local IFS=$'\n'
  COMPREPLY=($(weir __complete "${words[@]}" 2>/dev/null))
  if [ ${#COMPREPLY[@]} -eq 0 ] && [ -n "$current" ]; then
    compopt -o default 2>/dev/null
  fi
}
complete -F _weir weir
)";

constexpr std::string_view kZsh = R"(#compdef weir
# zsh completion for weir: source <(weir completion zsh), or put it into a folder of $fpath as _weir
_weir() {
  local -a found
  found=("${(@f)$(weir __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if (( ${#found} )) && [[ -n "${found[1]}" ]]; then
    compadd -a found
  else
    _files
  fi
}
if [ "$funcstack[1]" = "_weir" ]; then
  _weir "$@"
elif (( $+functions[compdef] )); then
  compdef _weir weir
fi
)";

/// The flag whose value the last word is: "--output", "-o".
const Flag* flag_before(const Command& command, std::string_view word) {
  for (const auto& flag : command.flags) {
    if (flag.value.empty()) continue;
    if (word == text::cat("--", flag.name) || (flag.letter != '\0' && word == text::cat("-", flag.letter)))
      return &flag;
  }
  return nullptr;
}

void keep_starting_with(std::vector<std::string>& candidates, std::string_view start) {
  std::erase_if(candidates, [&](const std::string& candidate) { return !candidate.starts_with(start); });
}

asio::awaitable<int> list_names(Session& session, const runtime::KindFacts& kind, std::vector<std::string>& out) {
  std::string api_version = text::cat(kind.names.group, "/", kind.names.version);
  std::string kind_name{kind.names.kind};
  const auto resource = co_await session.mapper().find(std::move(api_version), std::move(kind_name));
  if (!resource) co_return 0;
  kube::ListOptions options;
  options.namespace_ = session.namespace_();
  options.detail = kube::Detail::kMetadata;
  const auto page = co_await session.client().list(*resource, options);
  for (const auto& item : page.items) out.emplace_back(item.text_at({"metadata", "name"}));
  co_return 0;
}

asio::awaitable<int> list_names_soon(Session& session, const runtime::KindFacts& kind, std::vector<std::string>& out) {
  auto listing = list_names(session, kind, out);
  co_return co_await async::with_timeout(kPatience, std::move(listing));
}

std::vector<std::string> names_in_cluster(std::span<const runtime::ControllerFacts> known, const Given& given) {
  const auto* kind = find_kind(known, given.words.front());
  std::vector<std::string> out;
  if (kind == nullptr) return out;
  Session session{given};
  const auto work = [&] { return list_names_soon(session, *kind, out); };
  session.run(work);
  return out;
}

int run(const Given& given, const Terminal& terminal) {
  const std::string shell = given.words.size() == 1 ? given.words.front() : "";
  if (shell == "bash") {
    terminal.out << kBash;
  } else if (shell == "zsh") {
    terminal.out << kZsh;
  } else {
    return refuse_usage("completion", "expected bash or zsh", terminal);
  }
  return 0;
}

}  // namespace

Command completion_command() {
  return {
      "completion",
      "print the completion script of a shell",
      "completion bash|zsh\n\nPrints a script that completes commands, kinds, flags and names of objects: source "
      "<(weir completion bash)\n",
      {},
      {"bash", "zsh"},
      run};
}

std::vector<std::string> completions(
    std::span<const std::string_view> words,
    std::span<const runtime::ControllerFacts> controllers,
    std::span<const std::string_view> programs,
    const std::function<std::vector<std::string>(const Given&)>& names_of
) {
  std::vector<std::string> out;
  if (words.empty()) return out;
  const auto commands = user_commands(controllers);
  const auto last = words.back();
  if (words.size() == 1) {
    for (const auto& command : commands) out.emplace_back(command.name);
    out.insert(out.end(), programs.begin(), programs.end());
    keep_starting_with(out, last);
    return out;
  }
  const auto command = std::ranges::find(commands, words.front(), &Command::name);
  if (command == commands.end()) return out;
  if (const auto* flag = flag_before(*command, words[words.size() - 2])) {
    if (flag->name == "output") out = {"json", "yaml"};
    keep_starting_with(out, last);
    return out;
  }
  if (last.starts_with('-')) {
    for (const auto& flag : command->flags) {
      if (!flag.is_hidden) out.push_back(text::cat("--", flag.name));
    }
    out.emplace_back("--help");
    keep_starting_with(out, last);
    return out;
  }
  const auto given = parse_arguments(command->flags, words.subspan(1, words.size() - 2));
  if (given.has_error()) return out;
  if (given->words.empty()) {
    out.assign(command->words.begin(), command->words.end());
  } else if (command->name == "get" && given->words.size() == 1) {
    out = names_of(*given);
  }
  keep_starting_with(out, last);
  return out;
}

int complete(
    std::span<const std::string_view> words,
    std::span<const runtime::ControllerFacts> controllers,
    std::span<const std::string_view> programs,
    const Terminal& terminal
) {
  std::vector<std::string> found;
  const auto names = [controllers](const Given& given) { return names_in_cluster(controllers, given); };
  try {
    found = completions(words, controllers, programs, names);
  } catch (const std::exception&) {
    // A cluster that does not answer completes nothing; the command itself will say why.
  }
  for (const auto& candidate : found) terminal.out << candidate << "\n";
  return 0;
}

}  // namespace weir::cli
