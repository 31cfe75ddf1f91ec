#include "pkg/ssa/comparison.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::ssa {
namespace {

/// Elements are looked for one by one: longer lists are left to the server.
constexpr std::size_t kLongestList = 256;

bool covers(const json::Value& fields, const json::Value& desired, const json::Value& live);

/// Finds the members of an object in constant time each, so that a wide map costs no more than its size.
class Members {
 public:
  explicit Members(const json::Value& object) {
    for (const auto& member : object.as_object()) by_key_.emplace(member.key, &member.value);
  }
  const json::Value* find(std::string_view key) const {
    const auto at = by_key_.find(key);
    return at == by_key_.end() ? nullptr : at->second;
  }

 private:
  std::unordered_map<std::string_view, const json::Value*> by_key_;
};

bool covers_members(const json::Value& fields, const json::Value& desired, const json::Value& live) {
  const bool has_self = fields.contains(".");
  if (desired.size() + (has_self ? 1 : 0) != fields.size()) return false;
  const Members fields_by_key{fields};
  const Members live_by_key{live};
  return std::ranges::all_of(desired.as_object(), [&](const auto& member) {
    const auto* below = fields_by_key.find(text::cat("f:", member.key));
    const auto* there = live_by_key.find(member.key);
    return below != nullptr && there != nullptr && covers(*below, member.value, *there);
  });
}

bool has_keys(const json::Value& element, const json::Value& keys) {
  if (!keys.is_object()) return false;
  return std::ranges::all_of(keys.as_object(), [&](const auto& key) {
    const auto* value = element.find(key.key);
    return value != nullptr && *value == key.value;
  });
}

/// The element of a list that a path element names: by its keys, or by itself.
std::optional<std::size_t> find_element(const json::Value& list, std::string_view path_element) {
  const auto named = json::parse(path_element.substr(2));
  if (named.has_error()) return std::nullopt;
  const auto& elements = list.as_array();
  const auto at = std::ranges::find_if(elements, [&](const auto& element) {
    return path_element.starts_with("k:") ? has_keys(element, *named) : element == *named;
  });
  if (at == elements.end()) return std::nullopt;
  return static_cast<std::size_t>(at - elements.begin());
}

/// Every path element names one element of each list, all of `desired` are named, and they stand in the same order: the
/// order of containers, variables and rules has a meaning.
bool covers_elements(const json::Value& fields, const json::Value& desired, const json::Value& live) {
  if (std::max({fields.size(), desired.size(), live.size()}) > kLongestList) return false;
  constexpr auto kNowhere = static_cast<std::size_t>(-1);
  std::vector<std::size_t> places(desired.size(), kNowhere);
  for (const auto& member : fields.as_object()) {
    if (member.key == ".") continue;
    if (!member.key.starts_with("k:") && !member.key.starts_with("v:")) return false;
    const auto wanted = find_element(desired, member.key);
    const auto found = find_element(live, member.key);
    if (!wanted || !found) return false;
    const bool is_value = member.key.starts_with("v:");
    if (!is_value && !covers(member.value, desired.as_array()[*wanted], live.as_array()[*found])) return false;
    places[*wanted] = *found;
  }
  return std::ranges::find(places, kNowhere) == places.end() && std::ranges::is_sorted(places);
}

bool covers(const json::Value& fields, const json::Value& desired, const json::Value& live) {
  if (!fields.is_object()) return false;
  if (fields.empty()) return desired == live;  // a leaf, or a list or map that is replaced as a whole
  if (desired.is_array() && live.is_array()) return covers_elements(fields, desired, live);
  if (!desired.is_object() || !live.is_object()) return false;
  return covers_members(fields, desired, live);
}

/// The fields that say which object this is have no owner.
json::Value without_identity(const kube::Object& object) {
  json::Value out = object.document();
  out.erase("apiVersion");
  out.erase("kind");
  if (auto* metadata = out.find("metadata")) {
    metadata->erase("name");
    metadata->erase("namespace");
    if (metadata->empty()) out.erase("metadata");
  }
  return out;
}

/// A text that is the same for the same state. Sorted first: comparing wide maps member by member takes the square of
/// their size.
std::string state_of(const kube::Object& object) {
  json::Value out = object.document();
  auto* metadata = out.find("metadata");
  if (auto* entries = metadata != nullptr ? metadata->find("managedFields") : nullptr;
      entries != nullptr && entries->is_array()) {
    for (auto& entry : entries->as_array()) entry.erase("time");
  }
  json::sort_keys(out);
  return json::write(out);
}

}  // namespace

bool holds(const kube::Object& live, const kube::Object& desired, std::string_view manager) {
  const auto* entries = live.document().find_path({"metadata", "managedFields"});
  if (entries == nullptr || !entries->is_array()) return false;
  for (const auto& entry : entries->as_array()) {
    if (entry.text_at({"manager"}) != manager || entry.text_at({"operation"}) != "Apply" ||
        !entry.text_at({"subresource"}).empty()) {
      continue;
    }
    const auto* fields = entry.find("fieldsV1");
    return fields != nullptr && entry.text_at({"apiVersion"}) == desired.api_version() &&
           covers(*fields, without_identity(desired), live.document());
  }
  return false;
}

bool is_same_state(const kube::Object& left, const kube::Object& right) { return state_of(left) == state_of(right); }

}  // namespace weir::ssa
