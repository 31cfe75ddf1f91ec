#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir::oci {

/// The target of the first link with rel="next" of a Link header (RFC 8288); nullopt when there is none.
/// Threads: any.
std::optional<std::string> next_link(std::string_view header);

}  // namespace weir::oci
