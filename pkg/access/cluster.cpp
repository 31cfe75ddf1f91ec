#include "pkg/access/cluster.hpp"

#include <utility>

#include "pkg/base/text.hpp"

namespace weir::access {

kube::Client as_service_account(const kube::Client& client, const std::string& namespace_, const std::string& account) {
  kube::Identity identity = client.identity();
  identity.impersonate_user = text::cat("system:serviceaccount:", namespace_, ":", account);
  return client.as(std::move(identity));
}

asio::awaitable<bool> has_service_account(kube::Client& client, kube::ObjectKey account) {
  const auto found = co_await client.get(kube::core::service_accounts(), account, kube::Detail::kMetadata);
  co_return found.has_value();
}

}  // namespace weir::access
