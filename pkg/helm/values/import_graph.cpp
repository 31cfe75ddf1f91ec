#include "pkg/helm/values/import_graph.hpp"

#include <utility>

#include "pkg/base/text.hpp"

namespace weir::helm {
namespace {

constexpr std::size_t kDeepest = 1'000;
constexpr std::size_t kMostMembers = 5'000'000;

}  // namespace

bool ImportGraph::import(std::string_view dotted_path, std::string_view parent) {
  Table* table = values_;
  for (const auto key : text::split(dotted_path, '.')) {
    const auto found = table->members.find(key);
    if (found == table->members.end() || found->second.table == nullptr) return false;
    table = found->second.table;
  }
  if (parent != ".") {
    const auto keys = text::split(parent, '.');
    for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
      Table& outer = tables_.emplace_back();
      outer.members.emplace(*key, Slot{table, {}});
      table = &outer;
    }
  }
  merge(*imported_, *table, 0);
  return true;
}

std::optional<json::Value> ImportGraph::finish() {
  // Helm copies the values first: from here on they share nothing with what was imported.
  json::Value values;
  if (!write(*values_, values, 0)) return std::nullopt;
  Table* const copy = make(values);
  merge(*copy, *imported_, 0);
  if (!write(*copy, values, 0)) return std::nullopt;
  return values;
}

ImportGraph::Table* ImportGraph::make(const json::Value& table) {
  Table& made = tables_.emplace_back();
  for (const auto& member : table.as_object()) {
    Slot slot;
    if (member.value.is_object()) {
      slot.table = make(member.value);
    } else {
      slot.value = member.value;
    }
    made.members.emplace_hint(made.members.end(), member.key, std::move(slot));
  }
  return &made;
}

void ImportGraph::merge(Table& winner, Table& loser, std::size_t depth) {
  if (&winner == &loser || depth > kDeepest) return;
  for (const auto& [key, slot] : winner.members)
    if (slot.table == nullptr && slot.value.is_null()) loser.members[key] = Slot{};
  for (const auto& [key, slot] : loser.members) {
    const auto [found, is_new] = winner.members.try_emplace(key, slot);
    if (!is_new && slot.table != nullptr && found->second.table != nullptr)
      merge(*found->second.table, *slot.table, depth + 1);
  }
}

bool ImportGraph::write(const Table& table, json::Value& out, std::size_t depth) {
  if (depth > kDeepest) return false;
  json::Value::Object members;
  members.reserve(table.members.size());
  for (const auto& [key, slot] : table.members) {
    if (++written_ > kMostMembers) return false;
    json::Value& value = members.emplace_back(key, slot.value).value;
    if (slot.table != nullptr && !write(*slot.table, value, depth + 1)) return false;
  }
  out = json::Value{std::move(members)};
  return true;
}

}  // namespace weir::helm
