#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/json/value.hpp"

namespace weir::yaml {

/// What a piece of configuration may cost to read. It may come out of a Secret that a tenant wrote: yaml-cpp takes up
/// to 90 bytes of memory and 0.3 us for a byte of the worst text.
struct PlainLimits {
  std::size_t max_bytes = 1024 * 1024;         ///< of the text
  std::size_t max_depth = 32;                  ///< nested collections
  std::size_t max_copied_values = 10'000;      ///< values that anchors keep and aliases repeat
  std::size_t max_copied_bytes = 1024 * 1024;  ///< of the texts in them
};

/// Reads plain configuration (a kubeconfig), whose bytes and places do not matter: one document, or null when the text
/// holds none. Manifests do not come this way; see documents.hpp.
///
/// Nothing is typed: every scalar is the text that stands there, so that a token of digits or a cluster called `no`
/// stays what it is, and who expects a boolean reads the word himself. Empty, ~ and null without quotes are null. Keys
/// are texts, each one once in its mapping. "<<" merges as in Go's yaml packages. Refused: a second document, tags,
/// control characters, text that is no UTF-8, and what exceeds a limit.
///
/// @param source  names the text in errors
/// @returns       an error with where = "source:line:column", which repeats no value of the document
/// Threads: any, pure.
Result<json::Value> read_plain(std::string_view text, std::string_view source = {}, const PlainLimits& limits = {});

}  // namespace weir::yaml
