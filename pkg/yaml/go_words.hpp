#pragma once

#include <string>

#include "pkg/yaml/scanner.hpp"

namespace weir::yaml {

/// The words that go-yaml v2 has for an error: "yaml: line 2: did not find expected node content". Programs print them,
/// and people look for them.
/// @param reached  where the scanner stood when the error came up: scanner errors name that line, parser errors the one
/// above
///                 their token, and line 0 is not named at all
/// Source: the messages of https://pkg.go.dev/go.yaml.in/yaml/v2, observed.  Threads: any, pure.
std::string go_words(const SyntaxError& error, const Mark& reached);

}  // namespace weir::yaml
