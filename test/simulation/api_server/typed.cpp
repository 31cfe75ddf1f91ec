#include "test/simulation/api_server/typed.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::test {
namespace {

using Shape = Type::Shape;
using json::Value;

bool is_object(const Type& type, const Value& value) {
  return type.shape == Shape::kObject || (type.shape == Shape::kAny && value.is_object());
}
/// Lists whose items have owners of their own.
bool is_merged_list(const Type& type) { return type.shape == Shape::kList && !type.is_atomic; }

const Type& member_type(const Type& type, std::string_view name) {
  static const Type kText = [] {
    Type out;
    out.shape = Shape::kString;
    return out;
  }();
  if (type.shape == Shape::kAny) return any_type();
  const auto* out = type.of_member(name);
  if (out != nullptr) return *out;
  if (type.is_kind && (name == "apiVersion" || name == "kind")) return kText;
  return any_type();
}
bool is_declared(const Type& type, std::string_view name) {
  return type.field(name) != nullptr || (type.is_kind && (name == "apiVersion" || name == "kind"));
}
const Type& item_type(const Type& list) { return list.element == nullptr ? any_type() : *list.element; }

bool is_blank(const Value* value) { return value == nullptr || value->is_null() || value->empty(); }

std::string go_name(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kString: return "string";
    case Value::Kind::kBool: return "bool";
    case Value::Kind::kNumber:
      return value.as_number().text.find_first_of(".eE") == std::string::npos ? "int64" : "float64";
    case Value::Kind::kArray: return "[]interface {}";
    case Value::Kind::kObject: return "map[string]interface {}";
    default: return "<nil>";
  }
}

/// As Go prints a value.
std::string go_text(const Value& value) {
  std::string out;
  switch (value.kind()) {
    case Value::Kind::kNull: return "<nil>";
    case Value::Kind::kString: return value.as_string();
    case Value::Kind::kArray:
      for (const auto& item : value.as_array()) text::append(out, out.empty() ? "" : " ", go_text(item));
      return text::cat("[", out, "]");
    case Value::Kind::kObject: {
      Value sorted = value;
      json::sort_keys(sorted);
      for (const auto& member : sorted.as_object()) {
        text::append(out, out.empty() ? "" : " ", member.key, ":", go_text(member.value));
      }
      return text::cat("map[", out, "]");
    }
    default: return json::write(value);
  }
}

class Check {
 public:
  Check(bool allows_duplicates, std::vector<std::string>& out) : allows_duplicates_{allows_duplicates}, out_{out} {}

  void value(const Value& value, const Type& type, const std::string& at) {
    if (value.is_null()) return;
    switch (type.shape) {
      case Shape::kObject: return object(value, type, at);
      case Shape::kList: return list(value, type, at);
      case Shape::kInt32:
      case Shape::kInt64:
      case Shape::kNumber:
        if (!value.is_number()) say(at, text::cat("expected numeric (int or float), got ", go_name(value)));
        return;
      case Shape::kBool:
        if (!value.is_bool()) say(at, text::cat("expected boolean, got ", go_text(value)));
        return;
      case Shape::kString:
      case Shape::kTime:
      case Shape::kMicroTime:
      case Shape::kBytes:
        if (!value.is_string()) {
          say(at, text::cat("expected string, got &value.valueUnstructured{Value:", go_text(value), "}"));
        }
        return;
      default: return;
    }
  }

 private:
  void say(const std::string& at, std::string_view what) { out_.push_back(text::cat(at, ": ", what)); }

  void object(const Value& value, const Type& type, const std::string& at) {
    if (!value.is_object()) return say(at, text::cat("expected map, got &{", go_text(value), "}"));
    for (const auto& member : value.as_object()) {
      const auto below = text::cat(at, ".", member.key);
      if (!is_declared(type, member.key) && type.element == nullptr && !type.keeps_unknown) {
        return say(below, "field not declared in schema");  // the rest is not looked at
      }
      this->value(member.value, member_type(type, member.key), below);
    }
  }

  void list(const Value& value, const Type& type, const std::string& at) {
    if (!value.is_array()) return say(at, text::cat("expected list, got &{", go_text(value), "}"));
    std::set<std::string> seen;
    std::size_t place = 0;
    for (const auto& item : value.as_array()) {
      std::string below = text::cat(at, "[", place++, "]");
      if (!type.is_atomic) {
        const auto element = item_element(item, type);
        if (element.empty()) {
          const auto missing = std::ranges::find_if(type.keys, [&](const auto& key) { return !item.contains(key); });
          say(text::cat(at, ": element ", place - 1),
              text::cat(
                  "associative list with keys has an element that omits key field ",
                  text::quoted(*missing),
                  " (and doesn't have default value)"
              ));
          continue;
        }
        FieldSet one;
        one.add(element, true);
        const auto shown = one.texts().front();
        if (!seen.insert(element).second && !allows_duplicates_) {
          say(at, text::cat("duplicate entries for key ", shown));
          continue;
        }
        below = at + shown;
      }
      this->value(item, item_type(type), below);
    }
  }

