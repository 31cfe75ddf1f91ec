#include <algorithm>
#include <cstdio>

#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/template/print.hpp"
#include "pkg/template/quote.hpp"
#include "pkg/template/sprig/groups.hpp"
#include "pkg/template/sprig/words.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::templates::sprig {

std::vector<std::string> to_texts(const Value& value, Budget& budget) {
  if (value.kind() == Kind::kNil) return {};
  if (value.kind() != Kind::kList) return {text_of(value, budget)};
  std::vector<std::string> out;
  for (const auto& item : value.as_list().items) {
    budget.spend(1);
    if (item.kind() != Kind::kNil && item.has_value()) out.push_back(text_of(item, budget));
  }
  return out;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator, Budget& budget) {
  BoundedText out{budget};
  for (const auto& part : parts) {
    if (&part != &parts.front()) out.append(separator);
    out.append(part);
  }
  return out.take();
}

std::string replace(std::string_view text, std::string_view from, std::string_view to, Budget& budget) {
  BoundedText out{budget};
  while (!text.empty()) {
    if (from.empty()) {
      const auto size = unicode::decode(text).size;
      out.append(to);
      out.append(text.substr(0, size));
      text.remove_prefix(size);
      continue;
    }
    const auto at = text.find(from);
    out.append(text.substr(0, at));
    if (at == std::string_view::npos) break;
    out.append(to);
    text.remove_prefix(at + from.size());
  }
  if (from.empty()) out.append(to);
  return out.take();
}

std::vector<std::string> split(std::string_view text, std::string_view separator, std::int64_t limit, Budget& budget) {
  std::vector<std::string> out;
  if (limit == 0) return out;
  const auto is_full = [&] { return limit > 0 && static_cast<std::int64_t>(out.size()) + 1 >= limit; };
  if (separator.empty()) {
    while (!text.empty()) {
      budget.spend(1);
      const auto size = is_full() ? text.size() : unicode::decode(text).size;
      out.emplace_back(text.substr(0, size));
      text.remove_prefix(size);
    }
    return out;
  }
  while (!is_full()) {
    const auto at = text.find(separator);
    if (at == std::string_view::npos) break;
    budget.spend(1);
    out.emplace_back(text.substr(0, at));
    text.remove_prefix(at + separator.size());
  }
  out.emplace_back(text);
  return out;
}

Value numbered(const std::vector<std::string>& parts) {
  Value out = Value::map("string", "string");
  for (std::size_t i = 0; i < parts.size(); ++i) out.as_map().set(text::cat('_', i), parts[i]);
  return out;
}

namespace {

[[noreturn]] void out_of_range(std::int64_t from, std::int64_t to, std::size_t size) {
  const auto length = static_cast<std::int64_t>(size);
  constexpr std::string_view kPrefix = "runtime error: slice bounds out of range [";
  if (to < 0 || to > length)
    throw CallError{to < 0 ? text::cat(kPrefix, ":", to, "]") : text::cat(kPrefix, ":", to, "] with length ", length)};
  throw CallError{from < 0 ? text::cat(kPrefix, from, ":]") : text::cat(kPrefix, from, ":", to, "]")};
}

std::string checked_substr(const std::string& text, std::int64_t from, std::int64_t to) {
  const auto size = static_cast<std::int64_t>(text.size());
  if (from < 0 || to < 0 || to > size || from > to) out_of_range(from, to, text.size());
  return text.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
}

/// A negative start begins at 0, a negative or too large end means the end of the text.
std::string substring(Call&, std::int64_t from, std::int64_t to, const std::string& text) {
  const auto size = static_cast<std::int64_t>(text.size());
  if (from < 0) return checked_substr(text, 0, to);
  return checked_substr(text, from, to < 0 || to > size ? size : to);
}

/// Bytes, not characters: names in Kubernetes are cut to 63 with it. A negative count takes them
/// from the end.
std::string truncate(Call&, std::int64_t count, const std::string& text) {
  const auto size = static_cast<std::int64_t>(text.size());
  if (count < 0 && size + count > 0) return text.substr(static_cast<std::size_t>(size + count));
  if (count >= 0 && size > count) return text.substr(0, static_cast<std::size_t>(count));
  return text;
}

/// At most `width` bytes with "..." at the ends that were cut; `offset` is where the interesting
/// part begins.
std::string abbreviated(std::string_view text, std::int64_t offset, std::int64_t width) {
  const auto size = static_cast<std::int64_t>(text.size());
  if (width < 4 || size <= width) return std::string{text};
  offset = std::min(offset, size);
  if (size - offset < width - 3) offset = size - (width - 3);
  if (offset <= 4) return text::cat(text.substr(0, static_cast<std::size_t>(width - 3)), "...");
  if (width < 7) return "";
  if (offset + width - 3 < size)
    return "..." + abbreviated(text.substr(static_cast<std::size_t>(offset)), 0, width - 3);
  return text::cat("...", text.substr(static_cast<std::size_t>(size - (width - 3))));
}

std::string trim(std::string_view text, std::string_view characters) {
  const auto is_in = [&](unicode::Rune rune) {
    for (std::string_view rest = characters; !rest.empty();) {
      const auto next = unicode::decode(rest);
      if (next.rune == rune) return true;
      rest.remove_prefix(next.size);
    }
    return false;
  };
  for (auto next = unicode::decode(text); next.size != 0 && is_in(next.rune); next = unicode::decode(text))
    text.remove_prefix(next.size);
  std::size_t keep = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto next = unicode::decode(text.substr(at));
    at += next.size;
    if (!is_in(next.rune)) keep = at;
  }
  return std::string{text.substr(0, keep)};
}

