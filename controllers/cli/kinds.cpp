#include "controllers/cli/kinds.hpp"

#include <algorithm>
#include <optional>

#include "pkg/base/text.hpp"

namespace weir::cli {
namespace {

constexpr std::size_t kShortestHash = 40;
constexpr std::size_t kShownHash = 8;

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

/// The value at a path like "spec.suspend"; nullptr when a step is missing.
const json::Value* find(const json::Value& object, std::string_view path) {
  const auto* value = &object;
  for (const auto step : text::split(path, '.')) {
    value = value->find(step);
    if (value == nullptr) return nullptr;
  }
  return value;
}

Table::Cell cell(const runtime::Column& column, const json::Value& object) {
  using Shows = runtime::Column::Shows;
  const auto* value = find(object, column.path);
  if (column.shows == Shows::kFlag) {
    const bool is_set = value != nullptr && *value == json::Value{true};
    return {is_set ? "True" : "False", is_set ? Colour::kYellow : Colour::kNone};
  }
  const auto shown = value == nullptr ? std::nullopt : value->text();
  if (!shown) return "";
  return column.shows == Shows::kRevision ? shorten_hashes(*shown) : std::string{*shown};
}

}  // namespace

std::vector<const runtime::KindFacts*> shown_kinds(std::span<const runtime::ControllerFacts> controllers) {
  std::vector<const runtime::KindFacts*> out;
  for (const auto& controller : controllers) {
    for (const auto& kind : controller.kinds) out.push_back(&kind);
  }
  return out;
}

const runtime::KindFacts* find_kind(std::span<const runtime::ControllerFacts> controllers, std::string_view word) {
  const std::string wanted = text::lower(word);
  for (const auto* kind : shown_kinds(controllers)) {
    if (wanted == kind->names.plural || wanted == text::lower(kind->names.kind)) return kind;
    if (std::ranges::find(kind->aliases, wanted) != kind->aliases.end()) return kind;
  }
  return nullptr;
}

std::vector<Table::Cell> cells(const runtime::KindFacts& kind, const json::Value& object) {
  std::vector<Table::Cell> out;
  for (const auto& column : kind.columns) out.push_back(cell(column, object));
  return out;
}

Readiness readiness(const json::Value& object) {
  const auto* conditions = object.find_path({"status", "conditions"});
  if (conditions != nullptr && conditions->is_array()) {
    for (const auto& condition : conditions->as_array()) {
      if (condition.text_at({"type"}) != "Ready") continue;
      Readiness out;
      out.status = condition.text_at({"status"});
      out.message = shorten_hashes(condition.text_at({"message"}));
      out.colour = out.status == "True" ? Colour::kGreen : out.status == "False" ? Colour::kRed : Colour::kYellow;
      return out;
    }
  }
  return {"False", "waiting to be reconciled", Colour::kRed};
}

std::string shorten_hashes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && is_hex(text[end])) ++end;
    const bool is_word = i == 0 || std::isalnum(static_cast<unsigned char>(text[i - 1])) == 0;
    out += text.substr(i, is_word && end - i >= kShortestHash ? kShownHash : std::max<std::size_t>(end - i, 1));
    i = std::max(end, i + 1);
  }
  return out;
}

}  // namespace weir::cli
