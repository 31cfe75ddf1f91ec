#pragma once

#include <string>
#include <utility>

namespace weir::kustomize {

/// Thrown inside pkg/kustomize only; the public functions turn it into an InputError.
struct Failure {
  Failure(std::string where_, std::string message_) : where{std::move(where_)}, message{std::move(message_)} {}
  std::string where;  ///< "base/kustomization.yaml:12:3", "Deployment web (base/web.yaml:1)"; may be empty
  std::string message;
};

/// Something that kustomize does and this engine does not: never taken for a path that leads nowhere.
struct Unsupported : Failure {
  using Failure::Failure;
};

[[noreturn]] inline void fail(std::string where, std::string message) {
  throw Failure{std::move(where), std::move(message)};
}

}  // namespace weir::kustomize