std::string indent(Call& call, std::int64_t count, const std::string& text) {
  if (count < 0) throw CallError{"strings: negative Repeat count"};
  BoundedText out{call.budget()};
  std::string_view rest = text;
  while (true) {
    out.append(static_cast<std::size_t>(count), ' ');
    const auto end = rest.find('\n');
    out.append(rest.substr(0, end));
    if (end == std::string_view::npos) return out.take();
    out.append(1, '\n');
    rest.remove_prefix(end + 1);
  }
}

std::string repeat(Call& call, std::int64_t count, const std::string& text) {
  if (count < 0) throw CallError{"strings: negative Repeat count"};
  BoundedText out{call.budget()};
  for (std::int64_t i = 0; i < count && !text.empty(); ++i) out.append(text);
  return out.take();
}

/// Every value that is there, printed one way, with blanks between.
template <class Show>
std::string shown(Call& call, Rest<Value> values, Show show) {
  std::vector<std::string> parts;
  for (const auto& value : values.values()) {
    if (value.kind() != Kind::kNil) parts.push_back(show(value));
  }
  return join(parts, " ", call.budget());
}

std::string adler32(std::string_view text) {
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const char c : text) {
    a = (a + static_cast<unsigned char>(c)) % 65521;
    b = (b + a) % 65521;
  }
  return std::to_string((b << 16U) | a);
}

std::string hex_digest(DigestAlgorithm algorithm, std::string_view text) {
  Digester digester{algorithm};
  digester.update(text);
  return digester.finish_hex();
}

void add_cutting(Functions& out) {
  out["abbrev"] =
      make_function([](Call&, std::int64_t width, const std::string& text) { return abbreviated(text, 0, width); });
  out["abbrevboth"] = make_function([](Call&, std::int64_t left, std::int64_t right, const std::string& text) {
    return right < 4 || (left > 0 && right < 7) ? text : abbreviated(text, left, right);
  });
  out["trunc"] = make_function(truncate);
  out["substr"] = make_function(substring);
  out["trim"] = make_function([](Call&, const std::string& text) { return std::string{unicode::trim_space(text)}; });
  const auto trim_all = make_function([](Call&, const std::string& characters, const std::string& text) {
    return trim(text, characters);
  });
  out["trimAll"] = trim_all;
  out["trimall"] = trim_all;
  out["trimPrefix"] = make_function([](Call&, const std::string& prefix, const std::string& text) {
    return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
  });
  out["trimSuffix"] = make_function([](Call&, const std::string& suffix, const std::string& text) {
    return text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size()) : text;
  });
  out["nospace"] = make_function([](Call&, const std::string& text) { return without_space(text); });
  out["initials"] = make_function([](Call&, const std::string& text) { return initials(text); });
}

