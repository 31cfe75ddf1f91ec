#pragma once

#include <string>
#include <string_view>

#include "pkg/cloud/exchange.hpp"
#include "pkg/cloud/signature_v4.hpp"

namespace weir::cloud {

/// The access key of this pod, from the first of:
///   AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN;
///   AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN (roles of service accounts), through STS;
///   AWS_CONTAINER_CREDENTIALS_FULL_URI or _RELATIVE_URI (EKS pod identity, ECS), with
///   AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or AWS_CONTAINER_AUTHORIZATION_TOKEN;
///   the instance's metadata service, version 2, unless AWS_EC2_METADATA_DISABLED is true.
/// Profiles in files are not read. @param region  of STS, when AWS_REGION is not set
/// @throws CloudError naming what was tried; TransportError; async::TimedOut
/// Source: AWS SDKs and Tools Reference Guide, "Standardized credential providers".
asio::awaitable<AwsKeys> find_aws_keys(const Session& session, std::string region);

/// The endpoint of a service: AWS_ENDPOINT_URL_<service>, AWS_ENDPOINT_URL, else `standard`.
/// @param service  as in the variable: "STS", "ECR"
/// Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
http::Url aws_endpoint(const Environment& environment, std::string_view service, std::string_view standard);

}  // namespace weir::cloud
