// urlParse and urlJoin: addresses taken apart and put together.  Source: the behaviour of Go's
// net/url.
#include <optional>

#include "pkg/base/text.hpp"
#include "pkg/template/numbers.hpp"
#include "pkg/template/quote.hpp"
#include "pkg/template/sprig/groups.hpp"

namespace weir::templates::sprig {
namespace {

enum class Part { kPath, kUser, kHost, kFragment };

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool stays(char c, Part part) {
  if (is_alphanumeric(c) || std::string_view{"-_.~"}.find(c) != std::string_view::npos) return true;
  switch (part) {
    case Part::kPath: return std::string_view{"$&+,/:;=@"}.find(c) != std::string_view::npos;
    case Part::kUser: return std::string_view{"$&+,;="}.find(c) != std::string_view::npos;
    case Part::kHost: return std::string_view{"!$&'()*+,;=:[]<>\""}.find(c) != std::string_view::npos;
    case Part::kFragment: return std::string_view{"$&+,/:;=?@!()*"}.find(c) != std::string_view::npos;
  }
  return false;
}

std::string escaped(std::string_view text, Part part) {
  std::string out;
  for (const char c : text) {
    if (stays(c, part)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += "0123456789ABCDEF"[byte >> 4U];
    out += "0123456789ABCDEF"[byte & 0xfU];
  }
  return out;
}

[[noreturn]] void refuse(std::string_view url, std::string_view reason) {
  throw CallError{text::cat("unable to parse url: parse ", quote(url), ": ", reason)};
}

std::string unescaped(std::string_view text, std::string_view url) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const auto digits = text.substr(i + 1, 2);
    const auto byte = parse_unsigned(digits, 16);
    if (digits.size() < 2 || !byte.is_good()) refuse(url, "invalid URL escape " + quote(text.substr(i, 3)));
    out += static_cast<char>(byte.value);
    i += 2;
  }
  return out;
}

struct Url {
  std::string scheme;
  std::string opaque;
  std::optional<std::string> user;  ///< as it is spelled
  std::string host;
  std::string path;
  std::string query;
  std::string fragment;
};

/// Takes "https:" off the front, when a scheme stands there.
std::string take_scheme(std::string_view& rest, std::string_view url) {
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (is_letter) continue;
    if ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.') {
      if (i == 0) return "";
      continue;
    }
    if (c != ':') return "";
    if (i == 0) refuse(url, "missing protocol scheme");
    const std::string scheme = text::lower(rest.substr(0, i));
    rest.remove_prefix(i + 1);
    return scheme;
  }
  return "";
}

bool is_port_good(std::string_view host) {
  const auto end = host.starts_with('[') ? host.find(']') : std::string_view::npos;
  const auto after = end == std::string_view::npos ? host : host.substr(end + 1);
  const auto colon = after.rfind(':');
  if (colon == std::string_view::npos) return end == std::string_view::npos || after.empty();
  return after.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
}

std::string user_text(std::string_view user, std::string_view url) {
  const auto colon = user.find(':');
  std::string out = escaped(unescaped(user.substr(0, colon), url), Part::kUser);
  if (colon != std::string_view::npos) out += ":" + escaped(unescaped(user.substr(colon + 1), url), Part::kUser);
  return out;
}

Url parse_url(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) refuse(text, "net/url: invalid control character in URL");
  }
  Url out;
  std::string_view rest = text;
  if (const auto hash = rest.find('#'); hash != std::string_view::npos) {
    out.fragment = unescaped(rest.substr(hash + 1), text);
    rest = rest.substr(0, hash);
  }
  if (rest == "*") {
    out.path = "*";
    return out;
  }
  out.scheme = take_scheme(rest, text);
  if (const auto mark = rest.find('?'); mark != std::string_view::npos) {
    out.query = std::string{rest.substr(mark + 1)};
    rest = rest.substr(0, mark);
  }
  if (!rest.starts_with('/')) {
    if (!out.scheme.empty()) {
      out.opaque = std::string{rest};
      return out;
    }
    if (rest.substr(0, rest.find('/')).find(':') != std::string_view::npos)
      refuse(text, "first path segment in URL cannot contain colon");
  }
  if ((!out.scheme.empty() || !rest.starts_with("///")) && rest.starts_with("//")) {
    const auto slash = rest.find('/', 2);
    auto authority = rest.substr(2, slash == std::string_view::npos ? slash : slash - 2);
    rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash);
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
      out.user = user_text(authority.substr(0, at), text);
      authority = authority.substr(at + 1);
    }
    if (!is_port_good(authority))
      refuse(
          text,
          text::cat(
              "invalid port ",
              quote(authority.substr(authority.rfind(':') == std::string_view::npos ? 0 : authority.rfind(':'))),
              " after host"
          )
      );
    if (authority.find(' ') != std::string_view::npos) refuse(text, "invalid character \" \" in host name");
    out.host = unescaped(authority, text);
  }
  out.path = unescaped(rest, text);
  return out;
}

std::string host_name(std::string_view host) {
  if (host.starts_with('[')) return std::string{host.substr(1, host.find(']') - 1)};
  return std::string{host.substr(0, host.rfind(':'))};
}

Value parsed(Call&, const std::string& text) {
  const Url url = parse_url(text);
  return Value::dict({
      {"scheme", url.scheme},
      {"host", url.host},
      {"hostname", host_name(url.host)},
      {"path", url.path},
      {"query", url.query},
      {"opaque", url.opaque},
      {"fragment", url.fragment},
      {"userinfo", url.user.value_or("")},
  });
}

std::string member(const Dict& dict, std::string_view key) {
  const Value* value = dict.find(key);
  if (!value) return "";
  if (value->kind() == Kind::kNil) refuse_nil();
  if (!value->is_string())
    throw CallError{
        text::cat("unable to parse ", key, " key, must be of type string, but ", value->kind_name(), " found")};
  return value->as_string();
}

std::string joined(Call&, Dict dict) {
  const std::string scheme = member(dict, "scheme");
  const std::string host = member(dict, "host");
  const std::string path = member(dict, "path");
  const std::string query = member(dict, "query");
  const std::string opaque = member(dict, "opaque");
  const std::string fragment = member(dict, "fragment");
  const std::string user = member(dict, "userinfo");
  std::string out = scheme.empty() ? "" : scheme + ":";
  if (!opaque.empty()) {
    out += opaque;
  } else {
    if (!scheme.empty() || !host.empty() || !user.empty()) {
      if (!host.empty() || !path.empty() || !user.empty()) out += "//";
      if (!user.empty()) out += user_text(user, user) + "@";
      out += escaped(host, Part::kHost);
    }
    const std::string spelled = escaped(path, Part::kPath);
    if (!spelled.empty() && spelled[0] != '/' && !host.empty()) out += '/';
    if (out.empty() && spelled.substr(0, spelled.find('/')).find(':') != std::string::npos) out += "./";
    out += spelled;
  }
  if (!query.empty()) out += "?" + query;
  if (!fragment.empty()) out += "#" + escaped(fragment, Part::kFragment);
  return out;
}

}  // namespace

void add_urls(Functions& out) {
  out["urlParse"] = make_function(parsed);
  out["urlJoin"] = make_function(joined);
}

}  // namespace weir::templates::sprig
