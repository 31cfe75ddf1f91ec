#include "pkg/runtime/flags.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "pkg/base/text.hpp"

namespace weir::runtime {
namespace {

Result<bool> parse_bool(std::string_view text) {
  // Source: Go's strconv.ParseBool.
  for (const auto* yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (const auto* no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return false;
  }
  return InputError{"", text::cat("expected true or false, got ", text::quoted(text))};
}

}  // namespace

void Flags::add_flag(
    std::string name,
    std::string help,
    std::string default_text,
    bool takes_value,
    std::function<Result<void>(std::string_view)> set
) {
  flags_.push_back(Flag{std::move(name), std::move(help), std::move(default_text), takes_value, std::move(set)});
}

void Flags::add(std::string name, std::string* target, std::string help, const char* environment) {
  if (environment != nullptr) {
    if (const char* value = std::getenv(environment); value != nullptr) *target = value;
  }
  add_flag(std::move(name), std::move(help), *target, true, [target](std::string_view text) {
    *target = text;
    return Result<void>{};
  });
}

void Flags::add(std::string name, bool* target, std::string help) {
  add_flag(
      std::move(name),
      std::move(help),
      *target ? "true" : "false",
      false,
      [target](std::string_view text) -> Result<void> {
        auto value = parse_bool(text);
        if (value.has_error()) return value.error();
        *target = *value;
        return {};
      }
  );
}

void Flags::add(std::string name, std::int64_t* target, std::string help) {
  add_flag(
      std::move(name),
      std::move(help),
      std::to_string(*target),
      true,
      [target](std::string_view text) -> Result<void> {
        std::int64_t value = 0;
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
        if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) {
          return InputError{"", text::cat("expected a whole number, got ", text::quoted(text))};
        }
        *target = value;
        return {};
      }
  );
}

void Flags::add(std::string name, Duration* target, std::string help) {
  add_flag(std::move(name), std::move(help), to_string(*target), true, [target](std::string_view text) -> Result<void> {
    auto value = parse_duration(text);
    if (value.has_error()) return value.error();
    *target = *value;
    return {};
  });
}

void Flags::add(std::string name, std::vector<std::string>* target, std::string help) {
  add_flag(std::move(name), std::move(help), "", true, [target](std::string_view text) {
    for (const auto part : text::split(text, ',')) {
      if (!part.empty()) target->emplace_back(part);
    }
    return Result<void>{};
  });
}

void Flags::add_without_effect(std::string name, bool takes_value, std::string why) {
  std::string line = text::cat("--", name, ": ", why);
  add_flag(
      std::move(name),
      text::cat("accepted, without effect: ", why),
      "",
      takes_value,
      [this, line](std::string_view) {
        ignored_.push_back(line);
        return Result<void>{};
      }
  );
}

Result<void> Flags::parse(std::span<const std::string_view> arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto argument = arguments[i];
    if (!argument.starts_with("--") || argument.size() < 3) {
      return InputError{std::string{argument}, "expected a flag like --name=value"};
    }
    const auto [name, inline_value] = text::cut(argument.substr(2), "=");
    const bool has_value = argument.find('=') != std::string_view::npos;
    const auto flag = std::ranges::find(flags_, name, &Flag::name);
    if (flag == flags_.end()) return InputError{text::cat("--", name), "unknown flag"};
    std::string_view value = inline_value;
    if (!has_value) {
      if (!flag->takes_value) {
        value = "true";
      } else if (i + 1 < arguments.size()) {
        value = arguments[++i];
      } else {
        return InputError{text::cat("--", name), "expected a value"};
      }
    }
    if (auto set = flag->set(value); set.has_error()) {
      return InputError{text::cat("--", name), set.error().message};
    }
  }
  return {};
}

std::vector<std::string> Flags::names() const {
  std::vector<std::string> out;
  for (const auto& flag : flags_) out.push_back(flag.name);
  return out;
}

bool Flags::knows(std::string_view name) const { return std::ranges::find(flags_, name, &Flag::name) != flags_.end(); }

std::string Flags::help() const {
  std::string out;
  for (const auto& flag : flags_) {
    text::append(out, "  --", flag.name, flag.takes_value ? " VALUE" : "");
    if (!flag.default_text.empty()) text::append(out, " (default ", flag.default_text, ")");
    text::append(out, "\n        ", flag.help, "\n");
  }
  return out;
}

Result<std::vector<std::pair<std::string, bool>>> parse_feature_gates(const std::vector<std::string>& gates) {
  std::vector<std::pair<std::string, bool>> out;
  for (const auto& gate : gates) {
    const auto [name, value] = text::cut(gate, "=");
    auto enabled = parse_bool(value);
    if (enabled.has_error()) {
      return InputError{"--feature-gates", text::cat("expected Name=true, got ", text::quoted(gate))};
    }
    out.emplace_back(name, *enabled);
  }
  return out;
}

}  // namespace weir::runtime
