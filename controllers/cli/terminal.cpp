#include "controllers/cli/terminal.hpp"

#include <cstdlib>

#include <unistd.h>

#include "pkg/base/text.hpp"

namespace weir::cli {
namespace {

std::string_view escape(Colour colour) {
  switch (colour) {
    case Colour::kNone: return "";
    case Colour::kRed: return "\x1b[31m";
    case Colour::kGreen: return "\x1b[32m";
    case Colour::kYellow: return "\x1b[33m";
    case Colour::kBold: return "\x1b[1m";
  }
  return "";
}

}  // namespace

std::string Terminal::paint(Colour colour, std::string_view text) const {
  if (!has_colours || colour == Colour::kNone || text.empty()) return std::string{text};
  return text::cat(escape(colour), text, "\x1b[0m");
}

bool stdout_shows_colours() {
  if (const char* off = std::getenv("NO_COLOR"); off != nullptr && *off != '\0') return false;
  const char* terminal = std::getenv("TERM");
  if (terminal == nullptr || std::string_view{terminal} == "dumb") return false;
  return ::isatty(STDOUT_FILENO) == 1;
}

}  // namespace weir::cli
