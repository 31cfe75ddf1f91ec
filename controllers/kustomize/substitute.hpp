#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "controllers/kustomize/shell_pattern.hpp"
#include "pkg/base/result.hpp"
#include "pkg/base/secret_map.hpp"
#include "pkg/json/value.hpp"
#include "pkg/yaml/parser.hpp"

/// Post-build substitution of ${variables}.  Threads: any, pure.
/// Source of the grammar: Flux's envsubst 1.7 as Flux 2.9 uses it, deviations from the shell included; the table in
/// test/golden/kustomize holds them.
namespace weir::kustomize_controller {

using Variables = SecretMap;

/// Whether a name may be used: `^[_[:alpha:]][_[:alpha:][:digit:]]*$`.
Result<void> check_variable_name(std::string_view name);

/// One pass of substitutions: what it works with, what it may still cost, and what of it is secret.
/// Threads: one at a time.
struct SubstitutionPass {
  explicit SubstitutionPass(const Variables& variables_, bool is_strict_ = true)
      : variables{variables_}, is_strict{is_strict_} {}

  const Variables& variables;
  bool is_strict;                             ///< a variable that is not set and has no default is an error
  std::set<std::string> secrets;              ///< names of the variables whose values nobody may see
  std::size_t bytes_left = 32 * 1024 * 1024;  ///< what expressions may still put out, all objects together
  bool is_trial = false;               ///< more is at hand: kustomize::TrialTooSmall is thrown instead of an error
  Steps steps{400'000'000};            ///< what patterns and searches may still cost
  yaml::AliasBudget aliases{100'000};  ///< what aliases in the results may still copy
  /// What is new in the objects into which a secret variable went:
  /// their texts and numbers, and what the expressions gave.
  std::set<std::string> hidden;
};

/// Replaces every `${...}` of a text; `$name` stays, `$$` becomes `$`.
Result<std::string> substitute_text(std::string_view text, SubstitutionPass& pass);

/// Replaces in an object through its YAML text, so that types are found anew: `${n}` with n=3 becomes a number.
/// @returns an error that never repeats a value
Result<json::Value> substitute_object(json::Value object, SubstitutionPass& pass);

}  // namespace weir::kustomize_controller
