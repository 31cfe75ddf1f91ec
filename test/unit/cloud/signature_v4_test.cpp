#include "pkg/cloud/signature_v4.hpp"

#include <gtest/gtest.h>

#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"

namespace weir::cloud {
namespace {

AwsKeys example_keys() {
  AwsKeys keys;
  keys.id = "AKIDEXAMPLE";
  keys.secret = SecretString{"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
  return keys;
}

std::string signature_of(
    http::Request& request,
    const AwsKeys& keys,
    std::string_view region,
    std::string_view service,
    std::string_view time
) {
  sign_v4(request, keys, region, service, parse_rfc3339(time).value());
  return std::string{request.headers.get_or_empty("Authorization")};
}

TEST(HmacSha256, IsThatOfRfc4231) {
  EXPECT_EQ(
      text::hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
  );
  EXPECT_EQ(
      text::hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
  );
}

/// "get-vanilla" and "post-vanilla" of AWS's Signature Version 4 test suite.
TEST(SignatureV4, SignsTheVanillaRequests) {
  http::Request get{"GET", http::Url::parse("https://example.amazonaws.com/").value()};
  EXPECT_EQ(
      signature_of(get, example_keys(), "us-east-1", "service", "2015-08-30T12:36:00Z"),
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
      "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
  );
  http::Request post{"POST", http::Url::parse("https://example.amazonaws.com/").value()};
  EXPECT_TRUE(signature_of(post, example_keys(), "us-east-1", "service", "2015-08-30T12:36:00Z")
                  .ends_with("Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"));
}

/// The example of the signing process in AWS's general reference.
TEST(SignatureV4, SignsQueriesAndHeaders) {
  http::Request request{
      "GET", http::Url::parse("https://iam.amazonaws.com/?Version=2010-05-08&Action=ListUsers").value()};
  request.headers.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  EXPECT_TRUE(signature_of(request, example_keys(), "us-east-1", "iam", "2015-08-30T12:36:00Z")
                  .ends_with("SignedHeaders=content-type;host;x-amz-date, "
                             "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"));
}

/// Compared with what botocore writes.
TEST(SignatureV4, SignsTheRequestForALogin) {
  http::Request request{"POST", http::Url::parse("https://api.ecr.eu-west-1.amazonaws.com/").value()};
  request.headers.set("Content-Type", "application/x-amz-json-1.1");
  request.headers.set("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken");
  request.body = "{}";
  auto keys = example_keys();
  keys.session_token = SecretString{"TOKEN/+="};
  EXPECT_EQ(
      signature_of(request, keys, "eu-west-1", "ecr", "2026-11-23T12:00:05Z"),
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/eu-west-1/ecr/aws4_request, "
      "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, "
      "Signature=4d458772e59c0f7bd917ae5f0683a3abd9c9b2e17c1762b0aa7d341eff454d92"
  );
  EXPECT_EQ(request.headers.get_or_empty("X-Amz-Date"), "20261123T120005Z");
  EXPECT_EQ(request.headers.get_or_empty("X-Amz-Security-Token"), "TOKEN/+=");

  http::Request odd{"GET", http::Url::parse("https://example.com/a%20b/c?b=2&a=1&c").value()};
  EXPECT_TRUE(signature_of(odd, example_keys(), "eu-west-1", "service", "2026-11-23T12:00:05Z")
                  .ends_with("Signature=f52c4bd839b401df38c9945991e101bbededdc099f719a08337132f8e20deda8"));
}

}  // namespace
}  // namespace weir::cloud
