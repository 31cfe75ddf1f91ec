#include "pkg/kube/informer.hpp"

#include "pkg/async/task_group.hpp"
#include "test/contract/kube/kube_contract.hpp"

namespace weir::kube {
namespace {

/// One change as a handler hears it: "+a=1", "~a=2", "-a".
class InformerContract : public KubeContract {
 protected:
  void SetUp() override {
    KubeContract::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    ReflectorOptions options;
    options.resource = core::config_maps();
    options.namespace_ = namespace_;
    informer_ = std::make_unique<Informer<Object>>(
        *client_,
        options,
        [](json::Value document) { return Result<Object>{Object{std::move(document)}}; },
        log::Logger{}
    );
    informer_->on_change([this](const ObjectKey& key, const auto& before, const auto& after) {
      std::string line = before == nullptr ? "+" : after == nullptr ? "-" : "~";
      line += key.name;
      if (after) line += "=" + std::string{after->document().text_at({"data", "value"})};
      heard_.push_back(std::move(line));
    });
    tasks_ = std::make_unique<async::TaskGroup>(
        reactor_.get_executor(),
        [](std::string_view, const std::exception_ptr& failure) { ADD_FAILURE() << log::what(failure); }
    );
  }
  void TearDown() override {
    if (tasks_) run(tasks_->stop(Milliseconds{2000}));
  }

  void follow() {
    tasks_->spawn("informer", informer_->run());
    run(informer_->synced().wait());
  }
  void set(const std::string& name, const std::string& value) {
    ApplyOptions options;
    options.field_manager = "test";
    run(client_->apply(core::config_maps(), config_map(name, value), options));
  }
  void remove(const std::string& name) {
    const DeleteOptions options;
    run(client_->remove(core::config_maps(), key(name), options));
  }
  /// Runs the reactor until this many changes were heard, and then one that was made after them: what must not come
  /// would have come before it.
  void hear(std::size_t count) {
    const auto run_until = [this](const auto& holds) {
      for (int i = 0; i < 400 && !holds(); ++i) run(async::sleep_for(Milliseconds{50}));
    };
    run_until([&] { return heard_.size() >= count; });
    const std::string name = "last-" + std::to_string(++last_);
    set(name, "1");
    run_until([&] { return std::erase(heard_, "+" + name + "=1") > 0; });
  }

  std::unique_ptr<Informer<Object>> informer_;
  std::unique_ptr<async::TaskGroup> tasks_;
  std::vector<std::string> heard_;
  int last_ = 0;
};

TEST_F(InformerContract, HearsEachChangeOnceAndInOrder) {
  set("a", "1");
  follow();
  EXPECT_THAT(heard_, testing::ElementsAre("+a=1"));
  set("b", "1");
  set("a", "2");
  remove("b");
  hear(4);
  EXPECT_THAT(heard_, testing::ElementsAre("+a=1", "+b=1", "~a=2", "-b"));
  EXPECT_NE(informer_->get(key("a")), nullptr);
  EXPECT_EQ(informer_->get(key("b")), nullptr);
}

TEST_F(InformerContract, LosesAndDoublesNothingWhenTheApiServerRestarts) {
  set("a", "1");
  set("b", "1");
  follow();
  api_->stop();
  run(async::sleep_for(Milliseconds{1000}));  // it tries and fails meanwhile
  api_->start();
  // changes made before it has found its way back
  set("a", "2");
  remove("b");
  set("c", "1");
  hear(5);
  EXPECT_THAT(heard_, testing::UnorderedElementsAre("+a=1", "+b=1", "~a=2", "-b", "+c=1"));
  set("c", "2");
  hear(6);
  EXPECT_EQ(heard_.back(), "~c=2");
}

TEST_F(InformerContract, AnEmptyListIsAList) {
  follow();
  EXPECT_THAT(heard_, testing::IsEmpty());
  set("a", "1");
  hear(1);
  EXPECT_THAT(heard_, testing::ElementsAre("+a=1"));
}

TEST_F(InformerContract, IsNotConfusedByManyRestartsInARow) {
  set("a", "0");
  follow();
  for (int round = 1; round <= 3; ++round) {
    api_->start();
    set("a", std::to_string(round));
    for (int i = 0; i < 400 && informer_->get(key("a"))->document().text_at({"data", "value"}) != std::to_string(round);
         ++i) {
      run(async::sleep_for(Milliseconds{50}));
    }
  }
  EXPECT_THAT(heard_, testing::ElementsAre("+a=0", "~a=1", "~a=2", "~a=3"));
}

}  // namespace
}  // namespace weir::kube
