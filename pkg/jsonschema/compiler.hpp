#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pkg/jsonschema/jsonschema.hpp"
#include "pkg/jsonschema/schema.hpp"

namespace weir::jsonschema {

/// Private to pkg/jsonschema: how what is wrong with a schema, or too much of it, reaches Validator.
struct SchemaRefused {
  std::string message;
};

/// A draft with the vocabularies that a metaschema asks for; nullopt: those of the draft.
struct Dialect {
  int draft = 2020;
  std::optional<std::set<std::string, std::less<>>> vocabularies;

  bool has(std::string_view vocabulary) const;
};

/// A part of a document with an id of its own, or its top.
struct Resource {
  std::string pointer;
  std::string id;
  Dialect dialect;
  std::map<std::string, std::string, std::less<>> anchors;  ///< name to pointer
  std::vector<std::string> dynamic_anchors;
};

/// A document in which schemas are.
struct Document {
  std::string url;
  std::shared_ptr<const json::Value> value;
  std::map<std::string, Resource, std::less<>> resources;  ///< by pointer
  std::set<std::string, std::less<>> visited;              ///< pointers of schemas whose ids and anchors are known

  Resource& resource_of(std::string_view pointer);
};

/// Makes Schemas of documents. Schemas live as long as their compiler.
/// Threads: one at a time.
class Compiler {
 public:
  /// Whether a schema is well formed is asked there. @throws SchemaRefused
  class Checker {
   public:
    virtual ~Checker() = default;
    virtual void check(const json::Value& schema, const Dialect& dialect, const std::string& location) = 0;
  };

  /// @param checker  nullptr: schemas are trusted
  Compiler(const Options& options, bool is_format_asserted, Checker* checker, std::vector<std::string>* warnings)
      : options_{options}, is_format_asserted_{is_format_asserted}, checker_{checker}, warnings_{warnings} {}

  void add_document(const std::string& url, std::shared_ptr<const json::Value> value);
  /// @param location  "https://x/y#/z" @throws SchemaRefused
  const Schema* compile(std::string_view location);

 private:
  friend class KeywordReader;

  struct Place {
    std::string url;
    std::string pointer;
  };

  Schema* enqueue(const Place& place);
  void compile_value(Schema& schema);
  Place resolve(const std::string& url, std::string_view fragment);
  static Place resolve_in(const Document& document, std::string_view fragment, const Resource& resource);
  Document& document(const std::string& url);
  std::shared_ptr<const json::Value> load(const std::string& url);
  void ensure_visited(const Place& place);
  void check(const Document& document, const json::Value& value, const std::string& pointer);
  void collect(
      Document& document,
      const json::Value& value,
      const std::string& base,
      const std::string& pointer,
      const Dialect& above
  );
  void collect_below(
      Document& document,
      const json::Value& value,
      const std::string& base,
      const std::string& pointer,
      const Dialect& above
  );
  static void collect_anchors(
      Document& document, const json::Value& value, const std::string& pointer, Resource& resource
  );
  int draft_of(const json::Value& value, const std::string& url, const std::string& pointer, int above);
  std::optional<std::set<std::string, std::less<>>> vocabularies_of(const json::Value& value, int draft);

  const Options& options_;
  const bool is_format_asserted_;
  Checker* const checker_;
  std::vector<std::string>* const warnings_;
  std::map<std::string, std::shared_ptr<const json::Value>, std::less<>> values_;
  std::map<std::string, std::unique_ptr<Document>, std::less<>> documents_;
  std::unordered_map<std::string, Schema*> by_place_;  // URL, "#" and pointer as it is
  std::deque<Schema> schemas_;
  std::size_t compiled_ = 0;
  std::size_t loaded_ = 0;
};

/// The value at a JSON pointer. @throws SchemaRefused
const json::Value& value_at(const json::Value& top, const std::string& url, std::string_view pointer);
/// "url#pointer"
std::string location_text(std::string_view url, std::string_view pointer);

}  // namespace weir::jsonschema
