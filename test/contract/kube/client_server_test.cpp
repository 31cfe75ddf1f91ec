#include "pkg/http/client.hpp"
#include "test/contract/kube/kube_contract.hpp"

namespace weir::kube {
namespace {

class KubeClientOnServer : public KubeContract {};

TEST_F(KubeClientOnServer, RefusesAServerItCannotTrust) {
  ClusterConfig config = api_->config();
  config.connection.ca_pem.clear();
  http::Client transport{reactor_.get_executor(), config.connection};
  Client stranger{transport, config, Identity{}};
  EXPECT_THROW(run(stranger.get(core::config_maps(), key("a"))), http::TlsError);
}

}  // namespace
}  // namespace weir::kube
