#pragma once

// Private to the files of the simulated API server: what it holds, and a request taken apart.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "test/simulation/api_server/object_rules.hpp"
#include "test/simulation/api_server/simulated_api.hpp"

namespace weir::test {

/// An object as it was at a version: never changed, shared by the store, the history and the answers.
struct SimulatedApi::Document {
  Document(json::Value value_, long version_) : value{std::move(value_)}, version{version_} {}

  const std::string& text() const {
    if (text_.empty()) text_ = json::write(value);
    return text_;
  }

  const json::Value value;
  const long version;

 private:
  mutable std::string text_;  // written when it is first asked for
};

/// The objects of a kind, whatever version they are read in.
struct SimulatedApi::Collection {
  std::string group;
  std::string plural;
  std::string storage_version;
  bool namespaced = true;
  std::map<std::string, DocumentPtr, std::less<>> objects;  // by key_of()

  static std::string key_of(std::string_view namespace_, std::string_view name) {
    return namespace_.empty() ? std::string{name} : text::cat(namespace_, "/", name);
  }
  DocumentPtr find(const std::string& key) const {
    const auto at = objects.find(key);
    return at == objects.end() ? nullptr : at->second;
  }
};

/// A kind in one version.
struct SimulatedApi::Kind {
  kube::Resource resource;
  bool has_status = true;
  bool counts_generation = true;
  bool is_builtin = false;
  bool is_custom = false;  // of a definition
  bool is_served = true;
  Collection* collection = nullptr;
  std::shared_ptr<TypeTable> types;  // that `type` lives in, when it is nobody else's
  FieldRules fields, status_fields;
  NameRule names = NameRule::kSubdomain;
  bool answers_deletion_with_object = false;
  bool is_made_by_updates = false;  // a PUT of what is not there creates it

  const Type& type() const { return *fields.type; }
  /// "configmaps", "deployments.apps".
  std::string shown() const {
    return resource.group.empty() ? resource.plural : text::cat(resource.plural, ".", resource.group);
  }
};

/// What happened to an object, for watches.
struct SimulatedApi::Happened {
  long version;
  Collection* collection;
  DocumentPtr before;
  DocumentPtr after;
};

struct SimulatedApi::Draft {
  json::Value object;  // without managedFields
  FieldManagers managers;
};

/// A request, taken apart.
struct SimulatedApi::Call {
  std::string method;
  std::size_t body_bytes = 0;
  std::string content_type;
  std::string user;                         // impersonated; empty: ourselves
  std::string agent;                        // how an update without a field manager is signed
  std::vector<std::string_view> discovery;  // of a path without a resource: ["apis", "apps", "v1"]
  std::string_view group, version;
  const Kind* kind = nullptr;
  const Kind* without_subresource = nullptr;  // of a path to one that the kind does not have
  std::string key;                            // of the object in its collection
  std::string namespace_;
  std::string name;
  std::string subresource;
  std::map<std::string, std::string, std::less<>> query;
  bool wants_metadata = false;
  bool wants_list_of_metadata = false;

  std::string_view get(std::string_view name_) const {
    const auto at = query.find(name_);
    return at == query.end() ? std::string_view{} : std::string_view{at->second};
  }
  bool is_dry_run() const { return get("dryRun") == "All"; }
  bool is_of_status() const { return subresource == "status"; }
  bool is_apply() const { return content_type.starts_with("application/apply-patch"); }
  const FieldRules& rules() const { return is_of_status() ? kind->status_fields : kind->fields; }
  bool selects(const Collection* of, const json::Value& document) const;
  FieldManager manager(std::string_view operation, std::string time) const;

  /// A refusal that names the object and its resource.
  Refusal refusal(unsigned code, std::string reason, std::string message) const;
  Refusal not_found() const;
  Refusal conflict(std::string_view what) const;
};

/// What the router says of a path that it does not know.
http::Response unserved();
http::Response json_answer(unsigned status, std::string body);
json::Value metadata_only(const json::Value& document);
/// A custom resource as it is read in a version: a server that knows no type of it writes the members sorted. In
/// metadata alone they are in Go's order.
json::Value as_custom(const json::Value& document, const std::string& version);
/// Whether a label selector ("a=b", "a!=b", "a", "!a", "a in (b,c)") selects an object.
bool has_labels(const json::Value& document, std::string_view selector);
/// The same for a field selector: "metadata.name=a,reason=b".
bool has_fields(const json::Value& document, std::string_view selector);
/// Equal but for these members.
bool same_without(const json::Value& left, const json::Value& right, std::initializer_list<std::string_view> members);

}  // namespace weir::test
