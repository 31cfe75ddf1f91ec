#include "pkg/runtime/caches.hpp"

#include <map>

#include "pkg/base/text.hpp"

namespace weir::runtime {

std::string Caches::key_of(const kube::ReflectorOptions& options, const char* type) {
  const char* detail = options.detail == kube::Detail::kFull ? "full" : "metadata";
  return text::cat(
      options.resource.api_version(),
      "\n",
      options.resource.plural,
      "\n",
      options.namespace_,
      "\n",
      options.label_selector,
      "\n",
      options.field_selector,
      "\n",
      detail,
      "\n",
      type
  );
}

void Caches::start(async::TaskGroup& tasks, Metrics& metrics) {
  std::map<std::string, int> counts;
  for (auto& entry : entries_) {
    const auto& resource = entry.resource;
    ++counts[resource.group.empty() ? resource.plural : text::cat(resource.plural, ".", resource.group)];
    tasks.spawn(text::cat("cache of ", resource.plural), entry.run());
  }
  for (const auto& [resource, count] : counts) {
    metrics.gauge("weir_caches", "Caches that the process holds of a collection", {{"resource", resource}}, count);
  }
}

}  // namespace weir::runtime
