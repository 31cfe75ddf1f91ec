#include "pkg/cloud/signature_v4.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"

namespace weir::cloud {
namespace {

/// "20150830T123600Z"
std::string compact(WallTime time) {
  std::string out;
  for (const char c : to_rfc3339(time))
    if (c != '-' && c != ':') out += c;
  return out;
}

std::string sorted_query(std::string_view query) {
  std::vector<std::string> pairs;
  for (const auto pair : text::split(query, '&')) {
    if (pair.empty()) continue;
    pairs.push_back(text::cat(pair, pair.find('=') == pair.npos ? "=" : ""));
  }
  std::ranges::sort(pairs);
  return text::join(pairs, "&");
}

/// The path is encoded once more: what was "%20" becomes "%2520". Services other than S3 do so.
std::string encoded_path(std::string_view path) { return text::replace_all(http::percent_encode(path), "%2F", "/"); }

}  // namespace

std::string v4_scope(std::string_view day, std::string_view region, std::string_view service) {
  return text::cat(day, "/", region, "/", service, "/aws4_request");
}

std::string v4_signature(
    const AwsKeys& keys, std::string_view day, std::string_view region, std::string_view service, std::string_view text
) {
  std::string key = hmac_sha256("AWS4" + keys.secret.reveal(), day);
  key = hmac_sha256(key, region);
  key = hmac_sha256(key, service);
  key = hmac_sha256(key, "aws4_request");
  return text::hex(hmac_sha256(key, text));
}

void sign_v4(
    http::Request& request, const AwsKeys& keys, std::string_view region, std::string_view service, WallTime now
) {
  const std::string time = compact(now);
  const std::string day = time.substr(0, 8);
  request.headers.set("X-Amz-Date", time);
  if (!keys.session_token.empty()) request.headers.set("X-Amz-Security-Token", keys.session_token.reveal());

  std::map<std::string, std::string> headers{{"host", request.url.authority()}};
  for (const auto& field : request.headers) headers[text::lower(field.name)] = text::trim(field.value);
  std::string canonical_headers, names;
  for (const auto& [name, value] : headers) {
    text::append(canonical_headers, name, ":", value, "\n");
    text::append(names, names.empty() ? "" : ";", name);
  }
  const auto [path, query] = text::cut(request.url.target, "?");
  const std::string canonical = text::cat(
      request.method,
      "\n",
      encoded_path(path),
      "\n",
      sorted_query(query),
      "\n",
      canonical_headers,
      "\n",
      names,
      "\n",
      sha256_hex(request.body)
  );

  const std::string scope = v4_scope(day, region, service);
  const std::string to_sign = text::cat("AWS4-HMAC-SHA256\n", time, "\n", scope, "\n", sha256_hex(canonical));
  request.headers.set(
      "Authorization",
      text::cat(
          "AWS4-HMAC-SHA256 Credential=",
          keys.id,
          "/",
          scope,
          ", SignedHeaders=",
          names,
          ", Signature=",
          v4_signature(keys, day, region, service, to_sign)
      )
  );
}

}  // namespace weir::cloud
