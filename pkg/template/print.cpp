#include "pkg/template/print.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "pkg/base/text.hpp"
#include "pkg/template/functions.hpp"
#include "pkg/template/numbers.hpp"
#include "pkg/template/quote.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::templates {
namespace {

using unicode::Rune;

constexpr std::string_view kNil = "<nil>";
constexpr std::string_view kLowerDigits = "0123456789abcdefx";
constexpr std::string_view kUpperDigits = "0123456789ABCDEFX";
constexpr int kMaxWidth = 1'000'000;

/// What stands between the percent sign and the verb.
struct Flags {
  bool sharp = false;
  bool zero = false;
  bool plus = false;
  bool minus = false;
  bool space = false;
  bool plus_v = false;   ///< %+v: names of fields
  bool sharp_v = false;  ///< %#v: Go syntax
  std::optional<int> width;
  std::optional<int> precision;
};

bool is_bytes(const Value& value) {
  if (value.kind() == Kind::kBytes) return true;
  return value.kind() == Kind::kList && (value.as_list().type == "[]uint8" || value.as_list().type == "[]byte");
}

std::string bytes_of(const Value& value) {
  if (value.kind() == Kind::kBytes) return value.as_bytes();
  std::string out;
  for (const auto& item : value.as_list().items) out += static_cast<char>(item.as_unsigned());
  return out;
}

class Printer {
 public:
  explicit Printer(Budget& budget, bool is_in_place = false)
      : budget_{budget}, out_{budget}, is_in_place_{is_in_place} {}

  void argument(const Value& value, Rune verb);
  void formatted(std::string_view text, std::span<const Value> values);
  void append(std::string_view text) { out_.append(text); }
  std::string take() { return out_.take(); }

 private:
  void nested(const Value& value, Rune verb, int depth);
  void inside(const Value& value, Rune verb, int depth);
  bool by_method(const Value& value, Rune verb);
  void bad_verb(Rune verb, const Value& value);

  void boolean(const Value& value, Rune verb);
  void integer(std::uint64_t number, bool is_signed, Rune verb, const Value& value);
  void digits(std::uint64_t number, unsigned base, bool is_signed, Rune verb, std::string_view alphabet);
  void real(double number, Rune verb, const Value& value);
  void decimal(double number, char format, int precision);
  void complex(const Value& value, Rune verb);
  void string(std::string_view text, Rune verb, const Value& value);
  void hex(std::string_view bytes, std::string_view alphabet);
  void code_point(std::uint64_t number);
  void list(const Value& value, Rune verb, int depth);
  void map(const Value& value, Rune verb, int depth);
  void structure(const Value& value, Rune verb, int depth);

  void fill(std::ptrdiff_t count);
  void pad(std::string_view text);
  void pad_with_blanks(std::string_view text);
  std::string_view truncated(std::string_view text) const;
  std::string_view separator() const { return flags_.sharp_v ? ", " : " "; }

  struct Format;
  void verb(Format& format);
  void extra_arguments(const Format& format);

