#pragma once

#include <atomic>
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
#include <vector>

#include "pkg/json/value.hpp"
#include "pkg/template/reference.hpp"

namespace weir::templates {

class Call;
class NamedType;
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
  kBytes,  ///< a []uint8 that shares its bytes with a text; functions for lists see as_plain_list()
  kList,
  kMap,
  kStruct,
  kFunction,
};

/// What templates work on: a value with the Go type that decides how it prints, compares and is
/// passed on ("1" of type int is not equal to "1" of type float64). Sixteen bytes; copies are
/// cheap: texts, lists, maps and structs are shared, and counted. Lists inside each other go
/// without recursion, however deep. Threads: value; what is shared must not be changed while
/// another thread reads it.
class Value {
 public:
  using Items = std::vector<Value>;

  /// No value.
  Value() noexcept = default;
  Value(std::same_as<bool> auto value) : kind_{Kind::kBool} { data_.boolean = value; }
  Value(std::string text);
  Value(std::string_view text);
  Value(const char* text);

  Value(const Value& other) noexcept
      : kind_{other.kind_}, is_boxed_{other.is_boxed_}, named_{other.named_}, data_{other.data_} {
    if (is_shared()) data_.shared->hold();
  }
  Value(Value&& other) noexcept
      : kind_{std::exchange(other.kind_, Kind::kNone)},
        is_boxed_{std::exchange(other.is_boxed_, false)},
        named_{std::exchange(other.named_, std::uint8_t{0})},
        data_{other.data_} {}
  Value& operator=(const Value& other) noexcept {
    Value copy{other};
    swap(copy);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    Value moved{std::move(other)};
    swap(moved);
    return *this;
  }
  ~Value() {
    if (is_shared()) data_.shared->let_go();
  }
  void swap(Value& other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(is_boxed_, other.is_boxed_);
    std::swap(named_, other.named_);
    std::swap(data_, other.data_);
  }

  static Value nil();
  static Value integer(std::int64_t value, Kind kind = Kind::kInt);
  static Value unsigned_integer(std::uint64_t value, Kind kind = Kind::kUint64);
  static Value real(double value);
  static Value complex(std::complex<double> value);
  /// A []uint8.
  static Value bytes(std::string bytes);
  /// A text, or bytes, that somebody else has too: nothing is copied.
  static Value shared_text(std::shared_ptr<const std::string> text, Kind text_or_bytes = Kind::kString);
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
  bool as_bool() const { return checked(kind_ == Kind::kBool).boolean; }
  std::int64_t as_integer() const { return checked(is_integer()).integer; }
  std::uint64_t as_unsigned() const { return checked(is_unsigned()).natural; }
  double as_real() const { return checked(kind_ == Kind::kFloat64).real; }
  std::complex<double> as_complex() const;
  const std::string& as_string() const;
  /// Of a []uint8 that bytes() made.
  const std::string& as_bytes() const;
  List& as_list() const;
  Map& as_map() const;
  const Struct& as_struct() const;
  const Function& as_function() const;

  /// A []uint8 as a list of its numbers, 16 times as large; anything else as it is.
  Value as_plain_list() const;
  /// The same text as []uint8, or the bytes as a text: nothing is copied.
  Value with_kind(Kind text_or_bytes) const;

  /// Go's name of the type: "int", "[]string", "map[string]interface {}"; "<nil>" for nil and no
  /// value.
  std::string type() const;
  /// Go's name of the kind: "int", "slice", "map", "struct", "ptr", "invalid".
  std::string_view kind_name() const;

  /// Whether the value lay in a place of an interface type, as the elements of a JSON list do:
  /// messages tell.
  bool is_boxed() const { return is_boxed_; }
  Value boxed(bool is_boxed = true) const& {
    Value out = *this;
    out.is_boxed_ = is_boxed;
    return out;
  }
  Value boxed(bool is_boxed = true) && {
    is_boxed_ = is_boxed;
    return std::move(*this);
  }

