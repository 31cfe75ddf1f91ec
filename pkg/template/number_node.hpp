#pragma once

#include <optional>
#include <string>

#include "pkg/template/lexer.hpp"
#include "pkg/template/node.hpp"

namespace weir::templates {

/// Reads a number under every type that can hold it, from how it is spelled.
/// @param kind  kNumber, kComplex or kCharConstant
/// @returns what is wrong with it, as Go words it; nullopt when nothing is
std::optional<std::string> read_number(NumberNode& node, TokenKind kind);

}  // namespace weir::templates
