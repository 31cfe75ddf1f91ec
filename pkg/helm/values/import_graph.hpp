#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "pkg/json/value.hpp"

namespace weir::helm {

/// Tables that may stand in several places at once.
///
/// Helm merges imported tables without copying them, so what a second import adds to the first one's tables is seen in
/// the section of the dependency that the first came from. This does the same with the same steps. Threads: one at a
/// time.
class ImportGraph {
 public:
  explicit ImportGraph(const json::Value& values) : values_{make(values)}, imported_{&tables_.emplace_back()} {}

  /// The table at a dotted path of the values is imported at `parent`, "." for the top.
  /// @returns false when there is no such table
  bool import(std::string_view dotted_path, std::string_view parent);

  /// The values with the imports below them. @returns nullopt when a table would contain itself, or is too large
  std::optional<json::Value> finish();

 private:
  struct Table;
  struct Slot {
    Table* table = nullptr;  ///< nullptr: the value counts
    json::Value value;
  };
  struct Table {
    std::map<std::string, Slot, std::less<>> members;
  };

  Table* make(const json::Value& table);
  static void merge(Table& winner, Table& loser, std::size_t depth);
  bool write(const Table& table, json::Value& out, std::size_t depth);

  std::deque<Table> tables_;
  Table* values_;
  Table* imported_;
  std::size_t written_ = 0;
};

}  // namespace weir::helm
