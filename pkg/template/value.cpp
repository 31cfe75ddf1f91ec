#include "pkg/template/value.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <variant>

#include "pkg/base/text.hpp"

namespace weir::templates {
namespace {

struct KindName {
  std::string_view type;
  std::string_view kind;
};

/// In the order of Kind. Lists, maps and structs have types of their own.
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
    {"[]uint8", "slice"},
    {"", "slice"},
    {"", "map"},
    {"", "struct"},
    {"func()", "func"},
};

struct Text : Shared {
  explicit Text(const std::string& content_) : content{content_} {}
  const std::string& content;
};

struct OwnText : Text {
  explicit OwnText(std::string text_) : Text{text}, text{std::move(text_)}, weight{sizeof(OwnText) + text.size()} {}
  const std::string text;
  const Weight weight;
};

struct ForeignText : Text {
  explicit ForeignText(std::shared_ptr<const std::string> text_) : Text{*text_}, text{std::move(text_)} {}
  const std::shared_ptr<const std::string> text;
};

struct Complex : Shared {
  explicit Complex(std::complex<double> number_) : number{number_} {}
  const std::complex<double> number;
};

struct Callable : Shared {
  explicit Callable(Function function_) : function{std::move(function_)} {}
  const Function function;
};

/// The named types by their numbers; 0 stays free.
constexpr std::size_t kMaxNamedTypes = 256;
std::array<std::atomic<const NamedType*>, kMaxNamedTypes>& named_types() {
  static std::array<std::atomic<const NamedType*>, kMaxNamedTypes> types;
  return types;
}

/// What waits on this thread to be freed while something else is being freed. Nothing here has a
/// destructor: values may outlive the thread's own variables.
struct Condemned {
  const Shared* first = nullptr;
  bool is_busy = false;
};
thread_local Condemned condemned;

}  // namespace

std::int64_t& memory_in_use() noexcept {
  static thread_local std::int64_t bytes = 0;
  return bytes;
}

void Shared::destroy() const noexcept {
  if (condemned.is_busy) {
    next_ = condemned.first;
    condemned.first = this;
    return;
  }
  condemned.is_busy = true;
  delete this;
  while (const Shared* next = condemned.first) {
    condemned.first = next->next_;
    delete next;
  }
  condemned.is_busy = false;
}

Value Value::of(Kind kind, const Shared* shared) {
  shared->hold();
  Data data;
  data.shared = shared;
  return Value{kind, data};
}

void Value::refuse() { throw std::bad_variant_access{}; }

Value::Value(std::string text) : Value{of(Kind::kString, new OwnText{std::move(text)})} {}

Value::Value(std::string_view text) : Value{std::string{text}} {}

Value::Value(const char* text) : Value{std::string{text}} {}

Value Value::nil() { return Value{Kind::kNil, {}}; }

Value Value::integer(std::int64_t value, Kind kind) {
  Data data;
  data.integer = value;
  return Value{kind, data};
}

Value Value::unsigned_integer(std::uint64_t value, Kind kind) {
  Data data;
  data.natural = value;
  return Value{kind, data};
}

Value Value::real(double value) {
  Data data;
  data.real = value;
  return Value{Kind::kFloat64, data};
}

Value Value::complex(std::complex<double> value) { return of(Kind::kComplex128, new Complex{value}); }

Value Value::bytes(std::string bytes) { return of(Kind::kBytes, new OwnText{std::move(bytes)}); }

Value Value::shared_text(std::shared_ptr<const std::string> text, Kind text_or_bytes) {
  if (text_or_bytes != Kind::kString && text_or_bytes != Kind::kBytes) refuse();
  return of(text_or_bytes, new ForeignText{std::move(text)});
}

Value Value::list(Items items, std::string type) {
  return of(Kind::kList, new List{std::move(items), std::move(type)});
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
  return of(Kind::kMap, new Map{std::move(key_type), std::move(value_type)});
}

Value Value::dict(std::initializer_list<std::pair<std::string_view, Value>> members) {
  Value out = map();
  for (const auto& [key, value] : members) out.as_map().set(key, value);
  return out;
}

Value Value::structure(std::shared_ptr<const StructType> type, Items fields) {
  return of(Kind::kStruct, new Struct{std::move(type), std::move(fields)});
}

Value Value::function(Function function) { return of(Kind::kFunction, new Callable{std::move(function)}); }

std::complex<double> Value::as_complex() const {
  return static_cast<const Complex*>(checked(kind_ == Kind::kComplex128).shared)->number;
}

const std::string& Value::as_string() const {
  return static_cast<const Text*>(checked(kind_ == Kind::kString).shared)->content;
}

