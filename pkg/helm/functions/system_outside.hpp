#pragma once

#include <memory>

#include "pkg/helm/functions/outside.hpp"

namespace weir::helm {

/// Whether templates may look up hosts, as in Helm with --enable-dns.
enum class HostLookups { kNone, kServed };

/// The machine's clock, its random numbers, keys made by OpenSSL, and the zones of /usr/share/zoneinfo (or of the
/// folder that the variable ZONEINFO names); the zone of the process is what TZ says, else /etc/localtime.
/// Threads: any.
std::shared_ptr<Outside> system_outside(HostLookups hosts = HostLookups::kNone);

}  // namespace weir::helm
