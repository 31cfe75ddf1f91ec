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
  std::vector<std::pair<std::string_view, const SchemaType*>> fields;  ///< sorted by name
  const SchemaType* values = nullptr;    ///< of a map: the type under every key
  const SchemaType* elements = nullptr;  ///< of a list
  bool is_merged_list = false;           ///< elements merge instead of being replaced as a whole
  std::vector<std::string_view> keys;    ///< by these fields; none: a list of texts

  /// The type of a field; nullptr when nothing is known of it.
  const SchemaType* field(std::string_view name) const;
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

  /// nullptr when the kind is not known.
  const SchemaType* find(std::string_view api_version, std::string_view kind) const;

  /// nullopt when the scope is not known.
  std::optional<bool> is_namespaced(std::string_view api_version, std::string_view kind) const;

 private:
  struct Loader;

  std::deque<SchemaType> types_;
  std::deque<std::string> names_;
  std::unordered_map<std::string, const SchemaType*> by_kind_;  // "apiVersion kind"
  std::map<std::string, bool, std::less<>> scopes_;             // "apiVersion kind"
  bool has_builtin_ = false;
};

/// The scope of a built-in kind, known without reading any schema.
std::optional<bool> builtin_is_namespaced(std::string_view api_version, std::string_view kind);

}  // namespace weir::kustomize
