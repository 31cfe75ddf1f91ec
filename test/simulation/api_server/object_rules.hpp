#pragma once

#include <string_view>

#include "test/simulation/api_server/faults.hpp"

/// What the API server demands of objects beyond the form of their types, as far as clusters are told apart by it.
/// Threads: any, pure. Source: Kubernetes 1.36, its validation; the texts are those of its answers.
namespace weir::test {

/// How objects of a kind may be called.
enum class NameRule { kSubdomain, kLabel, kLabel1035, kSegment };
NameRule name_rule(std::string_view group, std::string_view kind);

/// Name, labels, annotations, owners, finalizers. @param before  nullptr: the object is new
Causes check_metadata(const json::Value& object, const json::Value* before, NameRule names);

/// The kind's own rules, and what of it never changes. @param before  nullptr: the object is new
Causes check_builtin(
    std::string_view group, std::string_view kind, const json::Value& object, const json::Value* before
);

}  // namespace weir::test
