#include "test/simulation/api_server/simulated_api.hpp"

#include <algorithm>
#include <stdexcept>

#include "pkg/base/time.hpp"
#include "test/simulation/api_server/watch.hpp"

namespace weir::test {
namespace {

asio::awaitable<void> fail(const char* what) {
  throw http::TransportError{"api", http::Phase::kSend, what};
  co_return;
}

/// What a write through status may not touch, and the other way round.
FieldSet only(std::initializer_list<std::string_view> members) {
  FieldSet out;
  for (const auto member : members) out.add(field_element(member), true);
  return out;
}

}  // namespace

Fate Fate::too_many_requests(int retry_after_seconds) {
  Refusal refusal{
      429, "TooManyRequests", "the server has received too many requests and has asked us to try again later"};
  refusal.retry_after_seconds = retry_after_seconds;
  Fate out;
  out.answer = refusal.response();
  return out;
}

Fate Fate::server_error(unsigned status) {
  Fate out;
  out.answer =
      Refusal{status, "InternalError", "an error on the server has prevented the request from succeeding"}.response();
  return out;
}

Fate Fate::lost_request() {
  Fate out;
  out.before_it = [] { return fail("connection reset by peer"); };
  return out;
}

Fate Fate::lost_answer() {
  Fate out;
  out.after_it = [] { return fail("connection reset by peer"); };
  return out;
}

SimulatedApi::SimulatedApi(const Clock& clock) : clock_{clock} {
  const auto builtin =
      [this](const char* group, const char* version, const char* kind, const char* plural, const char* marks) {
        const std::string_view of{marks};
        const auto has = [&](char mark) { return of.find(mark) != std::string_view::npos; };
        serve_builtin({group, version, kind, plural, has('n')}, has('s'), has('g'));
      };
  // n: in namespaces; s: status is a subresource; g: generations are counted
  builtin("", "v1", "Namespace", "namespaces", "s");
  builtin("", "v1", "ConfigMap", "configmaps", "n");
  builtin("", "v1", "Secret", "secrets", "n");
  builtin("", "v1", "ServiceAccount", "serviceaccounts", "n");
  builtin("", "v1", "Event", "events", "n");
  builtin("", "v1", "Service", "services", "ns");
  builtin("", "v1", "Pod", "pods", "nsg");
  builtin("", "v1", "ResourceQuota", "resourcequotas", "ns");
  builtin("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", "ns");
  builtin("apps", "v1", "Deployment", "deployments", "nsg");
  builtin("apps", "v1", "StatefulSet", "statefulsets", "nsg");
  builtin("apps", "v1", "DaemonSet", "daemonsets", "nsg");
  builtin("apps", "v1", "ReplicaSet", "replicasets", "nsg");
  builtin("batch", "v1", "Job", "jobs", "nsg");
  builtin("batch", "v1", "CronJob", "cronjobs", "nsg");
  builtin("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", "ns");
  builtin("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", "nsg");
  builtin("networking.k8s.io", "v1", "Ingress", "ingresses", "nsg");
  builtin("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", "ng");
  builtin("rbac.authorization.k8s.io", "v1", "Role", "roles", "n");
  builtin("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", "n");
  builtin("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", "");
  builtin("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", "");
  builtin("coordination.k8s.io", "v1", "Lease", "leases", "n");
  builtin("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", "g");
  builtin("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", "sg");
  builtin("apiregistration.k8s.io", "v1", "APIService", "apiservices", "s");
  auto metadata = json::Value::object({{"name", "default"}});
  put("/api/v1/namespaces/default", json::Value::object({{"metadata", std::move(metadata)}}));
}

SimulatedApi::~SimulatedApi() = default;

kube::ClusterConfig SimulatedApi::cluster() {
  kube::ClusterConfig out;
  out.server = http::Url::parse("http://api").value();
  out.credentials = std::make_shared<kube::StaticCredentials>(SecretString{});
  return out;
}

std::string SimulatedApi::time() const { return to_rfc3339(clock_.wall_now()); }

SimulatedApi::Collection& SimulatedApi::collection_of(const kube::Resource& resource) {
  const auto at = std::ranges::find_if(collections_, [&](const auto& one) {
    return one->group == resource.group && one->plural == resource.plural;
  });
  if (at != collections_.end()) return **at;
  auto made = std::make_unique<Collection>();
  made->group = resource.group;
  made->plural = resource.plural;
  made->storage_version = resource.version;
  made->namespaced = resource.namespaced;
  return *collections_.emplace_back(std::move(made));
}

/// Another kind of the same name and version takes its place.
SimulatedApi::Kind& SimulatedApi::add_kind(Kind kind) {
  const auto path = text::cat(kind.resource.group, "/", kind.resource.version, "/", kind.resource.plural);
  kind.collection = &collection_of(kind.resource);
  kind.names = name_rule(kind.resource.group, kind.resource.kind);
  const auto at = kinds_by_path_.find(path);
  if (at != kinds_by_path_.end()) {
    *at->second = std::move(kind);
    return *at->second;
  }
  kinds_.push_back(std::make_unique<Kind>(std::move(kind)));
  kinds_by_path_.emplace(path, kinds_.back().get());
  return *kinds_.back();
}

void SimulatedApi::serve_builtin(kube::Resource resource, bool has_status, bool counts_generation) {
  Kind kind;
  const auto* type = builtin_types().find(resource.kind);
  kind.is_builtin = type != nullptr;
  kind.has_status = has_status;
  kind.counts_generation = counts_generation;
  kind.fields.type = type == nullptr ? &open_kind_type() : type;
  kind.status_fields.type = kind.fields.type;
  if (has_status) kind.fields.not_his = only({"status"});
  FieldSet metadata;
  if (resource.kind == "Deployment") metadata.add("f:labels", true);
  kind.status_fields.not_his = only({"spec"});
  kind.status_fields.not_his.add("f:metadata", false, std::move(metadata));
  kind.answers_deletion_with_object = resource.kind == "Service" || resource.kind == "Pod" ||
                                      resource.kind == "ServiceAccount" || resource.kind == "PersistentVolumeClaim" ||
                                      resource.kind == "ResourceQuota";
  kind.is_made_by_updates = resource.kind == "Service" || resource.kind == "Event" || resource.kind == "Lease" ||
                            resource.group == "rbac.authorization.k8s.io";
  kind.resource = std::move(resource);
  add_kind(std::move(kind));
}

void SimulatedApi::serve(kube::Resource resource, bool has_status) {
  Kind kind;
  kind.resource = std::move(resource);
  kind.has_status = has_status;
  kind.counts_generation = has_status;
  kind.is_custom = true;
  kind.fields.type = &open_kind_type();
  kind.status_fields.type = &open_kind_type();
  if (has_status) kind.fields.not_his = only({"status"});
  kind.status_fields.not_his = only({"spec", "metadata"});
  add_kind(std::move(kind));
}

const SimulatedApi::Kind* SimulatedApi::kind_at(
    std::string_view group, std::string_view version, std::string_view plural
) const {
  const auto at = kinds_by_path_.find(text::cat(group, "/", version, "/", plural));
  return at == kinds_by_path_.end() || !at->second->is_served ? nullptr : at->second;
}

const SimulatedApi::Kind& SimulatedApi::kind_of(const std::string& path) const {
  http::Request request{"GET", cluster().server};
  request.url.target = path;
  const auto* kind = call_of(request).kind;
  if (kind == nullptr) throw std::logic_error{text::cat("nothing is served at ", path)};
  return *kind;
}

namespace {

/// The key of the object of a path: its namespace and its name.
std::string key_in(const std::string& path, const kube::Resource& resource) {
  const auto parts = text::split(path, '/');
  const auto name = std::string{parts.back()};
  return resource.namespaced ? text::cat(parts[parts.size() - 3], "/", name) : name;
}

}  // namespace

void SimulatedApi::put(const std::string& path, json::Value document) {
  const auto& kind = kind_of(path);
  auto& collection = *kind.collection;
  const auto key = key_in(path, kind.resource);
  if (collection.find(key)) erase(collection, key);
  auto object = json::Value::object({{"apiVersion", kind.resource.api_version()}, {"kind", kind.resource.kind}});
  for (auto& member : document.as_object()) {
    if (!object.contains(member.key)) object.append_unchecked(member.key, std::move(member.value));
  }
  auto& metadata = object["metadata"];
  metadata.set("uid", text::cat("uid-", ++uids_));
  metadata.set("creationTimestamp", time());
  if (kind.counts_generation) metadata.set("generation", 1);
  store(collection, key, nullptr, std::move(object));
}

void SimulatedApi::edit(const std::string& path, const std::function<void(json::Value& object)>& change) {
  const auto& kind = kind_of(path);
  const auto key = key_in(path, kind.resource);
  const auto before = kind.collection->find(key);
  if (!before) throw std::out_of_range{text::cat("no object at ", path)};
  json::Value after = before->value;
  change(after);
  if (after == before->value) return;
  const bool is_other = kind.has_status ? !same_without(before->value, after, {"metadata", "status"})
                                        : !same_without(before->value, after, {"metadata"});
  if (kind.counts_generation && is_other) {
    const auto* counted = before->value.find_path({"metadata", "generation"});
    after["metadata"].set("generation", (counted == nullptr ? 0 : counted->integer().value_or(0)) + 1);
  }
  store(*kind.collection, key, before, std::move(after));
}

void SimulatedApi::remove(const std::string& path) {
  const auto& kind = kind_of(path);
  const auto key = key_in(path, kind.resource);
  const auto before = kind.collection->find(key);
  if (!before) throw std::out_of_range{text::cat("no object at ", path)};
  store(*kind.collection, key, before, with_deletion(kind, before->value));
}

const json::Value* SimulatedApi::find(const std::string& path) const {
  const auto& kind = kind_of(path);
  const auto& objects = kind.collection->objects;
  const auto at = objects.find(key_in(path, kind.resource));
  return at == objects.end() ? nullptr : &at->second->value;
}

std::map<std::string, const json::Value*> SimulatedApi::all(const kube::Resource& resource) const {
  std::map<std::string, const json::Value*> out;
  const auto* kind = kind_at(resource.group, resource.version, resource.plural);
  if (kind == nullptr) return out;
  for (const auto& [key, document] : kind->collection->objects) {
    const auto& object = document->value;
    out.emplace(
        resource.path(object.text_at({"metadata", "namespace"}), object.text_at({"metadata", "name"})), &object
    );
  }
  return out;
}

json::Value SimulatedApi::with_deletion(const Kind& kind, const json::Value& object) const {
  json::Value out = object;
  auto& metadata = out["metadata"];
  if (metadata.contains("deletionTimestamp")) return out;
  metadata.set("deletionTimestamp", time());
  metadata.set("deletionGracePeriodSeconds", 0);
  const auto* counted = metadata.find("generation");
  if (counted != nullptr && kind.counts_generation) metadata.set("generation", counted->integer().value_or(0) + 1);
  return out;
}

SimulatedApi::DocumentPtr SimulatedApi::store(
    Collection& collection, const std::string& key, const DocumentPtr& before, json::Value after
) {
  if (before && before->value == after) return before;
  const bool is_definition = collection.plural == "customresourcedefinitions";
  if (is_definition && establishes_at_once_) establish(after);
  auto& metadata = after["metadata"];
  metadata.set("resourceVersion", std::to_string(++version_));
  const auto* finalizers = metadata.find("finalizers");
  const auto* of_namespace = collection.plural == "namespaces" ? after.find_path({"spec", "finalizers"}) : nullptr;
  const bool is_held =
      (finalizers != nullptr && !finalizers->empty()) || (of_namespace != nullptr && !of_namespace->empty());
  const bool ends = metadata.contains("deletionTimestamp") && !is_held;
  auto now = std::make_shared<const Document>(std::move(after), version_);
  if (ends) {
    collection.objects.erase(key);
    happened(collection, now, nullptr);
  } else {
    collection.objects.insert_or_assign(key, now);
    happened(collection, before, now);
  }
  if (is_definition && !ends && (establishes_at_once_ || before)) follow_definition(&now->value);
  if (is_definition && ends) end_definition(key);
  return now;
}

SimulatedApi::DocumentPtr SimulatedApi::erase(Collection& collection, const std::string& key) {
  auto gone = collection.objects.at(key);
  collection.objects.erase(key);
  ++version_;
  happened(collection, gone, nullptr);
  return gone;
}

void SimulatedApi::happened(Collection& collection, DocumentPtr before, DocumentPtr after) {
  history_.push_back({version_, &collection, std::move(before), std::move(after)});
  changed_.wake_all();
  if (told_) told_();
}

http::Response SimulatedApi::answer(const http::Request& request) {
  constexpr std::size_t kMostBytes = 3u << 20;
  if (keeps_writes_ && request.method != "GET") {
    writes_.push_back(text::cat(request.method, " ", text::cut(request.url.target, "?").first, " ", request.body));
  }
  if (hook_) {
    if (auto given = hook_(request)) return std::move(*given);
  }
  try {
    if (request.body.size() > kMostBytes) {
      throw Refusal{413, "RequestEntityTooLarge", text::cat("Request entity too large: limit is ", kMostBytes)};
    }
    return route(call_of(request), request);
  } catch (const Refusal& refusal) {
    return refusal.response();
  }
}

http::Response SimulatedApi::route(const Call& call, const http::Request& request) {
  if (is_away(call.group, call.version)) {
    http::Response out;
    out.status = 503;
    out.body = "service unavailable\n";
    return out;
  }
  if (!call.discovery.empty()) return discover(call);
  if (call.kind == nullptr) return unknown_path(call);
  const bool is_collection = call.name.empty();
  if (call.method == "GET") {
    authorize(call, is_collection ? "list" : "get");
    return is_collection ? list(call) : get(call);
  }
  if (call.method == "POST") {
    authorize(call, "create");
    return create(call, request.body);
  }
  if (call.method == "PUT") {
    authorize(call, "update");
    return update(call, request.body);
  }
  if (call.method == "DELETE") {
    authorize(call, is_collection ? "deletecollection" : "delete");
    return is_collection ? remove_all(call, request.body) : remove(call, request.body);
  }
  authorize(call, "patch");
  return call.is_apply() ? apply(call, request.body) : patch(call, request.body);
}

}  // namespace weir::test
