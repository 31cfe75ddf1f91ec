#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "pkg/async/task_group.hpp"
#include "pkg/http/transport.hpp"
#include "pkg/kube/event_recorder.hpp"
#include "pkg/log/logger.hpp"
#include "pkg/runtime/context.hpp"
#include "pkg/runtime/lanes.hpp"
#include "pkg/runtime/metrics.hpp"

namespace weir::runtime {

/// The two places where events go: core/v1 Events, and the notification endpoint of --events-addr. Notifications about
/// one object are posted one after the other, those about some others meanwhile: what the receiver takes long over
/// holds up nothing else. Whatever is lost is counted: weir_events_dropped_total, weir_notifications_dropped_total.
/// Source of the wire form: docs/upstream-rules.md, "Events".  Threads: reactor.
class EventSinks {
 public:
  struct Options {
    std::string controller;  ///< reportingController
    std::string address;     ///< URL or host[:port]; empty: notifications are off
  };

  /// References must outlive the group's tasks; the recorder tells it what it drops from now on. @throws
  /// std::invalid_argument for a bad address
  EventSinks(
      kube::EventRecorder& recorder,
      http::Transport& transport,
      Options options,
      async::TaskGroup& tasks,
      Metrics& metrics,
      const Clock& clock,
      log::Logger log
  );
  ~EventSinks();
  EventSinks(const EventSinks&) = delete;
  EventSinks& operator=(const EventSinks&) = delete;

  /// @param metadata            keys without group, like "revision"
  /// @param object_annotations  those under event.toolkit.fluxcd.io/ are passed on
  void send(
      const kube::ObjectReference& about,
      Severity severity,
      std::string_view reason,
      std::string message,
      const std::map<std::string, std::string>& metadata,
      const std::map<std::string, std::string>& object_annotations
  );

 private:
  asio::awaitable<void> post_all();
  asio::awaitable<void> post(const std::string& body);
  void count_event(std::string_view reason, double by);
  void count_notification(std::string_view reason, double by);

  kube::EventRecorder& recorder_;
  http::Transport& transport_;
  Options options_;
  async::TaskGroup& tasks_;
  Metrics& metrics_;
  const Clock& clock_;
  log::Logger log_;
  http::Url endpoint_;
  Lanes waiting_{Lanes::Limits{}};  // a lane for each object
  std::size_t posting_ = 0;         // tasks
};

/// The events of one object.
class ObjectEvents final : public Events {
 public:
  ObjectEvents(EventSinks& sinks, kube::ObjectReference about, const std::map<std::string, std::string>& annotations)
      : sinks_{sinks}, about_{std::move(about)}, annotations_{annotations} {}

  void send(
      Severity severity, std::string_view reason, std::string message, std::map<std::string, std::string> metadata
  ) override {
    sinks_.send(about_, severity, reason, std::move(message), metadata, annotations_);
  }

 private:
  EventSinks& sinks_;
  kube::ObjectReference about_;
  const std::map<std::string, std::string>& annotations_;
};

}  // namespace weir::runtime
