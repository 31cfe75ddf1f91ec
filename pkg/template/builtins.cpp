#include "pkg/template/builtins.hpp"

#include <algorithm>
#include <compare>

#include "pkg/base/text.hpp"
#include "pkg/template/comparison.hpp"
#include "pkg/template/print.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::templates {
namespace {

bool is_absent(const Value& value) { return !value.has_value() || value.kind() == Kind::kNil; }

Value length(const Value& value) {
  std::size_t out = 0;
  switch (value.kind()) {
    case Kind::kNone: throw CallError{"reflect: call of reflect.Value.Type on zero Value"};
    case Kind::kNil: throw CallError{"len of nil pointer"};
    case Kind::kString: out = value.as_string().size(); break;
    case Kind::kBytes: out = value.as_bytes().size(); break;
    case Kind::kList: out = value.as_list().items.size(); break;
    case Kind::kMap: out = value.as_map().entries.size(); break;
    default: throw CallError{"len of type " + value.type()};
  }
  return Value::integer(static_cast<std::int64_t>(out));
}

// --- index and slice -----------------------------------------------------------------------------------------------

std::size_t checked_index(const Value& index, std::size_t limit) {
  if (is_absent(index)) throw CallError{"cannot index slice/array with nil"};
  std::int64_t number = 0;
  if (index.is_integer()) {
    number = index.as_integer();
  } else if (index.is_unsigned()) {
    number = static_cast<std::int64_t>(index.as_unsigned());
  } else {
    throw CallError{"cannot index slice/array with type " + index.type()};
  }
  if (number < 0 || static_cast<std::uint64_t>(number) > limit)
    throw CallError{text::cat("index out of range: ", number)};
  return static_cast<std::size_t>(number);
}

/// The key as the map's key type has it. @throws CallError when it cannot be
Value checked_key(const Value& key, const std::string& type) {
  if (is_absent(key)) {
    if (type == kInterface) return key;
    throw CallError{"value is nil; should be of type " + type};
  }
  if (type == kInterface || key.type() == type) return key;
  const Value zero = zero_value(type);
  const bool takes_number = zero.is_integer() || zero.is_unsigned();
  if (takes_number && (key.is_integer() || key.is_unsigned())) {
    const std::uint64_t bits = key.is_integer() ? static_cast<std::uint64_t>(key.as_integer()) : key.as_unsigned();
    if (zero.is_integer()) return Value::integer(static_cast<std::int64_t>(bits), zero.kind());
    return Value::unsigned_integer(bits, zero.kind());
  }
  throw CallError{text::cat("value has type ", key.type(), "; should be ", type)};
}

Value element(const Value& item, const Value& index) {
  switch (item.kind()) {
    case Kind::kNone:
    case Kind::kNil: throw CallError{"index of nil pointer"};
    case Kind::kString: {
      const std::string& text = item.as_string();
      const std::size_t at = checked_index(index, text.size());
      if (at == text.size()) throw CallError{"reflect: string index out of range"};
      return Value::unsigned_integer(static_cast<unsigned char>(text[at]), Kind::kUint8);
    }
    case Kind::kBytes: {
      const std::string& bytes = item.as_bytes();
      const std::size_t at = checked_index(index, bytes.size());
      if (at == bytes.size()) throw CallError{"reflect: slice index out of range"};
      return Value::unsigned_integer(static_cast<unsigned char>(bytes[at]), Kind::kUint8);
    }
    case Kind::kList: {
      const List& list = item.as_list();
      const std::size_t at = checked_index(index, list.items.size());
      if (at == list.items.size()) throw CallError{"reflect: slice index out of range"};
      return list.at(at);
    }
    case Kind::kMap: {
      const Map& map = item.as_map();
      const auto found = map.entries.find(checked_key(index, map.key_type));
      if (found == map.entries.end()) return zero_value(map.value_type);
      return found->second.boxed(map.value_type == kInterface);
    }
    default: throw CallError{"can't index item of type " + item.type()};
  }
}

Value index_into(Call&, Raw item, Rest<Raw> indexes) {
  if (is_absent(item.value())) throw CallError{"index of untyped nil"};
  Value out = item.value();
  for (const auto& index : indexes.values()) out = element(out, index);
  return out;
}

Value slice(Call& call, Raw item, Rest<Raw> indexes) {
  const Value value = item->as_plain_list();
  if (is_absent(value)) throw CallError{"slice of untyped nil"};
  if (indexes.size() > 3) throw CallError{text::cat("too many slice indexes: ", indexes.size())};
  if (value.kind() != Kind::kString && value.kind() != Kind::kList)
    throw CallError{"can't slice item of type " + value.type()};
  if (value.is_string() && indexes.size() == 3) throw CallError{"cannot 3-index slice a string"};
  const std::size_t size = value.is_string() ? value.as_string().size() : value.as_list().items.size();
  std::size_t bounds[3] = {0, size, size};
  for (std::size_t i = 0; i < indexes.size(); ++i) bounds[i] = checked_index(indexes.values()[i], size);
  for (std::size_t i = 0; i + 1 < 3; ++i) {
    if (bounds[i] > bounds[i + 1]) throw CallError{text::cat("invalid slice index: ", bounds[i], " > ", bounds[i + 1])};
  }
  if (value.is_string()) return value.as_string().substr(bounds[0], bounds[1] - bounds[0]);
  const List& list = value.as_list();
  call.budget().spend(bounds[1] - bounds[0]);
  const auto from = list.items.begin();
  return Value::list(
      {from + static_cast<std::ptrdiff_t>(bounds[0]), from + static_cast<std::ptrdiff_t>(bounds[1])}, list.type
  );
}

// --- Comparison ----------------------------------------------------------------------------------------------------

enum class Basic { kNone, kBool, kComplex, kInteger, kReal, kString, kUnsigned };

Basic basic_kind(const Value& value) {
  if (value.is_integer()) return Basic::kInteger;
  if (value.is_unsigned()) return Basic::kUnsigned;
  switch (value.kind()) {
    case Kind::kBool: return Basic::kBool;
    case Kind::kComplex128: return Basic::kComplex;
    case Kind::kFloat64: return Basic::kReal;
    case Kind::kString: return Basic::kString;
    default: return Basic::kNone;
  }
}

bool is_integral(Basic kind) { return kind == Basic::kInteger || kind == Basic::kUnsigned; }

std::strong_ordering compare_integers(const Value& left, const Value& right) {
  const bool left_below = left.is_integer() && left.as_integer() < 0;
  const bool right_below = right.is_integer() && right.as_integer() < 0;
  if (left_below && right_below) return left.as_integer() <=> right.as_integer();
  if (left_below != right_below) return left_below ? std::strong_ordering::less : std::strong_ordering::greater;
  const auto size = [](const Value& value) {
    return value.is_integer() ? static_cast<std::uint64_t>(value.as_integer()) : value.as_unsigned();
  };
  return size(left) <=> size(right);
}

[[noreturn]] void incompatible(const Value& left, const Value& right) {
  throw CallError{text::cat("incompatible types for comparison: ", left.type(), " and ", right.type())};
}

/// Whether Go can compare values of this type with ==.
bool is_comparable(const Value& value) {
  if (value.kind() == Kind::kList || value.kind() == Kind::kBytes || value.kind() == Kind::kMap ||
      value.kind() == Kind::kFunction)
    return false;
  if (value.kind() != Kind::kStruct) return true;
  return std::ranges::all_of(value.as_struct().fields, is_comparable);
}

bool are_equal(const Value& left, const Value& right, Budget& budget) {
  const Basic left_kind = basic_kind(left);
  const Basic right_kind = basic_kind(right);
  if (is_integral(left_kind) && is_integral(right_kind)) return compare_integers(left, right) == 0;
  if (left_kind != right_kind) {
    if (!is_absent(left) && !is_absent(right)) incompatible(left, right);
    return false;
  }
  if (left_kind == Basic::kNone) {
    const bool is_nil_left = left.is_nil();
    const bool is_nil_right = right.is_nil();
    if (!is_absent(left) && !is_absent(right) && left.kind() != right.kind())
      throw CallError{text::cat(
          "non-comparable types ",
          print_formatted("%s", {&left, 1}, budget),
          ": ",
          left.type(),
          ", ",
          right.type(),
          ": ",
          print(right, budget)
      )};
    if (is_nil_left || is_nil_right) return is_nil_left == is_nil_right;
    if (!is_comparable(right))
      throw CallError{
          text::cat("non-comparable type ", print_formatted("%s", {&right, 1}, budget), ": ", right.type())};
  }
  if (left_kind == Basic::kReal) return left.as_real() == right.as_real();
  return deep_equal(left, right, budget);
}

bool is_less(const Value& left, const Value& right) {
  constexpr const char* kBadType = "invalid type for comparison";
  const Basic left_kind = basic_kind(left);
  const Basic right_kind = basic_kind(right);
  if (left_kind == Basic::kNone || right_kind == Basic::kNone) throw CallError{kBadType};
  if (is_integral(left_kind) && is_integral(right_kind)) return compare_integers(left, right) < 0;
  if (left_kind != right_kind) incompatible(left, right);
  switch (left_kind) {
    case Basic::kReal: return left.as_real() < right.as_real();
    case Basic::kString: return left.as_string() < right.as_string();
    default: throw CallError{kBadType};
  }
}

bool is_at_most(Call& call, const Value& left, const Value& right) {
  return is_less(left, right) || are_equal(left, right, call.budget());
}

// --- Escaping ------------------------------------------------------------------------------------------------------

/// The arguments as one text, as printing them as an action would.
std::string joined(Call& call, Rest<Value> values) {
  std::vector<Value> shown;
  for (const auto& value : values.values()) shown.push_back(is_absent(value) ? Value{"<no value>"} : value);
  return print(shown, call.budget());
}

std::string escape_html(Call& call, Rest<Value> values) {
  BoundedText out{call.budget()};
  for (const char c : joined(call, values)) {
    switch (c) {
      case '\0': out.append("\xef\xbf\xbd"); break;
      case '"': out.append("&#34;"); break;
      case '\'': out.append("&#39;"); break;
      case '&': out.append("&amp;"); break;
      case '<': out.append("&lt;"); break;
      case '>': out.append("&gt;"); break;
      default: out.append(1, c);
    }
  }
  return out.take();
}

std::string upper_hex(unicode::Rune value, int digits) {
  std::string out;
  for (int i = digits - 1; i >= 0; --i) out += "0123456789ABCDEF"[(value >> (4 * i)) & 0xfU];
  return out;
}

std::string escape_javascript(Call& call, Rest<Value> values) {
  BoundedText out{call.budget()};
  const std::string text = joined(call, values);
  for (std::string_view rest = text; !rest.empty();) {
    const auto next = unicode::decode(rest);
    const char c = rest[0];
    if (c == '\\' || c == '\'' || c == '"') {
      out.append(1, '\\');
      out.append(1, c);
    } else if (next.rune < ' ' || c == '<' || c == '>' || c == '&' || c == '=') {
      out.append("\\u" + upper_hex(next.rune, 4));
    } else if (next.is_valid && !unicode::is_printable(next.rune) && next.rune >= 0x80) {
      out.append("\\u" + upper_hex(next.rune, next.rune > 0xffff ? (next.rune > 0xfffff ? 6 : 5) : 4));
    } else {
      out.append(rest.substr(0, next.size));
    }
    rest.remove_prefix(next.size);
  }
  return out.take();
}

std::string escape_query(Call& call, Rest<Value> values) {
  BoundedText out{call.budget()};
  for (const char c : joined(call, values)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                          c == '_' || c == '.' || c == '~';
    if (is_plain) {
      out.append(1, c);
    } else if (c == ' ') {
      out.append(1, '+');
    } else {
      out.append("%" + upper_hex(byte, 2));
    }
  }
  return out.take();
}

Value call_value(Call& call, Raw callee, Rest<Raw> arguments) {
  if (is_absent(callee.value())) throw CallError{"call of nil"};
  if (callee->kind() != Kind::kFunction) throw CallError{"non-function of type " + callee->type()};
  const Function& function = callee->as_function();
  const std::size_t wanted = function.parameters.size();
  if (function.is_variadic ? arguments.size() + 1 < wanted : arguments.size() != wanted)
    throw CallError{text::cat(
        "wrong number of args: got ",
        arguments.size(),
        " want ",
        function.is_variadic ? "at least " : "",
        function.is_variadic ? wanted - 1 : wanted
    )};
  std::vector<Value> values;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Parameter parameter = function.parameters[std::min(i, wanted - 1)];
    const Value& value = arguments.values()[i];
    const auto refuse = [&](std::string_view type) {
      throw CallError{text::cat("arg ", i, ": value has type ", value.type(), "; should be ", type)};
    };
    if (parameter == Parameter::kString && !value.is_string()) refuse("string");
    if (parameter == Parameter::kInt && value.kind() != Kind::kInt) refuse("int");
    if (parameter == Parameter::kBool && value.kind() != Kind::kBool) refuse("bool");
    if (parameter == Parameter::kFloat64 && value.kind() != Kind::kFloat64) refuse("float64");
    if (parameter == Parameter::kDict && !is_absent(value) && value.kind() != Kind::kMap)
      refuse("map[string]interface {}");
    values.push_back(!value.has_value() && parameter != Parameter::kValue ? Value::nil() : value);
  }
  Call inner = call.with(std::move(values));
  return function.body(inner);
}

}  // namespace

