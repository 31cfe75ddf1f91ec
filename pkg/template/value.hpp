#pragma once

#include <compare>
#include <complex>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "pkg/json/value.hpp"

namespace weir::templates {

class Call;
struct List;
struct Map;
struct Struct;
struct StructType;
struct Function;

enum class Kind : std::uint8_t {
  kNone,  ///< a map had no such key: prints as <no value>
  kNil,
  kBool,
  kInt,
  kInt32,
  kInt64,
  kUint,
  kUint8,
  kUint32,
  kUint64,
  kFloat64,
  kComplex128,
  kString,
  kList,
  kMap,
  kStruct,
  kFunction,
};

/// What templates work on: a value with the Go type that decides how it prints, compares and is
/// passed on ("1" of type int is not equal to "1" of type float64). Copies are cheap: texts, lists,
/// maps and structs are shared. Threads: value; what is shared must not be changed while another
/// thread reads it. Rendering works on a copy of the data, so data is never changed by it.
class Value {
 public:
  using Items = std::vector<Value>;

  /// No value.
  Value() noexcept = default;
  Value(std::same_as<bool> auto value) : kind_{Kind::kBool}, data_{value} {}
  Value(std::string text);
  Value(std::string_view text);
  Value(const char* text);

  static Value nil();
  static Value integer(std::int64_t value, Kind kind = Kind::kInt);
  static Value unsigned_integer(std::uint64_t value, Kind kind = Kind::kUint64);
  static Value real(double value);
  static Value complex(std::complex<double> value);
  /// @param type  Go's name of the list's type
  static Value list(Items items, std::string type = "[]interface {}");
  static Value texts(std::vector<std::string> items);
  /// A list that was never made: like an empty one, but null in JSON.
  static Value nil_list(std::string type);
  /// An empty map; fill it through as_map().
  static Value map(std::string key_type = "string", std::string value_type = "interface {}");
  static Value dict(std::initializer_list<std::pair<std::string_view, Value>> members);
  /// @param fields  as many as the type has
  static Value structure(std::shared_ptr<const StructType> type, Items fields);
  static Value function(Function function);

  Kind kind() const { return kind_; }
  bool has_value() const { return kind_ != Kind::kNone; }
  /// No value, nil, or a list that was never made.
  bool is_nil() const;
  bool is_integer() const { return kind_ >= Kind::kInt && kind_ <= Kind::kInt64; }
  bool is_unsigned() const { return kind_ >= Kind::kUint && kind_ <= Kind::kUint64; }
  bool is_string() const { return kind_ == Kind::kString; }

  // Reading what one knows the kind of; another kind throws std::bad_variant_access.
  bool as_bool() const { return std::get<bool>(data_); }
  std::int64_t as_integer() const { return std::get<std::int64_t>(data_); }
  std::uint64_t as_unsigned() const { return std::get<std::uint64_t>(data_); }
  double as_real() const { return std::get<double>(data_); }
  std::complex<double> as_complex() const { return std::get<std::complex<double>>(data_); }
  const std::string& as_string() const { return *std::get<std::shared_ptr<const std::string>>(data_); }
  List& as_list() const { return *std::get<std::shared_ptr<List>>(data_); }
  Map& as_map() const { return *std::get<std::shared_ptr<Map>>(data_); }
  const Struct& as_struct() const { return *std::get<std::shared_ptr<const Struct>>(data_); }
  const Function& as_function() const { return *std::get<std::shared_ptr<const Function>>(data_); }
  const std::shared_ptr<List>& shared_list() const { return std::get<std::shared_ptr<List>>(data_); }
  const std::shared_ptr<Map>& shared_map() const { return std::get<std::shared_ptr<Map>>(data_); }

  /// Go's name of the type: "int", "[]string", "map[string]interface {}"; "<nil>" for nil and no
  /// value.
  std::string type() const;
  /// Go's name of the kind: "int", "slice", "map", "struct", "ptr", "invalid".
  std::string_view kind_name() const;

  /// Whether the value lay in a place of an interface type, as the elements of a JSON list do:
  /// messages tell.
  bool is_boxed() const { return is_boxed_; }
  Value boxed(bool is_boxed = true) const;

 private:
  using Data = std::variant<
      std::monostate,
      bool,
      std::int64_t,
      std::uint64_t,
      double,
      std::complex<double>,
      std::shared_ptr<const std::string>,
      std::shared_ptr<List>,
      std::shared_ptr<Map>,
      std::shared_ptr<const Struct>,
      std::shared_ptr<const Function>>;

