#include "pkg/kustomize/document_cache.hpp"

#include "pkg/base/text.hpp"

namespace weir::kustomize {
namespace {

/// What an arena takes at least.
constexpr std::size_t kArenaBytes = 16 * 1024;

}  // namespace

std::shared_ptr<const DocumentCache::Parsed> DocumentCache::parse(
    std::string_view text, const yaml::ParseOptions& options
) {
  // Everything that decides what the nodes are; the name of the source only shows in errors.
  const std::string key = text::cat(
      static_cast<int>(options.typing), " ", static_cast<int>(options.duplicates), " ", options.first_line, "\n", text
  );
  {
    const std::lock_guard lock{mutex_};
    if (const auto at = entries_.find(key); at != entries_.end()) {
      if (options.aliases != nullptr) {
        if (at->second->alias_nodes > options.aliases->nodes_left) return nullptr;
        options.aliases->nodes_left -= at->second->alias_nodes;
      }
      ++hits_;
      return at->second;
    }
  }
  auto parsed = std::make_shared<Parsed>();
  parsed->text = text;
  yaml::AliasBudget aliases{options.aliases != nullptr ? options.aliases->nodes_left : options.max_alias_nodes};
  const std::size_t before = aliases.nodes_left;
  auto counted = options;
  counted.aliases = &aliases;
  const auto document = yaml::parse_first(parsed->text, parsed->arena, counted);
  if (!document) return nullptr;
  parsed->document = *document;
  parsed->alias_nodes = before - aliases.nodes_left;
  if (options.aliases != nullptr) options.aliases->nodes_left = aliases.nodes_left;
  // The key holds the text as well, and an arena takes memory by large pieces.
  const std::size_t bytes = 2 * text.size() + parsed->arena.used_bytes() + kArenaBytes;
  const std::lock_guard lock{mutex_};
  if (bytes <= max_bytes_ - bytes_ && entries_.emplace(key, parsed).second) bytes_ += bytes;
  return parsed;
}

std::size_t DocumentCache::hits() const {
  const std::lock_guard lock{mutex_};
  return hits_;
}

}  // namespace weir::kustomize
