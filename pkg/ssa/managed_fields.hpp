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

/// What the entries of one object say of the fields that we apply, small enough to be kept for every object.
/// Everything in it is compared for equality; nothing is put in an order.
struct Ownership {
  std::uint64_t entry = 0;       ///< of our Apply entry, its time included; 0: there is none
  std::uint64_t fields = 0;      ///< of the fields in it
  std::uint64_t with_scale = 0;  ///< of these and those that others hold through the scale subresource
  std::uint64_t all = 0;         ///< of every entry
  std::int64_t generation = 0;   ///< of the object: a new one says that its spec changed, where the kind counts
  bool has_status = false;       ///< somebody writes its status, which may change nothing of all this
  bool unclean = false;          ///< clean_up_patch() has something to do
  bool only_restarted = false;   ///< and that is what `kubectl rollout restart` left, nothing else
  std::string writer;            ///< who beside us wrote to it last, as "manager" or "manager (scale)": for messages

  friend bool operator==(const Ownership&, const Ownership&) = default;
};

/// The hashes change when somebody else changes or removes a field that we applied, because that takes the field from
/// our entry, and when somebody applies under our name, because the entry gets another time. They do not change when
/// others touch fields of their own.
Ownership ownership_of(
    const kube::Object& object, std::string_view manager, const std::vector<std::string>& override_managers
);

/// A JSON patch that turns the entries of the given managers into our Apply entry, and removes metadata that older
/// tools left behind; nullopt when there is nothing to do. It carries a test of resourceVersion.
/// Source: docs/upstream-rules.md, "Clean-up".
std::optional<json::Value> clean_up_patch(
    const kube::Object& live, std::string_view manager, const std::vector<std::string>& override_managers
);

}  // namespace weir::ssa
