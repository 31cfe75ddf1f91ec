#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/jsonschema/compiler.hpp"

namespace weir::jsonschema {

/// Reads the keywords of one schema that is an object. Keywords whose value has the wrong kind are passed over: whether
/// a schema is well formed was asked before.
class KeywordReader {
 public:
  KeywordReader(Compiler& compiler, const json::Value& object, Schema& schema, const Resource& resource)
      : compiler_{compiler}, object_{object}, schema_{schema}, resource_{resource} {}

  /// @throws SchemaRefused
  void read();

 private:
  void read_applicators();
  void read_assertions();
  void read_numbers();
  void read_later_drafts();
  void read_array_applicators();

  const json::Value* find(std::string_view keyword) const { return object_.find(keyword); }
  bool has(std::string_view vocabulary) const { return resource_.dialect.has(vocabulary); }
  const Schema* below(std::string_view keyword);
  const Schema* below(std::string_view keyword, std::string_view token);
  std::vector<const Schema*> list(std::string_view keyword);
  Schema::Named map(std::string_view keyword);
  Additional additional(std::string_view keyword);
  const Schema* reference(std::string_view keyword);
  std::optional<std::string> text(std::string_view keyword) const;
  bool is_true(std::string_view keyword) const;
  std::optional<Decimal> number(std::string_view keyword) const;
  std::optional<std::int64_t> integer(std::string_view keyword) const;
  regex::Regex pattern(const std::string& expression, std::string_view keyword) const;

  Compiler& compiler_;
  const json::Value& object_;
  Schema& schema_;
  const Resource& resource_;
};

}  // namespace weir::jsonschema
