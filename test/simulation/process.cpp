#include "test/simulation/process.hpp"

#include <csignal>
#include <stdexcept>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include "pkg/async/timeout.hpp"
#include "pkg/base/text.hpp"

namespace weir::simulation {

/// A server that is there as long as it runs.
class Process::Listening final : public http::Listener {
 public:
  Listening(Network& network, std::string authority, const http::Router& router)
      : network_{network}, authority_{std::move(authority)}, service_{router} {}
  ~Listening() override { network_.withdraw(authority_, service_); }

  asio::awaitable<void> run() override {
    network_.serve(authority_, service_);
    co_await stopped_.wait();
    network_.withdraw(authority_, service_);
  }
  asio::awaitable<void> stop(Milliseconds) override {
    stopped_.set();
    co_return;
  }

 private:
  Network& network_;
  const std::string authority_;
  Service service_;
  async::Event stopped_;
};

Process::Process(
    const Parts& parts,
    std::string name,
    const std::vector<runtime::ControllerFacts>& controllers,
    const std::vector<std::string>& arguments
)
    : parts_{parts}, name_{std::move(name)}, link_{parts.network, name_} {
  const std::vector<std::string_view> views{arguments.begin(), arguments.end()};
  for (const auto& facts : controllers) {
    options_.push_back(facts.make_part());
    const auto parsed = options_.back()->flags.parse(views);
    if (parsed.has_error()) throw std::invalid_argument{parsed.error().text()};
  }
  manager_ = std::make_unique<runtime::Manager>(static_cast<runtime::Host&>(*this), options_.front()->common(), name_);
  std::vector<std::unique_ptr<runtime::Unit>> units;
  for (const auto& part : options_) units.push_back(part->make_unit(*manager_));
  auto running = manager_->run(std::move(units));
  asio::co_spawn(
      parts_.reactor,
      std::move(running),
      asio::bind_cancellation_slot(cancel_.slot(), [this](std::exception_ptr, int) { has_ended_ = true; })
  );
}

Process::~Process() = default;

std::unique_ptr<http::Listener> Process::listen(const http::Router& router, http::ServerOptions options) {
  return std::make_unique<Listening>(parts_.network, options.address, router);
}

asio::awaitable<int> Process::asked_to_end() {
  co_await asked_.wait();
  co_return SIGTERM;
}

asio::awaitable<void> Process::kill() {
  link_.cut();
  cancel_.emit(asio::cancellation_type::terminal);
  while (!has_ended_) co_await async::yield_now();
  manager_.reset();
}

}  // namespace weir::simulation
