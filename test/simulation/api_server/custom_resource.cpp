#include "test/simulation/api_server/custom_resource.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::test {
namespace {

using Shape = Type::Shape;
using json::Value;

Shape shape_of(const Value& schema) {
  const auto* either = schema.find("x-kubernetes-int-or-string");
  if (either != nullptr && *either == Value{true}) return Shape::kIntOrString;
  const auto type = schema.text_at({"type"});
  if (type == "string") return Shape::kString;
  if (type == "integer") return Shape::kInt64;
  if (type == "number") return Shape::kNumber;
  if (type == "boolean") return Shape::kBool;
  if (type == "array") return Shape::kList;
  if (type == "object") return Shape::kObject;
  return Shape::kAny;
}

bool says(const Value& schema, std::string_view member) {
  const auto* value = schema.find(member);
  return value != nullptr && *value == Value{true};
}

void read_number(const Value& schema, std::string_view name, std::optional<double>& out) {
  if (const auto* value = schema.find(name)) out = value->real();
}
void read_size(const Value& schema, std::string_view name, std::optional<std::size_t>& out) {
  const auto* value = schema.find(name);
  const auto count = value == nullptr ? std::nullopt : value->integer();
  if (count) out = static_cast<std::size_t>(*count);
}

Rules read_rules(const Value& schema) {
  Rules out;
  if (const auto* names = schema.find("required")) {
    for (const auto& name : names->as_array()) out.required.push_back(name.as_string());
  }
  if (const auto* values = schema.find("enum")) out.allowed = values->as_array();
  read_number(schema, "minimum", out.minimum);
  read_number(schema, "maximum", out.maximum);
  out.is_minimum_exclusive = says(schema, "exclusiveMinimum");
  out.is_maximum_exclusive = says(schema, "exclusiveMaximum");
  read_size(schema, "minLength", out.min_length);
  read_size(schema, "maxLength", out.max_length);
  read_size(schema, "minItems", out.min_items);
  read_size(schema, "maxItems", out.max_items);
  read_size(schema, "minProperties", out.min_properties);
  read_size(schema, "maxProperties", out.max_properties);
  out.is_nullable = says(schema, "nullable");
  return out;
}

const Type& read_type(TypeTable& table, const Value& schema, bool is_root);

void read_object(TypeTable& table, const Value& schema, Type& out) {
  if (const auto* properties = schema.find("properties")) {
    for (const auto& property : properties->as_object()) {
      if (out.is_kind && (property.key == "apiVersion" || property.key == "kind" || property.key == "metadata"))
        continue;
      Field field;
      field.name = property.key;
      field.type = &read_type(table, property.value, false);
      if (const auto* value = property.value.find("default")) {
        out.rules.defaults.emplace_back(property.key, *value);
        if (value->is_string()) field.key_default = value->as_string();
      }
      out.fields.push_back(std::move(field));
    }
  }
  if (const auto* others = schema.find("additionalProperties"); others != nullptr && others->is_object()) {
    out.element = &read_type(table, *others, false);
  }
  if (says(schema, "x-kubernetes-preserve-unknown-fields")) {
    out.keeps_unknown = true;
    if (out.element == nullptr) out.element = &any_type();
  }
  out.is_atomic = schema.text_at({"x-kubernetes-map-type"}) == "atomic";
}

const Type& read_type(TypeTable& table, const Value& schema, bool is_root) {
  auto& out = table.add();
  out.shape = shape_of(schema);
  out.rules = read_rules(schema);
  out.is_kind = is_root || says(schema, "x-kubernetes-embedded-resource");
  if (out.is_kind) {
    out.shape = Shape::kObject;
    Field metadata;
    metadata.name = "metadata";
    metadata.type = builtin_types().find("ObjectMeta");
    out.fields.push_back(std::move(metadata));
  }
  if (out.shape == Shape::kAny && says(schema, "x-kubernetes-preserve-unknown-fields")) return out;
  if (out.shape == Shape::kObject) read_object(table, schema, out);
  if (out.shape != Shape::kList) return out;
  out.is_atomic = true;
  if (const auto* items = schema.find("items")) out.element = &read_type(table, *items, false);
  const auto how = schema.text_at({"x-kubernetes-list-type"});
  if (how == "set") {
    out.is_atomic = false;
    out.is_set = true;
  } else if (how == "map") {
    out.is_atomic = false;
    for (const auto& key : schema.find("x-kubernetes-list-map-keys")->as_array()) out.keys.push_back(key.as_string());
    std::ranges::sort(out.keys);
  }
  return out;
}

std::string joined(const std::string& at, std::string_view member) {
  return at.empty() ? std::string{member} : text::cat(at, ".", member);
}
bool is_servers(const Type& type, std::string_view member) {
  return type.is_kind && (member == "apiVersion" || member == "kind" || member == "metadata");
}

void prune_at(Value& value, const Type& type, const std::string& at, std::vector<std::string>& out) {
  if (value.is_array() && type.shape == Shape::kList && type.element != nullptr) {
    std::size_t place = 0;
    for (auto& item : value.as_array()) prune_at(item, *type.element, text::cat(at, "[", place++, "]"), out);
    return;
  }
  if (!value.is_object() || type.shape != Shape::kObject) return;
  std::erase_if(value.as_object(), [&](json::Member& member) {
    if (is_servers(type, member.key)) return false;
    const auto* inner = type.of_member(member.key);
    if (inner == nullptr && !type.keeps_unknown) {
      out.push_back(joined(at, member.key));
      return true;
    }
    if (inner != nullptr) prune_at(member.value, *inner, joined(at, member.key), out);
    return false;
  });
}

/// The name by which a message tells a value's type.
std::string_view type_name(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kString: return "string";
    case Value::Kind::kBool: return "boolean";
    case Value::Kind::kNumber: return value.integer() ? "integer" : "number";
    case Value::Kind::kArray: return "array";
    case Value::Kind::kObject: return "object";
    default: return "null";
  }
}

