#pragma once

#include "controllers/cli/arguments.hpp"
#include "controllers/cli/terminal.hpp"
#include "pkg/json/value.hpp"

namespace weir::cli {

enum class Output { kTable, kJson, kYaml };

inline constexpr Flag kOutputFlag{"output", 'o', "json|yaml", "print JSON or YAML instead of a table"};

/// What --output says. @returns an error naming the flag for another word
Result<Output> parse_output(const Given& given);

/// The document as JSON or YAML, with a line break at the end.
void print_document(const json::Value& document, Output output, const Terminal& terminal);

}  // namespace weir::cli
