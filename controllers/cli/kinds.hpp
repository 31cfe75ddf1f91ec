#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "controllers/cli/table.hpp"
#include "pkg/json/value.hpp"

namespace weir::cli {

/// One kind as `weir get` shows it. Only the version that a server is asked for matters, not the one of our C++ types.
struct ShownKind {
  std::string_view api_version;
  std::string_view kind;
  std::string_view plural;
  std::vector<std::string_view> aliases;  ///< the singular and the short names of its CRD, and what `flux get` calls it
  std::vector<std::string> headings;      ///< between NAME and READY
  /// The cells under `headings`.
  std::vector<Table::Cell> (*cells)(const json::Value& object);
};

/// In the order in which `weir get all` prints them.
std::span<const ShownKind> shown_kinds();

/// By plural or alias, in any case; nullptr when there is none.
const ShownKind* find_kind(std::string_view word);

/// What the Ready condition says, for people: no condition is False, "waiting to be reconciled", as flux says it.
struct Readiness {
  std::string status;
  std::string message;
  Colour colour = Colour::kNone;
};
Readiness readiness(const json::Value& object);

/// Every digest of at least 40 hexadecimal digits cut to 8: "main@sha1:0a1b2c3d".  Source: flux get.
std::string shorten_hashes(std::string_view text);

}  // namespace weir::cli
