#include "pkg/cloud/code_commit.hpp"

#include <chrono>

#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"

namespace weir::cloud {
namespace {

/// The server takes it for fifteen minutes; the keys behind it
/// may end sooner, though they are given out with five to go.
constexpr std::chrono::minutes kLifetime{5};

/// "20150830T123600": no zone, unlike in signed requests.
std::string compact(WallTime time) {
  std::string out;
  for (const char c : to_rfc3339(time))
    if (c != '-' && c != ':' && c != 'Z') out += c;
  return out;
}

}  // namespace

std::optional<CodeCommitHost> parse_code_commit_host(std::string_view host) {
  const auto [service, rest] = text::cut(host, ".");
  if (service != "git-codecommit" && service != "git-codecommit-fips") return std::nullopt;
  const auto [region, domain] = text::cut(rest, ".");
  if (region.empty() || (domain != "amazonaws.com" && domain != "amazonaws.com.cn")) return std::nullopt;
  CodeCommitHost out;
  out.name = host;
  out.region = region;
  return out;
}

Login code_commit_login(const AwsKeys& keys, const CodeCommitHost& host, std::string_view path, WallTime now) {
  const std::string time = compact(now);
  const std::string day = time.substr(0, 8);
  // Ends with the signed headers: there is no body to hash.
  const std::string canonical = text::cat("GIT\n", path, "\n\nhost:", host.name, "\n\nhost\n");
  const std::string to_sign = text::cat(
      "AWS4-HMAC-SHA256\n", time, "\n", v4_scope(day, host.region, "codecommit"), "\n", sha256_hex(canonical)
  );
  std::string user = keys.id;
  if (!keys.session_token.empty()) text::append(user, "%", keys.session_token.reveal());
  SecretString password{text::cat(time, "Z", v4_signature(keys, day, host.region, "codecommit", to_sign))};
  return Login{std::move(user), std::move(password), now + kLifetime};
}

}  // namespace weir::cloud