  Budget& budget_;
  BoundedText out_;
  Flags flags_;
  bool is_complaining_ = false;
  const bool is_in_place_;
};

void Printer::fill(std::ptrdiff_t count) {
  if (count > 0) out_.append(static_cast<std::size_t>(count), flags_.zero && !flags_.minus ? '0' : ' ');
}

void Printer::pad(std::string_view text) {
  const auto missing = flags_.width.value_or(0) - static_cast<std::ptrdiff_t>(unicode::count(text));
  if (!flags_.minus) fill(missing);
  append(text);
  if (flags_.minus) fill(missing);
}

void Printer::pad_with_blanks(std::string_view text) {
  const bool zero = std::exchange(flags_.zero, false);
  pad(text);
  flags_.zero = zero;
}

std::string_view Printer::truncated(std::string_view text) const {
  if (!flags_.precision) return text;
  std::size_t size = 0;
  for (int i = 0; i < *flags_.precision && size < text.size(); ++i) size += unicode::decode(text.substr(size)).size;
  return text.substr(0, size);
}

void Printer::bad_verb(Rune verb, const Value& value) {
  std::string name;
  unicode::append(name, verb);
  out_.append(text::cat("%!", name, "("));
  if (value.is_nil() && value.kind() != Kind::kList) {
    append(kNil);
  } else {
    const bool was = std::exchange(is_complaining_, true);
    append(text::cat(value.type(), "="));
    argument(value, 'v');
    is_complaining_ = was;
  }
  append(")");
}

void Printer::boolean(const Value& value, Rune verb) {
  if (verb != 't' && verb != 'v') return bad_verb(verb, value);
  pad(value.as_bool() ? "true" : "false");
}

void Printer::code_point(std::uint64_t number) {
  const std::size_t least = static_cast<std::size_t>(std::max(flags_.precision.value_or(4), 4));
  std::string hex_digits;
  for (std::uint64_t rest = number; rest != 0 || hex_digits.empty(); rest >>= 4U)
    hex_digits.insert(hex_digits.begin(), kUpperDigits[rest & 0xfU]);
  if (hex_digits.size() < least) hex_digits.insert(0, least - hex_digits.size(), '0');
  std::string text = "U+" + hex_digits;
  if (flags_.sharp && number <= unicode::kLast && unicode::is_printable(static_cast<Rune>(number))) {
    text += " '";
    unicode::append(text, static_cast<Rune>(number));
    text += '\'';
  }
  pad_with_blanks(text);
}

void Printer::digits(std::uint64_t number, unsigned base, bool is_signed, Rune verb, std::string_view alphabet) {
  const bool is_negative = is_signed && static_cast<std::int64_t>(number) < 0;
  if (is_negative) number = 0 - number;
  std::ptrdiff_t least = 0;
  if (flags_.precision) {
    least = *flags_.precision;
    if (least == 0 && number == 0) return pad_with_blanks("");  // no digits wanted
  } else if (flags_.zero && !flags_.minus && flags_.width) {
    least = *flags_.width - (is_negative || flags_.plus || flags_.space ? 1 : 0);
  }
  std::string reversed;
  do {
    reversed += alphabet[number % base];
    number /= base;
  } while (number != 0);
  if (static_cast<std::ptrdiff_t>(reversed.size()) < least) reversed.resize(static_cast<std::size_t>(least), '0');
  if (flags_.sharp) {
    if (base == 2) reversed += "b0";
    if (base == 8 && reversed.back() != '0') reversed += '0';
    if (base == 16) {
      reversed += alphabet[16];
      reversed += '0';
    }
  }
  if (verb == 'O') reversed += "o0";
  if (is_negative) {
    reversed += '-';
  } else if (flags_.plus) {
    reversed += '+';
  } else if (flags_.space) {
    reversed += ' ';
  }
  std::ranges::reverse(reversed);
  pad_with_blanks(reversed);
}

void Printer::integer(std::uint64_t number, bool is_signed, Rune verb, const Value& value) {
  const auto as_rune = [&] { return number > unicode::kLast ? unicode::kReplacement : static_cast<Rune>(number); };
  switch (verb) {
    case 'v':
      if (flags_.sharp_v && !is_signed) {
        const bool sharp = std::exchange(flags_.sharp, true);
        digits(number, 16, false, 'v', kLowerDigits);
        flags_.sharp = sharp;
        return;
      }
      [[fallthrough]];
    case 'd': return digits(number, 10, is_signed, verb, kLowerDigits);
    case 'b': return digits(number, 2, is_signed, verb, kLowerDigits);
    case 'o':
    case 'O': return digits(number, 8, is_signed, verb, kLowerDigits);
    case 'x': return digits(number, 16, is_signed, verb, kLowerDigits);
    case 'X': return digits(number, 16, is_signed, verb, kUpperDigits);
    case 'c': {
      std::string text;
      unicode::append(text, as_rune());
      return pad(text);
    }
    case 'q': return pad(quote_rune(as_rune(), flags_.plus ? QuoteStyle::kAscii : QuoteStyle::kUnicode));
    case 'U': return code_point(number);
    default: return bad_verb(verb, value);
  }
}

void Printer::decimal(double number, char format, int precision) {
  if (flags_.precision) precision = *flags_.precision;
  std::string text = format_real(number, format, precision);
  if (text[0] != '-' && text[0] != '+') text.insert(0, 1, '+');
  if (flags_.space && text[0] == '+' && !flags_.plus) text[0] = ' ';
  if (text[1] == 'I' || text[1] == 'N') {
    const bool hides_sign = text[1] == 'N' && !flags_.space && !flags_.plus;
    return pad_with_blanks(hides_sign ? std::string_view{text}.substr(1) : std::string_view{text});
  }
  if (flags_.sharp && format != 'b') text = with_point(std::move(text), format, precision);
  if (!flags_.plus && text[0] == '+') return pad(std::string_view{text}.substr(1));
  const auto size = static_cast<int>(text.size());
  if (flags_.zero && !flags_.minus && flags_.width.value_or(0) > size) {
    out_.append(1, text[0]);
    fill(*flags_.width - size);
    return append(std::string_view{text}.substr(1));
  }
  pad(text);
}

void Printer::real(double number, Rune verb, const Value& value) {
  switch (verb) {
    case 'v': return decimal(number, 'g', -1);
    case 'b':
    case 'g':
    case 'G':
    case 'x':
    case 'X': return decimal(number, static_cast<char>(verb), -1);
    case 'f':
    case 'e':
    case 'E': return decimal(number, static_cast<char>(verb), 6);
    case 'F': return decimal(number, 'f', 6);
    default: return bad_verb(verb, value);
  }
}

void Printer::complex(const Value& value, Rune verb) {
  if (verb > 0x7f || std::string_view{"vbgGxXfFeE"}.find(static_cast<char>(verb)) == std::string_view::npos)
    return bad_verb(verb, value);
  append("(");
  real(value.as_complex().real(), verb, value);
  const bool plus = std::exchange(flags_.plus, true);
  real(value.as_complex().imag(), verb, value);
  append("i)");
  flags_.plus = plus;
}

void Printer::hex(std::string_view bytes, std::string_view alphabet) {
  if (flags_.precision) bytes = bytes.substr(0, static_cast<std::size_t>(*flags_.precision));
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (flags_.space && i > 0) text += ' ';
    if (flags_.sharp && (i == 0 || flags_.space)) {
      text += '0';
      text += alphabet[16];
    }
    const auto byte = static_cast<unsigned char>(bytes[i]);
    text += alphabet[byte >> 4U];
    text += alphabet[byte & 0xfU];
  }
  pad(text);
}

