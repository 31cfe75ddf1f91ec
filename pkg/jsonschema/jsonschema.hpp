#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/json/value.hpp"

/// JSON Schema: drafts 4, 6, 7, 2019-09 and 2020-12, with the messages of the Go library that Helm uses
/// (github.com/santhosh-tekuri/jsonschema/v6), observed.
namespace weir::jsonschema {

/// Gets documents that a schema refers to.
class DocumentLoader {
 public:
  virtual ~DocumentLoader() = default;
  /// @param url  absolute, without fragment: "https://example.com/a.json", "file:///a.json"
  /// @returns the document, or an error that becomes a part of the message
  virtual Result<json::Value> load(const std::string& url) = 0;
};

/// What one validation may cost.
struct Limits {
  std::uint64_t steps = 20'000'000;  ///< schemas applied to values, values compared, bytes matched (64 to a step)
  std::size_t depth = 1000;          ///< schemas applied inside of each other
  std::size_t schemas = 200'000;     ///< compiled
  std::size_t documents = 64;        ///< loaded
  std::size_t error_bytes = 1u << 20;
};

struct Options {
  std::string url = "file:///values.schema.json";  ///< where the schema says that it is, when it does not say so itself
  DocumentLoader* loader = nullptr;                ///< nullptr: other documents cannot be loaded
  Limits limits;
};

/// Validates values against schemas. Keeps the compiled metaschemas, so use one for several schemas.
///
/// The draft is that of `$schema`, 2020-12 without. Formats are asserted up to draft 7, annotations later. Patterns are
/// RE2. What an unresolved `urn:` refers to allows everything. Properties are visited in the order of their names.
/// Threads: one at a time.
class Validator {
 public:
  Validator();
  ~Validator();
  Validator(const Validator&) = delete;
  Validator& operator=(const Validator&) = delete;

  /// @param schema    one that is wrong itself is an error too
  /// @param warnings  takes a line for each urn: that allows everything; nullptr: nobody listens
  /// @returns an error without `where`: "jsonschema validation failed with 'file:///values.schema.json#'\n- at '/a':
  /// got string,
  ///          want integer", or what is wrong with the schema
  Result<void> validate(
      const json::Value& value,
      const json::Value& schema,
      const Options& options = {},
      std::vector<std::string>* warnings = nullptr
  );

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::jsonschema
