#pragma once

#include <string>

namespace weir::api {

/// CEL that says when objects of one kind are healthy.
struct HealthCheckExpr {
  std::string api_version;
  std::string kind;
  std::string current;
  std::string in_progress;
  std::string failed;
};
template <class Fields>
void describe(Fields& fields, HealthCheckExpr& check) {
  fields.required("apiVersion", check.api_version);
  fields.optional("kind", check.kind);
  fields.required("current", check.current);
  fields.optional("inProgress", check.in_progress);
  fields.optional("failed", check.failed);
}

}  // namespace weir::api
