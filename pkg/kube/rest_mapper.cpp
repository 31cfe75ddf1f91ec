#include "pkg/kube/rest_mapper.hpp"

#include "pkg/base/text.hpp"

namespace weir::kube {

std::optional<Resource> RestMapper::known(
    std::string_view api_version, std::string_view kind
) const {
  const auto group = kinds_.find(api_version);
  if (group == kinds_.end()) return std::nullopt;
  const auto at = group->second.find(kind);
  if (at == group->second.end()) return std::nullopt;
  return at->second;
}

asio::awaitable<void> RestMapper::refresh(std::string api_version) {
  const auto [group, version] = split_api_version(api_version);
  std::string path = group.empty() ? text::cat("/api/", version)
                                   : text::cat("/apis/", group, "/", version);
  json::Value list;
  bool served = true;
  try {
    list = co_await client_.get_path(std::move(path));
  } catch (const ApiError& error) {
    if (!error.is_not_found()) throw;
    served = false;
  }
  Kinds found;
  const auto* resources = served ? list.find("resources") : nullptr;
  if (resources != nullptr && resources->is_array()) {
    for (const auto& entry : resources->as_array()) {
      const auto plural = entry.text_at({"name"});
      if (plural.find('/') != std::string_view::npos) continue;  // a subresource
      const auto* namespaced = entry.find("namespaced");
      Resource resource;
      resource.group = group;
      resource.version = version;
      resource.kind = entry.text_at({"kind"});
      resource.plural = plural;
      resource.namespaced = namespaced != nullptr && *namespaced == json::Value{true};
      found.emplace(resource.kind, std::move(resource));
    }
  }
  if (found.empty()) {
    kinds_.erase(api_version);
  } else {
    kinds_[api_version] = std::move(found);
  }
}

asio::awaitable<std::optional<Resource>> RestMapper::find(std::string api_version, std::string kind) {
  if (auto resource = known(api_version, kind)) co_return resource;
  co_await refresh(api_version);
  co_return known(api_version, kind);
}

}  // namespace weir::kube
