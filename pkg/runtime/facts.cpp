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

json::Value documents(const std::vector<Right>& rights) {
  auto out = json::Value::array();
  for (const auto& right : rights) {
    out.push_back(json::Value::object(
        {{"group", right.group},
         {"resource", right.resource},
         {"verbs", texts(right.verbs)},
         {"inOwnNamespace", right.in_own_namespace}}
    ));
  }
  return out;
}

}  // namespace

std::vector<Right> ControllerFacts::rights() const {
  std::vector<Right> out;
  for (const auto& [names, aliases, columns] : kinds) {
    out.push_back({names.group, std::string{names.plural}, {"get", "list", "watch", "patch"}});
    out.push_back({names.group, text::cat(names.plural, "/status"), {"patch"}});
  }
  out.insert(out.end(), reads.begin(), reads.end());
  out.push_back({"", "events", {"create", "patch"}});
  out.push_back({"coordination.k8s.io", "leases", {"get", "create", "update"}, true});
  return out;
}

json::Value ControllerFacts::document() const {
  auto shown_kinds = json::Value::array();
  for (const auto& [names, aliases, columns] : kinds) {
    shown_kinds.push_back(json::Value::object(
        {{"group", names.group},
         {"version", names.version},
         {"kind", names.kind},
         {"plural", names.plural},
         {"aliases", texts(aliases)}}
    ));
  }
  return json::Value::object(
      {{"name", name},
       {"kinds", std::move(shown_kinds)},
       {"rights", documents(rights())},
       {"reads", documents(reads)},
       {"extras", documents(extras)},
       {"flags", texts(make_part()->flags.names())}}
  );
}

}  // namespace weir::runtime
