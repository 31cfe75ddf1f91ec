#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "controllers/cli/table.hpp"
#include "pkg/json/value.hpp"
#include "pkg/runtime/facts.hpp"

namespace weir::cli {

/// The kinds of the program, in the order in which `weir get all` prints them; they live as long as `controllers`.
std::vector<const runtime::KindFacts*> shown_kinds(std::span<const runtime::ControllerFacts> controllers);

/// By plural, singular or alias, in any case; nullptr when there is none.
const runtime::KindFacts* find_kind(std::span<const runtime::ControllerFacts> controllers, std::string_view word);

/// What stands in the columns of the kind for an object.
std::vector<Table::Cell> cells(const runtime::KindFacts& kind, const json::Value& object);

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