  /// The same map, list or signed number seen as one of a named type; a map or list shares what it holds with the plain
  /// one.
  Value named(const NamedType& type) const;
  /// The value without its name.
  Value unnamed() const;
  /// nullptr: of no named type.
  const NamedType* named_type() const;

  /// Whether both are the same list, map or text in memory.
  bool is_same(const Value& other) const {
    return is_shared() && kind_ == other.kind_ && data_.shared == other.data_.shared;
  }

 private:
  union Data {
    bool boolean;
    std::int64_t integer;
    std::uint64_t natural = 0;
    double real;
    const Shared* shared;
  };

  Value(Kind kind, Data data) : kind_{kind}, data_{data} {}
  static Value of(Kind kind, const Shared* shared);
  bool is_shared() const { return kind_ >= Kind::kComplex128; }
  const Data& checked(bool is_right) const {
    if (!is_right) refuse();
    return data_;
  }
  [[noreturn]] static void refuse();

  Kind kind_ = Kind::kNone;
  bool is_boxed_ = false;
  std::uint8_t named_ = 0;
  Data data_;
};

static_assert(sizeof(Value) == 16);

inline constexpr std::string_view kInterface = "interface {}";

struct List : Shared {
  List(Value::Items items_, std::string type_)
      : items{std::move(items_)}, type{std::move(type_)}, weight{sizeof(List) + items.size() * sizeof(Value)} {}

  Value::Items items;
  std::string type;     ///< "[]string"
  Weight weight;        ///< as it was made
  bool is_nil = false;  ///< never made
  /// "string" of "[]string".
  std::string_view element_type() const { return std::string_view{type}.substr(2); }
  Value at(std::size_t index) const { return items[index].boxed(element_type() == kInterface); }
};

/// The order of keys in Go's `range` and printing: numbers by value, texts bytewise, structs field
/// by field. Keys of different kinds are ordered by kind.
std::weak_ordering compare_keys(const Value& left, const Value& right);

/// The entries of a map in the order of their keys: one block of memory, found by halving. Adding
/// in order costs nothing, adding to a large map out of order goes through a short queue, so that
/// n entries cost n log n. Pointers and iterators live until the next change. Threads: reading
/// `begin` of a map that was just changed may put the queue in its place, so the first reading
/// after a change is a change too.
class Entries {
 public:
  using Entry = std::pair<Value, Value>;
  using iterator = const Entry*;

  Entries() = default;
  Entries(const Entries& other);
  Entries(Entries&&) = delete;
  Entries& operator=(const Entries& other);
  Entries& operator=(Entries&&) = delete;
  ~Entries();

  iterator begin() const {
    settle();
    return sorted_.data();
  }
  iterator end() const { return sorted_.data() + sorted_.size(); }
  std::size_t size() const { return sorted_.size() + queue_.size(); }
  bool empty() const { return size() == 0; }

  /// end() when there is none. What is found is for reading; do not step on from it.
  iterator find(const Value& key) const;
  iterator find(std::string_view key) const;
  bool contains(const Value& key) const { return find(key) != end(); }
  bool contains(std::string_view key) const { return find(key) != end(); }
  void insert_or_assign(Value key, Value value);
  /// @returns how many went
  std::size_t erase(const Value& key);
  void clear();
  /// Takes entries in any order; of two with one key the later counts.
  void assign(std::vector<Entry> entries);
  void reserve(std::size_t count) { sorted_.reserve(count); }

 private:
  void settle() const {
    if (!queue_.empty()) merge_queue();
  }
  void merge_queue() const;

  mutable std::vector<Entry> sorted_;
  mutable std::vector<Entry> queue_;  // sorted too, keys that sorted_ has not
};

struct Map : Shared {
  Map(std::string key_type_, std::string value_type_)
      : key_type{std::move(key_type_)}, value_type{std::move(value_type_)} {}

  std::string key_type;
  std::string value_type;
  Entries entries;
  bool is_remembered = false;  ///< for the renderer