  template <class Part>
  Value(Kind kind, Part part) : kind_{kind}, data_{std::move(part)} {}

  Kind kind_ = Kind::kNone;
  bool is_boxed_ = false;
  Data data_;
};

inline constexpr std::string_view kInterface = "interface {}";

struct List {
  List(Value::Items items_, std::string type_) : items{std::move(items_)}, type{std::move(type_)} {}

  Value::Items items;
  std::string type;      ///< "[]string"
  bool is_nil = false;   ///< never made
  bool is_kept = false;  ///< for the renderer
  /// "string" of "[]string".
  std::string_view element_type() const { return std::string_view{type}.substr(2); }
  Value at(std::size_t index) const { return items[index].boxed(element_type() == kInterface); }
};

/// The order of keys in Go's `range` and printing: numbers by value, texts bytewise, structs field
/// by field. Keys of different kinds are ordered by kind.
std::weak_ordering compare_keys(const Value& left, const Value& right);

struct KeyLess {
  using is_transparent = void;
  bool operator()(const Value& left, const Value& right) const { return compare_keys(left, right) < 0; }
  bool operator()(const Value& left, std::string_view right) const;
  bool operator()(std::string_view left, const Value& right) const;
};

struct Map {
  Map(std::string key_type_, std::string value_type_)
      : key_type{std::move(key_type_)}, value_type{std::move(value_type_)} {}

  std::string key_type;
  std::string value_type;
  std::map<Value, Value, KeyLess> entries;
  bool is_kept = false;  ///< for the renderer

  std::string type() const;
  /// A map[string]interface {}: what the functions for dictionaries take.
  bool is_dict() const { return key_type == "string" && value_type == kInterface; }
  const Value* find(std::string_view key) const;
  void set(Value key, Value value) { entries.insert_or_assign(std::move(key), std::move(value)); }
};

/// What a parameter of a function takes; the Go types, by which arguments are refused.
enum class Parameter : std::uint8_t {
  kAny,    ///< interface {}: no value arrives as nil
  kValue,  ///< reflect.Value: also no value
  kString,
  kInt,
  kBool,
  kFloat64,
  kDict,  ///< map[string]interface {}: nil arrives as nil
};
/// The Go type, as messages name it.
std::string_view type_of(Parameter parameter);
/// Whether a value that is one is of that type.
bool takes(Parameter parameter, const Value& value);

/// A function or a method: its parameters and what it does. Made with make_function() of
/// functions.hpp.
struct Function {
  std::vector<Parameter> parameters;
  bool is_variadic = false;  ///< the last parameter may be given any number of times
  std::function<Value(Call&)> body;
};

/// A struct type of the caller's: the names of its fields, and its methods. A name that starts with
/// a lower-case letter is out of reach for templates. A struct with a method String prints as that
/// says.
struct StructType {
  struct Field {
    Field(std::string name_, bool is_embedded_ = false) : name{std::move(name_)}, is_embedded{is_embedded_} {}
    std::string name;
    bool is_embedded = false;  ///< its fields and methods can be named as if they were the outer one's
  };

  explicit StructType(std::string name_) : name{std::move(name_)} {}

  std::string name;  ///< Go's, with a star in front when templates see a pointer: "update.Change"
  std::vector<Field> fields;
  std::map<std::string, Function, std::less<>> methods;  ///< the first argument is the struct

  bool is_pointer() const { return name.starts_with('*'); }
};

struct Struct {
  Struct(std::shared_ptr<const StructType> type_, Value::Items fields_)
      : type{std::move(type_)}, fields{std::move(fields_)} {}

  std::shared_ptr<const StructType> type;
  Value::Items fields;
  /// The field of this name, also of an embedded struct; nullptr when there is none.
  const Value* find_field(std::string_view name) const;
};

/// A method and the struct that has it: the value itself or one embedded in it.
struct BoundMethod {
  Value receiver;
  const Function* function = nullptr;
};
BoundMethod find_method(const Value& value, std::string_view name);

/// The zero value of a Go type: "" for string, 0 for int, nil for interface {} and for lists.
Value zero_value(std::string_view type);

/// A value from a JSON document as encoding/json reads it: numbers become float64, so 1000000
/// prints as 1e+06.
Value from_json(const json::Value& value);

}  // namespace weir::templates
