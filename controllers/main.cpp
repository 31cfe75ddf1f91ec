#include <malloc.h>

#include <csignal>
#include <exception>
#include <filesystem>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "controllers/cli/build_command.hpp"
#include "controllers/source/source_controller.hpp"
#include "pkg/base/text.hpp"
#include "pkg/runtime/manager.hpp"

namespace weir {
namespace {

using Arguments = std::span<const std::string_view>;

constexpr int kUsageError = 2;

/// Options of one controller, and how to make its unit: what `main` connects.
struct Controller {
  std::string_view name;
  int (*run)(Arguments);
};

int refuse(const InputError& error) {
  std::cerr << "weir: " << error.text() << "\n";
  return kUsageError;
}

void report_ignored(const runtime::Flags& flags, const log::Logger& log) {
  for (const auto& line : flags.ignored()) log.info("a flag has no effect", {{"flag", line}});
}

template <class Options>
int run_controller(
    Arguments arguments,
    const char* name,
    std::unique_ptr<runtime::Unit> (*make_unit)(runtime::Manager&, const Options&)
) {
  Options options;
  runtime::Flags flags;
  bool help = false;
  flags.add("help", &help, "show this text");
  options.add_flags(flags);
  if (auto parsed = flags.parse(arguments); parsed.has_error()) return refuse(parsed.error());
  if (help) {
    std::cout << "usage: weir " << name << " [flags]\n\n" << flags.help();
    return 0;
  }
  if (auto valid = options.validate(); valid.has_error()) return refuse(valid.error());
  runtime::Manager manager{options.common, name};
  report_ignored(flags, manager.log());
  std::vector<std::unique_ptr<runtime::Unit>> units;
  units.push_back(make_unit(manager, options));
  return manager.run(std::move(units));
}

int run_source(Arguments arguments) {
  return run_controller(arguments, source::kName, source::make_unit);
}

int print_version(Arguments) {
  std::cout << "weir " << runtime::version() << "\n";
  return 0;
}

int run_build(Arguments arguments) {
  return cli::build_command(arguments, std::cout, std::cerr);
}

constexpr Controller kCommands[] = {
    {source::kName, run_source},
    {"build", run_build},
    {"version", print_version},
};

int usage(std::ostream& out) {
  out << "usage: weir COMMAND [flags]\n\ncommands:\n";
  for (const auto& command : kCommands) out << "  " << command.name << "\n";
  return kUsageError;
}

int run(std::vector<std::string_view> arguments) {
  // A symlink named after a command is that command.
  const std::string self = std::filesystem::path{arguments.front()}.filename().string();
  for (const auto& command : kCommands) {
    if (self == command.name) return command.run(Arguments{arguments}.subspan(1));
  }
  if (arguments.size() < 2) return usage(std::cerr);
  if (arguments[1] == "--help" || arguments[1] == "help") {
    usage(std::cout);
    return 0;
  }
  for (const auto& command : kCommands) {
    if (arguments[1] == command.name) return command.run(Arguments{arguments}.subspan(2));
  }
  std::cerr << "weir: unknown command " << text::quoted(arguments[1]) << "\n";
  return usage(std::cerr);
}

}  // namespace
}  // namespace weir

int main(int argc, char** argv) {
  // A peer that goes away is an error of the write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  // One heap for the few threads: a heap of its own for each keeps tens of megabytes that nobody uses.
  ::mallopt(M_ARENA_MAX, 2);
  try {
    return weir::run({argv, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "weir: " << error.what() << "\n";
    return 1;
  }
}
