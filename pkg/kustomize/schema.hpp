#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/json/value.hpp"

namespace weir::kustomize {

/// How a merge treats one place of an object.
struct SchemaType {
  std::string_view name;  ///< of a definition, or of the one that a reference names
  bool is_reference = false;
  std::vector<std::pair<std::string_view, const SchemaType*>> fields;  ///< sorted by name
  const SchemaType* values = nullptr;                                  ///< of a map: the type under every key
  const SchemaType* elements = nullptr;                                ///< of a list
  bool is_merged_list = false;         ///< elements merge instead of being replaced as a whole
  std::vector<std::string_view> keys;  ///< by these fields; none: a list of texts
};

/// The types of resources: the built-in ones of Kubernetes v1.21.2 and those of an OpenAPI document.
/// Threads: one at a time; the built-in part is shared and constant.
class Schema {
 public:
  Schema();
  ~Schema();
  Schema(Schema&&) noexcept;

  /// Adds the definitions and paths of an OpenAPI v2 document; what it defines replaces what was known.
  /// @returns an error when the document is no object
  Result<bool> add(const json::Value& document);

  /// Built-in types count from now on. The order against add() decides which wins.
  void add_builtin();

  /// The type of a field, or of a list's elements; nullptr when nothing is known of it. References are followed by name
  /// now, so a definition that was added later counts for earlier ones as well.
  const SchemaType* field(const SchemaType& type, std::string_view name) const;
  const SchemaType* elements(const SchemaType& type) const;

  /// nullptr when the kind is not known.
  const SchemaType* find(std::string_view api_version, std::string_view kind) const;

  /// nullopt when the scope is not known.
  std::optional<bool> is_namespaced(std::string_view api_version, std::string_view kind) const;

 private:
  struct Loader;
  const SchemaType* current(const SchemaType* type) const;

  std::deque<SchemaType> types_;
  std::deque<std::string> names_;
  std::unordered_map<std::string, const SchemaType*> by_kind_;           // "apiVersion kind"
  std::map<std::string, bool, std::less<>> scopes_;                      // "apiVersion kind"
  std::unordered_map<std::string_view, const SchemaType*> definitions_;  // empty: the built-in ones alone
  bool has_builtin_ = false;
};

/// The scope of a built-in kind, known without reading any schema.
std::optional<bool> builtin_is_namespaced(std::string_view api_version, std::string_view kind);

}  // namespace weir::kustomize
