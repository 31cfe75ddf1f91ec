#include "pkg/jsonschema/url.hpp"

#include <algorithm>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/template/quote.hpp"

namespace weir::jsonschema {

using templates::quote;

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The first escape that is none; empty when all are well.
std::string_view bad_escape(std::string_view text) {
  for (std::size_t i = text.find('%'); i != text.npos; i = text.find('%', i + 1))
    if (i + 2 >= text.size() || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) return text.substr(i, 3);
  return {};
}

/// How long the scheme is; 0 when there is none, nullopt when it is missing before a ':'.
std::optional<std::size_t> scheme_length(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_letter(c)) continue;
    if (is_digit(c) || c == '+' || c == '-' || c == '.') {
      if (i == 0) return 0;
    } else if (c == ':') {
      if (i == 0) return std::nullopt;
      return i;
    } else {
      return 0;
    }
  }
  return 0;
}

/// What is wrong with "user@host:port"; empty when nothing is.
std::string authority_problem(std::string_view authority) {
  const auto at = authority.rfind('@');
  std::string_view host = at == authority.npos ? authority : authority.substr(at + 1);
  if (at != authority.npos)
    for (const char c : authority.substr(0, at))
      if (!is_letter(c) && !is_digit(c) && std::string_view{"-._:~!$&'()*+,;=%@"}.find(c) == std::string_view::npos)
        return "net/url: invalid userinfo";
  std::string_view port;
  if (host.starts_with('[')) {
    const auto end = host.rfind(']');
    if (end == host.npos) return "missing ']' in host";
    port = host.substr(end + 1);
    host = host.substr(0, end + 1);
  } else if (const auto colon = host.rfind(':'); colon != host.npos) {
    port = host.substr(colon);
    host = host.substr(0, colon);
  }
  if (!port.empty() && (port.front() != ':' || !std::all_of(port.begin() + 1, port.end(), is_digit)))
    return text::cat("invalid port ", quote(port), " after host");
  for (const char c : host) {
    const bool is_allowed = static_cast<unsigned char>(c) >= 0x80 || is_letter(c) || is_digit(c) ||
                            std::string_view{"-_.~!$&'()*+,;=:[]<>\"%"}.find(c) != std::string_view::npos;
    if (!is_allowed) return text::cat("invalid character ", quote(std::string_view{&c, 1}), " in host name");
  }
  if (const auto escape = bad_escape(host); !escape.empty()) return text::cat("invalid URL escape ", quote(escape));
  return {};
}

std::string without_dots(std::string_view path) {
  std::vector<std::string_view> parts;
  const auto segments = text::split(path, '/');
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const bool is_last = i + 1 == segments.size();
    if (segments[i] == "..") {
      if (parts.size() > 1 || (parts.size() == 1 && !parts.front().empty())) parts.pop_back();
      if (is_last) parts.push_back("");
    } else if (segments[i] == ".") {
      if (is_last) parts.push_back("");
    } else {
      parts.push_back(segments[i]);
    }
  }
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) text::append(out, i == 0 ? "" : "/", parts[i]);
  return out.starts_with('/') ? out : "/" + out;
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  const auto refused = [text](std::string_view why) {
    return InputError{"", text::cat("parse ", quote(text), ": ", why)};
  };
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return refused("net/url: invalid control character in URL");
  Url url;
  const auto length = scheme_length(text);
  if (!length) return refused("missing protocol scheme");
  std::string_view rest = text;
  if (*length > 0) {
    url.scheme = text::lower(rest.substr(0, *length));
    rest.remove_prefix(*length + 1);
  }
  if (const auto mark = rest.find('?'); mark != rest.npos) {
    url.has_query = true;
    url.query = rest.substr(mark + 1);
    rest = rest.substr(0, mark);
  }
  if (url.scheme.empty() && !rest.starts_with('/')) {
    const auto segment = rest.substr(0, rest.find('/'));
    if (segment.find(':') != segment.npos) return refused("first path segment in URL cannot contain colon");
  }
  const bool may_have_authority = !url.scheme.empty() || !rest.starts_with("///");
  if (may_have_authority && rest.starts_with("//")) {
    const auto slash = rest.find('/', 2);
    url.has_authority = true;
    url.authority = rest.substr(2, slash == rest.npos ? rest.npos : slash - 2);
    rest = slash == rest.npos ? std::string_view{} : rest.substr(slash);
    if (const auto problem = authority_problem(url.authority); !problem.empty()) return refused(problem);
  }
  url.path = rest;
  if (!url.is_opaque())
    if (const auto escape = bad_escape(rest); !escape.empty())
      return refused(text::cat("invalid URL escape ", quote(escape)));
  return url;
}

std::string Url::text() const {
  return text::cat(
      scheme, scheme.empty() ? "" : ":", has_authority ? "//" : "", authority, path, has_query ? "?" : "", query
  );
}

std::string_view Url::host() const {
  std::string_view host = authority;
  if (const auto at = host.rfind('@'); at != host.npos) host.remove_prefix(at + 1);
  if (host.starts_with('[')) return host.substr(0, host.rfind(']') + 1);
  return host.substr(0, host.rfind(':'));
}

std::pair<std::string_view, std::string_view> split_fragment(std::string_view text) { return text::cut(text, "#"); }

Result<std::string> join_url(std::string_view base, std::string_view reference) {
  const auto from = Url::parse(base);
  if (!from) return InputError{"", text::cat("error in parsing ", quote(base), ": ", from.error().message)};
  auto to = Url::parse(reference);
  if (!to) return InputError{"", text::cat("error in parsing ", quote(reference), ": ", to.error().message)};
  if (!to->scheme.empty()) {
    if (!to->is_opaque() && !to->path.empty()) to->path = without_dots(to->path);
    return to->text();
  }
  Url joined = *from;
  if (from->is_opaque()) return joined.text();
  if (to->has_authority) {
    joined.has_authority = true;
    joined.authority = to->authority;
    joined.path = to->path.empty() ? "" : without_dots(to->path);
  } else if (to->path.empty()) {
    if (!to->has_query) return joined.text();
  } else if (to->path.starts_with('/')) {
    joined.path = without_dots(to->path);
  } else {
    joined.path = without_dots(text::cat(from->path.substr(0, from->path.rfind('/') + 1), to->path));
  }
  joined.has_query = to->has_query;
  joined.query = to->query;
  return joined.text();
}

Result<std::string> unescape_url(std::string_view text) {
  if (const auto escape = bad_escape(text); !escape.empty())
    return InputError{"", text::cat("invalid URL escape ", quote(escape))};
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string escape_url(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_letter(c) || is_digit(c) || std::string_view{"-_.~$&+=:@/"}.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      text::append(out, '%', kDigits[byte >> 4], kDigits[byte & 15]);
    }
  }
  return out;
}

std::string escape_pointer(std::string_view token) {
  return text::replace_all(text::replace_all(token, "~", "~0"), "/", "~1");
}

std::optional<std::string> unescape_pointer(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      out += token[i];
      continue;
    }
    ++i;
    if (i >= token.size() || (token[i] != '0' && token[i] != '1')) return std::nullopt;
    out += token[i] == '0' ? '~' : '/';
  }
  return out;
}

}  // namespace weir::jsonschema
