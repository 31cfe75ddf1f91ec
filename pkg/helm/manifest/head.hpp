#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pkg/base/result.hpp"

namespace weir::helm {

/// What Helm looks at in an object; the rest it takes as it comes.
struct Head {
  using Annotations = std::vector<std::pair<std::string, std::string>>;

  std::string api_version;
  std::string kind;
  std::string name;
  Annotations annotations;  ///< sorted by key

  /// nullptr when there is no such annotation.
  const std::string* annotation(std::string_view key) const;
};

/// Reads the head of a document. Keys are found without regard to case, numbers and booleans count as texts; what is no
/// YAML, and a name or an annotation that is a list or a map, is refused.
/// @returns an error in Helm's words: "error converting YAML to JSON: yaml: line 4: did not find expected key"
/// Threads: any, pure.
Result<Head> read_head(std::string_view document);

/// The documents of a text, cut at lines that begin with "---": what stands behind the dashes belongs to the next one.
/// White space before a document goes, behind it it stays; those without content are left out. Views into the text.
/// Source: Helm 4.2.3 and later.
std::vector<std::string_view> split_documents(std::string_view text);

}  // namespace weir::helm
