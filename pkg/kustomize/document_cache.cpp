#include "pkg/kustomize/document_cache.hpp"

#include "pkg/base/text.hpp"

namespace weir::kustomize {

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
      ++hits_;
      return at->second;
    }
  }
  auto parsed = std::make_shared<Parsed>();
  parsed->text = text;
  const auto document = yaml::parse_first(parsed->text, parsed->arena, options);
  if (!document) return nullptr;
  parsed->document = *document;
  const std::lock_guard lock{mutex_};
  if (text_bytes_ + text.size() <= max_text_bytes_ && entries_.emplace(key, parsed).second) {
    text_bytes_ += text.size();
  }
  return parsed;
}

std::size_t DocumentCache::hits() const {
  const std::lock_guard lock{mutex_};
  return hits_;
}

}  // namespace weir::kustomize
