#include "pkg/jsonschema/formats.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/jsonschema/url.hpp"
#include "pkg/regex/regex.hpp"
#include "pkg/template/quote.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::jsonschema {
namespace {

using Problem = std::optional<std::string>;
namespace unicode = templates::unicode;
using templates::quote;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// 'ä', the character at the beginning of a text.
std::string first_quoted(std::string_view text) { return templates::quote_rune(unicode::decode(text).rune); }

Problem check_pointer(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (!text.starts_with('/')) return "not starting with /";
  for (const auto token : text::split(text.substr(1), '/'))
    if (!unescape_pointer(token)) return "~ must be followed by 0 or 1";
  return std::nullopt;
}

Problem check_relative_pointer(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  if (digits == 0) return "must start with non-negative integer";
  if (digits > 1 && text.starts_with('0')) return "starts with zero";
  text.remove_prefix(digits);
  return text == "#" ? std::nullopt : check_pointer(text);
}

Problem check_uuid(std::string_view text) {
  static constexpr std::array<std::size_t, 5> kLengths{8, 4, 4, 4, 12};
  const auto groups = text::split(text, '-');
  if (groups.size() != kLengths.size()) return text::cat("must have ", kLengths.size(), " elements");
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].size() != kLengths[i])
      return text::cat("element ", i + 1, " must be ", kLengths[i], " characters long");
    for (std::size_t k = 0; k < groups[i].size(); ++k)
      if (!is_hex(groups[i][k])) return text::cat("non-hex character ", first_quoted(groups[i].substr(k)));
  }
  return std::nullopt;
}

Problem check_ipv4(std::string_view text) {
  const auto groups = text::split(text, '.');
  if (groups.size() != 4) return "expected four decimals";
  for (const auto group : groups) {
    if (group.size() > 1 && group.front() == '0') return "leading zeros";
    auto digits = group;
    if (digits.starts_with('+') && digits.size() > 1 && is_digit(digits[1])) digits.remove_prefix(1);
    long long number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (digits.empty() || end != digits.data() + digits.size())
      return text::cat("strconv.Atoi: parsing ", quote(group), ": invalid syntax");
    if (error == std::errc::result_out_of_range)
      return text::cat("strconv.Atoi: parsing ", quote(group), ": value out of range");
    if (number < 0 || number > 255) return "decimal must be between 0 and 255";
  }
  return std::nullopt;
}

/// What Go says about an address that it cannot parse.
std::string address_problem(std::string_view whole, std::string_view why, std::string_view at = {}) {
  std::string text = text::cat("ParseAddr(", quote(whole), "): ", why);
  if (!at.empty()) text::append(text, " (at ", quote(at), ")");
  return text;
}

Problem check_ipv4_tail(std::string_view whole, std::string_view text) {
  const auto groups = text::split(text, '.');
  for (const auto group : groups) {
    if (group.empty() || !std::all_of(group.begin(), group.end(), is_digit))
      return address_problem(whole, "unexpected character", text);
    if (group.size() > 1 && group.front() == '0')
      return address_problem(whole, "IPv4 field has octet with leading zero");
    if (group.size() > 3 || std::stoi(std::string{group}) > 255)
      return address_problem(whole, "IPv4 field has value >255");
  }
  if (groups.size() < 4) return address_problem(whole, "IPv4 address too short");
  if (groups.size() > 4) return address_problem(whole, "IPv4 address too long");
  return std::nullopt;
}

