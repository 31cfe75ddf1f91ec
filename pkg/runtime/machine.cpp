#include "pkg/runtime/machine.hpp"

#include <cstdlib>
#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <unistd.h>

#include "pkg/async/signals.hpp"

namespace weir::runtime {

struct Machine::State {
  asio::io_context io{1};
  async::Signals signals{io.get_executor()};
  http::ClientCache connections{io.get_executor()};
};

Machine::Machine() : state_{std::make_unique<State>()} {}
Machine::~Machine() = default;

asio::any_io_executor Machine::executor() { return state_->io.get_executor(); }

std::string Machine::name() const {
  char buffer[256] = {};
  return ::gethostname(buffer, sizeof buffer - 1) == 0 ? buffer : "localhost";
}

kube::ClusterConfig Machine::cluster() { return kube::load_cluster_config(clock_); }

http::Connections& Machine::connections() { return state_->connections; }

std::unique_ptr<http::Listener> Machine::listen(const http::Router& router, http::ServerOptions options) {
  return std::make_unique<http::Server>(executor(), router, std::move(options));
}

std::shared_ptr<log::Sink> Machine::log() { return std::make_shared<log::DescriptorSink>(STDERR_FILENO); }

asio::awaitable<int> Machine::asked_to_end() { co_return co_await state_->signals.next(); }

void Machine::end_at_once() { std::_Exit(1); }

int Machine::run(asio::awaitable<int> main) {
  auto& io = state_->io;
  std::exception_ptr failure;
  int status = 1;
  asio::co_spawn(io, std::move(main), [&](std::exception_ptr error, int result) {
    failure = error;
    status = result;
    io.stop();
  });
  io.run();
  if (failure) std::rethrow_exception(failure);
  return status;
}

}  // namespace weir::runtime
