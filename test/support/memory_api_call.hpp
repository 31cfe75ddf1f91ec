#pragma once

// Private to the files of the API server in memory: a request, taken apart, and what answers are made of.

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pkg/base/text.hpp"
#include "test/support/field_owners.hpp"
#include "test/support/memory_api.hpp"

namespace weir::test {

/// A metav1.Status.
http::Response status(unsigned code, std::string_view reason, std::string_view message);
/// What the router says of a path that it does not know.
http::Response unserved();
json::Value metadata_only(const json::Value& document);
/// Whether a label selector ("a=b", "a", "a,b=c") selects an object.
bool has_labels(const json::Value& document, std::string_view selector);
/// The same for a field selector: "metadata.name=a,reason=b".
bool has_fields(const json::Value& document, std::string_view selector);
/// Equal but for these members.
bool same_without(const json::Value& left, const json::Value& right, std::initializer_list<std::string_view> members);

/// A request, taken apart.
struct MemoryApi::Call {
  std::string method;
  std::string content_type;
  std::string user;                         // impersonated; empty: ourselves
  std::string agent;                        // how an update without a field manager is signed
  std::vector<std::string_view> discovery;  // of a path without a resource: ["apis", "apps", "v1"]
  const Kind* kind = nullptr;
  std::string path;  // of the object
  std::string namespace_;
  std::string name;
  std::string subresource;
  std::map<std::string, std::string, std::less<>> query;
  bool wants_metadata = false;

  std::string_view get(std::string_view key) const {
    const auto at = query.find(key);
    return at == query.end() ? std::string_view{} : std::string_view{at->second};
  }
  bool is_dry_run() const { return get("dryRun") == "All"; }
  bool is_of_status() const { return subresource == "status"; }
  bool selects(const Kind* of, const json::Value& document) const {
    return of == kind && (namespace_.empty() || document.text_at({"metadata", "namespace"}) == namespace_) &&
           has_labels(document, get("labelSelector")) && has_fields(document, get("fieldSelector"));
  }
  FieldManager manager(std::string_view operation, std::string time) const {
    const auto named = get("fieldManager");
    return FieldManager{
        std::string{named.empty() ? text::cut(agent, "/").first : named},
        std::string{operation},
        subresource,
        kind->resource.api_version(),
        std::move(time),
        {}};
  }
  http::Response not_found() const {
    const auto& resource = kind->resource;
    const std::string collection =
        resource.group.empty() ? resource.plural : text::cat(resource.plural, ".", resource.group);
    return status(404, "NotFound", text::cat(collection, " ", text::quoted(name), " not found"));
  }
  std::string shown() const { return text::cat(kind->resource.kind, " ", text::quoted(name)); }
};

}  // namespace weir::test
