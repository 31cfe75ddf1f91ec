#include "pkg/access/reference.hpp"

#include "pkg/base/text.hpp"

namespace weir::access {

kube::ObjectKey referred(std::string_view own_namespace, const std::string& namespace_, const std::string& name) {
  return {namespace_.empty() ? std::string{own_namespace} : namespace_, name};
}

std::optional<std::string> cross_namespace_refusal(
    std::string_view beginning, std::string_view own_namespace, std::string_view kind, const kube::ObjectKey& key
) {
  if (key.namespace_ == own_namespace) return std::nullopt;
  return text::cat(beginning, " '", kind, "/", key.text(), "', cross-namespace references have been blocked");
}

}  // namespace weir::access