class Check {
 public:
  explicit Check(Causes& out) : out_{out} {}

  void value(const Value& value, const Type& type, const std::string& at) {
    if (value.is_null() && type.rules.is_nullable) return;
    if (const auto wanted = misfit(value, type); !wanted.empty()) {
      const Value told{type_name(value)};
      out_.push_back(
          {"FieldValueTypeInvalid",
           text::cat(
               "Invalid value: ",
               json::write(told),
               ": ",
               at,
               " in body must be of type ",
               wanted,
               ": ",
               json::write(told)
           ),
           at}
      );
      return;
    }
    range(value, type.rules, at);
    sizes(value, type.rules, at);
    allowed(value, type.rules, at);
    if (value.is_object() && type.shape == Shape::kObject) object(value, type, at);
    if (value.is_array() && type.element != nullptr) list(value, type, at);
  }

  void object(const Value& value, const Type& type, const std::string& at) {
    for (const auto& name : type.rules.required) {
      if (!value.contains(name)) out_.push_back(required(joined(at, name)));
    }
    for (const auto& member : value.as_object()) {
      if (is_servers(type, member.key)) continue;
      if (const auto* inner = type.of_member(member.key)) this->value(member.value, *inner, joined(at, member.key));
    }
  }

 private:
  static std::string_view misfit(const Value& value, const Type& type) {
    switch (type.shape) {
      case Shape::kString: return value.is_string() ? "" : "string";
      case Shape::kInt32:
      case Shape::kInt64: return value.is_number() && value.integer() ? "" : "integer";
      case Shape::kNumber: return value.is_number() ? "" : "number";
      case Shape::kBool: return value.is_bool() ? "" : "boolean";
      case Shape::kList: return value.is_array() ? "" : "array";
      case Shape::kObject: return value.is_object() ? "" : "object";
      case Shape::kIntOrString: return value.is_string() || value.integer() ? "" : "integer,string";
      default: return "";
    }
  }

  void say(const Value& value, const std::string& at, std::string_view what) {
    out_.push_back(invalid(at, value, text::cat(at, " in body ", what)));
  }

  void range(const Value& value, const Rules& rules, const std::string& at) {
    const auto number = value.real();
    if (!number) return;
    const auto shown = [](double limit) { return json::write(Value{Value{limit}}); };
    if (rules.minimum && (*number < *rules.minimum || (rules.is_minimum_exclusive && *number == *rules.minimum))) {
      say(value,
          at,
          text::cat("should be greater than ", rules.is_minimum_exclusive ? "" : "or equal to ", shown(*rules.minimum))
      );
    }
    if (rules.maximum && (*number > *rules.maximum || (rules.is_maximum_exclusive && *number == *rules.maximum))) {
      say(value,
          at,
          text::cat("should be less than ", rules.is_maximum_exclusive ? "" : "or equal to ", shown(*rules.maximum)));
    }
  }

