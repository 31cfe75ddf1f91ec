#include "api/meta/v1/object_meta.hpp"

#include <algorithm>

namespace weir::api {

bool ObjectMeta::has_finalizer(std::string_view finalizer) const {
  return std::ranges::find(finalizers, finalizer) != finalizers.end();
}

std::string_view ObjectMeta::annotation(std::string_view key) const {
  const auto at = annotations.find(std::string{key});
  return at == annotations.end() ? std::string_view{} : std::string_view{at->second};
}

}  // namespace weir::api
