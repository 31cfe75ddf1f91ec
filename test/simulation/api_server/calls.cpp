#include <algorithm>

#include "test/simulation/api_server/server.hpp"

namespace weir::test {
namespace {

/// One requirement of a label selector.
bool holds(const json::Value* labels, std::string_view term) {
  const auto value_of = [&](std::string_view key) {
    return labels == nullptr ? nullptr : labels->find(text::trim(key));
  };
  const auto text_of = [](const json::Value* value) {
    return value == nullptr ? std::string_view{} : value->text().value_or("");
  };
  if (term.starts_with('!')) return value_of(term.substr(1)) == nullptr;
  if (const auto at = term.find(" in (");
      at != std::string_view::npos || term.find(" notin (") != std::string_view::npos) {
    const bool is_not = at == std::string_view::npos;
    const auto open = term.find('(');
    const auto key = term.substr(0, term.find(' '));
    const auto* value = value_of(key);
    const auto all = text::split(term.substr(open + 1, term.rfind(')') - open - 1), ',');
    const bool is_among =
        value != nullptr && std::ranges::any_of(all, [&](auto one) { return text::trim(one) == text_of(value); });
    return is_among != is_not;
  }
  if (const auto at = term.find("!="); at != std::string_view::npos) {
    return text_of(value_of(term.substr(0, at))) != term.substr(at + 2) || value_of(term.substr(0, at)) == nullptr;
  }
  const auto [key, wanted] = text::cut(term, "=");
  const auto* value = value_of(key);
  return value != nullptr && (term.find('=') == std::string_view::npos ||
                              text_of(value) == (wanted.starts_with('=') ? wanted.substr(1) : wanted));
}

/// At commas, but for those in parentheses.
std::vector<std::string_view> terms_of(std::string_view selector) {
  std::vector<std::string_view> out;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= selector.size(); ++i) {
    if (i < selector.size() && selector[i] == '(') ++depth;
    if (i < selector.size() && selector[i] == ')') --depth;
    if (i < selector.size() && (selector[i] != ',' || depth > 0)) continue;
    out.push_back(text::trim(selector.substr(begin, i - begin)));
    begin = i + 1;
  }
  return out;
}

}  // namespace

bool has_labels(const json::Value& document, std::string_view selector) {
  if (selector.empty()) return true;
  const auto* labels = document.find_path({"metadata", "labels"});
  return std::ranges::all_of(terms_of(selector), [&](std::string_view term) { return holds(labels, term); });
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
  const auto counts = [&](const json::Member& member) {
    return std::ranges::find(members, member.key) == members.end();
  };
  const auto has_all = [&](const json::Value& one, const json::Value& other) {
    return std::ranges::all_of(one.as_object(), [&](const auto& member) {
      if (!counts(member)) return true;
      const auto* there = other.find(member.key);
      return there != nullptr && *there == member.value;
    });
  };
  return has_all(left, right) && std::ranges::all_of(right.as_object(), [&](const auto& member) {
           return !counts(member) || left.contains(member.key);
         });
}

