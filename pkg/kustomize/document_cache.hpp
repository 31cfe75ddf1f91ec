#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pkg/yaml/arena.hpp"
#include "pkg/yaml/node.hpp"
#include "pkg/yaml/parser.hpp"

namespace weir::kustomize {

/// Parsed manifests that several builds share: a base that a hundred overlays name is parsed once and copied by each
/// (a build changes what it reads). Kept by content, so files of any tree may share it.
/// Threads: any.
class DocumentCache {
 public:
  /// A text and what it parsed to; immutable.
  struct Parsed {
    std::string text;  ///< the nodes' texts lie in it
    yaml::Arena arena;
    yaml::Node* document = nullptr;
    std::size_t alias_nodes = 0;  ///< of its nodes, those that aliases copied
  };

  /// @param max_bytes  of all cached texts and their nodes; more are parsed without being kept
  explicit DocumentCache(std::size_t max_bytes) : max_bytes_{max_bytes} {}

  /// The first document of the text, parsed under these options, whose budget of aliases pays for it even when it was
  /// parsed before; nullptr when it does not parse within it (parse it yourself for the message).
  std::shared_ptr<const Parsed> parse(std::string_view text, const yaml::ParseOptions& options);

  std::size_t hits() const;

 private:
  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const Parsed>> entries_;
  std::size_t bytes_ = 0;
  std::size_t hits_ = 0;
};

}  // namespace weir::kustomize