void Printer::string(std::string_view text, Rune verb, const Value& value) {
  switch (verb) {
    case 'v':
      if (!flags_.sharp_v) return pad(truncated(text));
      [[fallthrough]];
    case 'q':
      text = truncated(text);
      if (flags_.sharp && can_backquote(text)) return pad(text::cat('`', text, '`'));
      return pad(quote(text, flags_.plus ? QuoteStyle::kAscii : QuoteStyle::kUnicode));
    case 's': return pad(truncated(text));
    case 'x': return hex(text, kLowerDigits);
    case 'X': return hex(text, kUpperDigits);
    default: return bad_verb(verb, value);
  }
}

bool Printer::by_method(const Value& value, Rune verb) {
  if (is_complaining_ || flags_.sharp_v || (value.kind() != Kind::kStruct && !value.named_type())) return false;
  if (value.kind() == Kind::kStruct && value.as_struct().type->prints_by_address && !is_in_place_) return false;
  if (verb != 'v' && verb != 's' && verb != 'x' && verb != 'X' && verb != 'q') return false;
  auto method = find_method(value, "Error");
  if (!method.function) method = find_method(value, "String");
  if (!method.function || method.function->parameters.size() != 1) return false;
  budget_.spend(1);
  Call call{budget_, {method.receiver}};
  const Value text = method.function->body(call);
  if (!text.is_string()) return false;
  string(text.as_string(), verb, text);
  return true;
}

void Printer::list(const Value& value, Rune verb, int depth) {
  const bool is_bytes_verb = verb == 's' || verb == 'q' || verb == 'x' || verb == 'X';
  if (is_bytes_verb && is_bytes(value)) return string(bytes_of(value), verb, value);
  const Value plain = value.as_plain_list();
  const List& list = plain.as_list();
  if (flags_.sharp_v) {
    append(value.type());
    if (list.is_nil) return append("(nil)");
  }
  append(flags_.sharp_v ? "{" : "[");
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    if (i > 0) append(separator());
    inside(list.at(i), verb, depth + 1);
  }
  append(flags_.sharp_v ? "}" : "]");
}

void Printer::map(const Value& value, Rune verb, int depth) {
  const Map& map = value.as_map();
  append(flags_.sharp_v ? value.type() + "{" : "map[");
  bool is_first = true;
  for (const auto& [key, element] : map.entries) {
    if (!std::exchange(is_first, false)) append(separator());
    inside(key, verb, depth + 1);
    append(":");
    inside(element.boxed(map.value_type == kInterface), verb, depth + 1);
  }
  append(flags_.sharp_v ? "}" : "]");
}

