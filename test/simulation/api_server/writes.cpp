#include <algorithm>

#include "pkg/base/base64.hpp"
#include "pkg/json/merge.hpp"
#include "pkg/json/patch.hpp"
#include "test/simulation/api_server/custom_resource.hpp"
#include "test/simulation/api_server/defaults.hpp"
#include "test/simulation/api_server/go_form.hpp"
#include "test/simulation/api_server/server.hpp"

namespace weir::test {
namespace {

constexpr std::size_t kMostObjectBytes = 3u << 19;
constexpr std::string_view kModified =
    "the object has been modified; please apply your changes to the latest version and try again";

/// Whether an update says that nobody owns anything any more: one entry that says nothing.
bool resets_managers(const json::Value& object) {
  const auto* entries = object.find_path({"metadata", "managedFields"});
  return entries != nullptr && entries->is_array() && entries->size() == 1 && entries->as_array().front().empty();
}

void type_first(json::Value& object, const kube::Resource& resource) {
  auto& members = object.as_object();
  if (members.size() > 1 && members[0].key == "apiVersion" && members[1].key == "kind") {
    members[0].value = resource.api_version();
    return;
  }
  auto out = json::Value::object({{"apiVersion", resource.api_version()}, {"kind", resource.kind}});
  for (auto& member : members) {
    if (member.key != "apiVersion" && member.key != "kind")
      out.append_unchecked(std::move(member.key), std::move(member.value));
  }
  object = std::move(out);
}

bool is_strict(std::string_view validation) { return validation == "Strict"; }

/// What a Secret says in plain text is data.
void fold_plain_data(json::Value& secret) {
  const auto plain = *secret.find("stringData");
  secret.erase("stringData");
  if (!plain.is_object()) return;
  auto& data = secret["data"];
  if (data.is_null()) data = json::Value::object();
  for (const auto& member : plain.as_object()) data.set(member.key, base64::encode(member.value.text().value_or("")));
}

/// A JSON patch. To the server's library "replace" is "add" where an object has no such member.
json::Value patched(json::Value object, const json::Value& operations) {
  Refusal refusal{422, "Invalid", "the server rejected our request due to an error in our request"};
  refusal.has_details = true;
  if (!operations.is_array()) throw refusal;
  for (const auto& operation : operations.as_array()) {
    json::Value one = operation;
    auto result = json::apply_patch(object, json::Value::array({one}));
    if (result.has_error() && one.text_at({"op"}) == "replace") {
      one.set("op", "add");
      result = json::apply_patch(object, json::Value::array({one}));
    }
    if (result.has_error()) throw refusal;
    object = std::move(*result);
  }
  return object;
}

using Conflicts = std::vector<std::pair<std::string, std::string>>;
Refusal apply_conflict(const Conflicts& conflicts) {
  std::string message;
  if (conflicts.size() == 1) {
    message = text::cat("Apply failed with 1 conflict: conflict with ", conflicts[0].first, ": ", conflicts[0].second);
  } else {
    message = text::cat("Apply failed with ", conflicts.size(), " conflicts: ");
    std::vector<std::string> lines;
    const std::string* last = nullptr;
    for (const auto& [manager, field] : conflicts) {
      if (last == nullptr || *last != manager) lines.push_back(text::cat("conflicts with ", manager, ":"));
      last = &manager;
      lines.push_back(text::cat("- ", field));
    }
    message += text::join(lines, "\n");
  }
  Refusal out{409, "Conflict", std::move(message)};
  for (const auto& [manager, field] : conflicts) {
    out.causes.push_back({"FieldManagerConflict", text::cat("conflict with ", manager), field});
  }
  return out;
}

}  // namespace

json::Value SimulatedApi::read_body(const Call& call, const std::string& body) const {
  auto out = json::parse(body);
  if (out.has_error() || !out->is_object()) {
    throw bad_request("the object provided is unrecognized (must be of type " + call.kind->resource.kind + ")");
  }
  const auto version = out->text_at({"apiVersion"});
  const auto expected = call.kind->resource.api_version();
  if (!version.empty() && version != expected) {
    if (call.is_apply()) {
      throw bad_request(text::cat("invalid object type: ", version, ", Kind=", out->text_at({"kind"})));
    }
    throw bad_request(text::cat(
        "the API version in the data (", version, ") does not match the expected API version (", expected, ")"
    ));
  }
  const auto* metadata = out->find("metadata");
  if (metadata != nullptr && !metadata->is_object() && !metadata->is_null()) {
    throw bad_request(text::cat(
        call.kind->resource.kind,
        " in version ",
        text::quoted(call.kind->resource.version),
        " cannot be handled as a ",
        call.kind->resource.kind,
        ": metadata is no object"
    ));
  }
  if (metadata == nullptr || metadata->is_null()) out->set("metadata", json::Value::object());
  return std::move(*out);
}

void SimulatedApi::decode(const Call& call, json::Value& object, Source source, std::string_view called) const {
  const auto& kind = *call.kind;
  const auto refuse = [&](std::string_view what) {
    const auto& name = kind.resource.kind;
    if (source == Source::kPatch) {
      auto refusal = invalid_object("", "", "", {invalid("patch", json::write(object), what)});
      refusal.message = text::cat(" \"\" is invalid: ", refusal.message.substr(refusal.message.find("patch: ")));
      throw refusal;
    }
    if (source == Source::kApply) {
      const auto type = text::cat(kind.resource.group, "/", kind.resource.version, ", Kind=", name);
      throw Refusal{
          500,
          "",
          text::cat(
              "failed to convert new object (",
              called,
              "; ",
              type,
              ") to proper version: unable to convert unstructured object to ",
              type,
              ": error decoding from json: ",
              what
          )};
    }
    throw bad_request(text::cat(
        name, " in version ", text::quoted(kind.resource.version), " cannot be handled as a ", name, ": ", what
    ));
  };
  const auto refuse_unknown = [&](const std::vector<std::string>& unknown) {
    if (unknown.empty() || !is_strict(call.get("fieldValidation"))) return;
    std::string all;
    for (const auto& one : unknown) text::append(all, all.empty() ? "" : ", ", "unknown field ", text::quoted(one));
    refuse(text::cat("strict decoding error: ", all));
  };
  if (kind.is_builtin) {
    const auto reading = to_go_form(object, kind.type());
    if (reading.error) refuse(*reading.error);
    refuse_unknown(reading.unknown);
    if (object.contains("stringData")) fold_plain_data(object);
    if (kind.resource.kind == "DaemonSet" && source == Source::kBody) {
      auto& annotations = object["metadata"]["annotations"];
      if (!annotations.contains("deprecated.daemonset.template.generation")) {
        annotations.set("deprecated.daemonset.template.generation", "0");
      }
    }
    add_builtin_defaults(kind.resource.group, kind.resource.kind, object);
  } else {
    static const Type& metadata = *builtin_types().find("ObjectMeta");
    const auto reading = to_go_form(object["metadata"], metadata);
    if (reading.error) refuse(*reading.error);
    if (kind.is_custom) {
      refuse_unknown(prune(object, kind.type()));
      add_schema_defaults(object, kind.type());
      if (source != Source::kApply) drop_nulls(object, kind.type());
    }
  }
  type_first(object, kind.resource);
}

/// What a new object is compared with: for Go, its structs are there before anything is said.
json::Value SimulatedApi::nothing_of(const Call& call) const {
  auto out = json::Value::object({{"metadata", json::Value::object()}});
  if (call.kind->is_builtin) to_go_form(out, call.kind->type());
  return out;
}

void SimulatedApi::note_owner(const Call& call, const json::Value& before, Draft& draft) const {
  note_update(draft.managers, call.manager("Update", time()), before, draft.object, call.rules());
}

void SimulatedApi::admit(
    const Call& call,
    const std::vector<Admission>& by,
    std::string_view operation,
    const json::Value* before,
    json::Value* object
) const {
  if (by.empty()) return;
  Review review;
  review.operation = operation;
  review.resource = &call.kind->resource;
  review.namespace_ = call.namespace_;
  review.name = call.name;
  review.subresource = call.subresource;
  review.user = call.user;
  review.is_dry_run = call.is_dry_run();
  review.before = before;
  review.object = object;
  for (const auto& admission : by) {
    if (const auto refused = admission(review)) throw *refused;
  }
}

/// New content needs a namespace that is there to stay.
void SimulatedApi::check_namespace(const Call& call) const {
  if (!call.kind->resource.namespaced) return;
  const auto found = kind_at("", "v1", "namespaces")->collection->find(call.namespace_);
  if (!found) {
    Refusal refusal{404, "NotFound", text::cat("namespaces ", text::quoted(call.namespace_), " not found")};
    refusal.name = call.namespace_;
    refusal.kind = "namespaces";
    throw refusal;
  }
  if (found->value.find_path({"metadata", "deletionTimestamp"}) == nullptr) return;
  auto refusal = call.refusal(
      403,
      "Forbidden",
      text::cat(
          call.kind->shown(),
          " ",
          text::quoted(call.name),
          " is forbidden: unable to create new content in namespace ",
          call.namespace_,
          " because it is being terminated"
      )
  );
  refusal.causes.push_back(
      {"NamespaceTerminating", text::cat("namespace ", call.namespace_, " is being terminated"), "metadata.namespace"}
  );
  throw refusal;
}

http::Response SimulatedApi::create(Call call, const std::string& body) {
  auto document = read_body(call, body);
  auto& metadata = document["metadata"];
  call.name = metadata.text_at({"name"});
  if (call.name.empty() && !metadata.text_at({"generateName"}).empty()) {
    call.name = text::cat(metadata.text_at({"generateName"}), "x", ++uids_);
    metadata.set("name", call.name);
  }
  decode(call, document, Source::kBody);
  const std::string given{document.text_at({"metadata", "namespace"})};
  if (!given.empty() && given != call.namespace_) {
    throw bad_request("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (call.kind->resource.namespaced) document["metadata"].set("namespace", call.namespace_);
  call.key = Collection::key_of(call.namespace_, call.name);
  check_namespace(call);
  Draft draft;
  if (!resets_managers(document)) draft.managers = take_managers(document);
  document["metadata"].erase("managedFields");
  draft.object = std::move(document);
  note_owner(call, nothing_of(call), draft);
  return write(call, nullptr, std::move(draft));
}

http::Response SimulatedApi::update(const Call& call, const std::string& body) {
  auto document = read_body(call, body);
  decode(call, document, Source::kBody);
  const std::string given{document.text_at({"metadata", "name"})};
  if (given != call.name) {
    throw bad_request(
        given.empty()
            ? "name must be provided"
            : text::cat("the name of the object (", given, ") does not match the name on the URL (", call.name, ")")
    );
  }
  const auto place = document.text_at({"metadata", "namespace"});
  if (!place.empty() && place != call.namespace_) {
    throw bad_request("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (call.kind->resource.namespaced) document["metadata"].set("namespace", call.namespace_);
  const auto before = call.kind->collection->find(call.key);
  if (!before && !call.kind->is_made_by_updates) throw call.not_found();
  if (!before) check_namespace(call);
  json::Value live = before ? before->value : nothing_of(call);
  Draft draft;
  const auto old = take_managers(live);
  const bool is_reset = resets_managers(document);
  draft.managers = take_managers(document);
  if (is_reset) {
    draft.managers.clear();
  } else if (draft.managers.empty() || call.is_of_status()) {
    draft.managers = old;
  }
  draft.object = std::move(document);
  const bool is_unconditional = draft.object.text_at({"metadata", "resourceVersion"}).empty();
  if (before && is_unconditional && (call.kind->is_custom || call.kind->resource.kind == "Lease")) {
    const auto& resource = call.kind->resource;
    throw invalid_object(
        resource.group,
        resource.plural,
        call.name,
        {invalid("metadata.resourceVersion", 0, "must be specified for an update")}
    );
  }
  if (!before || !draft.managers.empty()) note_owner(call, live, draft);
  return write(call, before, std::move(draft));
}

http::Response SimulatedApi::patch(const Call& call, const std::string& body) {
  const auto before = call.kind->collection->find(call.key);
  if (!before) throw call.not_found();
  auto change = json::parse(body);
  if (change.has_error()) throw bad_request("error decoding patch: " + change.error().text());
  json::Value live = before->value;
  const auto old = read_managers(live);
  json::Value after = live;
  if (call.kind->is_custom) after.set("apiVersion", call.kind->resource.api_version());
  if (call.content_type.starts_with("application/json-patch")) {
    after = patched(std::move(after), *change);
  } else {
    json::merge_patch(after, *change);
  }
  if (!after.is_object() || after.find("metadata") == nullptr) throw bad_request("object has no metadata");
  const auto name = after.text_at({"metadata", "name"});
  if (name != call.name) {
    throw bad_request(
        text::cat("the name of the object (", name, ") does not match the name on the URL (", call.name, ")")
    );
  }
  live["metadata"].erase("managedFields");
  Draft draft;
  const bool is_reset = resets_managers(after);
  decode(call, after, Source::kPatch);
  draft.managers = take_managers(after);
  if (is_reset) {
    draft.managers.clear();
  } else if (draft.managers.empty() || call.is_of_status()) {
    draft.managers = old;
  }
  draft.object = std::move(after);
  if (!draft.managers.empty()) note_owner(call, live, draft);
  return write(call, before, std::move(draft));
}

http::Response SimulatedApi::apply(const Call& given_call, const std::string& body) {
  const auto& call = given_call;
  const auto& kind = *call.kind;
  if (call.get("fieldManager").empty()) {
    Causes causes{required("fieldManager", "is required for apply patch")};
    throw invalid_object("meta.k8s.io", "PatchOptions", "", std::move(causes));
  }
  auto desired = read_body(call, body);
  if (desired.find_path({"metadata", "managedFields"}) != nullptr)
    throw bad_request("metadata.managedFields must be nil");
  auto& metadata = desired["metadata"];
  const auto name = metadata.text_at({"name"});
  const auto before = kind.collection->find(call.key);
  if (!before && call.is_of_status() && !kind.is_made_by_updates) throw call.not_found();
  const auto wrong = misfits(desired, kind.type(), false);
  const auto shown = text::cat(metadata.text_at({"namespace"}), "/", name);
  if (!wrong.empty()) {
    throw Refusal{
        500,
        "",
        text::cat(
            "failed to create typed patch object (",
            shown,
            "; ",
            kind.resource.group,
            "/",
            kind.resource.version,
            ", Kind=",
            kind.resource.kind,
            "): ",
            wrong.size() == 1 ? wrong.front() : text::cat("errors:\n  ", text::join(wrong, "\n  "))
        )};
  }
  json::Value live = before ? before->value : nothing_of(call);
  auto managers = take_managers(live);
  if (before && managers.empty()) {
    auto first = call.manager("Update", time());
    first.name = "before-first-apply";
    note_update(managers, std::move(first), nothing_of(call), live, call.rules());
  }
  auto applied = apply_fields(live, std::move(managers), call.manager("Apply", time()), desired, call.rules());
  if (!applied.conflicts.empty() && call.get("force") != "true") throw apply_conflict(applied.conflicts);
  Draft draft;
  draft.object = std::move(applied.object);
  draft.managers = std::move(applied.managers);
  decode(call, draft.object, Source::kApply, shown);
  if (!name.empty() && name != call.name) {
    throw bad_request(
        text::cat("the name of the object (", name, ") does not match the name on the URL (", call.name, ")")
    );
  }
  if (!before) {
    if (name.empty()) {
      throw bad_request(
          text::cat("the name of the object (", call.name, " based on URL) was undeterminable: name must be provided")
      );
    }
    authorize(call, "create");
    check_namespace(call);
    if (!call.is_dry_run()) draft.object["metadata"].erase("resourceVersion");
    if (kind.resource.namespaced) draft.object["metadata"].set("namespace", call.namespace_);
  }
  return write(call, before, std::move(draft));
}

/// Admission, what the kind itself brings, checks, and the store.
http::Response SimulatedApi::write(const Call& call, const DocumentPtr& before, Draft draft) {
  auto& after = draft.object;
  const auto* was = before ? &before->value : nullptr;
  const std::string_view operation = before ? "UPDATE" : "CREATE";
  admit(call, mutating_, operation, was, &after);
  if (before) {
    const auto old = read_managers(before->value);
    if (same_without(before->value, after, {"metadata"}) &&
        same_without(*before->value.find("metadata"), *after.find("metadata"), {"managedFields"}) &&
        same_but_for_times(old, draft.managers)) {
      draft.managers = old;
    }
    const auto expected = after.text_at({"metadata", "resourceVersion"});
    if (!expected.empty() && expected != was->text_at({"metadata", "resourceVersion"})) throw call.conflict(kModified);
    const auto uid = after.text_at({"metadata", "uid"});
    if (!uid.empty() && uid != was->text_at({"metadata", "uid"})) {
      throw call.conflict(text::cat(
          "Precondition failed: UID in precondition: ", uid, ", UID in object meta: ", was->text_at({"metadata", "uid"})
      ));
    }
    prepare(call, was, after);
  } else {
    prepare_new(call, after);
  }
  check(call, was, after);
  write_managers(after, std::move(draft.managers));
  admit(call, validating_, operation, was, &after);
  if (!before && call.kind->collection->find(call.key)) {
    const auto there = call.kind->collection->find(call.key);
    const bool is_going = there->value.find_path({"metadata", "deletionTimestamp"}) != nullptr;
    throw call.refusal(
        409,
        "AlreadyExists",
        text::cat(
            is_going ? "object is being deleted: " : "",
            call.kind->shown(),
            " ",
            text::quoted(call.name),
            " already exists"
        )
    );
  }
  if (call.kind->is_custom)
    after.set("apiVersion", text::cat(call.kind->resource.group, "/", call.kind->collection->storage_version));
  const unsigned code = before ? 200 : 201;
  if (before && before->value == after) return show(call, *before, code);
  const auto bytes = call.body_bytes + (before ? before->text().size() : 0);  // about
  if (bytes > kMostObjectBytes / 4 && json::write(after).size() > kMostObjectBytes) {
    throw Refusal{500, "", "etcdserver: request is too large"};
  }
  if (call.is_dry_run()) return show(call, Document{std::move(after), version_}, code);
  const auto now = store(*call.kind->collection, call.key, before, std::move(after));
  if (!before || call.kind->collection->find(call.key)) return show(call, *now, code);
  // A write that ends the object is answered with the version that it found.
  json::Value last = now->value;
  last["metadata"].set("resourceVersion", std::to_string(before->version));
  return show(call, Document{std::move(last), before->version}, code);
}

SimulatedApi::DocumentPtr SimulatedApi::deleted(
    const Call& call, const DocumentPtr& before, const json::Value& options
) {
  const auto expect = [&](std::string_view part, std::string_view called, std::string_view hint) {
    const auto expected = options.text_at({"preconditions", part});
    const auto actual = before->value.text_at({"metadata", part});
    if (expected.empty() || expected == actual) return;
    auto refusal = Refusal{409, "Conflict", ""};
    const auto& resource = call.kind->resource;
    const auto shown = resource.group.empty() ? resource.kind : text::cat(resource.kind, ".", resource.group);
    refusal.name = call.name;
    refusal.group = resource.group;
    refusal.kind = resource.kind;
    refusal.message = text::cat(
        "Operation cannot be fulfilled on ",
        shown,
        " ",
        text::quoted(call.name),
        ": the ",
        called,
        " in the precondition (",
        expected,
        ") does not match the ",
        called,
        " in record (",
        actual,
        "). ",
        hint
    );
    throw refusal;
  };
  expect("uid", "UID", "The object might have been deleted and then recreated");
  expect("resourceVersion", "ResourceVersion", "The object might have been modified");
  admit(call, validating_, "DELETE", &before->value, nullptr);
  auto policy = options.text_at({"propagationPolicy"});
  if (policy.empty() && call.kind->resource.group == "batch" && call.kind->resource.kind == "Job") policy = "Orphan";
  json::Value after = with_deletion(*call.kind, before->value);
  const std::string_view waits = policy == "Foreground" ? "foregroundDeletion" : policy == "Orphan" ? "orphan" : "";
  if (!policy.empty()) {  // the last word counts
    auto& finalizers = after["metadata"]["finalizers"];
    if (finalizers.is_null()) finalizers = json::Value::array();
    for (const std::string_view other : {"foregroundDeletion", "orphan"}) {
      if (other != waits) std::erase(finalizers.as_array(), json::Value{other});
    }
    const bool is_there = std::ranges::find(finalizers.as_array(), json::Value{waits}) != finalizers.as_array().end();
    if (!waits.empty() && !is_there) finalizers.push_back(waits);
    if (finalizers.empty()) after["metadata"].erase("finalizers");
  }
  if (call.kind->resource.plural == "namespaces") after["status"].set("phase", "Terminating");
  if (call.kind->resource.plural == "customresourcedefinitions" && !establishes_at_once_) {
    auto& finalizers = after["metadata"]["finalizers"];
    const json::Value cleanup{"customresourcecleanup.apiextensions.k8s.io"};
    if (finalizers.is_null()) finalizers = json::Value::array();
    if (std::ranges::find(finalizers.as_array(), cleanup) == finalizers.as_array().end()) finalizers.push_back(cleanup);
  }
  if (call.is_dry_run()) return std::make_shared<const Document>(std::move(after), before->version);
  return store(*call.kind->collection, call.key, before, std::move(after));
}

http::Response SimulatedApi::remove(const Call& given_call, const std::string& body) {
  Call call = given_call;
  if (!body.empty()) call.query.erase("dryRun");  // options in a body are all options
  const auto before = call.kind->collection->find(call.key);
  if (!before) throw call.not_found();
  if (call.kind->resource.plural == "namespaces" && (call.name == "default" || call.name == "kube-system")) {
    throw call.refusal(
        403,
        "Forbidden",
        text::cat("namespaces ", text::quoted(call.name), " is forbidden: this namespace may not be deleted")
    );
  }
  const auto parsed = json::parse(body.empty() ? "{}" : body);
  if (parsed.has_error()) throw bad_request("the options of the deletion are no JSON");
  const auto& options = *parsed;
  const auto* dry_run = options.find("dryRun");
  if (dry_run != nullptr && dry_run->is_array() && !dry_run->empty()) call.query["dryRun"] = "All";
  const auto now = deleted(call, before, options);
  const auto* held = now->value.find_path({"metadata", "finalizers"});
  const bool is_namespace = call.kind->resource.plural == "namespaces" && call.kind->collection->find(call.key);
  const bool is_gone = held == nullptr && !is_namespace;
  if (!is_gone) return show(call, *now);
  if (call.kind->answers_deletion_with_object) return show(call, *before);
  auto details = json::Value::object({{"name", call.name}});
  if (!call.kind->resource.group.empty()) details.set("group", call.kind->resource.group);
  details.set("kind", call.kind->resource.plural);
  details.set("uid", before->value.text_at({"metadata", "uid"}));
  auto out = json::Value::object({{"kind", "Status"}, {"apiVersion", "v1"}, {"metadata", json::Value::object()}});
  out.set("status", "Success");
  out.set("details", std::move(details));
  return json_answer(200, json::write(out));
}

http::Response SimulatedApi::remove_all(const Call& call, const std::string& body) {
  const auto options = json::parse(body.empty() ? "{}" : body);
  auto all = list(call);
  const auto objects = call.kind->collection->objects;
  for (const auto& [key, document] : objects) {
    if (!call.selects(call.kind->collection, document->value)) continue;
    Call one = call;
    one.name = document->value.text_at({"metadata", "name"});
    one.namespace_ = document->value.text_at({"metadata", "namespace"});
    one.key = key;
    deleted(one, document, options.has_error() ? json::Value::object() : *options);
  }
  return all;
}

}  // namespace weir::test
