#include "test/simulation/api_server/object_rules.hpp"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <set>
#include <string>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::test {
namespace {

using json::Value;

constexpr std::size_t kMostAnnotationBytes = 256 * 1024;
constexpr std::size_t kMostDataBytes = 1024 * 1024;
constexpr std::string_view kImmutable = "field is immutable";
constexpr std::string_view kImmutableSet = "field is immutable when `immutable` is set";
constexpr std::string_view kSubdomainText =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
constexpr std::string_view kLabelText =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
constexpr std::string_view kLabelValueText =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
constexpr std::string_view kQualifiedText =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
constexpr std::string_view kDataKeyText =
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
    "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

bool is_plain(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool is_label(std::string_view name) {
  return !name.empty() && is_plain(name.front()) && is_plain(name.back()) &&
         std::ranges::all_of(name, [](char c) { return is_plain(c) || c == '-'; });
}
bool is_subdomain(std::string_view name) { return std::ranges::all_of(text::split(name, '.'), is_label); }
bool is_word_text(std::string_view name) {
  return !name.empty() && is_word(name.front()) && is_word(name.back()) &&
         std::ranges::all_of(name, [](char c) { return is_word(c) || c == '-' || c == '_' || c == '.'; });
}
bool is_data_key(std::string_view name) {
  return !name.empty() &&
         std::ranges::all_of(name, [](char c) { return is_word(c) || c == '-' || c == '_' || c == '.'; });
}

void check_name(const std::string& name, NameRule rule, Causes& out) {
  const auto refuse = [&](std::string_view text) { out.push_back(invalid("metadata.name", name, text)); };
  switch (rule) {
    case NameRule::kSubdomain:
      if (!is_subdomain(name)) refuse(kSubdomainText);
      if (name.size() > 253) refuse("must be no more than 253 bytes");
      return;
    case NameRule::kLabel:
    case NameRule::kLabel1035:
      if (!is_label(name)) refuse(kLabelText);
      if (name.size() > 63) refuse("must be no more than 63 bytes");
      return;
    case NameRule::kSegment:
      if (name == "." || name == "..") refuse(text::cat("may not be '", name, "'"));
      if (name.find('/') != std::string::npos) refuse("may not contain '/'");
      if (name.find('%') != std::string::npos) refuse("may not contain '%'");
      return;
  }
}

void check_qualified(const std::string& key, const std::string& field, Causes& out) {
  const auto slash = key.find('/');
  const auto name = slash == std::string::npos ? std::string_view{key} : std::string_view{key}.substr(slash + 1);
  if (slash != std::string::npos && !is_subdomain(std::string_view{key}.substr(0, slash))) {
    out.push_back(invalid(field, key, text::cat("prefix part ", kSubdomainText)));
  }
  if (name.empty()) {
    out.push_back(invalid(field, key, "name part must be non-empty"));
  }
  if (!is_word_text(name)) out.push_back(invalid(field, key, text::cat(kQualifiedText)));
  if (name.size() > 63) out.push_back(invalid(field, key, "name part must be no more than 63 bytes"));
}

bool same(const Value& left, const Value& right, std::initializer_list<std::string_view> path) {
  const auto* one = left.find_path(path);
  const auto* other = right.find_path(path);
  if (one == nullptr || other == nullptr) return one == other;
  return *one == *other;
}

void never_changes(
    const Value& object, const Value* before, std::initializer_list<std::string_view> path, Causes& out
) {
  if (before == nullptr || same(object, *before, path)) return;
  std::string field;
  for (const auto part : path) text::append(field, field.empty() ? "" : ".", part);
  const auto* value = object.find_path(path);
  out.push_back(invalid(std::move(field), value == nullptr ? Value{} : *value, kImmutable));
}

void check_data(const Value& object, std::string_view name, std::size_t& bytes, Causes& out) {
  const auto* data = object.find(name);
  if (data == nullptr || !data->is_object()) return;
  for (const auto& member : data->as_object()) {
    if (!is_data_key(member.key)) {
      out.push_back(invalid(text::cat(name, "[", member.key, "]"), member.key, kDataKeyText));
    }
    if (const auto text = member.value.text()) bytes += text->size();
  }
}

void check_immutable(
    const Value& object, const Value* before, std::initializer_list<std::string_view> parts, Causes& out
) {
  const auto* was = before == nullptr ? nullptr : before->find("immutable");
  if (was == nullptr || !(*was == Value{true})) return;
  const auto* is = object.find("immutable");
  if (is == nullptr || !(*is == Value{true})) out.push_back(forbidden("immutable", kImmutableSet));
  for (const auto part : parts) {
    if (!same(object, *before, {part})) out.push_back(forbidden(std::string{part}, kImmutableSet));
  }
}

void check_config_map(const Value& object, const Value* before, Causes& out) {
  check_immutable(object, before, {"data", "binaryData"}, out);
  std::size_t bytes = 0;
  check_data(object, "data", bytes, out);
  check_data(object, "binaryData", bytes, out);
  if (bytes > kMostDataBytes) out.push_back(too_long("[]", kMostDataBytes));
}

void check_secret(const Value& object, const Value* before, Causes& out) {
  never_changes(object, before, {"type"}, out);
  check_immutable(object, before, {"data"}, out);
  std::size_t bytes = 0;
  check_data(object, "data", bytes, out);
  if (bytes > kMostDataBytes) out.push_back(too_long("data", kMostDataBytes));
}

void check_port(const Value* port, const std::string& field, Causes& out) {
  const auto number = port == nullptr ? std::nullopt : port->integer();
  if (number && (*number < 1 || *number > 65535))
    out.push_back(invalid(field, *port, "must be between 1 and 65535, inclusive"));
}

void check_containers(const Value& spec, const std::string& at, Causes& out) {
  const auto* containers = spec.find("containers");
  if (containers == nullptr || !containers->is_array() || containers->empty()) {
    out.push_back(required(text::cat(at, ".containers")));
    return;
  }
  std::size_t place = 0;
  std::set<std::string> names;
  for (const auto& container : containers->as_array()) {
    const auto here = text::cat(at, ".containers[", place++, "]");
    const std::string name{container.text_at({"name"})};
    if (name.empty()) {
      out.push_back(required(text::cat(here, ".name")));
    } else if (!is_label(name)) {
      out.push_back(invalid(text::cat(here, ".name"), name, kLabelText));
    } else if (!names.insert(name).second) {
      out.push_back(duplicate(text::cat(here, ".name"), name));
    }
    if (container.text_at({"image"}).empty()) out.push_back(required(text::cat(here, ".image")));
    const auto* ports = container.find("ports");
    if (ports == nullptr) continue;
    std::size_t number = 0;
    std::set<std::string> port_names;
    for (const auto& port : ports->as_array()) {
      const std::string port_name{port.text_at({"name"})};
      if (!port_name.empty() && !port_names.insert(port_name).second) {
        out.push_back(duplicate(text::cat(here, ".ports[", number, "].name"), port_name));
      }
      const auto field = text::cat(here, ".ports[", number++, "].containerPort");
      const auto* value = port.find("containerPort");
      if (value == nullptr || *value == Value{0}) {
        out.push_back(required(field));
      } else {
        check_port(value, field, out);
      }
    }
  }
}

void check_strategy(const Value& spec, Causes& out) {
  const auto* strategy = spec.find("strategy");
  if (strategy == nullptr || strategy->text_at({"type"}) != "Recreate" || !strategy->contains("rollingUpdate")) return;
  out.push_back(forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"));
}

/// The selector picks the template's pods, and never changes.
void check_workload(const Value& object, const Value* before, Causes& out) {
  const auto* spec = object.find("spec");
  if (spec == nullptr) return;
  if (const auto* replicas = spec->find("replicas"); replicas != nullptr && replicas->integer().value_or(0) < 0) {
    out.push_back(invalid("spec.replicas", *replicas, "must be greater than or equal to 0"));
  }
  const auto* selector = spec->find("selector");
  const bool is_there = selector != nullptr && !selector->is_null();
  if (!is_there) out.push_back(required("spec.selector"));
  if (is_there && selector->empty()) {
    out.push_back(invalid("spec.selector", *selector, "empty selector is invalid for deployment"));
  }
  const auto* labels = spec->find_path({"template", "metadata", "labels"});
  const auto* wanted = is_there ? selector->find("matchLabels") : nullptr;
  const bool fits = is_there && (wanted == nullptr || std::ranges::all_of(wanted->as_object(), [&](const auto& one) {
                                   const auto* has = labels == nullptr ? nullptr : labels->find(one.key);
                                   return has != nullptr && *has == one.value;
                                 }));
  if (!fits) {
    out.push_back(invalid(
        "spec.template.metadata.labels",
        labels == nullptr ? Value{} : *labels,
        "`selector` does not match template `labels`"
    ));
  }
  if (const auto* pod = spec->find_path({"template", "spec"})) check_containers(*pod, "spec.template.spec", out);
  check_strategy(*spec, out);
  never_changes(object, before, {"spec", "selector"}, out);
}

void check_stateful_set(const Value& object, const Value* before, Causes& out) {
  if (before == nullptr) return;
  Value left = *object.find("spec");
  Value right = *before->find("spec");
  for (const auto part :
       {"replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds"}) {
    left.erase(part);
    right.erase(part);
  }
  if (left == right) return;
  out.push_back(forbidden(
      "spec",
      "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
      "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
  ));
}

void check_service(const Value& object, const Value* before, Causes& out) {
  const auto* spec = object.find("spec");
  if (spec == nullptr) return;
  const auto type = spec->text_at({"type"});
  const auto* ports = spec->find("ports");
  if ((ports == nullptr || ports->empty()) && type != "ExternalName" && spec->text_at({"clusterIP"}) != "None") {
    out.push_back(required("spec.ports"));
  }
  std::size_t place = 0;
  std::set<std::string, std::less<>> names;
  if (ports != nullptr && ports->is_array()) {
    for (const auto& port : ports->as_array()) {
      const auto at = text::cat("spec.ports[", place++, "]");
      const std::string name{port.text_at({"name"})};
      if (ports->size() > 1 && name.empty()) out.push_back(required(text::cat(at, ".name")));
      if (!name.empty() && !names.insert(name).second) out.push_back(duplicate(text::cat(at, ".name"), name));
      check_port(port.find("port"), text::cat(at, ".port"), out);
      check_port(port.find("targetPort"), text::cat(at, ".targetPort"), out);
    }
  }
  static const std::set<std::string, std::less<>> kTypes{"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"};
  if (!kTypes.contains(type)) {
    out.push_back(unsupported("spec.type", type, {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"}));
  }
  if (before == nullptr || before->text_at({"spec", "type"}) == "ExternalName" || type == "ExternalName") return;
  if (same(object, *before, {"spec", "clusterIP"})) return;
  const auto addresses = Value::array({std::string{spec->text_at({"clusterIP"})}});
  out.push_back(invalid("spec.clusterIPs[0]", addresses, "may not change once set"));
}

void check_job(const Value& object, const Value* before, Causes& out) {
  if (const auto* pod = object.find_path({"spec", "template", "spec"})) {
    check_containers(*pod, "spec.template.spec", out);
    if (pod->text_at({"restartPolicy"}) == "Always") {
      out.push_back(required("spec.template.spec.restartPolicy", "valid values: \"OnFailure\", \"Never\""));
    }
  }
  never_changes(object, before, {"spec", "completions"}, out);
  never_changes(object, before, {"spec", "selector"}, out);
  never_changes(object, before, {"spec", "template"}, out);
  never_changes(object, before, {"spec", "completionMode"}, out);
}

void check_binding(const Value& object, const Value* before, Causes& out) {
  if (before == nullptr || same(object, *before, {"roleRef"})) return;
  const auto shown = Value::object(
      {{"APIGroup", object.text_at({"roleRef", "apiGroup"})},
       {"Kind", object.text_at({"roleRef", "kind"})},
       {"Name", object.text_at({"roleRef", "name"})}}
  );
  out.push_back(invalid("roleRef", shown, "cannot change roleRef"));
}

}  // namespace

NameRule name_rule(std::string_view group, std::string_view kind) {
  if (group == "rbac.authorization.k8s.io") return NameRule::kSegment;
  if (group.empty() && kind == "Namespace") return NameRule::kLabel;
  if (group.empty() && kind == "Service") return NameRule::kLabel1035;
  return NameRule::kSubdomain;
}

Causes check_metadata(const Value& object, const Value* before, NameRule names) {
  Causes out;
  const auto& metadata = *object.find("metadata");
  const std::string name{metadata.text_at({"name"})};
  if (before == nullptr) {
    if (name.empty()) {
      out.push_back(required("metadata.name", "name or generateName is required"));
    } else {
      check_name(name, names, out);
    }
  }
  if (const auto* labels = metadata.find("labels"); labels != nullptr && labels->is_object()) {
    for (const auto& label : labels->as_object()) {
      check_qualified(label.key, "metadata.labels", out);
      const auto value = label.value.text().value_or("");
      if (!value.empty() && !is_word_text(value)) {
        out.push_back(invalid("metadata.labels", label.value, kLabelValueText));
      }
      if (value.size() > 63) out.push_back(invalid("metadata.labels", label.value, "must be no more than 63 bytes"));
    }
  }
  if (const auto* annotations = metadata.find("annotations"); annotations != nullptr && annotations->is_object()) {
    std::size_t bytes = 0;
    for (const auto& annotation : annotations->as_object()) {
      check_qualified(text::lower(annotation.key), "metadata.annotations", out);
      bytes += annotation.key.size() + annotation.value.text().value_or("").size();
    }
    if (bytes > kMostAnnotationBytes) out.push_back(too_long("metadata.annotations", kMostAnnotationBytes));
  }
  if (const auto* owners = metadata.find("ownerReferences"); owners != nullptr && owners->is_array()) {
    std::size_t place = 0;
    for (const auto& owner : owners->as_array()) {
      const auto at = text::cat("metadata.ownerReferences[", place++, "]");
      if (owner.text_at({"apiVersion"}).empty()) {
        out.push_back(invalid(text::cat(at, ".apiVersion"), "", "version must not be empty"));
      }
      if (owner.text_at({"kind"}).empty()) out.push_back(invalid(text::cat(at, ".kind"), "", "must not be empty"));
      if (owner.text_at({"name"}).empty()) out.push_back(invalid(text::cat(at, ".name"), "", "must not be empty"));
      if (owner.text_at({"uid"}).empty()) out.push_back(invalid(text::cat(at, ".uid"), "", "must not be empty"));
    }
  }
  if (const auto* finalizers = metadata.find("finalizers"); finalizers != nullptr && finalizers->is_array()) {
    for (const auto& finalizer : finalizers->as_array()) {
      const std::string one{finalizer.text().value_or("")};
      check_qualified(one, "metadata.finalizers", out);
    }
    const auto* had = before == nullptr ? nullptr : before->find_path({"metadata", "finalizers"});
    if (before != nullptr && before->find_path({"metadata", "deletionTimestamp"}) != nullptr) {
      std::string added;
      for (const auto& finalizer : finalizers->as_array()) {
        const bool is_old = had != nullptr && std::ranges::find(had->as_array(), finalizer) != had->as_array().end();
        if (!is_old) text::append(added, added.empty() ? "" : " ", finalizer.text().value_or(""));
      }
      if (!added.empty()) {
        out.push_back(forbidden(
            "metadata.finalizers",
            text::cat(
                "no new finalizers can be added if the object is being deleted, found new finalizers []string{",
                text::quoted(added),
                "}"
            )
        ));
      }
    }
  }
  return out;
}

Causes check_builtin(std::string_view group, std::string_view kind, const Value& object, const Value* before) {
  Causes out;
  if (group.empty() && kind == "ConfigMap") check_config_map(object, before, out);
  if (group.empty() && kind == "Secret") check_secret(object, before, out);
  if (group.empty() && kind == "Service") check_service(object, before, out);
  if (kind == "Deployment" || kind == "DaemonSet" || kind == "ReplicaSet") check_workload(object, before, out);
  if (kind == "StatefulSet") {
    check_workload(object, nullptr, out);
    check_stateful_set(object, before, out);
  }
  if (kind == "Job") check_job(object, before, out);
  if (kind == "RoleBinding" || kind == "ClusterRoleBinding") check_binding(object, before, out);
  return out;
}

}  // namespace weir::test
