#include "controllers/cli/session.hpp"

#include <cstdlib>
#include <exception>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "pkg/base/clock.hpp"
#include "pkg/base/text.hpp"
#include "pkg/http/client.hpp"
#include "pkg/runtime/manager.hpp"

namespace weir::cli {
namespace {

constexpr Flag kFlags[] = {
    {"namespace", 'n', "NAMESPACE", "the namespace (default: $FLUX_SYSTEM_NAMESPACE, else flux-system)"},
    {"kubeconfig", '\0', "FILE", "how to reach the cluster (default: $KUBECONFIG, the pod's own, ~/.kube/config)"},
    {"context", '\0', "NAME", "the context of the kubeconfig (default: its current one)"},
};

std::string namespace_of(const Given& given) {
  const char* system = std::getenv("FLUX_SYSTEM_NAMESPACE");
  return given.value("namespace", system != nullptr && *system != '\0' ? system : "flux-system");
}

kube::Identity identity() {
  kube::Identity out;
  out.user_agent = text::cat("weir/", runtime::version());
  return out;
}

kube::ClusterConfig cluster_of(const Given& given, const Clock& clock) {
  kube::ClusterChoice choice;
  choice.kubeconfig = given.value("kubeconfig");
  choice.context = given.value("context");
  return kube::load_cluster_config(clock, choice);
}

}  // namespace

std::vector<Flag> with_session_flags(std::initializer_list<Flag> own) {
  std::vector<Flag> out{own};
  out.insert(out.end(), std::begin(kFlags), std::end(kFlags));
  return out;
}

struct Session::State {
  explicit State(const Given& given)
      : cluster{cluster_of(given, clock)},
        server{cluster.server.text()},
        namespace_{namespace_of(given)},
        transport{io.get_executor(), cluster.connection},
        client{transport, cluster, identity()},
        mapper{client, clock} {}

  SystemClock clock;
  kube::ClusterConfig cluster;
  std::string server;
  std::string namespace_;
  asio::io_context io{1};
  http::Client transport;
  kube::Client client;
  kube::RestMapper mapper;
};

Session::Session(const Given& given) : state_{std::make_unique<State>(given)} {}
Session::~Session() = default;

kube::Client& Session::client() { return state_->client; }
kube::RestMapper& Session::mapper() { return state_->mapper; }
const std::string& Session::server() const { return state_->server; }
const std::string& Session::namespace_() const { return state_->namespace_; }

int Session::run(std::function<asio::awaitable<int>()> work) {
  std::exception_ptr failure;
  int status = 1;
  auto running = work();
  asio::co_spawn(state_->io, std::move(running), [&](std::exception_ptr error, int result) {
    failure = error;
    status = result;
    state_->io.stop();  // kept connections are nobody's concern any more
  });
  state_->io.run();
  if (failure) std::rethrow_exception(failure);
  return status;
}

}  // namespace weir::cli
