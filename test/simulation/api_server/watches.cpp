#include <algorithm>
#include <charconv>

#include "pkg/async/timeout.hpp"
#include "test/simulation/api_server/watch.hpp"
#include "test/support/scripted_api.hpp"

namespace weir::test {

SimulatedApi::Watch::Watch(SimulatedApi& api, Call call, long since)
    : api_{api}, call_{std::move(call)}, number_{++api.watch_count_} {
  const auto first = std::ranges::upper_bound(api_.history_, since, std::ranges::less{}, &Happened::version);
  next_ = static_cast<std::size_t>(first - api_.history_.begin());
  long seconds = 0;
  const auto text = call_.get("timeoutSeconds");
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (seconds > 0) until_ = api_.clock_.now() + std::chrono::seconds{seconds};
  const auto from = call_.get("resourceVersion");
  if (from.empty() || from == "0") {
    for (const auto& [key, document] : call_.kind->collection->objects) {
      if (call_.selects(call_.kind->collection, document->value)) ready_.push_back(line("ADDED", document->value));
    }
  }
  api_.watches_.push_back(this);
}

SimulatedApi::Watch::~Watch() { std::erase(api_.watches_, this); }

SimulatedApi::OpenWatch SimulatedApi::Watch::told() const {
  OpenWatch out;
  out.number = number_;
  out.path = call_.kind->resource.path(call_.namespace_);
  out.waiting = ready_.size();
  for (std::size_t i = next_; i < api_.history_.size(); ++i) {
    const auto& event = api_.history_[i];
    const bool was = event.before && call_.selects(event.collection, event.before->value);
    if (was || (event.after && call_.selects(event.collection, event.after->value))) ++out.waiting;
  }
  return out;
}

void SimulatedApi::Watch::bookmark() {
  if (call_.get("allowWatchBookmarks") != "true") return;
  while (next_ < api_.history_.size()) take(api_.history_[next_++]);  // it speaks of all that was before
  const bool is_metadata = call_.wants_metadata;
  auto object = json::Value::object(
      {{"kind", is_metadata ? "PartialObjectMetadata" : call_.kind->resource.kind},
       {"apiVersion", is_metadata ? "meta.k8s.io/v1" : call_.kind->resource.api_version()}}
  );
  object.set("metadata", json::Value::object({{"resourceVersion", std::to_string(api_.version_)}}));
  ready_.push_back(json::write(json::Value::object({{"type", "BOOKMARK"}, {"object", object}})) + "\n");
}

asio::awaitable<std::string> SimulatedApi::Watch::read_some() {
  for (;;) {
    if (broken_) throw http::TransportError{"api", http::Phase::kReceive, "connection reset by peer"};
    const bool may_read = !api_.held_ && allowed_ > 0;
    while (may_read && next_ < api_.history_.size()) take(api_.history_[next_++]);
    if (may_read && !ready_.empty()) {
      std::string out = std::move(ready_.front());
      ready_.pop_front();
      if (allowed_ != std::numeric_limits<std::size_t>::max()) --allowed_;
      co_return out;
    }
    if (ended_ && may_read) co_return std::string{};
    co_await api_.changed_.wait();
  }
}

std::string SimulatedApi::Watch::line(std::string_view type, const json::Value& object) const {
  if (call_.wants_metadata) {
    return json::write(json::Value::object({{"type", type}, {"object", metadata_only(object)}})) + "\n";
  }
  auto shown = call_.kind->is_custom ? as_custom(object, call_.kind->resource.api_version()) : object;
  return json::write(json::Value::object({{"type", type}, {"object", std::move(shown)}})) + "\n";
}

void SimulatedApi::Watch::take(const Happened& event) {
  if (event.collection != call_.kind->collection) return;
  const bool was = event.before && call_.selects(event.collection, event.before->value);
  const bool is = event.after && call_.selects(event.collection, event.after->value);
  if (!was && !is) return;
  if (is) {
    const std::string_view type = was ? "MODIFIED" : "ADDED";
    const auto& document = *event.after;
    if (!call_.wants_metadata && !call_.kind->is_custom) {
      ready_.push_back(text::cat(R"({"type":")", type, R"(","object":)", document.text(), "}\n"));
    } else {
      ready_.push_back(line(type, document.value));
    }
    return;
  }
  json::Value gone = event.before->value;
  gone["metadata"].set("resourceVersion", std::to_string(event.version));
  ready_.push_back(line("DELETED", gone));
}

std::vector<SimulatedApi::OpenWatch> SimulatedApi::watches() const {
  std::vector<OpenWatch> out;
  for (const auto* watch : watches_) out.push_back(watch->told());
  return out;
}

void SimulatedApi::hold_watches(bool held) {
  held_ = held;
  changed_.wake_all();
}

void SimulatedApi::hold_watch(long number, bool held) {
  for (auto* watch : watches_) {
    if (watch->number() == number) watch->hold(held);
  }
  changed_.wake_all();
}

void SimulatedApi::release(long number, std::size_t events) {
  for (auto* watch : watches_) {
    if (watch->number() == number) watch->release(events);
  }
  changed_.wake_all();
}

void SimulatedApi::end_watches() {
  for (auto* watch : watches_) watch->end();
  changed_.wake_all();
}

void SimulatedApi::end_due_watches() {
  for (auto* watch : watches_) {
    if (watch->is_due(clock_.now())) watch->end();
  }
  changed_.wake_all();
}

void SimulatedApi::break_watch(long number) {
  for (auto* watch : watches_) {
    if (watch->number() == number) watch->snap();
  }
  changed_.wake_all();
}

void SimulatedApi::send_bookmarks() {
  for (auto* watch : watches_) watch->bookmark();
  changed_.wake_all();
}

void SimulatedApi::set_down(bool is_down) {
  is_down_ = is_down;
  if (!is_down) return;
  for (auto* watch : watches_) watch->snap();
  forget_history();
  changed_.wake_all();
}

/// A turn later, and after what was decided for it.
asio::awaitable<Fate> SimulatedApi::arrive(const http::Request& request) const {
  co_await async::yield_now();
  Fate fate;
  if (decide_) fate = decide_(request);
  if (fate.before_it) {
    auto wait = fate.before_it();
    co_await std::move(wait);
  }
  if (is_down_) throw http::TransportError{"api", http::Phase::kConnect, "connection refused"};
  co_return fate;
}

asio::awaitable<http::Response> SimulatedApi::send(http::Request request, const http::CallOptions&) {
  auto fate = co_await arrive(request);
  auto out = fate.answer ? std::move(*fate.answer) : answer(request);
  co_await async::yield_now();
  if (fate.after_it) {
    auto wait = fate.after_it();
    co_await std::move(wait);
  }
  co_return out;
}

asio::awaitable<http::StreamedResponse> SimulatedApi::open(http::Request request, const http::CallOptions&) {
  auto fate = co_await arrive(request);
  http::StreamedResponse out;
  out.status = 200;
  const auto give = [&](http::Response&& answer) {
    out.status = answer.status;
    out.headers = std::move(answer.headers);
    out.body = std::make_unique<OnePiece>(std::move(answer.body));
  };
  auto call = call_of(request);
  long since = version_;
  const auto from = call.get("resourceVersion");
  if (!from.empty() && from != "0") std::from_chars(from.data(), from.data() + from.size(), since);
  std::optional<Refusal> refused;
  if (call.kind != nullptr) {
    try {
      authorize(call, "watch");
    } catch (const Refusal& refusal) {
      refused = refusal;
    }
  }
  if (fate.answer) {
    give(std::move(*fate.answer));
  } else if (call.kind == nullptr) {
    give(unserved());
  } else if (refused) {
    give(refused->response());
  } else if (since < forgotten_) {
    const Refusal expired{410, "Expired", text::cat("too old resource version: ", since, " (", forgotten_, ")")};
    const auto event = json::Value::object({{"type", "ERROR"}, {"object", expired.status()}});
    out.body = std::make_unique<OnePiece>(json::write(event) + "\n");
  } else {
    out.body = std::make_unique<Watch>(*this, std::move(call), since);
  }
  co_return out;
}

}  // namespace weir::test