  const bool allows_duplicates_;
  std::vector<std::string>& out_;
};

void collect(const Value& value, const Type& type, FieldSet& out);

/// Whether the value is a leaf.
bool add_fields(const Value& value, const Type& type, FieldSet& below) {
  if (is_object(type, value) && !type.is_atomic) {
    if (value.is_object()) collect(value, type, below);
    return false;
  }
  if (is_merged_list(type)) {
    if (!value.is_array()) return false;
    std::map<std::string, int> seen;
    for (const auto& item : value.as_array()) ++seen[item_element(item, type)];
    for (const auto& item : value.as_array()) {
      auto element = item_element(item, type);
      FieldSet inner;
      if (seen[element] == 1) add_fields(item, item_type(type), inner);
      below.add(std::move(element), true, std::move(inner));
    }
    return false;
  }
  return true;
}

void collect(const Value& value, const Type& type, FieldSet& out) {
  for (const auto& member : value.as_object()) {
    FieldSet below;
    bool is_member = add_fields(member.value, member_type(type, member.key), below);
    if (member.value.is_null() || (member.value.is_object() && member.value.empty())) is_member = true;
    if (!is_declared(type, member.key)) is_member = true;
    out.add(field_element(member.key), is_member, std::move(below));
  }
}

struct Marks {
  bool added = false, modified = false, removed = false;
};

/// nullptr: not there.
Marks compare_at(const Value* before, const Value* after, const Type& type, Comparison& below);

void note(Comparison& out, const std::string& element, const Marks& marks, Comparison below) {
  out.added.add(element, marks.added, std::move(below.added));
  out.modified.add(element, marks.modified, std::move(below.modified));
  out.removed.add(element, marks.removed, std::move(below.removed));
}

void compare_objects(const Value* before, const Value* after, const Type& type, Comparison& out) {
  const auto one = [&](const std::string& key, const Value* was, const Value* is) {
    Comparison below;
    const auto marks = compare_at(was, is, member_type(type, key), below);
    note(out, field_element(key), marks, std::move(below));
  };
  if (before != nullptr && before->is_object()) {
    for (const auto& member : before->as_object()) {
      const auto* is = after == nullptr ? nullptr : after->find(member.key);
      if (is != nullptr && *is == member.value) continue;
      one(member.key, &member.value, is);
    }
  }
  if (after != nullptr && after->is_object()) {
    for (const auto& member : after->as_object()) {
      if (before == nullptr || !before->contains(member.key)) one(member.key, nullptr, &member.value);
    }
  }
}

using Items = std::map<std::string, std::vector<const Value*>>;
Items items_of(const Value* list, const Type& type) {
  Items out;
  if (list == nullptr || !list->is_array()) return out;
  for (const auto& item : list->as_array()) out[item_element(item, type)].push_back(&item);
  return out;
}

void compare_lists(const Value* before, const Value* after, const Type& type, Comparison& out) {
  const auto were = items_of(before, type);
  const auto are = items_of(after, type);
  std::set<std::string> elements;
  for (const auto& [element, items] : were) elements.insert(element);
  for (const auto& [element, items] : are) elements.insert(element);
  static const std::vector<const Value*> kNone;
  for (const auto& element : elements) {
    const auto* was = were.contains(element) ? &were.at(element) : &kNone;
    const auto* is = are.contains(element) ? &are.at(element) : &kNone;
    Comparison below;
    Marks marks;
    if (was->size() <= 1 && is->size() <= 1) {
      marks = compare_at(
          was->empty() ? nullptr : was->front(), is->empty() ? nullptr : is->front(), item_type(type), below
      );
    } else {
      const auto same = [](const Value* left, const Value* right) { return *left == *right; };
      marks.added = was->empty();
      marks.removed = is->empty();
      marks.modified = !marks.added && !marks.removed && !std::ranges::equal(*was, *is, same);
    }
    note(out, element, marks, std::move(below));
  }
}

Marks compare_at(const Value* before, const Value* after, const Type& type, Comparison& below) {
  Marks out;
  const auto& sample = after == nullptr || after->is_null() ? (before == nullptr ? *after : *before) : *after;
  const bool is_open = (is_object(type, sample) && !type.is_atomic) || is_merged_list(type);
  if (!is_open || (is_blank(before) && is_blank(after))) {
    out.added = before == nullptr;
    out.removed = after == nullptr;
    out.modified = !out.added && !out.removed && !(*before == *after);
    return out;
  }
  if (is_merged_list(type)) {
    compare_lists(before, after, type, below);
  } else {
    compare_objects(before, after, type, below);
  }
  out.added = before == nullptr;
  out.removed = after == nullptr;
  return out;
}

