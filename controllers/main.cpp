#include <algorithm>
#include <csignal>
#include <exception>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <malloc.h>

#include "controllers/cli/build_command.hpp"
#include "controllers/cli/command.hpp"
#include "controllers/cli/completion_command.hpp"
#include "controllers/image_automation/facts.hpp"
#include "controllers/image_reflector/facts.hpp"
#include "controllers/kustomize/facts.hpp"
#include "controllers/source/facts.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/runtime/facts.hpp"
#include "pkg/runtime/machine.hpp"

namespace weir {
namespace {

using Arguments = std::span<const std::string_view>;

constexpr int kUsageError = 2;

/// One row a controller: all that the program knows of them.
const std::vector<runtime::ControllerFacts>& controllers() {
  static const std::vector<runtime::ControllerFacts> kControllers{
      source::facts(),
      kustomize_controller::facts(),
      image_reflector::facts(),
      image_automation::facts(),
  };
  return kControllers;
}

int refuse(const InputError& error) {
  std::cerr << "weir: " << error.text() << "\n";
  return kUsageError;
}

void report_ignored(const runtime::Flags& flags, const log::Logger& log) {
  for (const auto& line : flags.ignored()) log.info("a flag has no effect", {{"flag", line}});
}

int run_controller(const runtime::ControllerFacts& facts, Arguments arguments) {
  const auto part = facts.make_part();
  bool help = false;
  part->flags.add("help", &help, "show this text");
  if (auto parsed = part->flags.parse(arguments); parsed.has_error()) return refuse(parsed.error());
  if (help) {
    std::cout << "usage: weir " << facts.name << " [flags]\n\n" << part->flags.help();
    return 0;
  }
  if (auto valid = part->validate(); valid.has_error()) return refuse(valid.error());
  runtime::Machine machine;
  runtime::Manager manager{machine, part->common(), std::string{facts.name}};
  report_ignored(part->flags, manager.log());
  std::vector<std::unique_ptr<runtime::Unit>> units;
  units.push_back(part->make_unit(manager));
  return machine.run(manager.run(std::move(units)));
}

/// The arguments of one of several controllers: `--<controller>.<flag>` for it alone, the rest as far as it knows them.
std::vector<std::string> arguments_for(std::string_view controller, const runtime::Flags& flags, Arguments all) {
  const std::string prefix = text::cat("--", controller, ".");
  std::vector<std::string> out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string own = all[i].starts_with(prefix) ? text::cat("--", all[i].substr(prefix.size())) : "";
    const std::string argument = own.empty() ? std::string{all[i]} : own;
    const auto name =
        text::cut(std::string_view{argument}.substr(std::min<std::size_t>(2, argument.size())), "=").first;
    const bool has_value = argument.find('=') != std::string::npos;
    const bool value_follows = !has_value && i + 1 < all.size() && !all[i + 1].starts_with("--");
    if (!own.empty() || flags.knows(name)) {
      out.push_back(argument);
      if (value_follows) out.emplace_back(all[i + 1]);
    }
    if (value_follows) ++i;
  }
  return out;
}

Result<void> parse_for(std::string_view controller, runtime::Flags& flags, Arguments all) {
  const auto arguments = arguments_for(controller, flags, all);
  const std::vector<std::string_view> views{arguments.begin(), arguments.end()};
  return flags.parse(views);
}

/// A flag that no controller of the process knows.
Result<void> check_known(Arguments all, const std::vector<std::unique_ptr<runtime::Part>>& parts) {
  for (const auto argument : all) {
    if (!argument.starts_with("--")) continue;
    const auto name = text::cut(argument.substr(2), "=").first;
    bool found = false;
    for (const auto& part : parts) {
      const std::string prefix = text::cat(part->name, ".");
      found = found || part->flags.knows(name) ||
              (name.starts_with(prefix) && part->flags.knows(name.substr(prefix.size())));
    }
    if (!found) return InputError{text::cat("--", name), "unknown flag"};
  }
  return {};
}

/// Several controllers in one process. Flags count for every controller that has them; `--<controller>.<flag>` for one.
int run_all(Arguments arguments) {
  std::vector<std::unique_ptr<runtime::Part>> parts;
  for (const auto& facts : controllers()) parts.push_back(facts.make_part());
  if (std::ranges::find(arguments, "--help") != arguments.end()) {
    std::cout << "usage: weir all [flags]\n\nA flag counts for every controller that has it; --<controller>.<flag> for "
                 "one.\n";
    for (const auto& part : parts) std::cout << "\n" << part->name << ":\n" << part->flags.help();
    return 0;
  }
  if (auto known = check_known(arguments, parts); known.has_error()) return refuse(known.error());
  for (const auto& part : parts) {
    if (auto parsed = parse_for(part->name, part->flags, arguments); parsed.has_error()) return refuse(parsed.error());
  }
  for (const auto& part : parts) {
    if (auto valid = part->validate(); valid.has_error()) return refuse(valid.error());
  }
  runtime::Machine machine;
  runtime::Manager manager{machine, parts.front()->common(), "weir"};
  for (const auto& part : parts) report_ignored(part->flags, manager.log());
  std::vector<std::unique_ptr<runtime::Unit>> units;
  for (const auto& part : parts) units.push_back(part->make_unit(manager));
  return machine.run(manager.run(std::move(units)));
}

int run_build(Arguments arguments) { return cli::build_command(arguments, std::cout, std::cerr); }

/// What runs for long or is no command for people.
std::optional<int> run_program(std::string_view name, Arguments arguments) {
  for (const auto& facts : controllers()) {
    if (name == facts.name) return run_controller(facts, arguments);
  }
  if (name == "all") return run_all(arguments);
  if (name == "build") return run_build(arguments);
  return std::nullopt;
}

std::vector<std::string_view> program_names() {
  std::vector<std::string_view> out;
  for (const auto& facts : controllers()) out.push_back(facts.name);
  out.insert(out.end(), {"all", "build"});
  return out;
}

int usage(std::ostream& out) {
  out << "usage: weir COMMAND [flags]\n\ncommands:\n";
  for (const auto name : program_names()) out << "  " << name << "\n";
  for (const auto& command : cli::user_commands(controllers())) {
    out << "  " << command.name << std::string(12 - command.name.size(), ' ') << command.summary << "\n";
  }
  out << "\n`weir COMMAND --help` shows the flags of each\n";
  return kUsageError;
}

cli::Terminal terminal() { return {std::cout, std::cerr, cli::stdout_shows_colours()}; }

/// For tests, which hold chart, RBAC and docs against what the program says of itself.
int print_facts() {
  auto out = json::Value::array();
  for (const auto& facts : controllers()) out.push_back(facts.document());
  std::cout << json::write(out) << "\n";
  return 0;
}

/// A command for people, or for their shells; nullopt when there is none of that name.
std::optional<int> run_for_people(std::string_view name, Arguments arguments) {
  for (const auto& command : cli::user_commands(controllers())) {
    if (name == command.name) return cli::run_command(command, arguments, terminal());
  }
  if (name == "__complete") return cli::complete(arguments, controllers(), program_names(), terminal());
  if (name == "__facts") return print_facts();
  return std::nullopt;
}

int run(std::vector<std::string_view> arguments) {
  // A symlink named after a command is that command.
  const std::string self = std::filesystem::path{arguments.front()}.filename().string();
  if (const auto status = run_program(self, Arguments{arguments}.subspan(1))) return *status;
  if (arguments.size() < 2) return usage(std::cerr);
  if (arguments[1] == "--help" || arguments[1] == "help") {
    usage(std::cout);
    return 0;
  }
  const auto rest = Arguments{arguments}.subspan(2);
  if (const auto status = run_program(arguments[1], rest)) return *status;
  if (const auto status = run_for_people(arguments[1], rest)) return *status;
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
