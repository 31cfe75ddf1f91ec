#include "pkg/git/url.hpp"

#include "pkg/base/text.hpp"
#include "pkg/http/url.hpp"

namespace weir::git {

namespace {

InputError bad(std::string message) { return InputError{"spec.url", std::move(message)}; }

constexpr std::uint16_t kSshPort = 22;

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) {
    const auto colon = text.find(':');
    const bool is_scp = colon != std::string_view::npos && text.substr(0, colon).find('/') == std::string_view::npos;
    if (is_scp) return bad("the form user@host:path is not supported, write ssh://user@host/path");
    return bad("expected http://, https:// or ssh:// at the start");
  }
  const std::string scheme = text::lower(text.substr(0, scheme_end));
  Url url;
  if (scheme == "http") {
    url.scheme = Scheme::kHttp;
  } else if (scheme == "https") {
    url.scheme = Scheme::kHttps;
  } else if (scheme == "ssh") {
    url.scheme = Scheme::kSsh;
  } else {
    return bad("unknown scheme, expected http, https or ssh");
  }
  if (http::has_stray_at(text))
    return bad(
        "an @ after the first slash: within a user or password write the slash as %2F, within a path the @ as %40"
    );
  // http's grammar of the rest serves ssh as well.
  const std::string_view rest = text.substr(scheme_end + 3);
  const auto parsed = http::Url::parse(text::cat(url.scheme == Scheme::kHttps ? "https://" : "http://", rest));
  if (!parsed) return bad(parsed.error().message);
  if (rest.find('#') != std::string_view::npos) return bad("holds a fragment (#)");
  url.user = parsed->user;
  url.host = parsed->host;
  url.port = parsed->port;
  url.path = parsed->target;
  if (url.is_ssh()) {
    const auto authority = rest.substr(0, rest.find('/'));
    const auto host_end =
        authority.rfind(']') == std::string_view::npos ? authority.rfind('@') + 1 : authority.rfind(']');
    const bool names_port = authority.find(':', host_end) != std::string_view::npos;
    if (!names_port) url.port = kSshPort;
    if (url.path == "/") return bad("names no repository");
  }
  if (url.path.find('?') != std::string::npos) return bad("holds a query (?)");
  return url;
}

Result<Url> Url::resolve(std::string_view reference) const {
  if (!reference.starts_with("./") && !reference.starts_with("../")) {
    auto absolute = parse(reference);
    if (!absolute) return InputError{"url", absolute.error().message};
    return absolute;
  }
  Url out = *this;
  while (out.path.size() > 1 && out.path.ends_with('/')) out.path.pop_back();
  while (true) {
    if (reference.starts_with("./")) {
      reference.remove_prefix(2);
    } else if (reference.starts_with("../")) {
      reference.remove_prefix(3);
      const auto slash = out.path.rfind('/');
      if (out.path.empty() || slash == std::string::npos) return InputError{"url", "leads out of the server's root"};
      out.path.erase(slash);
    } else {
      break;
    }
  }
  if (reference.empty() || text::cat("/", reference, "/").find("/../") != std::string::npos)
    return InputError{"url", text::cat("not a relative URL: ", text::quoted(reference))};
  text::append(out.path, '/', reference);
  return out;
}

std::string Url::text() const {
  const std::string name = host.find(':') == std::string::npos ? host : text::cat('[', host, ']');
  const char* const name_of_scheme = scheme == Scheme::kSsh ? "ssh" : scheme == Scheme::kHttps ? "https" : "http";
  const std::uint16_t own_port = scheme == Scheme::kSsh ? kSshPort : scheme == Scheme::kHttps ? 443 : 80;
  std::string out = text::cat(name_of_scheme, "://");
  if (is_ssh() && !user.empty()) text::append(out, user, '@');
  out += name;
  if (port != own_port) text::append(out, ':', port);
  return out + path;
}

}  // namespace weir::git