void add_case(Functions& out) {
  out["upper"] = make_function([](Call&, const std::string& text) { return unicode::to_upper(text); });
  out["lower"] = make_function([](Call&, const std::string& text) { return unicode::to_lower(text); });
  out["title"] = make_function([](Call&, const std::string& text) { return title_case(text); });
  out["untitle"] = make_function([](Call&, const std::string& text) { return untitled(text); });
  out["swapcase"] = make_function([](Call&, const std::string& text) { return swapped_case(text); });
  out["snakecase"] = make_function([](Call&, const std::string& text) { return separated_words(text, '_'); });
  out["kebabcase"] = make_function([](Call&, const std::string& text) { return separated_words(text, '-'); });
  out["camelcase"] = make_function([](Call&, const std::string& text) { return camel_case(text); });
}

void add_layout(Functions& out) {
  out["indent"] = make_function(indent);
  out["nindent"] = make_function([](Call& call, std::int64_t count, const std::string& text) {
    return "\n" + indent(call, count, text);
  });
  out["repeat"] = make_function(repeat);
  out["wrap"] = make_function([](Call& call, std::int64_t width, const std::string& text) {
    return wrapped(text, width, "\n", LongWords::kKeep, call.budget());
  });
  out["wrapWith"] =
      make_function([](Call& call, std::int64_t width, const std::string& separator, const std::string& text) {
        return wrapped(text, width, separator.empty() ? "\n" : separator, LongWords::kBreak, call.budget());
      });
  out["plural"] = make_function([](Call&, const std::string& one, const std::string& many, std::int64_t count) {
    return count == 1 ? one : many;
  });
  out["quote"] = make_function([](Call& call, Rest<Value> values) {
    return shown(call, values, [&](const Value& value) { return quote(text_of(value, call.budget())); });
  });
  out["squote"] = make_function([](Call& call, Rest<Value> values) {
    return shown(call, values, [&](const Value& value) { return text::cat("'", print(value, call.budget()), "'"); });
  });
  out["cat"] = make_function([](Call& call, Rest<Value> values) {
    return shown(call, values, [&](const Value& value) { return print(value, call.budget()); });
  });
}

void add_searching(Functions& out) {
  out["contains"] = make_function([](Call&, const std::string& part, const std::string& text) {
    return text.find(part) != std::string::npos;
  });
  out["hasPrefix"] =
      make_function([](Call&, const std::string& part, const std::string& text) { return text.starts_with(part); });
  out["hasSuffix"] =
      make_function([](Call&, const std::string& part, const std::string& text) { return text.ends_with(part); });
  out["replace"] = make_function([](Call& call, const std::string& from, const std::string& to, const std::string& text
                                 ) { return replace(text, from, to, call.budget()); });
  out["split"] = make_function([](Call& call, const std::string& separator, const std::string& text) {
    return numbered(split(text, separator, -1, call.budget()));
  });
  out["splitn"] = make_function([](Call& call, const std::string& separator, std::int64_t count, const std::string& text
                                ) { return numbered(split(text, separator, count, call.budget())); });
  out["splitList"] = make_function([](Call& call, const std::string& separator, const std::string& text) {
    return Value::texts(split(text, separator, -1, call.budget()));
  });
}

}  // namespace

void add_strings(Functions& out) {
  add_cutting(out);
  add_case(out);
  add_layout(out);
  add_searching(out);
  out["hello"] = make_function([](Call&) { return "Hello!"; });
  out["toString"] = make_function([](Call& call, const Value& value) { return text_of(value, call.budget()); });
  out["toStrings"] =
      make_function([](Call& call, const Value& value) { return Value::texts(to_texts(value, call.budget())); });
  out["join"] = make_function([](Call& call, const std::string& separator, const Value& value) {
    return join(to_texts(value, call.budget()), separator, call.budget());
  });
  out["sha1sum"] = make_function([](Call&, const std::string& text) { return sha1_hex(text); });
  out["sha256sum"] = make_function([](Call&, const std::string& text) { return sha256_hex(text); });
  out["sha512sum"] =
      make_function([](Call&, const std::string& text) { return hex_digest(DigestAlgorithm::kSha512, text); });
  out["adler32sum"] = make_function([](Call&, const std::string& text) { return adler32(text); });
}

}  // namespace weir::templates::sprig
