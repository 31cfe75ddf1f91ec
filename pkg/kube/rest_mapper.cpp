#include "pkg/kube/rest_mapper.hpp"

#include <chrono>

#include "pkg/async/errors.hpp"
#include "pkg/base/text.hpp"

namespace weir::kube {
namespace {

using namespace std::chrono_literals;

/// What was discovered is believed for so long.
constexpr auto kBelievedFor = 10min;
/// That a kind is missing is believed for so long: hundreds of objects of one kind cost one request.
constexpr auto kMissingFor = 1s;

}  // namespace

std::optional<Resource> RestMapper::known(std::string_view api_version, std::string_view kind) const {
  const auto group = groups_.find(api_version);
  if (group == groups_.end()) return std::nullopt;
  const auto at = group->second.kinds.find(kind);
  if (at == group->second.kinds.end()) return std::nullopt;
  return at->second;
}

asio::awaitable<void> RestMapper::refresh(std::string api_version) {
  const auto [group, version] = split_api_version(api_version);
  std::string path = group.empty() ? text::cat("/api/", version) : text::cat("/apis/", group, "/", version);
  json::Value list;
  bool served = true;
  try {
    list = co_await client_.get_path(std::move(path));
  } catch (const ApiError& error) {
    if (!error.is_not_found()) throw;
    served = false;
  }
  Group found;
  found.read_at = clock_.now();
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
      found.kinds.emplace(resource.kind, std::move(resource));
    }
  }
  groups_.insert_or_assign(std::move(api_version), std::move(found));
}

asio::awaitable<std::optional<Resource>> RestMapper::find(std::string api_version, std::string kind) {
  const auto resource = known(api_version, kind);
  if (const auto group = groups_.find(api_version); group != groups_.end()) {
    const auto age = clock_.now() - group->second.read_at;
    if (resource ? age < kBelievedFor : age < kMissingFor) co_return resource;
  }
  try {
    co_await refresh(api_version);
  } catch (...) {
    // An aggregated server that is away for a moment: what was true some minutes ago is better than nothing.
    if (!resource || async::is_cancelled(std::current_exception())) throw;
  }
  co_return known(api_version, kind);
}

asio::awaitable<std::optional<Resource>> RestMapper::find_in_any_version(std::string group, std::string kind) {
  std::vector<std::string> api_versions;
  if (group.empty()) {
    api_versions.emplace_back("v1");
  } else {
    json::Value document;
    try {
      document = co_await client_.get_path(text::cat("/apis/", group));
    } catch (const ApiError& error) {
      if (!error.is_not_found()) throw;
    }
    if (const auto* versions = document.find("versions"); versions != nullptr && versions->is_array()) {
      for (const auto& version : versions->as_array()) api_versions.emplace_back(version.text_at({"groupVersion"}));
    }
  }
  for (const auto& api_version : api_versions) {
    co_await refresh(api_version);
    if (auto resource = known(api_version, kind)) co_return resource;
  }
  co_return std::nullopt;
}

}  // namespace weir::kube
