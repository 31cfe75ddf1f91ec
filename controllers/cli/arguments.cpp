#include "controllers/cli/arguments.hpp"

#include <algorithm>
#include <optional>

#include "pkg/base/text.hpp"

namespace weir::cli {
namespace {

constexpr std::size_t kHelpColumn = 32;

const Flag* find_long(std::span<const Flag> flags, std::string_view name) {
  const auto at = std::ranges::find(flags, name, &Flag::name);
  return at == flags.end() ? nullptr : &*at;
}

const Flag* find_letter(std::span<const Flag> flags, char letter) {
  const auto at = std::ranges::find(flags, letter, &Flag::letter);
  return at == flags.end() ? nullptr : &*at;
}

}  // namespace

bool Given::has(std::string_view flag) const {
  return std::ranges::find(settings, flag, &Setting::name) != settings.end();
}

std::string Given::value(std::string_view flag, std::string_view fallback) const {
  for (auto at = settings.rbegin(); at != settings.rend(); ++at) {
    if (at->name == flag) return at->value;
  }
  return std::string{fallback};
}

Result<Given> parse_arguments(std::span<const Flag> flags, std::span<const std::string_view> arguments) {
  Given given;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto argument = arguments[i];
    if (argument == "--") {
      for (++i; i < arguments.size(); ++i) given.words.emplace_back(arguments[i]);
      break;
    }
    if (!argument.starts_with('-') || argument == "-") {
      given.words.emplace_back(argument);
      continue;
    }
    const Flag* flag = nullptr;
    std::optional<std::string> value;
    std::string shown;
    if (argument.starts_with("--")) {
      const auto equals = argument.find('=');
      shown = argument.substr(0, equals);
      flag = find_long(flags, shown.substr(2));
      if (equals != argument.npos) value = argument.substr(equals + 1);
    } else {
      shown = argument.substr(0, 2);
      flag = find_letter(flags, argument[1]);
      if (argument.size() > 2) value = argument.substr(argument[2] == '=' ? 3 : 2);
    }
    if (flag == nullptr) return InputError{"", text::cat("unknown flag ", text::quoted(shown))};
    if (flag->value.empty()) {
      if (value && *value != "true" && *value != "false") {
        return InputError{shown, text::cat("is a switch, got the value ", text::quoted(*value))};
      }
      if (value != "false") given.settings.push_back({flag->name, "true"});
      continue;
    }
    if (!value && flag->takes == FlagValue::kOptional) value = "true";
    if (!value) {
      if (i + 1 == arguments.size()) return InputError{shown, text::cat("expected a value: ", flag->value)};
      value = arguments[++i];
    }
    given.settings.push_back({flag->name, std::move(*value)});
  }
  return given;
}

std::string flags_help(std::span<const Flag> flags) {
  std::string out;
  for (const auto& flag : flags) {
    if (flag.is_hidden) continue;
    std::string left = flag.letter == '\0' ? "      --" : text::cat("  -", flag.letter, ", --");
    text::append(left, flag.name);
    if (!flag.value.empty()) text::append(left, " ", flag.value);
    if (left.size() + 2 > kHelpColumn) {
      text::append(left, "\n", std::string(kHelpColumn, ' '));
    } else {
      left.resize(kHelpColumn, ' ');
    }
    text::append(out, left, flag.help, "\n");
  }
  return out;
}

}  // namespace weir::cli
