#include "pkg/kube/reflector_machine.hpp"

namespace weir::kube {

ReflectorMachine::Action ReflectorMachine::on_page(std::string resource_version, std::string continue_token) {
  if (!continue_token.empty()) return ListPage{std::move(continue_token)};
  resource_version_ = std::move(resource_version);
  return OpenWatch{resource_version_};
}

void ReflectorMachine::on_event(std::string resource_version) {
  if (!resource_version.empty()) resource_version_ = std::move(resource_version);
  backoff_.reset();
}

ReflectorMachine::Action ReflectorMachine::on_stream_end() { return after_pause(); }

ReflectorMachine::Action ReflectorMachine::on_failure(bool expired, double fraction) {
  // The server forgets its history after minutes; what we hold is compared against a fresh list then.
  if (expired) resource_version_.clear();
  return Pause{backoff_.next(fraction)};
}

ReflectorMachine::Action ReflectorMachine::after_pause() {
  if (resource_version_.empty()) return ListPage{};
  return OpenWatch{resource_version_};
}

}  // namespace weir::kube
