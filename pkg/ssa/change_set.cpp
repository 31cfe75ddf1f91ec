#include "pkg/ssa/change_set.hpp"

#include "pkg/base/text.hpp"
#include "pkg/kube/resource.hpp"

namespace weir::ssa {

ObjectId ObjectId::of(const kube::Object& object) {
  auto [group, version] = kube::split_api_version(object.api_version());
  return {
      std::move(group),
      std::move(version),
      std::string{object.kind()},
      std::string{object.namespace_()},
      std::string{object.name()}};
}

std::string ObjectId::api_version() const { return group.empty() ? version : text::cat(group, "/", version); }

std::string ObjectId::identity() const { return text::cat(namespace_, "/", name, "/", group, "/", kind); }

std::string ObjectId::text() const {
  return namespace_.empty() ? text::cat(kind, "/", name) : text::cat(kind, "/", namespace_, "/", name);
}

std::string_view to_string(Action action) {
  switch (action) {
    case Action::kCreated: return "created";
    case Action::kConfigured: return "configured";
    case Action::kUnchanged: return "unchanged";
    case Action::kDeleted: return "deleted";
    case Action::kSkipped: return "skipped";
    case Action::kUnknown: return "unknown";
  }
  return "";
}

std::string Change::text() const { return text::cat(id.text(), " ", to_string(action)); }

std::string changed_lines(const ChangeSet& changes) {
  std::string out;
  for (const auto& change : changes) {
    if (change.action != Action::kCreated && change.action != Action::kConfigured &&
        change.action != Action::kDeleted) {
      continue;
    }
    if (!out.empty()) out += '\n';
    out += change.text();
  }
  return out;
}

}  // namespace weir::ssa
