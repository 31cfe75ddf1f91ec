#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/json/value.hpp"
#include "pkg/kube/object.hpp"

/// What metadata.managedFields tells: who owns which field.  Threads: any, pure.
/// Source: Kubernetes, "Server-Side Apply: field management".
namespace weir::ssa {

/// A hash of the fields that `manager` owns through Apply; nullopt when it owns none. It changes when somebody else
/// changes or removes a field that we applied, because that takes the field from our entry; it does not change when
/// others touch fields of their own.
std::optional<std::uint64_t> owned_fields_hash(const kube::Object& object, std::string_view manager);

/// When the entry of `manager` last changed; empty when it has none.
std::string_view owned_fields_time(const kube::Object& object, std::string_view manager);


/// A JSON patch that turns the entries of the given managers into our Apply entry, and removes metadata that older
/// tools left behind; nullopt when there is nothing to do. It carries a test of resourceVersion.
/// Source: Flux's metadata clean-up (flux-core, "Clean-up").
std::optional<json::Value> clean_up_patch(
    const kube::Object& live, std::string_view manager, const std::vector<std::string>& override_managers
);

}  // namespace weir::ssa
