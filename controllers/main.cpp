#include <malloc.h>

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

#include "controllers/cli/build_command.hpp"
#include "controllers/cli/command.hpp"
#include "controllers/cli/completion_command.hpp"
#include "controllers/image_automation/image_automation_controller.hpp"
#include "controllers/image_reflector/image_reflector_controller.hpp"
#include "controllers/kustomize/kustomize_controller.hpp"
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

int run_kustomize(Arguments arguments) {
  return run_controller(arguments, kustomize_controller::kName, kustomize_controller::make_unit);
}

int run_image_reflector(Arguments arguments) {
  return run_controller(arguments, image_reflector::kName, image_reflector::make_unit);
}

int run_image_automation(Arguments arguments) {
  return run_controller(arguments, image_automation::kName, image_automation::make_unit);
}

/// The arguments of one of several controllers: `--<controller>.<flag>` for it alone, the rest as far as it knows them.
std::vector<std::string> arguments_for(std::string_view controller, const runtime::Flags& flags, Arguments all) {
  const std::string prefix = text::cat("--", controller, ".");
  std::vector<std::string> out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string own = all[i].starts_with(prefix) ? text::cat("--", all[i].substr(prefix.size())) : "";
    const std::string argument = own.empty() ? std::string{all[i]} : own;
    const auto name = text::cut(std::string_view{argument}.substr(std::min<std::size_t>(2, argument.size())), "=").first;
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

/// One of several controllers: its options, and what reads and uses them.
class Part {
 public:
  virtual ~Part() = default;
  explicit Part(std::string_view name_) : name{name_} {}
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  virtual Result<void> validate() const = 0;
  virtual const runtime::CommonOptions& common() const = 0;
  virtual std::unique_ptr<runtime::Unit> make_unit(runtime::Manager& manager) const = 0;

  const std::string_view name;
  runtime::Flags flags;
};

template <class Options>
class PartOf final : public Part {
 public:
  using MakeUnit = std::unique_ptr<runtime::Unit> (*)(runtime::Manager&, const Options&);

  PartOf(std::string_view name_, MakeUnit maker) : Part{name_}, make_unit_{maker} { options_.add_flags(flags); }
  Result<void> validate() const override { return options_.validate(); }
  const runtime::CommonOptions& common() const override { return options_.common; }
  std::unique_ptr<runtime::Unit> make_unit(runtime::Manager& manager) const override {
    return make_unit_(manager, options_);
  }

 private:
  Options options_;
  MakeUnit make_unit_;
};

template <class Options>
std::unique_ptr<Part> part(std::string_view name, std::unique_ptr<runtime::Unit> (*make_unit)(runtime::Manager&, const Options&)) {
  return std::make_unique<PartOf<Options>>(name, make_unit);
}

/// What `weir all` runs.
std::vector<std::unique_ptr<Part>> make_parts() {
  std::vector<std::unique_ptr<Part>> out;
  out.push_back(part(source::kName, source::make_unit));
  out.push_back(part(kustomize_controller::kName, kustomize_controller::make_unit));
  out.push_back(part(image_reflector::kName, image_reflector::make_unit));
  out.push_back(part(image_automation::kName, image_automation::make_unit));
  return out;
}

/// A flag that no controller of the process knows.
Result<void> check_known(Arguments all, const std::vector<std::unique_ptr<Part>>& parts) {
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
  const auto parts = make_parts();
  if (std::ranges::find(arguments, "--help") != arguments.end()) {
    std::cout << "usage: weir all [flags]\n\nA flag counts for every controller that has it; --<controller>.<flag> for one.\n";
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
  runtime::Manager manager{parts.front()->common(), "weir"};
  for (const auto& part : parts) report_ignored(part->flags, manager.log());
  std::vector<std::unique_ptr<runtime::Unit>> units;
  for (const auto& part : parts) units.push_back(part->make_unit(manager));
  return manager.run(std::move(units));
}

int run_build(Arguments arguments) { return cli::build_command(arguments, std::cout, std::cerr); }

constexpr Controller kCommands[] = {
    {source::kName, run_source},
    {kustomize_controller::kName, run_kustomize},
    {image_reflector::kName, run_image_reflector},
    {image_automation::kName, run_image_automation},
    {"all", run_all},
    {"build", run_build},
};

int usage(std::ostream& out) {
  out << "usage: weir COMMAND [flags]\n\ncommands:\n";
  for (const auto& command : kCommands) out << "  " << command.name << "\n";
  for (const auto& command : cli::user_commands()) {
    out << "  " << command.name << std::string(12 - command.name.size(), ' ') << command.summary << "\n";
  }
  out << "\n`weir COMMAND --help` shows the flags of each\n";
  return kUsageError;
}

cli::Terminal terminal() { return {std::cout, std::cerr, cli::stdout_shows_colours()}; }

/// A command for people, or for their shells; nullopt when there is none of that name.
std::optional<int> run_for_people(std::string_view name, Arguments arguments) {
  for (const auto& command : cli::user_commands()) {
    if (name == command.name) return cli::run_command(command, arguments, terminal());
  }
  if (name != "__complete") return std::nullopt;
  std::vector<std::string_view> others;
  for (const auto& command : kCommands) others.push_back(command.name);
  return cli::complete(arguments, others, terminal());
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
  if (const auto status = run_for_people(arguments[1], Arguments{arguments}.subspan(2))) return *status;
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
