#include <algorithm>
#include <charconv>
#include <set>

#include "test/simulation/api_server/server.hpp"

namespace weir::test {
namespace {

constexpr std::string_view kTooOldToken =
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list.";

}  // namespace

http::Response SimulatedApi::discover(const Call& call) const {
  const auto& path = call.discovery;
  if (path.front() != "api" && path.front() != "apis") {
    if (path.front() == "version") return json_answer(200, R"({"major":"1","minor":"36","gitVersion":"v1.36.3"})");
    return unserved();
  }
  const std::string_view group = path.front() == "apis" && path.size() > 1 ? path[1] : std::string_view{};
  const bool is_group_only = path.front() == "apis" && path.size() == 2;
  auto versions = json::Value::array();
  auto resources = json::Value::array();
  std::set<std::string> seen;
  for (const auto& kind : kinds_) {
    const auto& resource = kind->resource;
    if (resource.group != group || !kind->is_served) continue;
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
  return json_answer(200, json::write(json::Value::object({{is_group_only ? "versions" : "resources", found}})));
}

http::Response SimulatedApi::show(const Call& call, const Document& document, unsigned code) const {
  if (call.wants_metadata) return json_answer(code, json::write(metadata_only(document.value)));
  if (!call.kind->is_custom) return json_answer(code, document.text());
  return json_answer(code, json::write(as_custom(document.value, call.kind->resource.api_version())));
}

http::Response SimulatedApi::get(const Call& call) const {
  const auto found = call.kind->collection->find(call.key);
  if (!found) throw call.not_found();
  return show(call, *found);
}

/// The token of a page says how old the list is, and where the next page begins. A list is what was there when its
/// first page was read.
http::Response SimulatedApi::list(const Call& call) const {
  const auto [since_text, last] = text::cut(call.get("continue"), " ");
  long since = version_;
  if (!since_text.empty()) std::from_chars(since_text.data(), since_text.data() + since_text.size(), since);
  if (since < forgotten_) throw Refusal{410, "Expired", std::string{kTooOldToken}};
  const auto& kind = *call.kind;
  const auto* objects = &kind.collection->objects;
  std::map<std::string, DocumentPtr, std::less<>> then;
  if (since < version_) {
    then = *objects;
    for (auto event = history_.rbegin(); event != history_.rend() && event->version > since; ++event) {
      if (event->collection != kind.collection) continue;
      const auto& sample = event->before ? event->before->value : event->after->value;
      const auto key =
          Collection::key_of(sample.text_at({"metadata", "namespace"}), sample.text_at({"metadata", "name"}));
      if (event->before) {
        then.insert_or_assign(key, event->before);
      } else {
        then.erase(key);
      }
    }
    objects = &then;
  }
  std::size_t limit = 0;
  if (const auto text = call.get("limit"); !text.empty())
    std::from_chars(text.data(), text.data() + text.size(), limit);
  const auto version = kind.resource.api_version();
  // Items of built-in kinds do not say what they are.
  const auto prefix = kind.is_builtin
                          ? text::cat(R"({"apiVersion":")", version, R"(","kind":")", kind.resource.kind, R"(",)")
                          : std::string{};
  std::string items;
  std::size_t count = 0;
  std::string next;
  std::string at;
  auto first = last.empty() ? objects->begin() : objects->upper_bound(std::string{last});
  if (!call.namespace_.empty() && last.empty()) first = objects->lower_bound(text::cat(call.namespace_, "/"));
  for (auto one = first; one != objects->end(); ++one) {
    const auto& [key, document] = *one;
    if (!call.namespace_.empty() && !key.starts_with(call.namespace_ + "/")) break;
    if (!call.selects(kind.collection, document->value)) continue;
    if (limit > 0 && count == limit) {
      next = text::cat(since, " ", at);
      break;
    }
    if (count++ > 0) items += ',';
    at = key;
    if (call.wants_metadata) {
      json::write_to(items, metadata_only(document->value));
    } else if (const auto& text = document->text(); !prefix.empty() && text.starts_with(prefix)) {
      text::append(items, "{", std::string_view{text}.substr(prefix.size()));
    } else {
      items += kind.is_custom ? show(call, *document).body : text;
    }
  }
  std::string out = R"({"kind":)";
  json::write_string_to(out, call.wants_metadata ? "PartialObjectMetadataList" : text::cat(kind.resource.kind, "List"));
  out += R"(,"apiVersion":)";
  json::write_string_to(out, call.wants_metadata ? "meta.k8s.io/v1" : version);
  text::append(out, R"(,"metadata":{"resourceVersion":")", since, "\"");
  if (!next.empty() || kind.is_custom) {
    out += R"(,"continue":)";
    json::write_string_to(out, next);
  }
  text::append(out, R"(},"items":[)", items, "]}");
  return json_answer(200, std::move(out));
}

}  // namespace weir::test
