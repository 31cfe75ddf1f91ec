#include "pkg/template/value.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"

namespace weir::templates {
namespace {

struct KindName {
  std::string_view type;
  std::string_view kind;
};

/// In the order of Kind. Lists, maps, structs and functions have types of their own.
constexpr KindName kKindNames[] = {
    {"<nil>", "invalid"},
    {"<nil>", "invalid"},
    {"bool", "bool"},
    {"int", "int"},
    {"int32", "int32"},
    {"int64", "int64"},
    {"uint", "uint"},
    {"uint8", "uint8"},
    {"uint32", "uint32"},
    {"uint64", "uint64"},
    {"float64", "float64"},
    {"complex128", "complex128"},
    {"string", "string"},
    {"", "slice"},
    {"", "map"},
    {"", "struct"},
    {"func()", "func"},
};

}  // namespace

Value::Value(std::string text) : kind_{Kind::kString}, data_{std::make_shared<const std::string>(std::move(text))} {}

Value::Value(std::string_view text) : Value{std::string{text}} {}

Value::Value(const char* text) : Value{std::string{text}} {}

Value Value::nil() { return Value{Kind::kNil, std::monostate{}}; }

Value Value::integer(std::int64_t value, Kind kind) { return Value{kind, value}; }

Value Value::unsigned_integer(std::uint64_t value, Kind kind) { return Value{kind, value}; }

Value Value::real(double value) { return Value{Kind::kFloat64, value}; }

Value Value::complex(std::complex<double> value) { return Value{Kind::kComplex128, value}; }

Value Value::list(Items items, std::string type) {
  return Value{Kind::kList, std::make_shared<List>(std::move(items), std::move(type))};
}

Value Value::texts(std::vector<std::string> items) {
  Items out;
  out.reserve(items.size());
  for (auto& item : items) out.emplace_back(std::move(item));
  return list(std::move(out), "[]string");
}

Value Value::nil_list(std::string type) {
  Value out = list({}, std::move(type));
  out.as_list().is_nil = true;
  return out;
}

Value Value::map(std::string key_type, std::string value_type) {
  return Value{Kind::kMap, std::make_shared<Map>(std::move(key_type), std::move(value_type))};
}

Value Value::dict(std::initializer_list<std::pair<std::string_view, Value>> members) {
  Value out = map();
  for (const auto& [key, value] : members) out.as_map().set(key, value);
  return out;
}

Value Value::structure(std::shared_ptr<const StructType> type, Items fields) {
  return Value{Kind::kStruct, std::make_shared<const Struct>(std::move(type), std::move(fields))};
}

Value Value::function(Function function) {
  return Value{Kind::kFunction, std::make_shared<const Function>(std::move(function))};
}

bool Value::is_nil() const {
  return kind_ == Kind::kNone || kind_ == Kind::kNil || (kind_ == Kind::kList && as_list().is_nil);
}

std::string Value::type() const {
  switch (kind_) {
    case Kind::kList: return as_list().type;
    case Kind::kMap: return as_map().type();
    case Kind::kStruct: return as_struct().type->name;
    default: return std::string{kKindNames[static_cast<std::size_t>(kind_)].type};
  }
}

std::string_view Value::kind_name() const {
  if (kind_ == Kind::kStruct && as_struct().type->is_pointer()) return "ptr";
  return kKindNames[static_cast<std::size_t>(kind_)].kind;
}

Value Value::boxed(bool is_boxed) const {
  Value out = *this;
  out.is_boxed_ = is_boxed;
  return out;
}

std::weak_ordering compare_keys(const Value& left, const Value& right) {
  if (left.kind() != right.kind()) return left.kind() <=> right.kind();
  switch (left.kind()) {
    case Kind::kBool: return left.as_bool() <=> right.as_bool();
    case Kind::kString: return left.as_string() <=> right.as_string();
    case Kind::kFloat64: return std::weak_order(left.as_real(), right.as_real());
    case Kind::kComplex128: {
      const auto [a, b] = std::pair{left.as_complex(), right.as_complex()};
      const auto order = std::weak_order(a.real(), b.real());
      return order != 0 ? order : std::weak_order(a.imag(), b.imag());
    }
    case Kind::kStruct: {
      const auto& a = left.as_struct().fields;
      const auto& b = right.as_struct().fields;
      for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        if (const auto order = compare_keys(a[i], b[i]); order != 0) return order;
      }
      return a.size() <=> b.size();
    }
    default: break;
  }
  if (left.is_integer()) return left.as_integer() <=> right.as_integer();
  if (left.is_unsigned()) return left.as_unsigned() <=> right.as_unsigned();
  return std::weak_ordering::equivalent;
}

