#include "controllers/image_automation/commit_message.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/template/functions.hpp"

namespace weir::image_automation {
namespace {

using templates::Call;
using templates::StructType;
using templates::Value;
using Type = std::shared_ptr<const StructType>;

constexpr const char* kField = "spec.git.commit.messageTemplate";
/// Source: Flux, the text of an automation without a template.
constexpr const char* kDefaultText = "Update from image update automation";

constexpr const char* kObjectType = "update.ObjectIdentifier";
constexpr const char* kObjectChangesType = "update.ObjectChanges";
constexpr const char* kChangesType = "[]update.Change";
constexpr const char* kImagesType = "[]update.ImageRef";

using Body = Value (*)(Call&, const Value&);

Type make_type(
    std::string name, std::vector<StructType::Field> fields, std::vector<std::pair<const char*, Body>> methods = {}
) {
  auto type = std::make_shared<StructType>(std::move(name));
  type->fields = std::move(fields);
  for (const auto& [method, body] : methods) type->methods.emplace(method, templates::make_function(body));
  return type;
}

const Value& field(const Value& value, std::string_view name) { return *value.as_struct().find_field(name); }

bool contains(const Value::Items& items, const Value& wanted) {
  return std::ranges::any_of(items, [&](const Value& item) { return templates::compare_keys(item, wanted) == 0; });
}

// -- the types that templates see, with Go's names and in Go's order of fields ----------------------------------------

Value name_text(Call&, const Value& self) {
  return text::cat(field(self, "Namespace").as_string(), "/", field(self, "Name").as_string());
}

Value namespaced_name(const std::string& namespace_, const std::string& name) {
  static const Type kType = make_type(
      "types.NamespacedName", {StructType::Field{"Namespace"}, StructType::Field{"Name"}}, {{"String", name_text}}
  );
  return Value::structure(kType, {Value{namespace_}, Value{name}});
}

Value object_identifier(const ObjectIdentifier& object) {
  static const Type kTypeMeta =
      make_type("yaml.TypeMeta", {StructType::Field{"APIVersion"}, StructType::Field{"Kind"}});
  static const Type kNameMeta = make_type("yaml.NameMeta", {StructType::Field{"Name"}, StructType::Field{"Namespace"}});
  static const Type kResource =
      make_type("yaml.ResourceIdentifier", {StructType::Field{"TypeMeta", true}, StructType::Field{"NameMeta", true}});
  static const Type kObject = make_type(kObjectType, {StructType::Field{"ResourceIdentifier", true}});
  auto type_meta = Value::structure(kTypeMeta, {Value{object.api_version}, Value{object.kind}});
  auto name_meta = Value::structure(kNameMeta, {Value{object.name}, Value{object.ns}});
  return Value::structure(kObject, {Value::structure(kResource, {std::move(type_meta), std::move(name_meta)})});
}

Value change_of(const Change& change) {
  static const Type kType = make_type(
      "update.Change", {StructType::Field{"OldValue"}, StructType::Field{"NewValue"}, StructType::Field{"Setter"}}
  );
  return Value::structure(kType, {Value{change.old_value}, Value{change.new_value}, Value{change.setter}});
}

Value image_text(Call&, const Value& self) { return field(self, "text"); }
Value image_identifier(Call&, const Value& self) { return field(self, "identifier"); }
Value image_repository(Call&, const Value& self) { return field(self, "repository"); }
Value image_registry(Call&, const Value& self) { return field(self, "registry"); }
Value image_name(Call&, const Value& self) { return field(self, "name"); }
Value image_policy(Call&, const Value& self) { return field(self, "policy"); }

/// @param policy  "namespace:name"
Value image_reference(const ImageReference& image, std::string_view policy) {
  // The fields start with small letters: templates cannot name them, only the methods.
  static const Type kType = make_type(
      "update.imageRef",
      {StructType::Field{"text"},
       StructType::Field{"identifier"},
       StructType::Field{"repository"},
       StructType::Field{"registry"},
       StructType::Field{"name"},
       StructType::Field{"policy"}},
      {{"String", image_text},
       {"Identifier", image_identifier},
       {"Repository", image_repository},
       {"Registry", image_registry},
       {"Name", image_name},
       {"Policy", image_policy}}
  );
  const auto parsed = oci::parse_repository(image.name);
  const auto repository = parsed.has_error() ? oci::Repository{"", image.name} : *parsed;
  const bool has_digest = !image.digest.empty();
  const std::string& identifier = has_digest ? image.digest : image.tag;
  const auto [namespace_, name] = text::cut(policy, ":");
  return Value::structure(
      kType,
      {Value{image.text()},
       Value{identifier},
       Value{repository.path},
       Value{repository.registry},
       Value{text::cat(repository.text(), has_digest ? "@" : ":", identifier)},
       namespaced_name(std::string{namespace_}, std::string{name})}
  );
}

// -- .Changed ---------------------------------------------------------------------------------------------------------

void add_changes(const FileEdit& edit, Value& objects) {
  auto& map = objects.as_map();
  for (const auto& change : edit.changes) {
    const auto object = object_identifier(change.object);
    const auto at = map.entries.find(object);
    Value list = at == map.entries.end() ? Value::list({}, kChangesType) : at->second;
    list.as_list().items.push_back(change_of(change));
    if (at == map.entries.end()) map.set(object, list);
  }
}

Value object_changes() { return Value::map(kObjectType, kChangesType); }

Value all_objects(Call&, const Value& self) {
  auto out = object_changes();
  for (const auto& [path, objects] : field(self, "FileChanges").as_map().entries) {
    for (const auto& [object, changes] : objects.as_map().entries) {
      auto& map = out.as_map();
      if (!map.entries.contains(object)) map.set(object, Value::list({}, kChangesType));
      const Value list = map.entries.find(object)->second;
      for (const auto& change : changes.as_list().items) list.as_list().items.push_back(change);
    }
  }
  return out;
}

/// Each once, in the order of files and objects (upstream gives them in a random one).
Value all_changes(Call&, const Value& self) {
  Value::Items out;
  for (const auto& [path, objects] : field(self, "FileChanges").as_map().entries) {
    for (const auto& [object, changes] : objects.as_map().entries) {
      for (const auto& change : changes.as_list().items) {
        if (!contains(out, change)) out.push_back(change);
      }
    }
  }
  return Value::list(std::move(out), kChangesType);
}

// -- .Updated, as templates of v1beta1 know it ------------------------------------------------------------------------

void add_images(const Value& objects, Value& out) {
  for (const auto& [object, images] : objects.as_map().entries) {
    auto& map = out.as_map();
    if (!map.entries.contains(object)) map.set(object, Value::list({}, kImagesType));
    const Value list = map.entries.find(object)->second;
    for (const auto& image : images.as_list().items) {
      if (!contains(list.as_list().items, image)) list.as_list().items.push_back(image);
    }
  }
}

Value updated_objects(Call&, const Value& self) {
  auto out = Value::map(kObjectType, kImagesType);
  for (const auto& [path, file] : field(self, "Files").as_map().entries) add_images(field(file, "Objects"), out);
  return out;
}

Value updated_images(Call&, const Value& self) {
  Value::Items out;
  for (const auto& [path, file] : field(self, "Files").as_map().entries) {
    for (const auto& [object, images] : field(file, "Objects").as_map().entries) {
      for (const auto& image : images.as_list().items) {
        if (!contains(out, image)) out.push_back(image);
      }
    }
  }
  return Value::list(std::move(out), kImagesType);
}

Value file_result(const FileEdit& edit, const Policies& policies) {
  static const Type kType = make_type("update.FileResult", {StructType::Field{"Objects"}});
  auto objects = Value::map(kObjectType, kImagesType);
  for (const auto& change : edit.changes) {
    const auto parts = text::split(change.setter, ':');
    const auto policy = parts.size() < 2 ? std::string{} : text::cat(parts[0], ":", parts[1]);
    const auto at = policies.find(policy);
    if (at == policies.end()) continue;
    auto one = Value::map(kObjectType, kImagesType);
    one.as_map().set(object_identifier(change.object), Value::list({image_reference(at->second, policy)}, kImagesType));
    add_images(one, objects);
  }
  return Value::structure(kType, {std::move(objects)});
}

Value data_of(const CommitData& data, const std::map<std::string, std::string>& message_values) {
  static const Type kChanged = make_type(
      "update.ResultV2",
      {StructType::Field{"ImageResult"}, StructType::Field{"FileChanges"}},
      {{"Objects", all_objects}, {"Changes", all_changes}}
  );
  static const Type kUpdated = make_type(
      "update.Result", {StructType::Field{"Files"}}, {{"Objects", updated_objects}, {"Images", updated_images}}
  );
  static const Type kData = make_type(
      "source.TemplateData",
      {StructType::Field{"AutomationObject"},
       StructType::Field{"Updated"},
       StructType::Field{"Changed"},
       StructType::Field{"Values"}}
  );
  auto files = Value::map("string", "update.FileResult");
  auto file_changes = Value::map("string", kObjectChangesType);
  for (const auto& edit : data.edits) {
    auto objects = object_changes();
    add_changes(edit, objects);
    file_changes.as_map().set(Value{edit.path}, std::move(objects));
    files.as_map().set(Value{edit.path}, file_result(edit, data.policies));
  }
  auto values = Value::map("string", "string");
  for (const auto& [key, value] : message_values) values.as_map().set(Value{key}, Value{value});
  const auto updated = Value::structure(kUpdated, {std::move(files)});
  auto changed = Value::structure(kChanged, {updated, std::move(file_changes)});
  return Value::structure(
      kData, {namespaced_name(data.namespace_, data.name), updated, std::move(changed), std::move(values)}
  );
}

}  // namespace

Result<CommitMessage> CommitMessage::parse(const api::image::GitCommit& commit) {
  CommitMessage out;
  out.values_ = commit.message_template_values;
  if (commit.message_template.empty()) return out;
  auto parsed = templates::Template::parse("commit message", commit.message_template);
  if (parsed.has_error()) return InputError{kField, parsed.error().text()};
  out.template_ = std::move(*parsed);
  return out;
}

Result<std::string> CommitMessage::render(const CommitData& data) const {
  if (!template_) return std::string{kDefaultText};
  auto rendered = template_->render(data_of(data, values_));
  if (rendered.has_error()) return InputError{kField, rendered.error().text()};
  return rendered;
}

}  // namespace weir::image_automation