  std::string type() const;
  /// A map[string]interface {}: what the functions for dictionaries take.
  bool is_dict() const { return key_type == "string" && value_type == kInterface; }
  const Value* find(std::string_view key) const {
    const auto at = entries.find(key);
    return at == entries.end() ? nullptr : &at->second;
  }
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
  kDict,         ///< map[string]interface {}: nil arrives as nil
  kBytes,        ///< []uint8
  kUint32,       ///< uint32
  kInt64,        ///< int64
  kAnyList,      ///< []interface {}: nil arrives as nil
  kTextList,     ///< []string: nil arrives as nil
  kTime,         ///< a struct of the type time.Time
  kVersion,      ///< a struct of the type *semver.Version
  kCertificate,  ///< a struct of the type sprig.certificate
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

using Methods = std::map<std::string, Function, std::less<>>;

/// A type of the caller's that is a map, a list or a signed number underneath, with methods: Helm's common.Values, Go's
/// time.Month.
/// Lives as long as the process (a function's static): values name it by a number. There can be
/// 255.  Threads: any.
class NamedType {
 public:
  /// @param name  Go's: "common.Values"
  /// @throws std::length_error when there are too many
  NamedType(std::string name, Methods methods);
  NamedType(const NamedType&) = delete;
  NamedType& operator=(const NamedType&) = delete;

  const std::string& name() const { return name_; }
  const Methods& methods() const { return methods_; }
  std::uint8_t number() const { return number_; }
  static const NamedType& of(std::uint8_t number);

 private:
  std::string name_;
  Methods methods_;
  std::uint8_t number_ = 0;
};

/// A struct type of the caller's: the names of its fields, and its methods. A name that starts with
/// a lower-case letter is out of reach for templates. A struct with a method String prints as that
/// says.
struct StructType {
  struct Field {
    Field(std::string name_, bool is_embedded_ = false) : name{std::move(name_)}, is_embedded{is_embedded_} {}
    /// A field that JSON knows under another name, and not at all when it is an empty text.
    Field(std::string name_, std::string json_name_) : name{std::move(name_)}, json_name{std::move(json_name_)} {}
    Field(std::string name_, const char* json_name_) : Field{std::move(name_), std::string{json_name_}} {}
    std::string name;
    std::string json_name;     ///< empty: its name
    bool is_embedded = false;  ///< its fields and methods can be named as if they were the outer one's

    /// nullptr: JSON has no member for it.
    const std::string* json_member(const Value& value) const {
      if (json_name.empty()) return &name;
      return value.is_string() && value.as_string().empty() ? nullptr : &json_name;
    }
  };

  explicit StructType(std::string name_) : name{std::move(name_)} {}

  std::string name;  ///< Go's, with a star in front when templates see a pointer: "update.Change"
  std::vector<Field> fields;
  Methods methods;  ///< the first argument is the struct
  /// The method String belongs to the pointer: only an action that names the value where it stands prints by it.
  bool prints_by_address = false;

  bool is_pointer() const { return name.starts_with('*'); }
};

struct Struct : Shared {
  Struct(std::shared_ptr<const StructType> type_, Value::Items fields_)
      : type{std::move(type_)}, fields{std::move(fields_)} {}

  std::shared_ptr<const StructType> type;
  Value::Items fields;
  /// The field of this name, also of an embedded struct; nullptr when there is none.
  const Value* find_field(std::string_view name) const;
};

/// A method and what has it: the value itself or one embedded in it.
struct BoundMethod {
  Value receiver;
  const Function* function = nullptr;
};
BoundMethod find_method(const Value& value, std::string_view name);

/// The zero value of a Go type: "" for string, 0 for int, nil for interface {} and for lists.
Value zero_value(std::string_view type);

/// A value from a JSON document as encoding/json reads it: numbers become float64, so 1000000
/// prints as 1e+06. Linear in the document.
Value from_json(const json::Value& value);

}  // namespace weir::templates
