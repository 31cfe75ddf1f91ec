#include "controllers/image_reflector/tag_list.hpp"

#include <algorithm>
#include <functional>

#include "pkg/base/digest.hpp"

namespace weir::image_reflector {
namespace {

std::vector<std::string_view> split_lines(std::string_view lines) {
  std::vector<std::string_view> out;
  out.reserve(static_cast<std::size_t>(std::ranges::count(lines, '\n')) + 1);
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    if (end != 0) out.push_back(lines.substr(0, end));
    if (end == std::string_view::npos) break;
    lines.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace

std::shared_ptr<const TagList> TagList::make(std::string_view lines, const std::vector<regex::Regex>& exclusions) {
  auto tags = split_lines(lines);
  std::erase_if(tags, [&](std::string_view tag) {
    return std::ranges::any_of(exclusions, [&](const regex::Regex& exclusion) { return exclusion.is_found_in(tag); });
  });
  if (!std::ranges::is_sorted(tags, std::greater{})) std::ranges::sort(tags, std::greater{});
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());

  std::shared_ptr<TagList> out{new TagList};
  std::size_t size = 0;
  for (const auto tag : tags) size += tag.size() + 1;
  out->lines_.reserve(size);
  for (const auto tag : tags) {
    out->lines_ += tag;
    out->lines_ += '\n';
  }
  out->tags_ = split_lines(out->lines_);
  std::string_view joined = out->lines_;
  if (!joined.empty()) joined.remove_suffix(1);
  out->revision_ = "sha256:" + sha256_hex(joined);
  return out;
}

}  // namespace weir::image_reflector
