#include "controllers/cli/command.hpp"

#include "controllers/cli/check_command.hpp"
#include "controllers/cli/completion_command.hpp"
#include "controllers/cli/crds_command.hpp"
#include "controllers/cli/explain_command.hpp"
#include "controllers/cli/get_command.hpp"
#include "controllers/cli/lint_command.hpp"
#include "controllers/cli/show_command.hpp"
#include "controllers/cli/template_command.hpp"
#include "controllers/cli/version_command.hpp"
#include "pkg/base/text.hpp"

namespace weir::cli {
namespace {

constexpr Flag kHelp{"help", 'h', "", "show this text"};

}  // namespace

std::vector<Command> user_commands(std::span<const runtime::ControllerFacts> controllers) {
  return {
      get_command(controllers),
      check_command(controllers),
      crds_command(),
      template_command(),
      lint_command(),
      show_command(),
      explain_command(),
      completion_command(),
      version_command()};
}

int run_command(const Command& command, std::span<const std::string_view> arguments, const Terminal& terminal) {
  auto flags = command.flags;
  flags.push_back(kHelp);
  const auto given = parse_arguments(flags, arguments);
  if (given.has_error()) return refuse_usage(command.name, given.error().text(), terminal);
  if (given->has("help")) {
    terminal.out << "usage: weir " << command.usage << "\nflags:\n" << flags_help(flags);
    return 0;
  }
  return command.run(*given, terminal);
}

int refuse_usage(std::string_view command, std::string_view problem, const Terminal& terminal) {
  terminal.err << "weir " << command << ": " << problem << "\n"
               << "`weir " << command << " --help` shows how it is called\n";
  return kUsageError;
}

}  // namespace weir::cli
