#pragma once

#include <memory>

#include "pkg/helm/functions/outside.hpp"

namespace weir::helm {

/// The machine's clock, its random numbers, keys made by OpenSSL, and the zones of /usr/share/zoneinfo (or of the
/// folder that the variable ZONEINFO names); the zone of the process is what TZ says, else /etc/localtime. Hosts are
/// never looked up, as in Helm without --enable-dns.  Threads: any.
std::shared_ptr<Outside> system_outside();

}  // namespace weir::helm
