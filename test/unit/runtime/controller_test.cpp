#include "pkg/runtime/controller.hpp"

#include <atomic>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include "api/image/v1/image_repository.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/async/task_group.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/runtime/caches.hpp"
#include "test/simulation/api_server/simulated_api.hpp"
#include "test/support/failing_transport.hpp"
#include "test/support/run.hpp"
#include "test/unit/runtime/note_kind.hpp"

namespace weir::runtime {
namespace {

using api::image::ImageRepository;

const std::string kPath = "/apis/image.toolkit.fluxcd.io/v1/namespaces/shop/imagerepositories/web";

class NoteReconciler final : public Reconciler<Note> {
 public:
  asio::awaitable<Outcome> reconcile(Context&, Note&) override { return end(); }
  asio::awaitable<Outcome> finalize(Context&, Note&) override {
    ADD_FAILURE() << "nothing is to be cleaned up";
    return end();
  }
  const ConclusionRules& conclusion_rules() const override { return rules_; }
  void mark_done(Context& context, Note& note) override {
    mark_ready(parts_of(note), rules_, "Read", note.spec.text, context.clock.wall_now());
  }

 private:
  static asio::awaitable<Outcome> end() { co_return Done{Milliseconds{0}}; }
  const ConclusionRules rules_{"Failed"};
};

/// Does what the test tells it to.
class Scripted final : public Reconciler<ImageRepository> {
 public:
  using Act = std::function<asio::awaitable<Outcome>(Context&, ImageRepository&)>;
  Act act;
  Act clean_up;
  std::optional<Milliseconds> retry;
  Milliseconds limit{60'000};

  Milliseconds time_limit(const ImageRepository&) const override { return limit; }

  std::optional<Milliseconds> retry_pause(const ImageRepository&) const override { return retry; }

  asio::awaitable<Outcome> reconcile(Context& context, ImageRepository& object) override {
    return act(context, object);
  }
  asio::awaitable<Outcome> finalize(Context& context, ImageRepository& object) override {
    return clean_up(context, object);
  }
  const ConclusionRules& conclusion_rules() const override { return rules_; }
  void mark_done(Context& context, ImageRepository& object) override {
    mark_ready(
        parts_of(object),
        rules_,
        api::reason::kSucceeded,
        text::cat("saw ", object.spec.image),
        context.clock.wall_now()
    );
  }

 private:
  const ConclusionRules rules_{"Failed"};
};

asio::awaitable<Outcome> done() { co_return Done{Milliseconds{0}}; }
asio::awaitable<Outcome> wait_for(async::Event& event) {
  co_await event.wait();
  co_return Done{Milliseconds{0}};
}
asio::awaitable<Outcome> wait_then_done(int pass) {
  if (pass < 3) co_return Wait{api::reason::kProgressing, "soon", Milliseconds{1}, Telling::kLater};
  co_return Done{Milliseconds{0}};
}
asio::awaitable<Outcome> wait_long() {
  co_return Wait{api::reason::kProgressing, "soon", Milliseconds{60'000}, Telling::kLater};
}
asio::awaitable<Outcome> publish(Context& context) {
  co_await context.publish_status();
  co_return Done{Milliseconds{0}};
}

/// One controller of ImageRepository shop/web, on a server in memory.
class ControllerTest : public ::testing::Test {
 protected:
  ControllerTest() {
    reconciler_.act = [](Context&, ImageRepository&) { return done(); };
    reconciler_.clean_up = [](Context&, ImageRepository&) { return done(); };
    api_.serve(kube::resource_of<ImageRepository>());
    auto metadata = json::Value::object({{"name", "web"}, {"namespace", "shop"}});
    metadata.set("finalizers", json::Value::array({std::string{api::kFinalizer}}));
    api_.put(
        kPath,
        json::Value::object(
            {{"metadata", std::move(metadata)},
             {"spec", json::Value::object({{"image", "first"}})},
             {"status", json::Value::object()}}
        )
    );
  }
  ~ControllerTest() override { test::run(reactor_, tasks_.stop(Milliseconds{0})); }

  static Controller<ImageRepository>::Options options() {
    Controller<ImageRepository>::Options out;
    out.loop.kind = "ImageRepository";
    out.status_field_manager = "test";
    out.loop.rate_limits.first = Milliseconds{1};
    return out;
  }

  void start() {
    caches_.start(tasks_, metrics_);
    tasks_.spawn("controller", controller_.run());
  }
  /// Runs the reactor until the condition holds, and until who brought that about has the server's answer.
  void run_until(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!holds() && std::chrono::steady_clock::now() < deadline) test::run(reactor_, async::yield_now());
    ASSERT_TRUE(holds());
    for (int turns = 0; turns < 10; ++turns) test::run(reactor_, async::yield_now());
  }
  /// Runs the reactor until whatever is ready has run.
  void settle() {
    for (int turns = 0; turns < 200; ++turns) test::run(reactor_, async::yield_now());
  }
  /// The schema allows it, the type does not: more than 292 years of nanoseconds.
  void make_unreadable() {
    api_.edit(kPath, [](json::Value& object) { object["spec"].set("interval", "9999999h"); });
  }
  void set_image(const char* image) {
    api_.edit(kPath, [image](json::Value& object) { object["spec"].set("image", image); });
  }
  std::string ready_message() const {
    const auto* object = api_.find(kPath);
    const auto* conditions = object == nullptr ? nullptr : object->find_path({"status", "conditions"});
    if (conditions == nullptr) return "";
    for (const auto& entry : conditions->as_array()) {
      if (entry.text_at({"type"}) == "Ready") return std::string{entry.text_at({"message"})};
    }
    return "";
  }
  std::int64_t observed_generation() const {
    const auto* value = api_.find(kPath)->find_path({"status", "observedGeneration"});
    return value == nullptr ? -1 : value->integer().value_or(-1);
  }

  /// The server does what the controller asks for next, and the connection breaks.
  void lose_next_answer() { faults_.arm(0, test::Loss::kAnswer); }

  asio::io_context reactor_;
  SystemClock clock_;
  test::SimulatedApi api_{clock_};
  test::Faults faults_;
  test::FailingTransport connection_{api_, faults_};
  kube::Client client_{connection_, test::SimulatedApi::cluster(), kube::Identity{}};
  async::TaskGroup tasks_{reactor_.get_executor(), [](std::string_view name, const std::exception_ptr& failure) {
                            ADD_FAILURE() << name << ": " << log::what(failure);
                          }};
  kube::EventRecorder recorder_{client_, "test", tasks_, clock_, log::Logger{}};
  Metrics metrics_;
  EventSinks events_{recorder_, api_, {"test", ""}, tasks_, metrics_, clock_, log::Logger{}};
  Scripted reconciler_;
  Caches caches_{client_, log::Logger{}};
  kube::Informer<ImageRepository>& informer_ = caches_.get<ImageRepository>("", "");
  Controller<ImageRepository> controller_{
      {client_, informer_, reconciler_, events_, metrics_, clock_, tasks_, log::Logger{}}, options()};
};

// The answer of the first status write carried the new generation; the second one then put the old spec under it into
// the cache, and the watch event that brought the new spec was skipped as older.
TEST_F(ControllerTest, ASpecThatChangesDuringAPassIsReconciledAfterIt) {
  std::vector<std::string> seen;
  reconciler_.act = [&](Context& context, ImageRepository& object) {
    seen.push_back(object.spec.image);
    if (seen.size() == 1) {
      api_.hold_watches(true);
      set_image("second");
    }
    object.status.canonical_image_name = object.spec.image;
    return publish(context);
  };
  start();
  run_until([&] { return ready_message() == "saw first"; });
  EXPECT_EQ(observed_generation(), 1) << "the pass has not seen the second spec";
  api_.hold_watches(false);
  run_until([&] { return ready_message() == "saw second"; });
  EXPECT_THAT(seen, testing::ElementsAre("first", "second"));
  EXPECT_EQ(observed_generation(), 2);
  EXPECT_EQ(informer_.get({"shop", "web"})->spec.image, "second");
}

TEST_F(ControllerTest, EveryConditionOfAPassIsOfTheGenerationThatItBeganWith) {
  bool changed = false;
  reconciler_.act = [&](Context& context, ImageRepository& object) {
    if (!changed) {
      changed = true;
      api_.hold_watches(true);
      set_image("second");
    }
    object.status.canonical_image_name = "any";
    return publish(context);
  };
  start();
  run_until([&] { return ready_message() == "saw first"; });
  const auto conditions =
      json::decode<std::vector<api::Condition>>(json::View{*api_.find(kPath)->find_path({"status", "conditions"})});
  for (const auto& condition : conditions.value()) EXPECT_EQ(condition.observed_generation, 1) << condition.type;
}

// The pass after it compared its own status with one that was no longer there: what was equal was not written.
TEST_F(ControllerTest, APassBeginsWithTheStatusThatTheOneBeforeHasWritten) {
  int passes = 0;
  reconciler_.act = [&](Context& context, ImageRepository& object) {
    if (++passes == 1) {
      api_.hold_watches(true);
      set_image("second");
      controller_.enqueue({"shop", "web"});
      object.status.canonical_image_name = "written by the first pass";
    } else {
      object.status.canonical_image_name.clear();
    }
    return publish(context);
  };
  start();
  run_until([&] { return ready_message() == "saw second"; });
  EXPECT_EQ(passes, 2);
  EXPECT_EQ(api_.find(kPath)->text_at({"status", "canonicalImageName"}), "");
}

// The server said "failed" for as long as nothing else changed: the next pass knew nothing of that write, compared its
// status with the one before, and had nothing to write.
TEST_F(ControllerTest, AStatusWhoseAnswerWasLostIsNotTheLastWord) {
  start();
  run_until([&] { return ready_message() == "saw first"; });
  api_.hold_watches(true);
  reconciler_.act = [](Context&, ImageRepository&) -> asio::awaitable<Outcome> {
    co_return Failed{"Failed", "the registry is away"};
  };
  lose_next_answer();
  controller_.enqueue({"shop", "web"});
  run_until([&] { return ready_message() == "the registry is away"; });
  reconciler_.act = [](Context&, ImageRepository&) { return done(); };
  run_until([&] { return ready_message() == "saw first"; });
}

TEST_F(ControllerTest, ARequestThatComesDuringAPassIsServedByTheNext) {
  std::vector<std::string> seen;
  reconciler_.act = [&](Context& context, ImageRepository& object) {
    seen.emplace_back(object.metadata.annotation(api::kRequestedAtAnnotation));
    if (seen.size() == 1) {
      api_.hold_watches(true);
      api_.edit(kPath, [](json::Value& value) {
        value["metadata"]["annotations"].set(std::string{api::kRequestedAtAnnotation}, "now");
      });
    }
    object.status.canonical_image_name = text::cat("pass ", seen.size());
    return publish(context);
  };
  start();
  run_until([&] { return api_.find(kPath)->text_at({"status", "lastHandledReconcileAt"}) == "now"; });
  EXPECT_THAT(seen, testing::ElementsAre("", "now"));
}

TEST_F(ControllerTest, ADeletionDuringAPassIsFinalizedAfterIt) {
  bool deleted = false;
  reconciler_.act = [&](Context& context, ImageRepository& object) {
    if (!deleted) {
      deleted = true;
      api_.hold_watches(true);
      api_.remove(kPath);
    }
    object.status.canonical_image_name = "any";
    return publish(context);
  };
  start();
  run_until([&] { return ready_message() == "saw first"; });
  api_.hold_watches(false);
  run_until([&] { return api_.find(kPath) == nullptr; });
}

TEST_F(ControllerTest, AnObjectThatCameInsteadOfTheOtherGetsAStatusOfItsOwn) {
  bool replaced = false;
  reconciler_.act = [&](Context& context, ImageRepository& object) {
    if (!replaced) {
      replaced = true;
      api_.hold_watches(true);
      auto other = *api_.find(kPath);
      other["spec"].set("image", "other");
      api_.put(kPath, std::move(other));
    }
    object.status.canonical_image_name = object.spec.image;
    return publish(context);
  };
  start();
  run_until([&] { return api_.find(kPath)->text_at({"status", "canonicalImageName"}) == "other"; });
  run_until([&] { return ready_message() == "saw other"; });
}

// Every pass counted as requested once the annotation was taken away, and no wait for health ever ended.
TEST_F(ControllerTest, ARequestThatIsTakenAwayAsksForNothing) {
  const auto request = [&](const char* value) {
    api_.edit(kPath, [value](json::Value& object) {
      object["metadata"]["annotations"].set(std::string{api::kRequestedAtAnnotation}, value);
    });
  };
  std::vector<bool> requested;
  reconciler_.act = [&](Context&, ImageRepository& object) {
    requested.push_back(api::is_requested(object.metadata, object.status.last_handled_reconcile_at));
    return done();
  };
  const auto handled = [&] { return api_.find(kPath)->text_at({"status", "lastHandledReconcileAt"}); };
  request("now");
  start();
  run_until([&] { return handled() == "now"; });
  request("");
  settle();
  api_.edit(kPath, [](json::Value& object) { object["metadata"].erase("annotations"); });
  settle();
  EXPECT_THAT(requested, testing::ElementsAre(true)) << "no pass was asked for";
  set_image("second");
  run_until([&] { return ready_message() == "saw second"; });
  EXPECT_THAT(requested, testing::ElementsAre(true, false));
  api_.edit(kPath, [](json::Value& object) { object["spec"].set("suspend", true); });
  settle();
  EXPECT_EQ(handled(), "now") << "what was handled stays handled";
}

// It had no status at all, and could not be deleted.
TEST_F(ControllerTest, AnObjectThatCannotBeReadIsStalled) {
  make_unreadable();
  start();
  run_until([&] { return !ready_message().empty(); });
  EXPECT_THAT(ready_message(), testing::HasSubstr("spec.interval"));
  EXPECT_EQ(observed_generation(), 2);
  const auto* object = api_.find(kPath);
  const auto conditions =
      json::decode<std::vector<api::Condition>>(json::View{*object->find_path({"status", "conditions"})}).value();
  EXPECT_TRUE(api::is_condition_true(conditions, "Stalled"));
  EXPECT_TRUE(api::find_condition(conditions, "Ready")->is_false());
  EXPECT_EQ(api::find_condition(conditions, "Ready")->reason, "InvalidSpec");
  EXPECT_THAT(metrics_.text(TimePoint{}), testing::HasSubstr("reason=\"InvalidSpec\""));

  const auto writes = api_.writes().size();
  settle();
  EXPECT_EQ(api_.writes().size(), writes) << "its own status is no news";
}

TEST_F(ControllerTest, AKindThatIsNotLikeFluxsIsServedByItsTraits) {
  api_.serve(kube::resource_of<Note>());
  const std::string path = "/apis/test.weir.dev/v1/namespaces/shop/notes/one";
  auto metadata = json::Value::object({{"name", "one"}, {"namespace", "shop"}});
  metadata.set("annotations", json::Value::object({{std::string{api::kRequestedAtAnnotation}, "now"}}));
  api_.put(
      path, json::Value::object({{"metadata", std::move(metadata)}, {"spec", json::Value::object({{"text", "hello"}})}})
  );
  auto& notes = caches_.get<Note>("", "");
  NoteReconciler reconciler;
  Controller<Note>::Options options;
  options.loop.kind = "Note";
  options.status_field_manager = "test";
  Controller<Note> controller{{client_, notes, reconciler, events_, metrics_, clock_, tasks_, log::Logger{}}, options};
  caches_.start(tasks_, metrics_);
  tasks_.spawn("notes", controller.run());
  run_until([&] { return api_.find(path)->find_path({"status", "news"}) != nullptr; });
  const auto* note = api_.find(path);
  EXPECT_EQ(note->find_path({"status", "seen"})->integer(), 1);
  EXPECT_EQ(note->find_path({"status", "lastHandledReconcileAt"}), nullptr);
  EXPECT_EQ(note->find_path({"metadata", "finalizers"}), nullptr);
  test::run(reactor_, tasks_.stop(Milliseconds{0}));
}

TEST_F(ControllerTest, AWaitThatIsNotToldYetIsWrittenWithWhatFollows) {
  int passes = 0;
  reconciler_.act = [&](Context&, ImageRepository& object) -> asio::awaitable<Outcome> {
    if (++passes == 1) object.status.canonical_image_name = "learned";
    return wait_then_done(passes);
  };
  start();
  run_until([&] { return passes >= 3 && !ready_message().empty(); });
  EXPECT_EQ(ready_message(), "saw first");
  EXPECT_EQ(api_.find(kPath)->text_at({"status", "canonicalImageName"}), "learned")
      << "by the first pass, told by the last";
  EXPECT_EQ(api_.writes().size(), 1u);
}

TEST_F(ControllerTest, WhatIsNotToldYetIsForgottenWhenSomebodyWritesTheObject) {
  int passes = 0;
  std::string seen;
  reconciler_.act = [&](Context&, ImageRepository& object) -> asio::awaitable<Outcome> {
    ++passes;
    seen = object.status.canonical_image_name;
    object.status.canonical_image_name = object.spec.image;
    if (passes == 1) return wait_long();
    return done();
  };
  start();
  run_until([&] { return passes == 1; });
  settle();
  EXPECT_EQ(api_.writes().size(), 0u);
  set_image("second");
  run_until([&] { return ready_message() == "saw second"; });
  EXPECT_EQ(seen, "") << "found out anew";
  EXPECT_EQ(api_.find(kPath)->text_at({"status", "canonicalImageName"}), "second");
}

TEST_F(ControllerTest, AnObjectThatCanBeReadAgainIsReconciled) {
  start();
  run_until([&] { return ready_message() == "saw first"; });
  make_unreadable();
  run_until([&] { return ready_message() != "saw first"; });
  api_.edit(kPath, [](json::Value& object) { object["spec"].set("interval", "1h"); });
  run_until([&] { return ready_message() == "saw first"; });
  EXPECT_EQ(observed_generation(), 3);
}

TEST_F(ControllerTest, AnObjectThatCannotBeReadIsFinalizedByWhatCanBeRead) {
  std::string image;
  reconciler_.clean_up = [&](Context&, ImageRepository& object) {
    image = object.spec.image;
    return done();
  };
  make_unreadable();
  start();
  run_until([&] { return !ready_message().empty(); });
  api_.remove(kPath);
  run_until([&] { return api_.find(kPath) == nullptr; });
  EXPECT_EQ(image, "first");
  settle();
  EXPECT_THAT(metrics_.text(TimePoint{}), testing::Not(testing::HasSubstr("InvalidSpec")));
}

// It waited for the interval, said nothing, and was Ready while it was Terminating.
TEST_F(ControllerTest, ADeletionThatFailsIsToldAndTriedAgainSoon) {
  int tries = 0;
  reconciler_.retry = std::chrono::hours{1};
  reconciler_.clean_up = [&](Context&, ImageRepository&) -> asio::awaitable<Outcome> {
    if (++tries < 4) throw ReasonedError{"PruneFailed", "delete failed: forbidden"};
    return done();
  };
  start();
  run_until([&] { return ready_message() == "saw first"; });
  api_.remove(kPath);
  run_until([&] { return ready_message() == "delete failed: forbidden"; });
  const auto conditions = informer_.get({"shop", "web"})->status.conditions;
  EXPECT_EQ(api::find_condition(conditions, "Ready")->reason, "PruneFailed");
  EXPECT_TRUE(api::find_condition(conditions, "Ready")->is_false());
  EXPECT_TRUE(api::is_condition_true(conditions, "Reconciling"));
  EXPECT_EQ(informer_.get({"shop", "web"})->status.observed_generation, 1);
  run_until([&] { return api_.find(kPath) == nullptr; });
  EXPECT_EQ(tries, 4);
}

TEST_F(ControllerTest, ADeletionThatWaitsOrStallsSaysForWhat) {
  reconciler_.clean_up = [](Context&, ImageRepository&) -> asio::awaitable<Outcome> {
    co_return Stall{"FieldNotSupported", "spec.kubeConfig is not supported"};
  };
  start();
  run_until([&] { return ready_message() == "saw first"; });
  api_.remove(kPath);
  run_until([&] { return ready_message() == "spec.kubeConfig is not supported"; });
  EXPECT_TRUE(api::is_condition_true(informer_.get({"shop", "web"})->status.conditions, "Stalled"));
  reconciler_.clean_up = [](Context&, ImageRepository&) { return done(); };
  api_.edit(kPath, [](json::Value& object) { object["spec"].set("interval", "1h"); });
  run_until([&] { return api_.find(kPath) == nullptr; });
}

asio::awaitable<Outcome> hang(async::BlockingPool& pool, std::atomic<bool>& was_asked_to_stop) {
  auto work = [&was_asked_to_stop](std::stop_token stop) {
    while (!stop.stop_requested()) std::this_thread::yield();
    was_asked_to_stop = true;
  };
  co_await pool.run(std::move(work));
  co_return Done{Milliseconds{0}};
}

// Four objects whose work never ended held every worker for ever.
TEST_F(ControllerTest, APassThatHangsIsCutAndItsWorkAskedToStop) {
  async::BlockingPool pool{"test", 1, 10};
  std::atomic<bool> was_asked_to_stop = false;
  reconciler_.limit = Milliseconds{5};
  reconciler_.act = [&](Context&, ImageRepository&) { return hang(pool, was_asked_to_stop); };
  start();
  run_until([&] { return ready_message() == "the pass: timed out after 5ms"; });
  run_until([&] { return was_asked_to_stop.load(); });  // where the thread had not begun yet, by a later pass
  EXPECT_THAT(
      metrics_.text(TimePoint{}),
      testing::HasSubstr("controller_runtime_reconcile_timeouts_total{controller=\"imagerepository\"}")
  );
  reconciler_.limit = Milliseconds{60'000};
  reconciler_.act = [](Context&, ImageRepository&) { return done(); };
  run_until([&] { return ready_message() == "saw first"; });
}

TEST_F(ControllerTest, AFinalizeThatHangsIsCutToo) {
  async::Event never;
  reconciler_.clean_up = [&](Context&, ImageRepository&) { return wait_for(never); };
  start();
  run_until([&] { return ready_message() == "saw first"; });
  reconciler_.limit = Milliseconds{5};
  api_.remove(kPath);
  run_until([&] { return ready_message() == "the pass: timed out after 5ms"; });
  reconciler_.clean_up = [](Context&, ImageRepository&) { return done(); };
  run_until([&] { return api_.find(kPath) == nullptr; });
}

http::Response refusal(unsigned status, const char* reason, const char* message) {
  http::Response out;
  out.status = status;
  out.body = json::write(json::Value::object({{"kind", "Status"}, {"reason", reason}, {"message", message}}));
  return out;
}

// The object said Ready at the old revision for as long as the status was refused.
TEST_F(ControllerTest, AStatusThatIsRefusedIsReplacedByOneThatSaysSo) {
  start();
  run_until([&] { return ready_message() == "saw first"; });
  api_.before_each([](const http::Request& request) -> std::optional<http::Response> {
    if (request.url.target.find("/status") == std::string::npos || request.body.size() < 5000) return std::nullopt;
    return refusal(422, "Invalid", "status.canonicalImageName: Too long");
  });
  reconciler_.act = [&](Context&, ImageRepository& object) {
    object.status.canonical_image_name = std::string(6000, 'x');
    return done();
  };
  set_image("second");
  run_until([&] { return ready_message().starts_with("the API server refuses"); });
  const auto conditions = informer_.get({"shop", "web"})->status.conditions;
  EXPECT_EQ(api::find_condition(conditions, "Ready")->reason, "StatusRefused");
  EXPECT_TRUE(api::find_condition(conditions, "Ready")->is_false());
  EXPECT_THAT(ready_message(), testing::EndsWith("status.canonicalImageName: Too long"));
  EXPECT_EQ(observed_generation(), 1);
  reconciler_.act = [](Context&, ImageRepository&) { return done(); };
  run_until([&] { return ready_message() == "saw second"; });
  EXPECT_EQ(observed_generation(), 2);
}

TEST_F(ControllerTest, AStatusThatIsTooLargeForTheStoreIsReplacedToo) {
  api_.before_each([](const http::Request& request) -> std::optional<http::Response> {
    if (request.body.size() < 5000) return std::nullopt;
    return refusal(500, "InternalError", "etcdserver: request is too large");
  });
  reconciler_.act = [&](Context& context, ImageRepository& object) {
    object.status.canonical_image_name = std::string(6000, 'x');
    return publish(context);
  };
  start();
  run_until([&] { return ready_message().ends_with("etcdserver: request is too large"); });
  EXPECT_EQ(api_.find(kPath)->text_at({"status", "canonicalImageName"}), "");
}

}  // namespace
}  // namespace weir::runtime
