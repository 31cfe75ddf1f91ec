#pragma once

#include <string>
#include <string_view>

#include "pkg/base/result.hpp"

namespace weir::base64 {

/// RFC 4648 section 4, with padding, no line breaks.
std::string encode(std::string_view bytes);

/// RFC 4648 section 4; line breaks are skipped, as in Kubernetes Secrets written by hand.
/// The message of a failure never repeats the input: it may be a secret.
Result<std::string> decode(std::string_view text);

}  // namespace weir::base64
