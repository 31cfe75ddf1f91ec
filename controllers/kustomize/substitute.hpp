#pragma once

#include <map>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/json/value.hpp"

/// Post-build substitution of ${variables}.  Threads: any, pure.
/// Source of the grammar: Flux's envsubst (flux-core, "Decryption and substitution").
namespace weir::kustomize_controller {

using Variables = std::map<std::string, std::string>;

/// Whether a name may be used: `^[_[:alpha:]][_[:alpha:][:digit:]]*$`.
Result<void> check_variable_name(std::string_view name);

/// Replaces every `${...}` of a text; `$name` stays, `$${name}` becomes `${name}`.
/// @param strict  a variable that is not set and has no default is an error
Result<std::string> substitute_text(std::string_view text, const Variables& variables, bool strict);

/// Replaces in an object through its YAML text, so that types are found anew: `${n}` with n=3 becomes a number.
/// Objects without "${" come back as they are.
Result<json::Value> substitute_object(json::Value object, const Variables& variables, bool strict);

}  // namespace weir::kustomize_controller
