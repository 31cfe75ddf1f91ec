#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/json/value.hpp"

/// What the API server knows of the form of objects: the same types serve reading, server-side apply, and the checks of
/// custom resources.  Threads: any, immutable once made.
namespace weir::test {

struct Type;

/// A member of an object that is declared.
struct Field {
  std::string name;
  const Type* type = nullptr;
  bool is_pointer = false;                 ///< a zero is kept as it was written
  bool is_always_written = false;          ///< also when nothing was said
  std::optional<std::string> key_default;  ///< what it counts as in the key of a list, when it is left out
};

/// The rules of a custom resource's schema besides its form.
struct Rules {
  std::vector<std::string> required;
  std::vector<json::Value> allowed;  ///< enum; empty: everything
  std::optional<double> minimum, maximum;
  bool is_minimum_exclusive = false, is_maximum_exclusive = false;
  std::optional<std::size_t> min_length, max_length, min_items, max_items, min_properties, max_properties;
  bool is_nullable = false;
  std::vector<std::pair<std::string, json::Value>> defaults;  ///< of members, by name
};

/// The form of a value.
struct Type {
  enum class Shape {
    kAny,  ///< whatever it is: objects are merged, lists are one value
    kString,
    kInt32,
    kInt64,
    kNumber,
    kBool,
    kIntOrString,
    kQuantity,
    kTime,
    kMicroTime,
    kBytes,
    kObject,  ///< declared fields, and others when `element` says of what type
    kList,
  };

  Shape shape = Shape::kAny;
  std::string name;               ///< of an object's: as in Go
  bool is_atomic = false;         ///< of objects and lists: one value with one owner
  bool is_kind = false;           ///< whole objects of the API, with apiVersion and kind
  bool is_set = false;            ///< a list whose scalars stand once
  std::vector<std::string> keys;  ///< of a list whose items are known by these members
  const Type* element = nullptr;  ///< of a list's items, or of the members that are no fields
  std::vector<Field> fields;
  bool keeps_unknown = false;  ///< of an object: members that nobody declared stay
  Rules rules;

  const Field* field(std::string_view member) const;
  /// nullptr: such a member is not declared.
  const Type* of_member(std::string_view member) const;
};

/// Types that refer to each other, and live together.
class TypeTable {
 public:
  TypeTable() = default;
  TypeTable(const TypeTable&) = delete;
  TypeTable& operator=(const TypeTable&) = delete;

  Type& add() { return types_.emplace_back(); }
  /// Reads lines as in builtin_types.cpp. @throws std::logic_error
  void read(std::string_view lines);
  /// nullptr: no such type.
  const Type* find(std::string_view name) const;
  const std::deque<Type>& types() const { return types_; }

 private:
  const Type* of_code(std::string_view code, const std::string& default_key);
  Type& named(std::string_view name);

  std::deque<Type> types_;
};

/// Those of the built-in kinds, made once. Source: Kubernetes 1.36, the types of its API and their markers.
const TypeTable& builtin_types();
/// Anything at all.
const Type& any_type();
/// An object with the metadata that all have; of its other members nothing is known.
const Type& open_kind_type();

/// The type of a custom resource, from openAPIV3Schema. The schema's own defaults, rules and list types count;
/// patterns, formats, oneOf and expressions do not.
const Type& custom_type(TypeTable& table, const json::Value& schema, std::string_view kind);

}  // namespace weir::test