const std::string& Value::as_bytes() const {
  return static_cast<const Text*>(checked(kind_ == Kind::kBytes).shared)->content;
}

List& Value::as_list() const {
  return *const_cast<List*>(static_cast<const List*>(checked(kind_ == Kind::kList).shared));
}

Map& Value::as_map() const { return *const_cast<Map*>(static_cast<const Map*>(checked(kind_ == Kind::kMap).shared)); }

const Struct& Value::as_struct() const { return *static_cast<const Struct*>(checked(kind_ == Kind::kStruct).shared); }

const Function& Value::as_function() const {
  return static_cast<const Callable*>(checked(kind_ == Kind::kFunction).shared)->function;
}

Value Value::as_plain_list() const {
  if (kind_ != Kind::kBytes) return *this;
  Items items;
  items.reserve(as_bytes().size());
  for (const char c : as_bytes()) items.push_back(unsigned_integer(static_cast<unsigned char>(c), Kind::kUint8));
  return list(std::move(items), "[]uint8");
}

Value Value::with_kind(Kind text_or_bytes) const {
  if (kind_ != Kind::kString && kind_ != Kind::kBytes) refuse();
  return of(text_or_bytes, data_.shared);
}

bool Value::is_nil() const {
  return kind_ == Kind::kNone || kind_ == Kind::kNil || (kind_ == Kind::kList && as_list().is_nil);
}

std::string Value::type() const {
  if (named_ != 0) return NamedType::of(named_).name();
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

Value Value::named(const NamedType& type) const {
  if (kind_ != Kind::kList && kind_ != Kind::kMap && !is_integer()) refuse();
  Value out = *this;
  out.named_ = type.number();
  return out;
}

Value Value::unnamed() const {
  Value out = *this;
  out.named_ = 0;
  return out;
}

const NamedType* Value::named_type() const { return named_ == 0 ? nullptr : &NamedType::of(named_); }

NamedType::NamedType(std::string name, Methods methods) : name_{std::move(name)}, methods_{std::move(methods)} {
  static std::atomic<std::size_t> last{0};
  const std::size_t number = ++last;
  if (number >= kMaxNamedTypes) throw std::length_error{"too many named types of template values"};
  number_ = static_cast<std::uint8_t>(number);
  named_types()[number].store(this, std::memory_order_release);
}

const NamedType& NamedType::of(std::uint8_t number) { return *named_types()[number].load(std::memory_order_acquire); }

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

std::string Map::type() const { return text::cat("map[", key_type, "]", value_type); }

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
  if (const NamedType* type = value.named_type()) {
    const auto at = type->methods().find(name);
    return at == type->methods().end() ? BoundMethod{} : BoundMethod{value, &at->second};
  }
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
  std::vector<Entries::Entry> entries;
  entries.reserve(value.size());
  for (const auto& [key, member] : value.as_object()) entries.emplace_back(key, from_json(member));
  Value out = Value::map();
  out.as_map().entries.assign(std::move(entries));
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
    case Parameter::kBytes: return "[]uint8";
    case Parameter::kUint32: return "uint32";
    case Parameter::kInt64: return "int64";
    case Parameter::kAnyList: return "[]interface {}";
    case Parameter::kTextList: return "[]string";
    case Parameter::kTime: return "time.Time";
    case Parameter::kVersion: return "*semver.Version";
    case Parameter::kCertificate: return "sprig.certificate";
  }
  return "";
}

bool takes(Parameter parameter, const Value& value) {
  switch (parameter) {
    case Parameter::kAny:
    case Parameter::kValue: return true;
    case Parameter::kString: return value.kind() == Kind::kString;
    case Parameter::kInt: return value.kind() == Kind::kInt && !value.named_type();
    case Parameter::kBool: return value.kind() == Kind::kBool;
    case Parameter::kFloat64: return value.kind() == Kind::kFloat64;
    case Parameter::kDict: return value.kind() == Kind::kMap && value.as_map().is_dict();
    case Parameter::kBytes:
      return value.kind() == Kind::kBytes || (value.kind() == Kind::kList && value.as_list().type == "[]uint8");
    case Parameter::kUint32: return value.kind() == Kind::kUint32;
    case Parameter::kInt64: return value.kind() == Kind::kInt64 && !value.named_type();
    case Parameter::kAnyList: return value.kind() == Kind::kList && value.as_list().type == "[]interface {}";
    case Parameter::kTextList: return value.kind() == Kind::kList && value.as_list().type == "[]string";
    case Parameter::kTime:
    case Parameter::kVersion:
    case Parameter::kCertificate:
      return value.kind() == Kind::kStruct && value.as_struct().type->name == type_of(parameter);
  }
  return false;
}

}  // namespace weir::templates
