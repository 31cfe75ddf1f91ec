#pragma once

#include <string>

#include "pkg/async/asio.hpp"
#include "pkg/async/event.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/log/logger.hpp"

namespace weir::kube {

struct ReflectorOptions {
  ReflectorOptions() {}
  Resource resource;
  std::string namespace_;
  std::string label_selector;
  std::string field_selector;
  Detail detail = Detail::kFull;
  /// The kind need not be installed, nor the permission given: then it is quietly looked for again every few minutes.
  bool is_optional = false;
};

/// Follows one collection: lists it, then watches, resumes after interruptions, lists again when the server has
/// forgotten where we were. Each change reaches the target once and in order.  Threads: reactor.
class Reflector {
 public:
  /// Takes what happens. The calls must not throw and must not wait.
  class Target {
   public:
    virtual ~Target() = default;
    /// A fresh list begins; what is not put until end_list() is gone.
    virtual void begin_list() = 0;
    virtual void put(json::Value object) = 0;
    virtual void remove(const json::Value& object) = 0;
    /// @param version  of the collection, as the list was answered
    virtual void end_list(const std::string& version) = 0;
  };

  /// References must outlive run().
  Reflector(Client& client, ReflectorOptions options, Target& target, log::Logger log);

  /// Before run(): somebody needs the kind, so that it is no longer optional.
  void require() { options_.is_optional = false; }
  /// Runs until cancelled.
  asio::awaitable<void> run();
  /// Set once the first list is complete.
  async::Event& synced() { return synced_; }
  bool is_synced() const { return synced_.is_set(); }
  /// Why the last attempt failed; empty while all is well. Messages of the API, free of secrets.
  const std::string& last_failure() const { return last_failure_; }

 private:
  asio::awaitable<Page> list_page(const std::string& continue_token);
  asio::awaitable<void> follow(const std::string& resource_version, class ReflectorMachine& machine);
  std::string explain(const std::exception_ptr& failure) const;
  void works();

  Client& client_;
  ReflectorOptions options_;
  Target& target_;
  log::Logger log_;
  async::Event synced_;
  std::string last_failure_;
  std::string told_;  // the failure that the log knows of: each is told once, however often it is tried again
};

}  // namespace weir::kube
