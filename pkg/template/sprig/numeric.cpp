#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>

#include <boost/multiprecision/cpp_int.hpp>

#include "pkg/base/text.hpp"
#include "pkg/template/memory_share.hpp"
#include "pkg/template/numbers.hpp"
#include "pkg/template/print.hpp"
#include "pkg/template/sprig/groups.hpp"

namespace weir::templates::sprig {
namespace {

using BigInteger = boost::multiprecision::cpp_int;

/// What 64 bits leave of a sum or product, as in Go.
std::int64_t wrap(std::uint64_t bits) { return static_cast<std::int64_t>(bits); }
std::uint64_t bits_of(std::int64_t value) { return static_cast<std::uint64_t>(value); }

Value int64_value(std::int64_t value) { return Value::integer(value, Kind::kInt64); }

std::int64_t truncated(double value) {
  if (!(value > -0x1p63 && value < 0x1p63)) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(value);
}

/// "8.00" as "8".
std::string_view without_zero_decimals(std::string_view text) {
  std::size_t end = text.size();
  while (end > 0 && text[end - 1] == '0') --end;
  return end > 0 && end < text.size() && text[end - 1] == '.' ? text.substr(0, end - 1) : text;
}

// --- Decimal numbers without rounding, so that 0.1 and 0.2 give 0.3 ------------------------------------------------

struct Decimal {
  BigInteger digits;
  int exponent = 0;
};

BigInteger power_of_ten(int exponent) {
  return boost::multiprecision::pow(BigInteger{10}, static_cast<unsigned>(exponent));
}

Decimal to_decimal(double value) {
  if (!std::isfinite(value)) throw CallError{text::cat("Cannot create a Decimal from ", format_real(value, 'g', -1))};
  const std::string text = format_real(value, 'e', -1);
  const auto [mantissa, exponent] = text::cut(text, "e");
  Decimal out;
  out.exponent = std::atoi(std::string{exponent}.c_str());
  std::string digits;
  bool is_after_point = false;
  for (const char c : mantissa) {
    if (c == '.') {
      is_after_point = true;
    } else {
      digits += c;
      if (is_after_point) --out.exponent;
    }
  }
  out.digits = BigInteger{digits};
  return out;
}

double to_double(const Decimal& value) {
  return std::strtod(text::cat(value.digits.str(), "e", value.exponent).c_str(), nullptr);
}

void align(Decimal& left, Decimal& right) {
  Decimal& larger = left.exponent > right.exponent ? left : right;
  const int exponent = std::min(left.exponent, right.exponent);
  larger.digits *= power_of_ten(larger.exponent - exponent);
  larger.exponent = exponent;
}

Decimal add(Decimal left, Decimal right) {
  align(left, right);
  left.digits += right.digits;
  return left;
}

Decimal subtract(Decimal left, Decimal right) {
  align(left, right);
  left.digits -= right.digits;
  return left;
}

Decimal multiply(Decimal left, Decimal right) { return {left.digits * right.digits, left.exponent + right.exponent}; }

/// 16 digits after the point, a half rounded away from zero.
Decimal divide(Decimal left, Decimal right) {
  constexpr int kPrecision = 16;
  if (right.digits == 0) throw CallError{"decimal division by 0"};
  align(left, right);
  const BigInteger scaled = left.digits * power_of_ten(kPrecision);
  BigInteger quotient = scaled / right.digits;
  const BigInteger rest = scaled % right.digits;
  if (abs(rest) * 2 >= abs(right.digits)) quotient += (scaled < 0) == (right.digits < 0) ? 1 : -1;
  return {quotient, -kPrecision};
}

using Operation = Decimal (*)(Decimal, Decimal);

Function decimal_function(Operation operation) {
  return make_function([operation](Call& call, const Value& first, Rest<Value> others) {
    Decimal out = to_decimal(to_real(first));
    for (const auto& other : others.values()) {
      call.budget().spend(1);
      out = operation(out, to_decimal(to_real(other)));
    }
    return Value::real(to_double(out));
  });
}

// --- Integers ------------------------------------------------------------------------------------------------------

std::int64_t divide_integers(std::int64_t left, std::int64_t right) {
  if (right == 0) throw CallError{"runtime error: integer divide by zero"};
  return right == -1 ? wrap(0 - bits_of(left)) : left / right;
}

std::int64_t remainder(std::int64_t left, std::int64_t right) {
  if (right == 0) throw CallError{"runtime error: integer divide by zero"};
  return right == -1 ? 0 : left % right;
}

/// start, start + step, ... up to but without stop; empty when the step leads away from it.
std::vector<std::int64_t> steps(std::int64_t start, std::int64_t stop, std::int64_t step, Budget& budget) {
  // Each number is here, then in a list or a text.
  constexpr std::size_t kBytesOfANumber = 2 * sizeof(std::int64_t) + sizeof(Value);
  MemoryShare share;
  std::vector<std::int64_t> out;
  if (step == 0 || (stop < start) != (step < 0)) return out;
  for (std::int64_t i = start; step > 0 ? i < stop : i > stop;) {
    budget.spend(1);
    share.add(kBytesOfANumber);
    out.push_back(i);
    if (__builtin_add_overflow(i, step, &i)) break;
  }
  return out;
}

Value integer_list(const std::vector<std::int64_t>& numbers) {
  Value::Items items;
  items.reserve(numbers.size());
  for (const auto number : numbers) items.push_back(Value::integer(number));
  return Value::list(std::move(items), "[]int");
}

/// Like the Unix command: both ends are part of the sequence.
std::string sequence(Call& call, Rest<std::int64_t> numbers) {
  std::int64_t start = 1;
  std::int64_t end = 0;
  std::int64_t step = 1;
  if (numbers.empty() || numbers.size() > 3) return "";
  if (numbers.size() == 1) {
    end = numbers[0];
  } else {
    start = numbers[0];
    end = numbers[numbers.size() - 1];
  }
  const bool is_falling = end < start;
  if (is_falling) step = -1;
  if (numbers.size() == 3) {
    step = numbers[1];
    if (is_falling && step > 0) return "";
  }
  const std::int64_t past = wrap(bits_of(end) + bits_of(is_falling ? -1 : 1));
  std::vector<std::string> out;
  for (const auto number : steps(start, past, step, call.budget())) out.push_back(std::to_string(number));
  return join(out, " ", call.budget());
}

double rounded(Call&, const Value& value, std::int64_t places, Rest<double> options) {
  const double round_on = options.empty() ? 0.5 : options[0];
  const double power = std::pow(10.0, static_cast<double>(places));
  const double digits = power * to_real(value);
  double whole = 0;
  const double fraction = std::modf(digits, &whole);
  return (fraction >= round_on ? std::ceil(digits) : std::floor(digits)) / power;
}

/// A fold of integers over all arguments.
template <class Fold>
Function integer_fold(Fold fold) {
  return make_function([fold](Call& call, const Value& first, Rest<Value> others) {
    std::int64_t out = to_integer(first);
    for (const auto& other : others.values()) {
      call.budget().spend(1);
      out = fold(out, to_integer(other));
    }
    return int64_value(out);
  });
}

double larger(double left, double right) {
  if (std::isnan(left) || std::isnan(right)) return std::numeric_limits<double>::quiet_NaN();
  return std::max(left, right);
}

double smaller(double left, double right) {
  if (std::isnan(left) || std::isnan(right)) return std::numeric_limits<double>::quiet_NaN();
  return std::min(left, right);
}

Function real_fold(double (*fold)(double, double)) {
  return make_function([fold](Call& call, const Value& first, Rest<Value> others) {
    double out = to_real(first);
    for (const auto& other : others.values()) {
      call.budget().spend(1);
      out = fold(out, to_real(other));
    }
    return Value::real(out);
  });
}

void add_integers(Functions& out) {
  out["add"] = make_function([](Call&, Rest<Value> values) {
    std::uint64_t sum = 0;
    for (const auto& value : values.values()) sum += bits_of(to_integer(value));
    return int64_value(wrap(sum));
  });
  out["add1"] =
      make_function([](Call&, const Value& value) { return int64_value(wrap(bits_of(to_integer(value)) + 1)); });
  out["sub"] = make_function([](Call&, const Value& left, const Value& right) {
    return int64_value(wrap(bits_of(to_integer(left)) - bits_of(to_integer(right))));
  });
  out["div"] = make_function([](Call&, const Value& left, const Value& right) {
    return int64_value(divide_integers(to_integer(left), to_integer(right)));
  });
  out["mod"] = make_function([](Call&, const Value& left, const Value& right) {
    return int64_value(remainder(to_integer(left), to_integer(right)));
  });
  out["mul"] = integer_fold([](std::int64_t left, std::int64_t right) { return wrap(bits_of(left) * bits_of(right)); });
  const auto largest = integer_fold([](std::int64_t left, std::int64_t right) { return std::max(left, right); });
  out["max"] = largest;
  out["biggest"] = largest;
  out["min"] = integer_fold([](std::int64_t left, std::int64_t right) { return std::min(left, right); });
  out["until"] = make_function([](Call& call, std::int64_t count) {
    return integer_list(steps(0, count, count < 0 ? -1 : 1, call.budget()));
  });
  out["untilStep"] = make_function([](Call& call, std::int64_t start, std::int64_t stop, std::int64_t step) {
    return integer_list(steps(start, stop, step, call.budget()));
  });
  out["seq"] = make_function(sequence);
}

void add_reals(Functions& out) {
  out["addf"] = make_function([](Call&, Rest<Value> values) {
    Decimal sum;
    for (const auto& value : values.values()) sum = add(sum, to_decimal(to_real(value)));
    return Value::real(to_double(sum));
  });
  out["add1f"] = make_function([](Call&, const Value& value) {
    return Value::real(to_double(add(to_decimal(to_real(value)), to_decimal(1))));
  });
  out["subf"] = decimal_function(subtract);
  out["mulf"] = decimal_function(multiply);
  out["divf"] = decimal_function(divide);
  out["maxf"] = real_fold(larger);
  out["minf"] = real_fold(smaller);
  out["ceil"] = make_function([](Call&, const Value& value) { return Value::real(std::ceil(to_real(value))); });
  out["floor"] = make_function([](Call&, const Value& value) { return Value::real(std::floor(to_real(value))); });
  out["round"] = make_function([](Call& call, const Value& value, std::int64_t places, Rest<double> options) {
    return Value::real(rounded(call, value, places, options));
  });
}

}  // namespace

std::int64_t to_integer(const Value& value) {
  if (value.is_integer()) return value.as_integer();
  if (value.is_unsigned()) return wrap(value.as_unsigned());
  switch (value.kind()) {
    case Kind::kFloat64: return truncated(value.as_real());
    case Kind::kBool: return value.as_bool() ? 1 : 0;
    case Kind::kString: {
      const auto number = parse_integer(without_zero_decimals(value.as_string()), 0);
      return number.is_good() ? number.value : 0;
    }
    default: return 0;
  }
}

double to_real(const Value& value) {
  if (value.is_integer()) return static_cast<double>(value.as_integer());
  if (value.is_unsigned()) return static_cast<double>(value.as_unsigned());
  switch (value.kind()) {
    case Kind::kFloat64: return value.as_real();
    case Kind::kBool: return value.as_bool() ? 1 : 0;
    case Kind::kString: return parse_real(value.as_string()).value_or(0);
    default: return 0;
  }
}

void add_numeric(Functions& out) {
  add_integers(out);
  add_reals(out);
  out["int"] = make_function([](Call&, const Value& value) { return Value::integer(to_integer(value)); });
  out["int64"] = make_function([](Call&, const Value& value) { return int64_value(to_integer(value)); });
  out["float64"] = make_function([](Call&, const Value& value) { return Value::real(to_real(value)); });
  out["atoi"] =
      make_function([](Call&, const std::string& text) { return Value::integer(parse_integer(text, 10).value); });
  out["toDecimal"] = make_function([](Call& call, const Value& value) {
    const auto number = parse_integer(print(value, call.budget()), 8);
    return int64_value(number.is_good() ? number.value : 0);
  });
}

}  // namespace weir::templates::sprig
