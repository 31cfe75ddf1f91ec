#include "test/simulation/api_server/field_owners.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "pkg/base/text.hpp"

namespace weir::test {
namespace {

/// Who owns more entries of updates than that loses the oldest to one entry of them all.
constexpr std::ptrdiff_t kMostUpdaters = 10;
constexpr std::string_view kAncient = "ancient-changes";

/// What the server sets, and nobody owns.
const FieldSet& servers_fields() {
  static const FieldSet kFields = [] {
    FieldSet metadata;
    for (const auto name :
         {"name",
          "namespace",
          "creationTimestamp",
          "selfLink",
          "uid",
          "clusterName",
          "generation",
          "managedFields",
          "resourceVersion"}) {
      metadata.add(field_element(name), true);
    }
    FieldSet out;
    out.add("f:apiVersion", true);
    out.add("f:kind", true);
    out.add("f:metadata", true, std::move(metadata));
    return out;
  }();
  return kFields;
}

std::shared_ptr<const FieldSet> shared(FieldSet fields) { return std::make_shared<const FieldSet>(std::move(fields)); }

FieldManagers::iterator find(FieldManagers& managers, const FieldManager& who) {
  return std::ranges::find_if(managers, [&](const auto& manager) { return manager.is_same_as(who); });
}

void drop_empty(FieldManagers& managers) {
  std::erase_if(managers, [](const auto& manager) { return manager.fields->empty(); });
}

/// Takes from all but `who` what was changed or went. @returns what was in conflict
std::vector<std::pair<const FieldManager*, FieldSet>> conflicts_with(
    const FieldManagers& managers, const FieldManager& who, const Comparison& difference
) {
  std::vector<std::pair<const FieldManager*, FieldSet>> out;
  const auto touched = difference.modified.united(difference.added);
  if (touched.empty()) return out;
  for (const auto& manager : managers) {
    if (manager.is_same_as(who)) continue;
    auto common = manager.fields->common(touched);
    if (!common.empty()) out.emplace_back(&manager, std::move(common));
  }
  const auto called = [](const auto& one) {
    return std::tie(one.first->name, one.first->operation, one.first->api_version, one.first->subresource);
  };
  std::ranges::sort(out, [&](const auto& left, const auto& right) { return called(left) < called(right); });
  return out;
}

void take_from_others(FieldManagers& managers, const FieldManager& who, const Comparison& difference) {
  const auto lost = difference.modified.united(difference.added).united(difference.removed);
  if (lost.empty()) return;
  for (auto& manager : managers) {
    if (manager.is_same_as(who) || manager.fields->common(lost).empty()) continue;
    manager.fields = shared(manager.fields->without(lost));
  }
  drop_empty(managers);
}

Comparison compare_without(const json::Value& before, const json::Value& after, const FieldRules& rules) {
  auto out = compare(before, after, *rules.type);
  if (rules.not_his.empty()) return out;
  out.added = out.added.without_trees(rules.not_his);
  out.modified = out.modified.without_trees(rules.not_his);
  out.removed = out.removed.without_trees(rules.not_his);
  return out;
}

/// The order in which the server writes them.
bool comes_first(const FieldManager& left, const FieldManager& right) {
  return std::tie(left.operation, left.time, left.name, left.api_version, left.subresource) <
         std::tie(right.operation, right.time, right.name, right.api_version, right.subresource);
}

/// The oldest of too many updaters become one entry a version.
void cap(FieldManagers& managers) {
  std::vector<FieldManager> updaters;
  std::ranges::copy_if(managers, std::back_inserter(updaters), [](const auto& one) {
    return one.operation == "Update";
  });
  auto count = static_cast<std::ptrdiff_t>(updaters.size());
  std::ranges::stable_sort(updaters, comes_first);
  std::map<std::string, FieldManager> firsts;
  for (const auto& one : updaters) {
    if (count <= kMostUpdaters) return;
    const auto [first, is_new] = firsts.try_emplace(one.api_version, one);
    if (is_new) continue;
    FieldManager bucket;
    bucket.name = kAncient;
    bucket.operation = "Update";
    bucket.api_version = one.api_version;
    if (find(managers, bucket) == managers.end()) {
      const auto place = find(managers, first->second);
      bucket.fields = place->fields;
      *place = bucket;
    }
    const auto place = find(managers, bucket);
    place->fields = shared(place->fields->united(*one.fields));
    place->time = one.time;
    managers.erase(find(managers, one));
    --count;
  }
}

/// What only `last` held in place, and nobody says any more, goes.
json::Value pruned(const json::Value& merged, const FieldManagers& managers, const FieldSet& last, const Type& type) {
  const auto last_named = last.with_named(&type);
  auto out = without_fields(merged, last_named, type);
  FieldSet owned;
  for (const auto& manager : managers) owned = owned.united(*manager.fields);
  const auto merged_fields = fields_of(merged, type).with_named(&type);
  const auto left = fields_of(out, type).with_named(&type);
  out = without_fields(merged, merged_fields.without(left.united(owned.with_named(&type))), type);
  // What went together with a parent of his without being his comes back.
  const auto kept = fields_of(out, type).with_named(&type);
  return without_fields(merged, merged_fields.without(kept).common(last_named), type);
}

}  // namespace

FieldManagers read_managers(const json::Value& object) {
  FieldManagers out;
  const auto* entries = object.find_path({"metadata", "managedFields"});
  if (entries == nullptr || !entries->is_array()) return out;
  for (const auto& entry : entries->as_array()) {
    FieldManager manager;
    manager.name = entry.text_at({"manager"});
    manager.operation = entry.text_at({"operation"});
    manager.subresource = entry.text_at({"subresource"});
    manager.api_version = entry.text_at({"apiVersion"});
    manager.time = entry.text_at({"time"});
    const auto* fields = entry.find("fieldsV1");
    manager.fields = shared(fields == nullptr ? FieldSet{} : FieldSet::of_tree(*fields));
    out.push_back(std::move(manager));
  }
  return out;
}

void write_managers(json::Value& object, FieldManagers managers) {
  drop_empty(managers);
  auto& metadata = object["metadata"];
  if (managers.empty()) {
    metadata.erase("managedFields");
    return;
  }
  std::ranges::stable_sort(managers, comes_first);
  auto entries = json::Value::array();
  for (const auto& manager : managers) {
    auto entry = json::Value::object({{"manager", manager.name}, {"operation", manager.operation}});
    entry.append_unchecked("apiVersion", manager.api_version);
    if (!manager.time.empty()) entry.append_unchecked("time", manager.time);
    entry.append_unchecked("fieldsType", "FieldsV1");
    entry.append_unchecked("fieldsV1", manager.fields->tree());
    if (!manager.subresource.empty()) entry.append_unchecked("subresource", manager.subresource);
    entries.push_back(std::move(entry));
  }
  metadata.set("managedFields", std::move(entries));
}

FieldManagers take_managers(json::Value& object) {
  auto out = read_managers(object);
  if (auto* metadata = object.find("metadata")) metadata->erase("managedFields");
  return out;
}

bool same_but_for_times(const FieldManagers& left, const FieldManagers& right) {
  const auto same = [](const FieldManager& one, const FieldManager& other) {
    return one.is_same_as(other) && one.api_version == other.api_version && *one.fields == *other.fields;
  };
  return left.size() == right.size() && std::ranges::all_of(left, [&](const auto& one) {
           return std::ranges::any_of(right, [&](const auto& other) { return same(one, other); });
         });
}

void note_update(
    FieldManagers& managers,
    FieldManager who,
    const json::Value& before,
    const json::Value& after,
    const FieldRules& rules
) {
  // The update is compared as that of somebody new, and joined with what he had.
  FieldManager nobody;
  const auto difference = compare_without(before, after, rules);
  take_from_others(managers, nobody, difference);
  auto own = difference.modified.united(difference.added).without(servers_fields());
  if (own.empty()) return;
  const auto at = find(managers, who);
  if (at == managers.end()) {
    who.fields = shared(std::move(own));
    managers.push_back(std::move(who));
  } else {
    at->fields = shared(at->fields->united(own));
    at->time = std::move(who.time);
  }
  cap(managers);
}

FieldsApplied apply_fields(
    const json::Value& live,
    FieldManagers managers,
    FieldManager who,
    const json::Value& desired,
    const FieldRules& rules
) {
  FieldsApplied out;
  const auto& type = *rules.type;
  out.object = merged(live, desired, type);
  auto own = fields_of(desired, type).without_trees(rules.not_his);
  const auto at = find(managers, who);
  std::shared_ptr<const FieldSet> last;
  std::string last_time;
  if (at != managers.end()) {
    last = at->fields;
    last_time = at->time;
    managers.erase(at);
  }
  who.fields = shared(std::move(own));
  managers.push_back(who);
  if (last && !last->empty()) out.object = pruned(out.object, managers, *last, type);
  const auto difference = compare_without(live, out.object, rules);
  for (const auto& [manager, fields] : conflicts_with(managers, who, difference)) {
    std::string called = text::quoted(manager->name);
    if (!manager->subresource.empty()) text::append(called, " with subresource ", text::quoted(manager->subresource));
    if (manager->operation == "Update") text::append(called, " using ", manager->api_version);
    for (auto& text : fields.texts()) out.conflicts.emplace_back(called, std::move(text));
  }
  take_from_others(managers, who, difference);
  const auto mine = find(managers, who);
  if (mine != managers.end()) mine->fields = shared(mine->fields->without(servers_fields()));
  // Who joins without changing anything has no time.
  if (mine != managers.end() && out.object == live) mine->time = last_time;
  out.managers = std::move(managers);
  return out;
}

}  // namespace weir::test
