#pragma once

#include <string_view>

#include "pkg/json/value.hpp"

namespace weir::test {

/// What the API server fills in when it reads an object of a built-in kind; it must be in the form of go_form.hpp.
/// Source: Kubernetes 1.36, the defaults of its API.  Threads: any, pure.
void add_builtin_defaults(std::string_view group, std::string_view kind, json::Value& object);

}  // namespace weir::test
