#include "pkg/kustomize/order.hpp"

#include <algorithm>
#include <functional>
#include <map>

#include "pkg/base/text.hpp"
#include "pkg/kustomize/failure.hpp"

namespace weir::kustomize {
namespace {

std::string_view otherwise(std::string_view text, std::string_view none) { return text.empty() ? none : text; }

struct Sortable {
  int rank = 0;
  Gvk gvk;
  std::string gvk_text;
  std::string id_text;
  ResourcePointer resource;
};

void sort_by(ResourceSet& resources, const std::function<int(std::string_view)>& rank) {
  std::vector<Sortable> list;
  list.reserve(resources.size());
  for (auto& resource : resources.take_all()) {
    const ResourceId id = resource->id();
    Sortable entry;
    entry.rank = rank(id.gvk.kind);
    entry.gvk = id.gvk;
    entry.gvk_text = text::cat(
        otherwise(id.gvk.group, "~G"), "_", otherwise(id.gvk.version, "~V"), "_", otherwise(id.gvk.kind, "~K")
    );
    entry.id_text = text::cat(to_string(id.gvk), "|", otherwise(id.space, "~X"), "|", otherwise(id.name, "~N"));
    entry.resource = std::move(resource);
    list.push_back(std::move(entry));
  }
  std::ranges::stable_sort(list, [](const Sortable& left, const Sortable& right) {
    if (left.gvk == right.gvk) return left.id_text < right.id_text;
    if (left.rank != right.rank) return left.rank < right.rank;
    // Namespaces of the core group come before those of others.
    const bool are_namespaces = left.gvk.kind == "Namespace" && right.gvk.kind == "Namespace" &&
                                (left.gvk.group.empty() || right.gvk.group.empty());
    return are_namespaces ? left.gvk_text > right.gvk_text : left.gvk_text < right.gvk_text;
  });
  std::vector<ResourcePointer> sorted;
  sorted.reserve(list.size());
  for (auto& entry : list) sorted.push_back(std::move(entry.resource));
  resources.reset(std::move(sorted));
}

}  // namespace

void sort_as_legacy(ResourceSet& resources) { sort_by(resources, kind_rank); }

void sort_as_legacy(
    ResourceSet& resources, const std::vector<std::string>& first, const std::vector<std::string>& last
) {
  std::map<std::string_view, int> ranks;
  for (std::size_t i = 0; i < first.size(); ++i) ranks[first[i]] = static_cast<int>(i) - static_cast<int>(first.size());
  for (std::size_t i = 0; i < last.size(); ++i) ranks[last[i]] = static_cast<int>(i) + 1;
  sort_by(resources, [&ranks](std::string_view kind) {
    const auto found = ranks.find(kind);
    return found == ranks.end() ? 0 : found->second;
  });
}

void sort_as_asked(ResourceSet& resources, const SortOptions& options, const std::string& place) {
  if (options.order != "legacy" && options.order != "fifo")
    fail(place, text::cat("sortOptions.order: expected fifo or legacy, got ", text::quoted(options.order)));
  if (options.order == "fifo") {
    if (options.has_legacy) fail(place, "sortOptions.legacySortOptions: only for the order legacy");
    return;
  }
  if (!options.has_legacy) return sort_as_legacy(resources);
  sort_as_legacy(resources, options.order_first, options.order_last);
}

}  // namespace weir::kustomize