bool is_true(const Value& value) {
  switch (value.kind()) {
    case Kind::kNone:
    case Kind::kNil: return false;
    case Kind::kBool: return value.as_bool();
    case Kind::kFloat64: return value.as_real() != 0;
    case Kind::kComplex128: return value.as_complex() != std::complex<double>{};
    case Kind::kString: return !value.as_string().empty();
    case Kind::kBytes: return !value.as_bytes().empty();
    case Kind::kList: return !value.as_list().items.empty();
    case Kind::kMap: return !value.as_map().entries.empty();
    case Kind::kStruct:
    case Kind::kFunction: return true;
    default: break;
  }
  return value.is_integer() ? value.as_integer() != 0 : value.as_unsigned() != 0;
}

namespace {

Functions make_builtins() {
  Functions out;
  // Their arguments are evaluated one by one, so the renderer does the work; here is what they
  // take.
  const auto lazy = make_function([](Call&, Raw first, Rest<Raw>) { return first.value(); });
  out["and"] = lazy;
  out["or"] = lazy;
  out["not"] = make_function([](Call&, Raw value) { return !is_true(value.value()); });
  out["len"] = make_function([](Call&, Raw value) { return length(value.value()); });
  out["index"] = make_function(index_into);
  out["slice"] = make_function(slice);
  out["print"] = make_function([](Call& call, Rest<Value> values) { return print(values.values(), call.budget()); });
  out["println"] =
      make_function([](Call& call, Rest<Value> values) { return print_line(values.values(), call.budget()); });
  out["printf"] = make_function([](Call& call, const std::string& format, Rest<Value> values) {
    return print_formatted(format, values.values(), call.budget());
  });
  out["html"] = make_function(escape_html);
  out["js"] = make_function(escape_javascript);
  out["urlquery"] = make_function(escape_query);
  out["call"] = make_function(call_value);
  out["eq"] = make_function([](Call& call, Raw left, Rest<Raw> others) {
    if (others.empty()) throw CallError{"missing argument for comparison"};
    return std::ranges::any_of(others.values(), [&](const Value& other) {
      return are_equal(left.value(), other, call.budget());
    });
  });
  out["ne"] = make_function([](Call& call, Raw left, Raw right) {
    return !are_equal(left.value(), right.value(), call.budget());
  });
  out["lt"] = make_function([](Call&, Raw left, Raw right) { return is_less(left.value(), right.value()); });
  out["le"] =
      make_function([](Call& call, Raw left, Raw right) { return is_at_most(call, left.value(), right.value()); });
  out["gt"] =
      make_function([](Call& call, Raw left, Raw right) { return !is_at_most(call, left.value(), right.value()); });
  out["ge"] = make_function([](Call&, Raw left, Raw right) { return !is_less(left.value(), right.value()); });
  return out;
}

}  // namespace

const Functions& builtin_functions() {
  static const Functions functions = make_builtins();
  return functions;
}

}  // namespace weir::templates
