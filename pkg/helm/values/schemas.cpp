#include "pkg/helm/values/schemas.hpp"

#include <string_view>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::helm {

using json::Value;

namespace {

/// The name of a Go type as Helm's message about values that are no map has it.
std::string_view go_type(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kBool: return "bool";
    case Value::Kind::kString: return "string";
    case Value::Kind::kNumber: return "float64";
    default: return "[]interface {}";
  }
}

class Checks {
 public:
  Checks(jsonschema::DocumentLoader* loader, Warnings& warnings) : warnings_{warnings} { options_.loader = loader; }

  void run(const Chart& chart, const Value& values) {
    if (chart.contents->schema != nullptr) check(chart, values);
    for (const auto& child : chart.dependencies) {
      const Value* const below = find_key(values, child->name());
      if (below == nullptr || below->is_null()) continue;
      if (below->is_object()) {
        run(*child, *below);
      } else {
        text::append(
            problems_, child->name(), ":\ninvalid type for values: expected object (map), got ", go_type(*below), "\n"
        );
      }
    }
  }

  const std::string& problems() const { return problems_; }

 private:
  void check(const Chart& chart, const Value& values) {
    const auto schema = json::parse(*chart.contents->schema);
    if (!schema) {
      text::append(problems_, chart.name(), ":\n", schema.error().text());
      return;
    }
    const auto valid = validator_.validate(values, *schema, options_, &warnings_);
    if (valid) return;
    // Only a violation has a line break behind it, and only its first line is left out.
    static constexpr std::string_view kFirstLine = "jsonschema validation failed with 'file:///values.schema.json#'\n";
    const std::string& message = valid.error().message;
    if (message.starts_with(kFirstLine)) {
      text::append(problems_, chart.name(), ":\n", std::string_view{message}.substr(kFirstLine.size()), "\n");
    } else {
      text::append(problems_, chart.name(), ":\n", message);
    }
  }

  Warnings& warnings_;
  jsonschema::Options options_;
  jsonschema::Validator validator_;
  std::string problems_;
};

}  // namespace

Result<void> check_schemas(
    const Chart& chart, const Value& values, jsonschema::DocumentLoader* loader, Warnings& warnings
) {
  Checks checks{loader, warnings};
  checks.run(chart, values);
  if (checks.problems().empty()) return {};
  return InputError{
      "",
      text::cat(
          "values don't meet the specifications of the schema(s) in the following chart(s):\n", checks.problems()
      )};
}

}  // namespace weir::helm
