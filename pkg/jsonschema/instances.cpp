#include "pkg/jsonschema/instances.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/jsonschema/decimal.hpp"
#include "pkg/jsonschema/schema.hpp"

namespace weir::jsonschema {

using json::Member;
using json::Value;

unsigned type_of(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull: return kNull;
    case Value::Kind::kBool: return kBoolean;
    case Value::Kind::kNumber: return kNumber;
    case Value::Kind::kString: return kString;
    case Value::Kind::kArray: return kArray;
    default: return kObject;
  }
}

std::string type_names(unsigned types) {
  static constexpr std::pair<unsigned, std::string_view> kNames[] = {
      {kNull, "null"},
      {kBoolean, "boolean"},
      {kNumber, "number"},
      {kInteger, "integer"},
      {kString, "string"},
      {kArray, "array"},
      {kObject, "object"}};
  std::string out;
  for (const auto& [bit, name] : kNames)
    if (types & bit) text::append(out, out.empty() ? "" : " or ", name);
  return out;
}

std::vector<const Member*> sorted_members(const Value& object) {
  std::vector<const Member*> members;
  members.reserve(object.size());
  for (const auto& member : object.as_object()) members.push_back(&member);
  std::sort(members.begin(), members.end(), [](auto* left, auto* right) { return left->key < right->key; });
  return members;
}

namespace {

void write_canonical(std::string& out, const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull: out += 'n'; break;
    case Value::Kind::kBool: out += value.as_bool() ? 't' : 'f'; break;
    case Value::Kind::kNumber: {
      const auto number = Decimal::parse(value.as_number().text);
      text::append(out, '#', number ? number->text() : value.as_number().text, ';');
      break;
    }
    case Value::Kind::kString: text::append(out, '"', value.as_string().size(), ':', value.as_string()); break;
    case Value::Kind::kArray:
      out += '[';
      for (const auto& item : value.as_array()) write_canonical(out, item);
      out += ']';
      break;
    case Value::Kind::kObject: {
      out += '{';
      for (const Member* member : sorted_members(value)) {
        text::append(out, member->key.size(), ':', member->key);
        write_canonical(out, member->value);
      }
      out += '}';
    }
  }
}

}  // namespace

std::string canonical(const Value& value) {
  std::string out;
  write_canonical(out, value);
  return out;
}

std::string joined_numbers(const std::vector<std::size_t>& numbers) {
  std::string out;
  for (const auto number : numbers) text::append(out, out.empty() ? "" : " ", number);
  return out;
}

}  // namespace weir::jsonschema
