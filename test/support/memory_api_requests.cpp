#include <algorithm>
#include <set>

#include "pkg/base/time.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/json/merge.hpp"
#include "pkg/json/patch.hpp"
#include "test/support/memory_api_call.hpp"

namespace weir::test {
namespace {

bool is_name(std::string_view name) {
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && is_plain(name.front()) && is_plain(name.back()) &&
         std::ranges::all_of(name, [&](char c) { return is_plain(c) || c == '-' || c == '.' || c == ':'; });
}

void keep_part(json::Value& after, const json::Value& before, std::string_view part) {
  const auto* kept = before.find(part);
  if (kept == nullptr) {
    after.erase(part);
  } else {
    after.set(part, *kept);
  }
}

}  // namespace

http::Response status(unsigned code, std::string_view reason, std::string_view message) {
  http::Response out;
  out.status = code;
  out.body = json::write(json::Value::object(
      {{"kind", "Status"},
       {"apiVersion", "v1"},
       {"metadata", json::Value::object()},
       {"status", "Failure"},
       {"message", message},
       {"reason", reason},
       {"code", code}}
  ));
  return out;
}

http::Response unserved() {
  http::Response out;
  out.status = 404;
  out.body = "404 page not found\n";
  return out;
}

json::Value metadata_only(const json::Value& document) {
  return json::Value::object(
      {{"kind", "PartialObjectMetadata"}, {"apiVersion", "meta.k8s.io/v1"}, {"metadata", *document.find("metadata")}}
  );
}

bool has_labels(const json::Value& document, std::string_view selector) {
  if (selector.empty()) return true;
  return std::ranges::all_of(text::split(selector, ','), [&](std::string_view term) {
    const auto [key, value] = text::cut(term, "=");
    const auto* label = document.find_path({"metadata", "labels", key});
    return label != nullptr && (term.find('=') == std::string_view::npos || label->text() == value);
  });
}

bool has_fields(const json::Value& document, std::string_view selector) {
  if (selector.empty()) return true;
  return std::ranges::all_of(text::split(selector, ','), [&](std::string_view term) {
    const auto [place, value] = text::cut(term, "=");
    const auto* at = &document;
    for (const auto key : text::split(place, '.')) {
      at = at == nullptr ? nullptr : at->find(key);
    }
    return at != nullptr && at->text() == value;
  });
}

bool same_without(const json::Value& left, const json::Value& right, std::initializer_list<std::string_view> members) {
  json::Value one = left;
  json::Value other = right;
  for (const auto member : members) {
    one.erase(member);
    other.erase(member);
  }
  return one == other;
}

MemoryApi::Call MemoryApi::call_of(const http::Request& request) const {
  Call out;
  out.method = request.method;
  out.content_type = request.headers.get_or_empty("Content-Type");
  out.user = request.headers.get_or_empty("Impersonate-User");
  out.agent = request.headers.get_or_empty("User-Agent");
  out.wants_metadata =
      request.headers.get_or_empty("Accept").find("as=PartialObjectMetadata") != std::string_view::npos;
  const auto [path, query] = text::cut(request.url.target, "?");
  if (!query.empty()) {
    for (const auto pair : text::split(query, '&')) {
      const auto [key, value] = text::cut(pair, "=");
      out.query.emplace(key, http::percent_decode(value).value());
    }
  }
  auto parts = text::split(path.substr(1), '/');
  const std::size_t before = parts.front() == "api" ? 2 : 3;
  if (parts.size() <= before) {
    out.discovery = std::move(parts);
    return out;
  }
  const std::string group{before == 2 ? std::string_view{} : parts[1]};
  const std::string version{parts[before - 1]};
  parts.erase(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(before));
  const bool is_in_namespace = parts.front() == "namespaces" && parts.size() > 2;
  if (is_in_namespace) {
    out.namespace_ = parts[1];
    parts.erase(parts.begin(), parts.begin() + 2);
  }
  if (parts.size() > 1) out.name = parts[1];
  if (parts.size() > 2) out.subresource = parts[2];
  const auto at = std::ranges::find_if(kinds_, [&](const auto& kind) {
    const auto& resource = kind->resource;
    const bool is_in_place =
        out.name.empty() ? resource.namespaced || !is_in_namespace : resource.namespaced == is_in_namespace;
    return resource.group == group && resource.version == version && resource.plural == parts.front() && is_in_place;
  });
  if (at == kinds_.end()) return out;
  out.kind = at->get();
  if (!out.name.empty()) out.path = out.kind->resource.path(out.namespace_, out.name);
  return out;
}

http::Response MemoryApi::answer(const http::Request& request) {
  if (request.method != "GET") {
    writes_.push_back(text::cat(request.method, " ", text::cut(request.url.target, "?").first, " ", request.body));
  }
  if (hook_) {
    if (auto given = hook_(request)) return std::move(*given);
  }
  const auto call = call_of(request);
  if (!call.discovery.empty()) return discover(call);
  if (call.kind == nullptr) return unserved();
  if (!call.user.empty() && !allowed_.contains(call.user)) {
    return status(
        403,
        "Forbidden",
        text::cat(
            call.kind->resource.plural,
            " ",
            text::quoted(call.name),
            " is forbidden: User ",
            text::quoted(call.user),
            " cannot access it in the namespace ",
            text::quoted(call.namespace_)
        )
    );
  }
  if (call.method == "GET") return call.name.empty() ? list(call) : get(call);
  if (call.method == "POST") return create(call, request.body);
  if (call.method == "PUT") return update(call, request.body);
  if (call.method == "DELETE") return remove(call, request.body);
  return call.content_type.starts_with("application/apply-patch") ? apply(call, request.body)
                                                                  : patch(call, request.body);
}

http::Response MemoryApi::discover(const Call& call) const {
  http::Response out;
  out.status = 200;
  const auto& path = call.discovery;
  const std::string group{path.front() == "apis" && path.size() > 1 ? path[1] : std::string_view{}};
  const bool is_group_only = path.front() == "apis" && path.size() == 2;
  auto versions = json::Value::array();
  auto resources = json::Value::array();
  std::set<std::string> seen;
  for (const auto& kind : kinds_) {
    const auto& resource = kind->resource;
    if (resource.group != group) continue;
    if (seen.insert(resource.version).second) {
      versions.push_back(json::Value::object({{"groupVersion", resource.api_version()}, {"version", resource.version}})
      );
    }
    if (resource.version != path.back()) continue;
    auto entry =
        json::Value::object({{"name", resource.plural}, {"kind", resource.kind}, {"namespaced", resource.namespaced}});
    resources.push_back(entry);
    if (!kind->has_status) continue;
    entry.set("name", resource.plural + "/status");
    resources.push_back(std::move(entry));
  }
  const auto& found = is_group_only ? versions : resources;
  if (found.empty()) return unserved();
  out.body = json::write(json::Value::object({{is_group_only ? "versions" : "resources", found}}));
  return out;
}

http::Response MemoryApi::show(const Call& call, const json::Value& document, unsigned code) const {
  http::Response out;
  out.status = code;
  out.body = json::write(call.wants_metadata ? metadata_only(document) : document);
  return out;
}

http::Response MemoryApi::get(const Call& call) const {
  const auto* found = find(call.path);
  return found == nullptr ? call.not_found() : show(call, *found);
}

/// The token of a page says how old the list is, and where the next page begins.
http::Response MemoryApi::list(const Call& call) const {
  const auto [since, last] = text::cut(call.get("continue"), " ");
  if (!since.empty() && std::stol(std::string{since}) < forgotten_) {
    return status(410, "Expired", "the provided continue parameter is too old");
  }
  const auto limit = call.get("limit").empty() ? objects_.size() : std::stoul(std::string{call.get("limit")});
  auto items = json::Value::array();
  auto metadata =
      json::Value::object({{"resourceVersion", since.empty() ? std::to_string(version_) : std::string{since}}});
  std::string_view at;
  for (auto next = objects_.upper_bound(std::string{last}); next != objects_.end(); ++next) {
    const auto& [path, stored] = *next;
    if (!call.selects(stored.kind, stored.document)) continue;
    if (items.size() == limit) {
      metadata.set("continue", text::cat(metadata.text_at({"resourceVersion"}), " ", at));
      break;
    }
    items.push_back(call.wants_metadata ? metadata_only(stored.document) : stored.document);
    at = path;
  }
  return show(Call{}, json::Value::object({{"metadata", std::move(metadata)}, {"items", std::move(items)}}));
}

json::Value MemoryApi::made(const Call& call, json::Value document) {
  document.set("apiVersion", call.kind->resource.api_version());
  document.set("kind", call.kind->resource.kind);
  auto& metadata = document["metadata"];
  metadata.set("name", call.name);
  if (call.kind->resource.namespaced) metadata.set("namespace", call.namespace_);
  metadata.set("uid", text::cat("uid-", ++uids_));
  metadata.set("creationTimestamp", to_rfc3339(clock_.wall_now()));
  if (call.kind->has_status) document.erase("status");
  return document;
}

http::Response MemoryApi::create(const Call& collection, const std::string& body) {
  auto document = json::parse(body).value();
  Call call = collection;
  call.name = document.text_at({"metadata", "name"});
  call.path = call.kind->resource.path(call.namespace_, call.name);
  if (objects_.contains(call.path)) return status(409, "AlreadyExists", text::cat(call.shown(), " already exists"));
  auto after = made(call, std::move(document));
  after["metadata"].erase("managedFields");
  return write(call, std::move(after), false);
}

http::Response MemoryApi::update(const Call& call, const std::string& body) {
  if (find(call.path) == nullptr) return call.not_found();
  return write(call, json::parse(body).value(), false);
}

http::Response MemoryApi::patch(const Call& call, const std::string& body) {
  const auto* before = find(call.path);
  if (before == nullptr) return call.not_found();
  const auto change = json::parse(body).value();
  json::Value after = *before;
  if (call.content_type.starts_with("application/json-patch")) {
    auto patched = json::apply_patch(std::move(after), change);
    if (patched.has_error()) return status(422, "Invalid", patched.error().text());
    after = std::move(*patched);
  } else {
    json::merge_patch(after, change);
  }
  return write(call, std::move(after), false);
}

http::Response MemoryApi::apply(const Call& call, const std::string& body) {
  const auto* before = find(call.path);
  auto desired = json::parse(body).value();
  if (call.kind->has_status && !call.is_of_status()) desired.erase("status");
  auto live = before != nullptr ? *before : made(call, json::Value::object());
  auto manager = call.manager("Apply", to_rfc3339(clock_.wall_now()));
  auto applied = apply_fields(live, read_managers(live), std::move(manager), desired);
  if (!applied.conflicts.empty() && call.get("force") != "true") {
    std::string who;
    for (const auto& [name, place] : applied.conflicts) {
      text::append(who, who.empty() ? "" : ", ", "conflict with ", text::quoted(name), ": ", place);
    }
    return status(409, "Conflict", text::cat("Apply failed with ", applied.conflicts.size(), " conflicts: ", who));
  }
  write_managers(applied.object, applied.managers);
  return write(call, std::move(applied.object), true);
}

http::Response MemoryApi::write(const Call& call, json::Value after, bool is_apply) {
  const auto at = objects_.find(call.path);
  const bool is_new = at == objects_.end();
  const auto before = is_new ? std::optional<json::Value>{} : at->second.document;
  if (before) {
    const auto expected = after.text_at({"metadata", "resourceVersion"});
    if (!expected.empty() && expected != before->text_at({"metadata", "resourceVersion"})) {
      return status(
          409,
          "Conflict",
          text::cat(
              "Operation cannot be fulfilled on ",
              call.shown(),
              ": the object has been modified; please apply your "
              "changes to the latest version and try again"
          )
      );
    }
    if (call.is_of_status()) {
      json::Value kept = *before;
      keep_part(kept, after, "status");
      keep_part(kept["metadata"], after["metadata"], "managedFields");
      after = std::move(kept);
    } else if (call.kind->has_status) {
      keep_part(after, *before, "status");
    }
    for (const auto part : {"uid", "creationTimestamp", "deletionTimestamp", "generation", "resourceVersion"}) {
      keep_part(after["metadata"], *before->find("metadata"), part);
    }
    if (!after["metadata"].contains("managedFields"))
      keep_part(after["metadata"], *before->find("metadata"), "managedFields");
  }
  if (auto refused = refusal(call, before ? &*before : nullptr, after)) return std::move(*refused);
  if (!is_apply) {
    auto managers = read_managers(after);
    auto manager = call.manager("Update", to_rfc3339(clock_.wall_now()));
    note_update(managers, std::move(manager), before ? *before : json::Value::object(), after);
    write_managers(after, managers);
  }
  const unsigned code = is_new ? 201 : 200;
  if (call.is_dry_run()) return show(call, after, code);
  if (before && *before == after) return show(call, after, code);
  return show(call, settle(call.path, *call.kind, before, std::move(after)), code);
}

/// The little admission that there is.
std::optional<http::Response> MemoryApi::refusal(const Call& call, const json::Value* before, const json::Value& after)
    const {
  if (before == nullptr) {
    if (call.kind->resource.namespaced && !objects_.contains(text::cat("/api/v1/namespaces/", call.namespace_))) {
      return status(404, "NotFound", text::cat("namespaces ", text::quoted(call.namespace_), " not found"));
    }
    if (!is_name(call.name)) {
      return status(
          422,
          "Invalid",
          text::cat(call.shown(), " is invalid: metadata.name: Invalid value: ", text::quoted(call.name))
      );
    }
    return std::nullopt;
  }
  const auto* immutable = before->find("immutable");
  if (immutable == nullptr || !(*immutable == json::Value{true}) || same_without(*before, after, {"metadata"}))
    return std::nullopt;
  return status(
      422,
      "Invalid",
      text::cat(call.shown(), " is invalid: data: Forbidden: field is immutable when `immutable` is set")
  );
}

http::Response MemoryApi::remove(const Call& call, const std::string& body) {
  const auto at = objects_.find(call.path);
  if (at == objects_.end()) return call.not_found();
  const auto options = json::parse(body).value();
  const auto& before = at->second.document;
  for (const auto part : {"uid", "resourceVersion"}) {
    const auto expected = options.text_at({"preconditions", part});
    if (expected.empty() || expected == before.text_at({"metadata", part})) continue;
    return status(409, "Conflict", text::cat("Precondition failed: ", part, " in precondition: ", expected));
  }
  json::Value after = before;
  begin_deletion(*call.kind, after, to_rfc3339(clock_.wall_now()));
  return show(call, settle(call.path, *call.kind, before, std::move(after)));
}

}  // namespace weir::test
