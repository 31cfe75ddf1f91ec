#include "pkg/kube/reflector.hpp"

#include "pkg/async/errors.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/random.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kube/reflector_machine.hpp"

namespace weir::kube {
namespace {

async::BackoffOptions reconnect_pauses() {
  async::BackoffOptions options;
  options.first = Milliseconds{200};
  options.longest = Milliseconds{15'000};
  options.jitter = 0.5;
  return options;
}

bool is_expired(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const ApiError& error) {
    return error.is_expired();
  } catch (...) {
    return false;
  }
}

/// Whether the server does not offer the collection to us.
bool is_absent(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const ApiError& error) {
    return error.is_not_found() || error.is_forbidden();
  } catch (...) {
    return false;
  }
}

/// How often an optional kind is looked for.
constexpr Milliseconds kAbsencePause{300'000};

/// Spreads the ends of the streams, so that a restarted server does not see all of them return at once.
Milliseconds server_timeout() { return Milliseconds{300'000 + static_cast<int>(random_fraction() * 300'000)}; }

}  // namespace

Reflector::Reflector(Client& client, ReflectorOptions options, Target& target, log::Logger log)
    : client_{client}, options_{std::move(options)}, target_{target}, log_{std::move(log)} {}

asio::awaitable<Page> Reflector::list_page(const std::string& continue_token) {
  ListOptions options;
  options.namespace_ = options_.namespace_;
  options.label_selector = options_.label_selector;
  options.field_selector = options_.field_selector;
  options.detail = options_.detail;
  options.continue_token = continue_token;
  co_return co_await client_.list(options_.resource, options);
}

asio::awaitable<void> Reflector::follow(const std::string& resource_version, ReflectorMachine& machine) {
  WatchOptions options;
  options.namespace_ = options_.namespace_;
  options.label_selector = options_.label_selector;
  options.field_selector = options_.field_selector;
  options.detail = options_.detail;
  options.resource_version = resource_version;
  options.server_timeout = server_timeout();
  auto stream = co_await client_.watch(options_.resource, options);
  works();
  for (;;) {
    auto events = co_await stream.next();
    if (events.empty()) co_return;
    for (auto& event : events) {
      std::string version{event.object.text_at({"metadata", "resourceVersion"})};
      if (event.type == WatchEvent::Type::kDeleted) {
        target_.remove(event.object);
      } else if (event.type != WatchEvent::Type::kBookmark) {
        target_.put(std::move(event.object));
      }
      machine.on_event(std::move(version));
    }
  }
}

/// A server that does not serve a kind says no more than "not found".
std::string Reflector::explain(const std::exception_ptr& failure) const {
  try {
    std::rethrow_exception(failure);
  } catch (const ApiError& error) {
    if (!error.is_not_found()) return error.what();
    return text::cat(
        "the API server does not serve ",
        options_.resource.plural,
        ".",
        options_.resource.api_version(),
        ": is its CRD installed? (`weir crds apply` brings those of Weir)"
    );
  } catch (...) {
    return async::describe(failure);
  }
}

void Reflector::works() {
  last_failure_.clear();
  if (told_.empty()) return;
  log_.info("following the resource again", {{"resource", options_.resource.plural}});
  told_.clear();
}

asio::awaitable<void> Reflector::run() {
  ReflectorMachine machine{reconnect_pauses()};
  auto action = machine.start();
  for (;;) {
    std::exception_ptr failure;
    try {
      if (const auto* list = std::get_if<ReflectorMachine::ListPage>(&action)) {
        const std::string token = list->continue_token;
        if (token.empty()) target_.begin_list();
        auto page = co_await list_page(token);
        for (auto& item : page.items) target_.put(std::move(item));
        if (page.continue_token.empty()) {
          target_.end_list(page.resource_version);
          works();
          synced_.set();
        }
        action = machine.on_page(std::move(page.resource_version), std::move(page.continue_token));
      } else if (const auto* watch = std::get_if<ReflectorMachine::OpenWatch>(&action)) {
        const std::string version = watch->resource_version;
        co_await follow(version, machine);
        action = machine.on_stream_end();
      } else {
        co_await async::sleep_for(std::get<ReflectorMachine::Pause>(action).length);
        action = machine.after_pause();
      }
    } catch (...) {
      failure = std::current_exception();
    }
    if (!failure) continue;
    if (async::is_cancelled(failure)) std::rethrow_exception(failure);
    if (options_.is_optional && is_absent(failure)) {
      log_.debug("an optional resource is not there", {{"resource", options_.resource.plural}});
      co_await async::sleep_for(kAbsencePause);
      action = machine.start();
      continue;
    }
    last_failure_ = explain(failure);
    const bool expired = is_expired(failure);
    if (expired) {
      log_.debug("the watch is too old, listing again", {{"resource", options_.resource.plural}});
    } else if (last_failure_ != told_) {
      log_.error("cannot follow a resource", last_failure_, {{"resource", options_.resource.plural}});
      told_ = last_failure_;
    }
    action = machine.on_failure(expired, random_fraction());
  }
}

}  // namespace weir::kube