bool KeyLess::operator()(const Value& left, std::string_view right) const {
  return left.is_string() ? left.as_string() < right : left.kind() < Kind::kString;
}

bool KeyLess::operator()(std::string_view left, const Value& right) const {
  return right.is_string() ? left < right.as_string() : Kind::kString < right.kind();
}

std::string Map::type() const { return text::cat("map[", key_type, "]", value_type); }

const Value* Map::find(std::string_view key) const {
  const auto at = entries.find(key);
  return at == entries.end() ? nullptr : &at->second;
}

const Value* Struct::find_field(std::string_view name) const {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (type->fields[i].name == name) return &fields[i];
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!type->fields[i].is_embedded || fields[i].kind() != Kind::kStruct) continue;
    if (const Value* inner = fields[i].as_struct().find_field(name)) return inner;
  }
  return nullptr;
}

BoundMethod find_method(const Value& value, std::string_view name) {
  if (value.kind() != Kind::kStruct) return {};
  const Struct& structure = value.as_struct();
  if (const auto at = structure.type->methods.find(name); at != structure.type->methods.end())
    return {value, &at->second};
  for (std::size_t i = 0; i < structure.fields.size(); ++i) {
    if (!structure.type->fields[i].is_embedded) continue;
    if (auto inner = find_method(structure.fields[i], name); inner.function) return inner;
  }
  return {};
}

Value zero_value(std::string_view type) {
  if (type == "string") return "";
  if (type == "bool") return false;
  if (type == "float64") return Value::real(0);
  if (type.starts_with("[]")) return Value::nil_list(std::string{type});
  for (std::size_t i = static_cast<std::size_t>(Kind::kInt); i <= static_cast<std::size_t>(Kind::kUint64); ++i) {
    if (kKindNames[i].type != type) continue;
    const auto kind = static_cast<Kind>(i);
    return type.starts_with('u') ? Value::unsigned_integer(0, kind) : Value::integer(0, kind);
  }
  return Value::nil();
}

Value from_json(const json::Value& value) {
  switch (value.kind()) {
    case json::Value::Kind::kNull: return Value::nil();
    case json::Value::Kind::kBool: return value.as_bool();
    case json::Value::Kind::kNumber: return Value::real(value.real().value_or(0));
    case json::Value::Kind::kString: return value.as_string();
    case json::Value::Kind::kArray: {
      Value::Items items;
      items.reserve(value.size());
      for (const auto& element : value.as_array()) items.push_back(from_json(element));
      return Value::list(std::move(items));
    }
    case json::Value::Kind::kObject: break;
  }
  Value out = Value::map();
  for (const auto& [key, member] : value.as_object()) out.as_map().set(key, from_json(member));
  return out;
}

std::string_view type_of(Parameter parameter) {
  switch (parameter) {
    case Parameter::kAny: return kInterface;
    case Parameter::kValue: return "reflect.Value";
    case Parameter::kString: return "string";
    case Parameter::kInt: return "int";
    case Parameter::kBool: return "bool";
    case Parameter::kFloat64: return "float64";
    case Parameter::kDict: return "map[string]interface {}";
  }
  return "";
}

bool takes(Parameter parameter, const Value& value) {
  switch (parameter) {
    case Parameter::kAny:
    case Parameter::kValue: return true;
    case Parameter::kString: return value.kind() == Kind::kString;
    case Parameter::kInt: return value.kind() == Kind::kInt;
    case Parameter::kBool: return value.kind() == Kind::kBool;
    case Parameter::kFloat64: return value.kind() == Kind::kFloat64;
    case Parameter::kDict: return value.kind() == Kind::kMap && value.as_map().is_dict();
  }
  return false;
}

}  // namespace weir::templates
