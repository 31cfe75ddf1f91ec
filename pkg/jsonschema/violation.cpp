#include "pkg/base/text.hpp"
#include "pkg/jsonschema/url.hpp"
#include "pkg/jsonschema/validator.hpp"
#include "pkg/jsonschema/words.hpp"

namespace weir::jsonschema {
namespace {

void print(std::string& out, const Violation& violation, std::size_t indent, std::size_t max_bytes) {
  if (out.size() > max_bytes) return;
  if (violation.kind != Violation::Kind::kReference || violation.causes.size() != 1) {
    std::string pointer;
    for (const auto& token : violation.location) text::append(pointer, "/", escape_pointer(token));
    text::append(out, "\n", std::string(2 * (indent - 1), ' '), "- at ", single_quoted(pointer), ": ", violation.text);
    ++indent;
  }
  for (const auto& cause : violation.causes) print(out, cause, indent, max_bytes);
}

}  // namespace

std::string print_violation(const Violation& violation, const std::string& location, std::size_t max_bytes) {
  std::string out = text::cat("jsonschema validation failed with ", single_quoted(location));
  if (violation.kind == Violation::Kind::kGroup) {
    for (const auto& cause : violation.causes) print(out, cause, 1, max_bytes);
  } else {
    print(out, violation, 1, max_bytes);
  }
  if (out.size() > max_bytes) {
    out.resize(max_bytes);
    out += "\n…";
  }
  return out;
}

}  // namespace weir::jsonschema
