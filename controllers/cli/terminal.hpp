#pragma once

#include <ostream>
#include <string>
#include <string_view>

namespace weir::cli {

enum class Colour { kNone, kRed, kGreen, kYellow, kBold };

/// Where a command prints, and whether a person looks at it.  Threads: one.
struct Terminal {
  std::ostream& out;
  std::ostream& err;
  bool has_colours = false;

  /// The text between the escape sequences of that colour, or as it is.
  std::string paint(Colour colour, std::string_view text) const;
};

/// Whether standard output is a terminal that shows colours; the variables NO_COLOR and TERM=dumb say no.
/// Source: https://no-color.org
bool stdout_shows_colours();

}  // namespace weir::cli