http::Response json_answer(unsigned status, std::string body) {
  http::Response out;
  out.status = status;
  out.headers.set("Content-Type", "application/json");
  out.body = std::move(body);
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

json::Value as_custom(const json::Value& document, const std::string& version) {
  json::Value out = document;
  json::sort_keys(out);
  out.set("apiVersion", version);
  return out;
}

bool SimulatedApi::Call::selects(const Collection* of, const json::Value& document) const {
  return of == kind->collection && (namespace_.empty() || document.text_at({"metadata", "namespace"}) == namespace_) &&
         has_labels(document, get("labelSelector")) && has_fields(document, get("fieldSelector"));
}

FieldManager SimulatedApi::Call::manager(std::string_view operation, std::string time) const {
  FieldManager out;
  const auto named = get("fieldManager");
  out.name = named.empty() ? text::cut(agent, "/").first : named;
  if (out.name.empty()) out.name = "unknown";
  out.operation = operation;
  out.subresource = subresource;
  out.api_version = kind->resource.api_version();
  out.time = std::move(time);
  return out;
}

Refusal SimulatedApi::Call::refusal(unsigned code, std::string reason, std::string message) const {
  Refusal out{code, std::move(reason), std::move(message)};
  out.name = name;
  out.group = kind->resource.group;
  out.kind = kind->resource.plural;
  return out;
}

Refusal SimulatedApi::Call::not_found() const {
  return refusal(404, "NotFound", text::cat(kind->shown(), " ", text::quoted(name), " not found"));
}

Refusal SimulatedApi::Call::conflict(std::string_view what) const {
  return refusal(
      409,
      "Conflict",
      text::cat("Operation cannot be fulfilled on ", kind->shown(), " ", text::quoted(name), ": ", what)
  );
}

SimulatedApi::Call SimulatedApi::call_of(const http::Request& request) const {
  Call out;
  out.method = request.method;
  out.body_bytes = request.body.size();
  out.content_type = request.headers.get_or_empty("Content-Type");
  out.user = request.headers.get_or_empty("Impersonate-User");
  out.agent = request.headers.get_or_empty("User-Agent");
  const auto accept = request.headers.get_or_empty("Accept");
  out.wants_list_of_metadata = accept.find("as=PartialObjectMetadataList") != std::string_view::npos;
  out.wants_metadata = accept.find("as=PartialObjectMetadata") != std::string_view::npos;
  const auto [path, query] = text::cut(request.url.target, "?");
  if (!query.empty()) {
    for (const auto pair : text::split(query, '&')) {
      const auto [key, value] = text::cut(pair, "=");
      out.query.emplace(key, http::percent_decode(value).value());
    }
  }
  auto parts = text::split(path.substr(1), '/');
  const std::size_t before = parts.front() == "api" ? 2 : 3;
  if (parts.size() > before - 1) {
    out.group = before == 2 ? std::string_view{} : parts[1];
    out.version = parts[before - 1];
  }
  if (parts.size() <= before) {
    out.discovery = std::move(parts);
    return out;
  }
  parts.erase(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(before));
  const bool is_in_namespace = parts.front() == "namespaces" && parts.size() > 2 && parts[2] != "status";
  if (is_in_namespace) {
    out.namespace_ = parts[1];
    parts.erase(parts.begin(), parts.begin() + 2);
  }
  if (parts.size() > 1) out.name = parts[1];
  if (parts.size() > 2) out.subresource = parts[2];
  const auto* kind = kind_at(out.group, out.version, parts.front());
  if (kind == nullptr) return out;
  if (!out.subresource.empty() && !(out.subresource == "status" && kind->has_status)) {
    out.without_subresource = kind;
    return out;
  }
  const auto& resource = kind->resource;
  const bool is_in_place =
      out.name.empty() ? resource.namespaced || !is_in_namespace : resource.namespaced == is_in_namespace;
  if (!is_in_place) return out;
  out.kind = kind;
  if (!out.name.empty()) out.key = Collection::key_of(out.namespace_, out.name);
  return out;
}

/// Groups of the server itself are asked for what they do not have; of others nobody knows the path.
http::Response SimulatedApi::unknown_path(const Call& call) const {
  if (call.without_subresource != nullptr) {
    Call object = call;
    object.kind = call.without_subresource;
    if (object.kind->is_custom) return object.not_found().response();
  }
  const bool is_own = std::ranges::any_of(kinds_, [&](const auto& kind) {
    return kind->is_builtin && kind->resource.group == call.group && kind->resource.version == call.version;
  });
  if (!is_own) return unserved();
  Refusal refusal{404, "NotFound", "the server could not find the requested resource"};
  refusal.has_details = true;
  return refusal.response();
}

void SimulatedApi::authorize(const Call& call, std::string_view verb) const {
  if (call.user.empty()) return;
  const auto fits = [](std::string_view granted, std::string_view asked) { return granted == "*" || granted == asked; };
  const auto resource = call.subresource.empty() ? call.kind->resource.plural
                                                 : text::cat(call.kind->resource.plural, "/", call.subresource);
  const bool may = std::ranges::any_of(grants_, [&](const Grant& grant) {
    return grant.user == call.user && fits(grant.verb, verb) && fits(grant.group, call.kind->resource.group) &&
           fits(grant.resource, resource) && fits(grant.namespace_, call.namespace_);
  });
  if (may) return;
  const auto what =
      call.name.empty() ? call.kind->shown() : text::cat(call.kind->shown(), " ", text::quoted(call.name));
  throw call.refusal(
      403,
      "Forbidden",
      text::cat(
          what,
          " is forbidden: User ",
          text::quoted(call.user),
          " cannot ",
          verb,
          " resource ",
          text::quoted(resource),
          " in API group ",
          text::quoted(call.kind->resource.group),
          call.namespace_.empty() ? std::string{" at the cluster scope"}
                                  : text::cat(" in the namespace ", text::quoted(call.namespace_))
      )
  );
}

}  // namespace weir::test
