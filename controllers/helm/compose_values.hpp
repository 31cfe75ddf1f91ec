#pragma once

#include <string_view>

#include "api/helm/v2/helm_release.hpp"
#include "pkg/base/result.hpp"
#include "pkg/json/value.hpp"

namespace weir::helm_controller {

/// Makes the values of a release of spec.valuesFrom, reference by reference, and spec.values, which win over files.
///
/// A text at a targetPath wins over spec.values where these alone have the table that the path leads into, as in Flux,
/// whose tables are one object then; else spec.values win. Equal results are equal digests, by which releases are taken
/// over. Source: helm-controller 1.6.4, observed.  Threads: value, pure.
class ValuesComposer {
 public:
  /// @param inline_values  spec.values; null: there are none
  explicit ValuesComposer(json::Value inline_values);

  /// What one reference led to.
  /// @returns an error in Helm's words; the values are not whole then
  Result<void> add(const api::helm::ValuesReference& reference, std::string_view text);

  /// A table with sorted members.
  json::Value finish() &&;

 private:
  Result<void> set(std::string_view path, std::string_view text, bool is_literal);

  json::Value inline_;
  json::Value result_;
};

}  // namespace weir::helm_controller