Problem check_ipv6(std::string_view whole) {
  if (whole.find(':') == whole.npos) return "missing colon";
  auto rest = whole;
  bool has_zone = false;
  if (const auto percent = rest.find('%'); percent != rest.npos) {
    if (percent + 1 == rest.size()) return address_problem(whole, "zone must be a non-empty string");
    has_zone = true;
    rest = rest.substr(0, percent);
  }
  int groups = 0;
  bool has_gap = false;
  if (rest.starts_with("::")) {
    has_gap = true;
    rest.remove_prefix(2);
  }
  while (!rest.empty() && groups < 8) {
    std::size_t digits = 0;
    while (digits < rest.size() && is_hex(rest[digits])) ++digits;
    if (digits == 0) return address_problem(whole, "each colon-separated field must have at least one digit", rest);
    if (digits < rest.size() && rest[digits] == '.') {
      if (!has_gap && groups != 6)
        return address_problem(whole, "embedded IPv4 address must replace the final 2 fields of the address", rest);
      if (groups + 2 > 8)
        return address_problem(whole, "too many hex fields to fit an embedded IPv4 at the end of the address", rest);
      if (auto problem = check_ipv4_tail(whole, rest)) return problem;
      groups += 2;
      rest = {};
      break;
    }
    if (digits > 4) return address_problem(whole, "each group must have 4 or less digits", rest);
    ++groups;
    rest.remove_prefix(digits);
    if (rest.empty()) break;
    if (rest.front() != ':') return address_problem(whole, "unexpected character, want colon", rest);
    if (rest.size() == 1) return address_problem(whole, "colon must be followed by more characters", rest);
    rest.remove_prefix(1);
    if (rest.front() == ':') {
      if (has_gap) return address_problem(whole, "multiple :: in address", rest);
      has_gap = true;
      rest.remove_prefix(1);
    }
  }
  if (!rest.empty()) return address_problem(whole, "trailing garbage after address", rest);
  if (groups < 8 && !has_gap) return address_problem(whole, "address string too short");
  if (groups == 8 && has_gap) return address_problem(whole, "the :: must expand to at least one field of zeros");
  if (has_zone) return "zone id is not a part of ipv6 address";
  return std::nullopt;
}

Problem check_hostname(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.size() > 253) return "more than 253 characters long";
  for (const auto label : text::split(text, '.')) {
    if (label.empty() || label.size() > 63) return "label must be 1 to 63 characters long";
    if (label.starts_with('-')) return "label starts with hyphen";
    if (label.ends_with('-')) return "label ends with hyphen";
    for (std::size_t i = 0; i < label.size(); ++i)
      if (!is_letter(label[i]) && !is_digit(label[i]) && label[i] != '-')
        return text::cat("invalid character ", first_quoted(label.substr(i)));
  }
  return std::nullopt;
}

Problem within(std::string_view what, const Problem& problem) {
  if (!problem) return std::nullopt;
  return text::cat("invalid ", what, ": ", *problem);
}

Problem check_local_part(std::string_view local) {
  if (local.size() > 64) return "local part more than 64 characters long";
  // The library does not look at the quote at the end.
  if (local.size() > 1 && local.starts_with('"')) {
    if (local.substr(1, local.size() - 2).find_first_of("\\\"") != local.npos)
      return "backslash and quote are not allowed within quoted local part";
    return std::nullopt;
  }
  if (local.starts_with('.')) return "starts with dot";
  if (local.ends_with('.')) return "ends with dot";
  if (local.find("..") != local.npos) return "consecutive dots";
  for (std::size_t i = 0; i < local.size(); ++i) {
    const char c = local[i];
    if (!is_letter(c) && !is_digit(c) && std::string_view{".!#$%&'*+-/=?^_`{|}~"}.find(c) == std::string_view::npos)
      return text::cat("invalid character ", first_quoted(local.substr(i)));
  }
  return std::nullopt;
}

Problem check_email(std::string_view text) {
  if (text.size() > 254) return "more than 255 characters long";
  const auto at = text.rfind('@');
  if (at == text.npos) return "missing @";
  if (auto problem = check_local_part(text.substr(0, at))) return problem;
  auto domain = text.substr(at + 1);
  if (domain.size() > 1 && domain.starts_with('[') && domain.ends_with(']')) {
    domain = domain.substr(1, domain.size() - 2);
    if (domain.starts_with("IPv6:")) return within("ipv6 address", check_ipv6(domain.substr(5)));
    return within("ipv4 address", check_ipv4(domain));
  }
  return within("domain", check_hostname(domain));
}

/// A URL whose host may be an address in brackets.
Problem parse_url(std::string_view text, Url& url) {
  const auto [before, fragment] = split_fragment(text);
  auto parsed = Url::parse(before);
  if (!parsed) return parsed.error().message;
  if (const auto unescaped = unescape_url(fragment); !unescaped)
    return text::cat("parse ", quote(text), ": ", unescaped.error().message);
  url = std::move(*parsed);
  const auto host = url.host();
  if (host.find(':') == host.npos) return std::nullopt;
  if (!host.starts_with('[')) return "ipv6 address not enclosed in brackets";
  return within("ipv6 address", check_ipv6(host.substr(1, host.size() - 2)));
}

