#include "pkg/runtime/facts.hpp"

#include <string>

#include "pkg/base/text.hpp"

namespace weir::runtime {
namespace {

json::Value texts(const auto& list) {
  auto out = json::Value::array();
  for (const auto& text : list) out.push_back(std::string{text});
  return out;
}

}  // namespace

std::vector<Right> ControllerFacts::rights() const {
  std::vector<Right> out;
  for (const auto& kind : kinds) {
    out.push_back({kind.group, std::string{kind.plural}, {"get", "list", "watch", "patch"}});
    out.push_back({kind.group, text::cat(kind.plural, "/status"), {"patch"}});
  }
  out.insert(out.end(), reads.begin(), reads.end());
  out.push_back({"", "events", {"create", "patch"}});
  out.push_back({"coordination.k8s.io", "leases", {"get", "create", "update"}, true});
  return out;
}

json::Value ControllerFacts::document() const {
  auto shown_kinds = json::Value::array();
  for (const auto& kind : kinds) {
    shown_kinds.push_back(json::Value::object(
        {{"group", kind.group}, {"version", kind.version}, {"kind", kind.kind}, {"plural", kind.plural}}
    ));
  }
  auto shown_rights = json::Value::array();
  for (const auto& right : rights()) {
    shown_rights.push_back(json::Value::object(
        {{"group", right.group},
         {"resource", right.resource},
         {"verbs", texts(right.verbs)},
         {"inOwnNamespace", right.in_own_namespace}}
    ));
  }
  return json::Value::object(
      {{"name", name},
       {"kinds", std::move(shown_kinds)},
       {"rights", std::move(shown_rights)},
       {"flags", texts(make_part()->flags.names())}}
  );
}

}  // namespace weir::runtime