void Printer::structure(const Value& value, Rune verb, int depth) {
  const Struct& structure = value.as_struct();
  const std::string_view name = structure.type->name;
  if (structure.type->is_pointer()) append("&");
  if (flags_.sharp_v) append(name.substr(structure.type->is_pointer() ? 1 : 0));
  append("{");
  for (std::size_t i = 0; i < structure.fields.size(); ++i) {
    if (i > 0) append(separator());
    if (flags_.plus_v || flags_.sharp_v) append(text::cat(structure.type->fields[i].name, ":"));
    inside(structure.fields[i], verb, depth + 1);
  }
  append("}");
}

void Printer::inside(const Value& value, Rune verb, int depth) {
  budget_.spend(1);
  if (depth > kMaxValueDepth) throw CallError{"a value is nested too deep to print"};
  if (value.kind() == Kind::kNil || value.kind() == Kind::kNone)
    return append(flags_.sharp_v ? "interface {}(nil)" : kNil);
  if (!by_method(value, verb)) nested(value, verb, depth);
}

void Printer::nested(const Value& value, Rune verb, int depth) {
  switch (value.kind()) {
    case Kind::kNone:
    case Kind::kNil: return append(kNil);
    case Kind::kBool: return boolean(value, verb);
    case Kind::kFloat64: return real(value.as_real(), verb, value);
    case Kind::kComplex128: return complex(value, verb);
    case Kind::kString: return string(value.as_string(), verb, value);
    case Kind::kBytes:
    case Kind::kList: return list(value, verb, depth);
    case Kind::kMap: return map(value, verb, depth);
    case Kind::kStruct: return structure(value, verb, depth);
    case Kind::kFunction: return append("<func>");
    default: break;
  }
  if (value.is_integer()) return integer(static_cast<std::uint64_t>(value.as_integer()), true, verb, value);
  integer(value.as_unsigned(), false, verb, value);
}

void Printer::argument(const Value& value, Rune verb) {
  budget_.spend(1);
  if (value.kind() == Kind::kNil || value.kind() == Kind::kNone) {
    if (verb == 'T' || verb == 'v') return pad(kNil);
    return bad_verb(verb, value);
  }
  if (verb == 'T') return pad(truncated(value.type()));
  if (verb == 'p' || verb == 'w') return bad_verb(verb, value);  // there are no addresses here
  if (!by_method(value, verb)) nested(value, verb, 0);
}

/// A format text on its way to the verbs.
struct Printer::Format {
  std::string_view text;
  std::span<const Value> values;
  std::size_t at = 0;
  std::size_t next = 0;  ///< the argument that the next verb takes
  bool has_index = false;
  bool is_index_good = true;
  bool is_reordered = false;

  bool is_at(char c) const { return at < text.size() && text[at] == c; }

  /// Digits; nullopt when there are none or the number is senselessly large.
  std::optional<int> number() {
    std::optional<int> out;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
      if (out.value_or(0) > kMaxWidth) {
        at = text.size();
        return std::nullopt;
      }
      out = out.value_or(0) * 10 + (text[at++] - '0');
    }
    return out;
  }

  /// [3]: the third argument is next.
  void index() {
    has_index = false;
    if (!is_at('[')) return;
    is_reordered = true;
    const auto end = text.find(']', at);
    if (end == std::string_view::npos || text.size() - at < 3) {
      ++at;
      is_index_good = false;
      return;
    }
    const auto digits = text.substr(at + 1, end - at - 1);
    at = end + 1;
    const auto number = parse_unsigned(digits, 10);
    has_index = number.is_good();
    if (number.is_good() && number.value >= 1 && number.value <= values.size()) {
      next = static_cast<std::size_t>(number.value - 1);
    } else {
      is_index_good = false;
    }
  }

  /// The argument for a `*`.
  std::optional<int> star() {
    ++at;
    if (next >= values.size()) return std::nullopt;
    const Value& value = values[next++];
    std::optional<std::int64_t> number;
    if (value.is_integer()) number = value.as_integer();
    if (value.is_unsigned() && value.as_unsigned() <= kMaxWidth)
      number = static_cast<std::int64_t>(value.as_unsigned());
    if (!number || *number > kMaxWidth || *number < -kMaxWidth) return std::nullopt;
    return static_cast<int>(*number);
  }
};