  void sizes(const Value& value, const Rules& rules, const std::string& at) {
    if (value.is_string()) {
      const auto& text = value.as_string();
      const auto length = static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
      }));
      if (rules.min_length && length < *rules.min_length) {
        say(value, at, text::cat("should be at least ", *rules.min_length, " chars long"));
      }
      if (rules.max_length && length > *rules.max_length) {
        out_.push_back(
            {"FieldValueTooLong", text::cat("Too long: may not be more than ", *rules.max_length, " bytes"), at}
        );
      }
    }
    if (value.is_array()) {
      if (rules.min_items && value.size() < *rules.min_items) {
        say(Value{static_cast<long>(value.size())}, at, text::cat("should have at least ", *rules.min_items, " items"));
      }
      if (rules.max_items && value.size() > *rules.max_items) {
        out_.push_back(
            {"FieldValueTooMany",
             text::cat("Too many: ", value.size(), ": must have at most ", *rules.max_items, " items"),
             at}
        );
      }
    }
    if (value.is_object()) {
      if (rules.min_properties && value.size() < *rules.min_properties) {
        say(Value{static_cast<long>(value.size())},
            at,
            text::cat("should have at least ", *rules.min_properties, " properties"));
      }
      if (rules.max_properties && value.size() > *rules.max_properties) {
        out_.push_back(
            {"FieldValueTooMany",
             text::cat("Too many: ", value.size(), ": must have at most ", *rules.max_properties, " items"),
             at}
        );
      }
    }
  }

  void allowed(const Value& value, const Rules& rules, const std::string& at) {
    if (rules.allowed.empty() || std::ranges::find(rules.allowed, value) != rules.allowed.end()) return;
    std::string all;
    for (const auto& one : rules.allowed) {
      text::append(all, all.empty() ? "" : ", ", one.is_string() ? text::quoted(one.as_string()) : json::write(one));
    }
    out_.push_back(
        {"FieldValueNotSupported",
         text::cat("Unsupported value: ", json::write(value), ": supported values: ", all),
         at}
    );
  }

  void list(const Value& list, const Type& type, const std::string& at) {
    std::vector<std::pair<Value, std::size_t>> seen;
    std::size_t place = 0;
    for (const auto& item : list.as_array()) {
      const auto where = text::cat(at, "[", place++, "]");
      value(item, *type.element, where);
      if (type.is_atomic) continue;
      auto key = type.is_set ? item : Value::object();
      for (const auto& name : type.keys) {
        if (const auto* part = item.find(name)) key.set(name, *part);
      }
      const bool is_twice = std::ranges::any_of(seen, [&](const auto& one) { return one.first == key; });
      if (is_twice) out_.push_back(duplicate(where, key));
      seen.emplace_back(std::move(key), place);
    }
  }

  Causes& out_;
};

}  // namespace

const Type& custom_type(TypeTable& table, const Value& schema, std::string_view kind) {
  const auto& out = read_type(table, schema, true);
  const_cast<Type&>(out).name = kind;
  return out;
}

std::vector<std::string> prune(Value& object, const Type& type) {
  std::vector<std::string> out;
  prune_at(object, type, "", out);
  return out;
}

void add_schema_defaults(Value& value, const Type& type) {
  if (value.is_array() && type.element != nullptr) {
    for (auto& item : value.as_array()) add_schema_defaults(item, *type.element);
    return;
  }
  if (!value.is_object() || type.shape != Shape::kObject) return;
  for (const auto& [name, given] : type.rules.defaults) {
    const auto* there = value.find(name);
    const auto* field = type.field(name);
    if (there == nullptr || (there->is_null() && !field->type->rules.is_nullable)) value.set(name, given);
  }
  for (auto& member : value.as_object()) {
    if (is_servers(type, member.key)) continue;
    if (const auto* inner = type.of_member(member.key)) add_schema_defaults(member.value, *inner);
  }
}

void drop_nulls(Value& value, const Type& type) {
  if (value.is_array() && type.element != nullptr) {
    for (auto& item : value.as_array()) drop_nulls(item, *type.element);
    return;
  }
  if (!value.is_object() || type.shape != Shape::kObject) return;
  std::erase_if(value.as_object(), [&](json::Member& member) {
    if (is_servers(type, member.key)) return false;
    const auto* field = type.field(member.key);
    if (field == nullptr) return false;
    if (member.value.is_null()) return !field->type->rules.is_nullable && field->type->shape != Shape::kAny;
    drop_nulls(member.value, *field->type);
    return false;
  });
}

Causes check_schema(const Value& object, const Type& type) {
  Causes out;
  Check{out}.object(object, type, "");
  return out;
}

}  // namespace weir::test
