#pragma once

#include "pkg/kube/object.hpp"

namespace weir::ssa {

/// Makes a manifest fit for server-side apply: status and server-made metadata are dropped (a CRD keeps its status out
/// as well), `creationTimestamp: null` goes, a port without protocol gets TCP (it is part of the list's key), a Secret's
/// stringData becomes data, and a CRD conversion webhook's placeholder caBundle is left to its injector.
/// Source: Flux's normalisation before apply (flux-core, "Server-side apply").  Threads: any, pure.
void normalize(kube::Object& object);

}  // namespace weir::ssa