Value merge_lists(const Value* live, const Value* configuration, const Type& type) {
  const auto index = [&](const Value* list, std::map<std::string, const Value*>& out) {
    std::vector<std::string> order;
    if (list == nullptr || !list->is_array()) return order;
    for (const auto& item : list->as_array()) {
      order.push_back(item_element(item, type));
      static const Value kNobody;
      const auto [place, is_new] = out.emplace(order.back(), &item);
      if (!is_new) place->second = &kNobody;  // which of the two is meant cannot be told
    }
    return order;
  };
  std::map<std::string, const Value*> lefts;
  std::map<std::string, const Value*> rights;
  const auto left_order = index(live, lefts);
  const auto right_order = index(configuration, rights);
  std::vector<std::string> shared;
  for (const auto& element : right_order) {
    if (lefts.contains(element)) shared.push_back(element);
  }
  std::size_t next_shared = 0;
  const auto advance = [&] { next_shared = std::min(next_shared + 1, shared.size()); };
  std::set<std::string> done;
  auto out = Value::array();
  const auto take = [&](const std::string& element) {
    done.insert(element);
    const auto& right = *rights.at(element);
    out.push_back(lefts.contains(element) ? merged(*lefts.at(element), right, item_type(type)) : right);
  };
  std::size_t left = 0;
  std::size_t right = 0;
  while (left < left_order.size() || right < right_order.size()) {
    if (left < left_order.size() && right < right_order.size()) {
      const auto& element = left_order[left];
      if (element == right_order[right]) {
        take(element);
        ++left;
        ++right;
        advance();
        continue;
      }
      if (rights.contains(element) && next_shared < shared.size() && shared[next_shared] != element) {
        ++left;  // shared, but not the one that is next
        continue;
      }
    }
    if (left < left_order.size()) {
      const auto& element = left_order[left];
      if (!rights.contains(element)) {
        out.push_back(live->as_array()[left]);
        ++left;
        continue;
      }
      if (done.contains(element)) ++left;
    }
    if (right < right_order.size()) {
      const auto& element = right_order[right];
      take(element);
      ++right;
      if (next_shared < shared.size() && shared[next_shared] == element) advance();
    }
  }
  return out;
}

}  // namespace

std::vector<std::string> misfits(const Value& value, const Type& type, bool allows_duplicates) {
  std::vector<std::string> out;
  Check{allows_duplicates, out}.value(value, type, "");
  return out;
}

FieldSet fields_of(const Value& value, const Type& type) {
  FieldSet out;
  add_fields(value, type, out);
  return out;
}

Comparison compare(const Value& before, const Value& after, const Type& type) {
  Comparison out;
  compare_at(&before, &after, type, out);
  return out;
}

Value merged(const Value& live, const Value& configuration, const Type& type) {
  if (is_blank(&live) && is_blank(&configuration)) return configuration;
  if (is_merged_list(type) && (configuration.is_array() || configuration.is_null())) {
    return merge_lists(&live, &configuration, type);
  }
  if (!is_object(type, configuration) || type.is_atomic || !live.is_object() || !configuration.is_object()) {
    if (is_object(type, live) && configuration.is_null() && !type.is_atomic) return live;
    return configuration;
  }
  Value out = live;
  for (const auto& member : configuration.as_object()) {
    auto* there = out.find(member.key);
    if (there == nullptr) {
      out.append_unchecked(member.key, member.value);
    } else if (!(*there == member.value)) {
      *there = merged(*there, member.value, member_type(type, member.key));
    }
  }
  return out;
}

Value without_fields(const Value& value, const FieldSet& fields, const Type& type) {
  if (fields.empty() || is_blank(&value)) return value;
  if (is_object(type, value) && !type.is_atomic && value.is_object()) {
    auto out = Value::object();
    for (const auto& member : value.as_object()) {
      const auto* step = fields.find(field_element(member.key));
      if (step != nullptr && step->is_member) continue;
      out.append_unchecked(
          member.key,
          step == nullptr ? member.value : without_fields(member.value, step->below, member_type(type, member.key))
      );
    }
    return out.empty() ? Value{} : out;
  }
  if (!is_merged_list(type) || !value.is_array()) return value;
  auto out = Value::array();
  for (const auto& item : value.as_array()) {
    const auto* step = fields.find(item_element(item, type));
    if (step != nullptr && step->is_member) continue;
    out.push_back(step == nullptr ? item : without_fields(item, step->below, item_type(type)));
  }
  return out.empty() ? Value{} : out;
}

}  // namespace weir::test
