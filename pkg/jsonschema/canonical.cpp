#include "pkg/jsonschema/canonical.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/jsonschema/decimal.hpp"

namespace weir::jsonschema {

using json::Member;
using json::Value;

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

}  // namespace weir::jsonschema
