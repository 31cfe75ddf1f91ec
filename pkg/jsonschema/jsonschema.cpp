#include "pkg/jsonschema/jsonschema.hpp"

#include <map>
#include <set>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/jsonschema/compiler.hpp"
#include "pkg/jsonschema/plain_schema.hpp"
#include "pkg/jsonschema/validator.hpp"
#include "pkg/template/quote.hpp"

namespace weir::jsonschema {
namespace {

std::string_view draft_url(int draft) {
  switch (draft) {
    case 4: return "http://json-schema.org/draft-04/schema";
    case 6: return "http://json-schema.org/draft-06/schema";
    case 7: return "http://json-schema.org/draft-07/schema";
    case 2019: return "https://json-schema.org/draft/2019-09/schema";
    default: return "https://json-schema.org/draft/2020-12/schema";
  }
}

}  // namespace

/// Keeps the metaschemas of the drafts that were met, with their formats asserted.
struct Validator::State final : Compiler::Checker {
  State() : metaschemas{options, true, nullptr, nullptr} {}

  void check(const json::Value& schema, const Dialect& dialect, const std::string& location) override {
    if (is_plainly_valid(schema, dialect.draft)) return;
    auto& meta = by_draft[dialect.draft];
    if (meta == nullptr) meta = metaschemas.compile(draft_url(dialect.draft));
    const auto violation = Application{options.limits}.run(*meta, schema);
    if (violation)
      throw SchemaRefused{text::cat(
          templates::quote(location),
          " is not valid against metaschema: ",
          print_violation(*violation, meta->location(), options.limits.error_bytes)
      )};
  }

  const Options options;
  Compiler metaschemas;
  std::map<int, const Schema*> by_draft;
};

Validator::Validator() : state_{std::make_unique<State>()} {}
Validator::~Validator() = default;

Result<void> Validator::validate(
    const json::Value& value, const json::Value& schema, const Options& options, std::vector<std::string>* warnings
) {
  try {
    Compiler compiler{options, false, state_.get(), warnings};
    // The document is the caller's, who outlives the compiler.
    compiler.add_document(options.url, std::shared_ptr<const json::Value>{std::shared_ptr<void>{}, &schema});
    const Schema* const compiled = compiler.compile(options.url);
    const auto violation = Application{options.limits}.run(*compiled, value);
    if (violation) return InputError{"", print_violation(*violation, compiled->location(), options.limits.error_bytes)};
    return {};
  } catch (const SchemaRefused& refused) {
    return InputError{"", refused.message};
  } catch (const LimitReached& limit) {
    return InputError{"", limit.message};
  }
}

}  // namespace weir::jsonschema
