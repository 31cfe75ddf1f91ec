#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/template/comparison.hpp"
#include "pkg/template/sprig/groups.hpp"

namespace weir::templates::sprig {
namespace {

/// The elements of a list of any type, for as long as this lives.
class Elements {
 public:
  explicit Elements(Value list) : list_{std::move(list)} {}
  const Value::Items& operator*() const { return list_.as_list().items; }
  const std::string& type() const { return list_.as_list().type; }

 private:
  Value list_;
};

/// @throws CallError "Cannot push on type string"
Elements items_of(const Value& value, std::string_view complaint) {
  if (value.kind() == Kind::kNil) refuse_nil();
  if (value.kind() != Kind::kList && value.kind() != Kind::kBytes)
    throw CallError{text::cat(complaint, " ", value.kind_name())};
  return Elements{value.as_plain_list()};
}

/// A new []interface {} of some elements.
Value list_of(Call& call, std::span<const Value> items) {
  call.budget().spend(items.size());
  return Value::list({items.begin(), items.end()});
}

Value nothing_of_the_kind() { return Value::nil_list("[]interface {}"); }

bool is_in(Call& call, const Value& needle, std::span<const Value> items) {
  return std::ranges::any_of(items, [&](const Value& item) { return deep_equal(needle, item, call.budget()); });
}

Value push(Call& call, const Value& list, const Value& value) {
  Value out = list_of(call, *items_of(list, "Cannot push on type"));
  out.as_list().items.push_back(value);
  return out;
}

Value prepend(Call& call, const Value& list, const Value& value) {
  Value out = list_of(call, *items_of(list, "Cannot prepend on type"));
  out.as_list().items.insert(out.as_list().items.begin(), value);
  return out;
}

Value reverse(Call& call, const Value& list) {
  Value out = list_of(call, *items_of(list, "Cannot find reverse on type"));
  std::ranges::reverse(out.as_list().items);
  return out;
}

Value rest(Call& call, const Value& list) {
  const auto elements = items_of(list, "Cannot find rest on type");
  const auto& items = *elements;
  return items.empty() ? nothing_of_the_kind() : list_of(call, std::span{items}.subspan(1));
}

Value initial(Call& call, const Value& list) {
  const auto elements = items_of(list, "Cannot find initial on type");
  const auto& items = *elements;
  return items.empty() ? nothing_of_the_kind() : list_of(call, std::span{items}.first(items.size() - 1));
}

Value compact(Call& call, const Value& list) {
  Value::Items out;
  const auto items = items_of(list, "Cannot compact on type");
  for (const auto& item : *items) {
    call.budget().spend(1);
    if (!is_empty(item)) out.push_back(item);
  }
  return Value::list(std::move(out));
}

Value uniq(Call& call, const Value& list) {
  Value::Items out;
  const auto items = items_of(list, "Cannot find uniq on type");
  for (const auto& item : *items) {
    if (!is_in(call, item, out)) out.push_back(item);
  }
  return Value::list(std::move(out));
}

Value without(Call& call, const Value& list, Rest<Value> unwanted) {
  Value::Items out;
  const auto items = items_of(list, "Cannot find without on type");
  for (const auto& item : *items) {
    call.budget().spend(1);
    if (!is_in(call, item, unwanted.values())) out.push_back(item);
  }
  return Value::list(std::move(out));
}

bool has(Call& call, const Value& needle, const Value& list) {
  if (list.kind() == Kind::kNil) return false;
  return is_in(call, needle, *items_of(list, "Cannot find has on type"));
}

Value slice(Call& call, const Value& list, Rest<Value> bounds) {
  const auto elements = items_of(list, "list should be type of slice or array but");
  const auto& items = *elements;
  if (items.empty()) return Value::nil();
  const auto size = static_cast<std::int64_t>(items.size());
  const std::int64_t from = bounds.empty() ? 0 : to_integer(bounds[0]);
  const std::int64_t to = bounds.size() < 2 ? size : to_integer(bounds[1]);
  if (from < 0 || from > to || to > size) throw CallError{"reflect.Value.Slice: slice index out of bounds"};
  call.budget().spend(static_cast<std::uint64_t>(to - from));
  return Value::list({items.begin() + from, items.begin() + to}, elements.type());
}

Value concat(Call& call, Rest<Value> lists) {
  Value::Items out;
  for (const auto& list : lists.values()) {
    if (list.kind() == Kind::kNil) refuse_nil();
    if (list.kind() != Kind::kList && list.kind() != Kind::kBytes)
      throw CallError{text::cat("Cannot concat type ", list.kind_name(), " as list")};
    const Value plain = list.as_plain_list();
    const auto& items = plain.as_list().items;
    call.budget().spend(items.size());
    out.insert(out.end(), items.begin(), items.end());
  }
  return out.empty() ? nothing_of_the_kind() : Value::list(std::move(out));
}

Value chunk(Call& call, std::int64_t size, const Value& list) {
  const auto elements = items_of(list, "Cannot chunk type");
  const auto& items = *elements;
  if (size < 1) throw CallError{"runtime error: makeslice: len out of range"};
  Value::Items out;
  for (std::size_t at = 0; at < items.size();) {
    const std::size_t count = std::min(items.size() - at, static_cast<std::size_t>(size));
    out.push_back(list_of(call, std::span{items}.subspan(at, count)));
    at += count;
  }
  return Value::list(std::move(out), "[][]interface {}");
}

Value sort_alpha(Call& call, const Value& list) {
  auto texts = to_texts(list, call.budget());
  if (list.kind() == Kind::kNil) texts = {"<nil>"};
  std::ranges::sort(texts);
  return Value::texts(std::move(texts));
}

}  // namespace

void add_lists(Functions& out) {
  const auto list = make_function([](Call& call, Rest<Value> values) { return list_of(call, values.values()); });
  out["list"] = list;
  out["tuple"] = list;
  const auto append = make_function(push);
  add_with_must(out, "append", append);
  add_with_must(out, "push", append);
  add_with_must(out, "prepend", make_function(prepend));
  add_with_must(out, "first", make_function([](Call&, const Value& value) {
                  const auto elements = items_of(value, "Cannot find first on type");
                  const auto& items = *elements;
                  return items.empty() ? Value::nil() : items.front();
                }));
  add_with_must(out, "last", make_function([](Call&, const Value& value) {
                  const auto elements = items_of(value, "Cannot find last on type");
                  const auto& items = *elements;
                  return items.empty() ? Value::nil() : items.back();
                }));
  add_with_must(out, "rest", make_function(rest));
  add_with_must(out, "initial", make_function(initial));
  add_with_must(out, "reverse", make_function(reverse));
  add_with_must(out, "compact", make_function(compact));
  add_with_must(out, "uniq", make_function(uniq));
  add_with_must(out, "without", make_function(without));
  add_with_must(out, "has", make_function(has));
  add_with_must(out, "slice", make_function(slice));
  add_with_must(out, "chunk", make_function(chunk));
  out["concat"] = make_function(concat);
  out["sortAlpha"] = make_function(sort_alpha);
}

}  // namespace weir::templates::sprig
