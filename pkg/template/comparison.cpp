#include "pkg/template/comparison.hpp"

#include <algorithm>

#include "pkg/template/functions.hpp"

namespace weir::templates {
namespace {

bool are_lists_equal(const Value& left, const Value& right, Budget& budget, int depth) {
  const List& a = left.as_list();
  const List& b = right.as_list();
  if (a.type != b.type || a.is_nil != b.is_nil || a.items.size() != b.items.size()) return false;
  for (std::size_t i = 0; i < a.items.size(); ++i) {
    if (!deep_equal(a.items[i], b.items[i], budget, depth + 1)) return false;
  }
  return true;
}

bool are_maps_equal(const Value& left, const Value& right, Budget& budget, int depth) {
  const Map& a = left.as_map();
  const Map& b = right.as_map();
  if (a.key_type != b.key_type || a.value_type != b.value_type || a.entries.size() != b.entries.size()) return false;
  return std::ranges::all_of(a.entries, [&](const auto& entry) {
    const auto other = b.entries.find(entry.first);
    return other != b.entries.end() && deep_equal(entry.second, other->second, budget, depth + 1);
  });
}

}  // namespace

bool deep_equal(const Value& left, const Value& right, Budget& budget, int depth) {
  if (left.kind() == Kind::kBytes || right.kind() == Kind::kBytes) {
    if (left.kind() == right.kind()) return left.as_bytes() == right.as_bytes();
    if (left.kind() == Kind::kList || right.kind() == Kind::kList)
      return are_lists_equal(left.as_plain_list(), right.as_plain_list(), budget, depth);
  }
  budget.spend(1);
  if (left.named_type() != right.named_type()) return false;
  if (depth > kMaxValueDepth) throw CallError{"a value is nested too deep to compare"};
  const bool has_left = left.has_value() && left.kind() != Kind::kNil;
  const bool has_right = right.has_value() && right.kind() != Kind::kNil;
  if (!has_left || !has_right) return has_left == has_right;
  if (left.kind() != right.kind()) return false;
  switch (left.kind()) {
    case Kind::kBool: return left.as_bool() == right.as_bool();
    case Kind::kFloat64: return left.as_real() == right.as_real();
    case Kind::kComplex128: return left.as_complex() == right.as_complex();
    case Kind::kString: return left.as_string() == right.as_string();
    case Kind::kList: return are_lists_equal(left, right, budget, depth);
    case Kind::kMap: return are_maps_equal(left, right, budget, depth);
    case Kind::kStruct: {
      const Struct& a = left.as_struct();
      const Struct& b = right.as_struct();
      if (a.type->name != b.type->name || a.fields.size() != b.fields.size()) return false;
      for (std::size_t i = 0; i < a.fields.size(); ++i) {
        if (!deep_equal(a.fields[i], b.fields[i], budget, depth + 1)) return false;
      }
      return true;
    }
    case Kind::kFunction: return false;
    default: break;
  }
  return left.is_integer() ? left.as_integer() == right.as_integer() : left.as_unsigned() == right.as_unsigned();
}

}  // namespace weir::templates
