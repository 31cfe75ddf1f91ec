#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pkg/json/value.hpp"
#include "pkg/jsonschema/decimal.hpp"
#include "pkg/jsonschema/formats.hpp"
#include "pkg/regex/regex.hpp"

namespace weir::jsonschema {

/// Types as bits, in the order in which messages name them.
enum Type : unsigned { kNull = 1, kBoolean = 2, kNumber = 4, kInteger = 8, kString = 16, kArray = 32, kObject = 64 };

/// The value of additionalProperties or additionalItems: absent, a boolean, or a schema.
struct Schema;
struct Additional {
  const Schema* schema = nullptr;
  std::optional<bool> allowed;
  bool is_there() const { return schema != nullptr || allowed.has_value(); }
};

/// One schema with its keywords read. Others are pointed at; they live in the compiler. Values are views of the
/// document.
struct Schema {
  struct Pattern {
    regex::Regex regex;
    std::string text;
  };
  struct PatternProperty {
    regex::Regex regex;
    const Schema* schema;
  };
  struct DependentList {
    std::string name;
    std::vector<std::string> required;
    const Schema* schema = nullptr;  ///< instead of the list, in `dependencies`
  };
  using Named = std::vector<std::pair<std::string, const Schema*>>;

  std::string url;      ///< of its document
  std::string pointer;  ///< in its document
  /// "url#pointer", escaped
  std::string location() const;
  int draft = 2020;
  std::optional<bool> boolean;

  const Schema* resource = nullptr;
  std::map<std::string, const Schema*> dynamic_anchors;  ///< of a resource
  const Schema* ref = nullptr;
  const Schema* recursive_ref = nullptr;
  bool recursive_anchor = false;
  const Schema* dynamic_ref = nullptr;
  std::string dynamic_ref_anchor;
  std::string dynamic_anchor;

  unsigned types = 0;  ///< 0: all
  const json::Value* constant = nullptr;
  const json::Value::Array* enumeration = nullptr;
  const Format* format = nullptr;
  const Schema* not_ = nullptr;
  std::vector<const Schema*> all_of, any_of, one_of;
  const Schema* if_ = nullptr;
  const Schema* then = nullptr;
  const Schema* else_ = nullptr;

  std::optional<std::int64_t> min_properties, max_properties;
  std::vector<std::string> required;
  Named properties;  ///< sorted by name
  std::vector<PatternProperty> pattern_properties;
  Additional additional_properties;
  const Schema* property_names = nullptr;
  std::vector<DependentList> dependencies, dependent_required;
  Named dependent_schemas;
  const Schema* unevaluated_properties = nullptr;

  std::optional<std::int64_t> min_items, max_items, min_contains, max_contains;
  bool unique_items = false;
  const Schema* items = nullptr;         ///< of all items; from 2020-12 on of those behind prefix_items
  std::vector<const Schema*> item_list;  ///< `items` as a list, or prefixItems
  bool has_item_list = false;
  Additional additional_items;
  const Schema* contains = nullptr;
  const Schema* unevaluated_items = nullptr;

  std::optional<std::int64_t> min_length, max_length;
  std::optional<Pattern> pattern;
  std::optional<Decimal> minimum, maximum, exclusive_minimum, exclusive_maximum, multiple_of;

  // What needs no tracking of what was evaluated.
  bool all_properties_evaluated = false;
  bool all_items_evaluated = false;
  std::size_t items_evaluated = 0;
};

}  // namespace weir::jsonschema
