#include "pkg/json/value.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace weir::json {
namespace {

std::string shortest(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

bool equal_numbers(const Number& left, const Number& right) {
  if (left == right) return true;
  const Value a{left}, b{right};
  const auto left_integer = a.integer(), right_integer = b.integer();
  if (left_integer && right_integer) return left_integer == right_integer;
  return a.real() == b.real();
}

bool equal_objects(const Value& left, const Value& right) {
  const auto& members = left.as_object();
  const auto& others = right.as_object();
  if (members.size() != others.size()) return false;
  for (std::size_t i = 0; i < members.size(); ++i) {
    // Most objects that are compared came from the same writer: try the same place first.
    const auto* other = others[i].key == members[i].key ? &others[i].value : right.find(members[i].key);
    if (other == nullptr || !(members[i].value == *other)) return false;
  }
  return true;
}

}  // namespace

Value::Value(double value) : data_{Number{shortest(value)}} {}
Value::Value(Object members) : data_{std::move(members)} {}
Value::Value(const Value&) = default;
Value::Value(Value&&) noexcept = default;
Value& Value::operator=(const Value&) = default;
Value& Value::operator=(Value&&) noexcept = default;
Value::~Value() = default;

Value Value::object(std::initializer_list<Member> members) { return Value{Object{members}}; }
Value Value::array(std::initializer_list<Value> elements) { return Value{Array{elements}}; }

std::optional<std::int64_t> Value::integer() const {
  if (!is_number()) return std::nullopt;
  const auto& text = as_number().text;
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size()) return number;
  const auto approximate = real();
  if (!approximate || std::trunc(*approximate) != *approximate || std::abs(*approximate) > 9007199254740992.0) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*approximate);
}

std::optional<double> Value::real() const {
  if (!is_number()) return std::nullopt;
  const auto& text = as_number().text;
  double number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec == std::errc::invalid_argument) return std::nullopt;
  return number;
}

std::optional<std::string_view> Value::text() const {
  if (!is_string()) return std::nullopt;
  return as_string();
}

const Value* Value::find(std::string_view key) const {
  if (!is_object()) return nullptr;
  for (const auto& member : as_object()) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

Value* Value::find(std::string_view key) { return const_cast<Value*>(std::as_const(*this).find(key)); }

const Value* Value::find_path(std::initializer_list<std::string_view> keys) const {
  const Value* at = this;
  for (const auto key : keys) {
    at = at->find(key);
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::string_view Value::text_at(std::initializer_list<std::string_view> keys) const {
  const Value* at = find_path(keys);
  return at != nullptr && at->is_string() ? std::string_view{at->as_string()} : std::string_view{};
}

Value& Value::set(std::string_view key, Value value) {
  auto& place = (*this)[key];
  place = std::move(value);
  return place;
}

Value& Value::operator[](std::string_view key) {
  if (is_null()) data_ = Object{};
  if (auto* there = find(key)) return *there;
  return append_unchecked(std::string{key}, Value{});
}

Value& Value::append_unchecked(std::string key, Value value) {
  return as_object().emplace_back(std::move(key), std::move(value)).value;
}

bool Value::erase(std::string_view key) {
  if (!is_object()) return false;
  auto& members = as_object();
  const auto at = std::ranges::find(members, key, &Member::key);
  if (at == members.end()) return false;
  members.erase(at);
  return true;
}

void Value::push_back(Value value) {
  if (is_null()) data_ = Array{};
  as_array().push_back(std::move(value));
}

std::size_t Value::size() const {
  if (is_array()) return as_array().size();
  if (is_object()) return as_object().size();
  return 0;
}

bool operator==(const Value& left, const Value& right) {
  if (left.kind() != right.kind()) return false;
  switch (left.kind()) {
    case Value::Kind::kNull: return true;
    case Value::Kind::kBool: return left.as_bool() == right.as_bool();
    case Value::Kind::kNumber: return equal_numbers(left.as_number(), right.as_number());
    case Value::Kind::kString: return left.as_string() == right.as_string();
    case Value::Kind::kArray: return left.as_array() == right.as_array();
    case Value::Kind::kObject: return equal_objects(left, right);
  }
  return false;
}

std::string_view describe_kind(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::kNull: return "null";
    case Value::Kind::kBool: return "a boolean";
    case Value::Kind::kNumber: return "a number";
    case Value::Kind::kString: return "a string";
    case Value::Kind::kArray: return "a list";
    case Value::Kind::kObject: return "an object";
  }
  return "";
}

void sort_keys(Value& value) {
  if (value.is_array()) {
    for (auto& element : value.as_array()) sort_keys(element);
  } else if (value.is_object()) {
    std::ranges::sort(value.as_object(), {}, &Member::key);
    for (auto& member : value.as_object()) sort_keys(member.value);
  }
}

}  // namespace weir::json