void Printer::verb(Format& format) {
  flags_ = {};
  for (; format.at < format.text.size(); ++format.at) {
    const char c = format.text[format.at];
    if (c == '#') {
      flags_.sharp = true;
    } else if (c == '0') {
      flags_.zero = true;
    } else if (c == '+') {
      flags_.plus = true;
    } else if (c == '-') {
      flags_.minus = true;
    } else if (c == ' ') {
      flags_.space = true;
    } else {
      break;
    }
  }
  format.is_index_good = true;
  format.index();
  if (format.is_at('*')) {
    flags_.width = format.star();
    if (!flags_.width) append("%!(BADWIDTH)");
    if (flags_.width && *flags_.width < 0) {
      flags_.width = -*flags_.width;
      flags_.minus = true;
      flags_.zero = false;
    }
    format.has_index = false;
  } else {
    flags_.width = format.number();
    if (format.has_index && flags_.width) format.is_index_good = false;
  }
  if (format.is_at('.') && format.at + 1 < format.text.size()) {
    ++format.at;
    if (format.has_index) format.is_index_good = false;
    format.index();
    if (format.is_at('*')) {
      flags_.precision = format.star();
      if (flags_.precision && *flags_.precision < 0) flags_.precision.reset();
      if (!flags_.precision) append("%!(BADPREC)");
      format.has_index = false;
    } else {
      flags_.precision = format.number().value_or(0);
    }
  }
  if (!format.has_index) format.index();
  if (format.at >= format.text.size()) return append("%!(NOVERB)");

  const auto next = unicode::decode(format.text.substr(format.at));
  const auto name = format.text.substr(format.at, next.size);
  format.at += next.size;
  if (next.rune == '%') return append("%");
  if (!format.is_index_good) return append(text::cat("%!", name, "(BADINDEX)"));
  if (format.next >= format.values.size()) return append(text::cat("%!", name, "(MISSING)"));
  if (next.rune == 'v') {
    flags_.sharp_v = std::exchange(flags_.sharp, false);
    flags_.plus_v = std::exchange(flags_.plus, false);
  }
  argument(format.values[format.next++], next.rune);
}

void Printer::extra_arguments(const Format& format) {
  if (format.is_reordered || format.next >= format.values.size()) return;
  flags_ = {};
  append("%!(EXTRA ");
  for (std::size_t i = format.next; i < format.values.size(); ++i) {
    if (i > format.next) append(", ");
    const Value& value = format.values[i];
    if (value.kind() == Kind::kNil || value.kind() == Kind::kNone) {
      append(kNil);
      continue;
    }
    append(text::cat(value.type(), "="));
    argument(value, 'v');
  }
  append(")");
}

void Printer::formatted(std::string_view text, std::span<const Value> values) {
  Format format;
  format.text = text;
  format.values = values;
  while (format.at < text.size()) {
    const auto percent = std::min(text.find('%', format.at), text.size());
    append(text.substr(format.at, percent - format.at));
    format.at = percent + 1;
    if (percent == text.size()) break;
    budget_.spend(1);
    verb(format);
  }
  extra_arguments(format);
}

}  // namespace

std::string print(std::span<const Value> values, Budget& budget) {
  Printer printer{budget};
  bool was_string = true;
  for (const auto& value : values) {
    if (!was_string && !value.is_string()) printer.append(" ");
    printer.argument(value, 'v');
    was_string = value.is_string();
  }
  return printer.take();
}

std::string print(const Value& value, Budget& budget) { return print({&value, 1}, budget); }

std::string print_in_place(const Value& value, Budget& budget) {
  Printer printer{budget, true};
  printer.argument(value, 'v');
  return printer.take();
}

std::string print_line(std::span<const Value> values, Budget& budget) {
  Printer printer{budget};
  bool is_first = true;
  for (const auto& value : values) {
    if (!std::exchange(is_first, false)) printer.append(" ");
    printer.argument(value, 'v');
  }
  printer.append("\n");
  return printer.take();
}

std::string print_formatted(std::string_view format, std::span<const Value> values, Budget& budget) {
  Printer printer{budget};
  printer.formatted(format, values);
  return printer.take();
}

std::string text_of(const Value& value, Budget& budget) {
  if (value.is_string()) return value.as_string();
  return is_bytes(value) ? bytes_of(value) : print(value, budget);
}

}  // namespace weir::templates
