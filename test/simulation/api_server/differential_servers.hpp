#pragma once

#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

#include <boost/asio/io_context.hpp>

#include "pkg/async/timeout.hpp"
#include "pkg/http/client.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/kube/config.hpp"
#include "test/simulation/api_server/differential.hpp"
#include "test/simulation/api_server/simulated_api.hpp"
#include "test/support/control_plane.hpp"
#include "test/support/run.hpp"
#include "test/support/scripted_api.hpp"

namespace weir::test {

/// A real API server, the shared one of the process, and a simulated one.  Threads: one.
class DifferentialServers {
 public:
  DifferentialServers() {
    differential_.begin([this] {
      clock_.advance(std::chrono::seconds{1});
      run(reactor_, async::sleep_for(Milliseconds{50}));
    });
  }

  Differential& differential() { return differential_; }
  /// The version that the simulated one is of. Others have other fields and other texts.
  bool is_of_the_same_version() { return ask_real("/version").text_at({"minor"}) == "36"; }
  /// What the real one answers to a GET. @throws std::runtime_error when that is no JSON
  json::Value ask_real(const std::string& path) {
    http::Request request{"GET", config_.server};
    request.url.target = path;
    request.headers.set("Accept", "application/json");
    auto parsed = json::parse(ask_real(std::move(request)).body);
    if (parsed.has_error()) throw std::runtime_error{"no JSON at " + path};
    return std::move(*parsed);
  }

 private:
  static kube::ClusterConfig read_config(const Clock& clock) {
    std::ifstream in{ControlPlane::shared().kubeconfig()};
    std::ostringstream text;
    text << in.rdbuf();
    auto config = kube::parse_kubeconfig(text.str(), kube::KubeconfigOptions{}, clock);
    if (config.has_error()) throw std::runtime_error{config.error().text()};
    return std::move(*config);
  }

  http::Response ask_real(http::Request request) {
    auto target = std::move(request.url.target);
    request.url = config_.server;
    request.url.target = std::move(target);
    request.headers.set("Authorization", "Bearer " + config_.credentials->token().reveal());
    const http::CallOptions options;
    return run(reactor_, transport_.send(std::move(request), options));
  }
  http::Response ask_simulated(const http::Request& request) {
    clock_.advance(std::chrono::milliseconds{5});
    return simulated_.answer(request);
  }

  boost::asio::io_context reactor_;
  SystemClock system_clock_;
  HandClock clock_;
  const kube::ClusterConfig config_ = read_config(system_clock_);
  http::Client transport_{reactor_.get_executor(), config_.connection};
  SimulatedApi simulated_{clock_};
  Differential differential_{
      [this](const http::Request& request) { return ask_real(request); },
      [this](const http::Request& request) { return ask_simulated(request); }};
};

}  // namespace weir::test
