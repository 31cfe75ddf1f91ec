// Types, kinds, defaults.
#include "pkg/template/builtins.hpp"
#include "pkg/template/comparison.hpp"
#include "pkg/template/sprig/groups.hpp"

namespace weir::templates::sprig {

bool is_empty(const Value& value) { return !is_true(value); }

void add_reflection(Functions& out) {
  out["typeOf"] = make_function([](Call&, const Value& value) { return value.type(); });
  out["typeIs"] =
      make_function([](Call&, const std::string& name, const Value& value) { return value.type() == name; });
  out["typeIsLike"] = make_function([](Call&, const std::string& name, const Value& value) {
    return value.type() == name || value.type() == "*" + name;
  });
  out["kindOf"] = make_function([](Call&, const Value& value) { return std::string{value.kind_name()}; });
  out["kindIs"] =
      make_function([](Call&, const std::string& name, const Value& value) { return value.kind_name() == name; });
  out["deepEqual"] = make_function([](Call& call, const Value& left, const Value& right) {
    return deep_equal(left, right, call.budget());
  });

  out["default"] = make_function([](Call&, const Value& fallback, Rest<Value> given) {
    return given.empty() || is_empty(given[0]) ? fallback : given[0];
  });
  out["empty"] = make_function([](Call&, const Value& value) { return is_empty(value); });
  out["coalesce"] = make_function([](Call&, Rest<Value> values) {
    for (const auto& value : values.values()) {
      if (!is_empty(value)) return value;
    }
    return Value::nil();
  });
  out["all"] = make_function([](Call&, Rest<Value> values) {
    for (const auto& value : values.values()) {
      if (is_empty(value)) return false;
    }
    return true;
  });
  out["any"] = make_function([](Call&, Rest<Value> values) {
    for (const auto& value : values.values()) {
      if (!is_empty(value)) return true;
    }
    return false;
  });
  out["ternary"] =
      make_function([](Call&, const Value& yes, const Value& no, bool condition) { return condition ? yes : no; });
  out["fail"] = make_function([](Call&, const std::string& message) -> Value { throw CallError{message}; });
}

}  // namespace weir::templates::sprig
