#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir::json {

struct Member;

/// A number as it was written: "1", "1.0" and "1e0" stay what they are, and no digit of a large one is lost.
struct Number {
  Number() = default;
  explicit Number(std::string text_) : text{std::move(text_)} {}
  std::string text;
  friend bool operator==(const Number&, const Number&) = default;
};

/// A JSON document or a part of one. A value: copies are deep, moves are cheap. Objects keep the order in which members
/// were added and never hold a key twice. Shared documents are passed as `std::shared_ptr<const Value>`.
/// Threads: value.
class Value {
 public:
  enum class Kind : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };
  using Array = std::vector<Value>;
  using Object = std::vector<Member>;

  // The inline ones are defined below Member, which clang wants to see whole.
  Value() noexcept;
  Value(std::nullptr_t) noexcept;
  Value(std::same_as<bool> auto value) : data_{value} {}
  template <std::integral Integer>
    requires(!std::same_as<Integer, bool> && !std::same_as<Integer, char>)
  Value(Integer value) : Value(Number{std::to_string(value)}) {}
  Value(double value);
  Value(Number number);
  Value(std::string text);
  Value(std::string_view text);
  Value(const char* text);
  Value(Array elements);
  /// The members must have distinct keys; build unknown ones with set().
  Value(Object members);

  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;
  ~Value();

  /// {} and []; `object({{"a", 1}})` for a fixed set of members.
  static Value object(std::initializer_list<Member> members = {});
  static Value array(std::initializer_list<Value> elements = {});

  Kind kind() const { return static_cast<Kind>(data_.index()); }
  bool is_null() const { return kind() == Kind::kNull; }
  bool is_bool() const { return kind() == Kind::kBool; }
  bool is_number() const { return kind() == Kind::kNumber; }
  bool is_string() const { return kind() == Kind::kString; }
  bool is_array() const { return kind() == Kind::kArray; }
  bool is_object() const { return kind() == Kind::kObject; }

  // Reading what one knows the kind of; another kind throws std::bad_variant_access.
  bool as_bool() const { return std::get<bool>(data_); }
  const std::string& as_string() const { return std::get<std::string>(data_); }
  std::string& as_string() { return std::get<std::string>(data_); }
  const Number& as_number() const { return std::get<Number>(data_); }
  const Array& as_array() const { return std::get<Array>(data_); }
  Array& as_array() { return std::get<Array>(data_); }
  const Object& as_object() const;
  Object& as_object();

  /// nullopt when this is no number, or one that no 64-bit integer holds exactly ("1.0" and "1e3" are held).
  std::optional<std::int64_t> integer() const;
  /// nullopt when this is no number.
  std::optional<double> real() const;
  /// nullopt when this is no string.
  std::optional<std::string_view> text() const;

  /// The member of this name; nullptr when there is none or this is no object.
  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  /// The value at `keys`, one object inside the other; nullptr when a step is missing.
  const Value* find_path(std::initializer_list<std::string_view> keys) const;
  /// The string at `keys`; empty when it is missing or no string. For foreign objects, whose fields are all optional.
  std::string_view text_at(std::initializer_list<std::string_view> keys) const;
  bool contains(std::string_view key) const { return find(key) != nullptr; }

  /// Sets a member, in place when it is there, else at the end; a null value becomes an object first.
  Value& set(std::string_view key, Value value);
  /// The member of this name, added as null when missing; a null value becomes an object first.
  Value& operator[](std::string_view key);
  /// Adds a member that is known not to be there (readers, which check themselves).
  Value& append_unchecked(std::string key, Value value);
  /// @returns false when there was no such member
  bool erase(std::string_view key);
  void push_back(Value value);

  /// Elements of an array, members of an object, else 0.
  std::size_t size() const;
  bool empty() const { return size() == 0; }

  /// Deep equality; the order of members does not count, numbers are equal when their values are.
  friend bool operator==(const Value& left, const Value& right);

 private:
  std::variant<std::monostate, bool, Number, std::string, Array, std::vector<Member>> data_;
};

struct Member {
  Member(std::string key_, Value value_) : key{std::move(key_)}, value{std::move(value_)} {}
  std::string key;
  Value value;
};

inline Value::Value() noexcept {}
inline Value::Value(std::nullptr_t) noexcept {}
inline Value::Value(Number number) : data_{std::move(number)} {}
inline Value::Value(std::string text) : data_{std::move(text)} {}
inline Value::Value(std::string_view text) : data_{std::string{text}} {}
inline Value::Value(const char* text) : data_{std::string{text}} {}
inline Value::Value(Array elements) : data_{std::move(elements)} {}
inline const Value::Object& Value::as_object() const { return std::get<Object>(data_); }
inline Value::Object& Value::as_object() { return std::get<Object>(data_); }

/// "a string", "an object", ...: for messages.
std::string_view describe_kind(Value::Kind kind);

/// Sorts the members of every object by key (bytewise), all the way down.
void sort_keys(Value& value);

}  // namespace weir::json