Problem check_uri(std::string_view text) {
  Url url;
  if (auto problem = parse_url(text, url)) return problem;
  if (url.scheme.empty()) return "relative url";
  return std::nullopt;
}

Problem check_uri_reference(std::string_view text) {
  if (text.find('\\') != text.npos) return "contains \\";
  Url url;
  return parse_url(text, url);
}

Problem check_uri_template(std::string_view text) {
  Url url;
  if (auto problem = parse_url(text, url)) return problem;
  for (const auto segment : text::split(url.path, '/')) {
    const auto token = unescape_url(segment);
    if (!token) return text::cat("percent decode failed: ", token.error().message);
    bool is_open = false;
    for (const char c : *token) {
      if (c != '{' && c != '}') continue;
      if ((c == '{') == is_open) return "nested curly braces";
      is_open = !is_open;
    }
    if (is_open) return "no matching closing brace";
  }
  return std::nullopt;
}

Problem check_identifiers(std::string_view text, std::string_view what, bool is_number_checked) {
  for (const auto id : text::split(text, '.')) {
    if (id.empty()) return text::cat(what, " identifier is empty");
    bool is_number = true;
    for (std::size_t i = 0; i < id.size(); ++i) {
      if (is_digit(id[i])) continue;
      is_number = false;
      if (!is_letter(id[i]) && id[i] != '-')
        return text::cat("invalid character ", first_quoted(id.substr(i)), " in ", what, " identifier");
    }
    if (is_number_checked && is_number && id.size() > 1 && id.front() == '0')
      return text::cat(what, " numeric identifier starts with zero");
  }
  return std::nullopt;
}

Problem check_semver(std::string_view text) {
  if (const auto plus = text.find('+'); plus != text.npos) {
    if (plus + 1 == text.size()) return "build is empty";
    if (auto problem = check_identifiers(text.substr(plus + 1), "build", false)) return problem;
    text = text.substr(0, plus);
  }
  if (const auto minus = text.find('-'); minus != text.npos) {
    if (auto problem = check_identifiers(text.substr(minus + 1), "pre-release", true)) return problem;
    text = text.substr(0, minus);
  }
  const auto versions = text::split(text, '.');
  if (versions.size() != 3) return "versionCore must have 3 numbers separated by dot";
  static constexpr std::array<std::string_view, 3> kNames{"major", "minor", "patch"};
  for (std::size_t i = 0; i < versions.size(); ++i) {
    if (versions[i].empty()) return text::cat(kNames[i], " is empty");
    if (versions[i].size() > 1 && versions[i].front() == '0') return text::cat(kNames[i], " starts with zero");
    if (!std::all_of(versions[i].begin(), versions[i].end(), is_digit))
      return text::cat(kNames[i], " contains non-digit");
  }
  return std::nullopt;
}

Problem check_regex(std::string_view text) {
  if (regex::Regex::compile(text)) return std::nullopt;
  return text::cat("error parsing regexp: ", regex::Regex::go_error(text));
}

constexpr Format kFormats[] = {
    {"date", &check_date},
    {"date-time", &check_date_time},
    {"duration", &check_duration},
    {"email", &check_email},
    {"hostname", &check_hostname},
    {"ipv4", &check_ipv4},
    {"ipv6", &check_ipv6},
    {"iri", &check_uri},
    {"iri-reference", &check_uri_reference},
    {"json-pointer", &check_pointer},
    {"period", &check_period},
    {"regex", &check_regex},
    {"relative-json-pointer", &check_relative_pointer},
    {"semver", &check_semver},
    {"time", &check_time},
    {"uri", &check_uri},
    {"uri-reference", &check_uri_reference},
    {"uri-template", &check_uri_template},
    {"uuid", &check_uuid},
};

}  // namespace

const Format* find_format(std::string_view name) {
  const auto found = std::find_if(std::begin(kFormats), std::end(kFormats), [name](const Format& format) {
    return format.name == name;
  });
  return found == std::end(kFormats) ? nullptr : found;
}

}  // namespace weir::jsonschema
