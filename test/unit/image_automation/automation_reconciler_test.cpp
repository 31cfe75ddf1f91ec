// The steps of an ImageUpdateAutomation, over a cluster in memory and a Git server without a network.

#include "pkg/base/time.hpp"
#include "test/unit/image_automation/automation_bench.hpp"

namespace weir::image_automation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

constexpr const char* kReady = "True Succeeded: repository up-to-date";

class AutomationReconcilerTest : public ::testing::Test, protected AutomationBench {
 protected:
  AutomationReconcilerTest() { server_.commit("main", {{"app.yaml", manifest("1.0.0")}, {"other.yaml", "a: b\n"}}); }
  /// 1.1.0 has been pushed.
  void push_first() {
    add_automation();
    select("1.1.0");
    begin();
    ASSERT_EQ(ready_text(), kReady);
    ASSERT_THAT(server_.pushed(), SizeIs(1));
  }
  std::size_t asked() const { return server_.asked().size(); }
  std::string revision() const { return text::cat("main@sha1:", server_.head("main")); }
  void expect_stalled(const std::string& text) const {
    EXPECT_THAT(ready_text(), StartsWith(text::cat("False ", text)));
    EXPECT_TRUE(api::is_condition_true(object()->status.conditions, api::condition::kStalled));
    EXPECT_EQ(object()->status.observed_generation, object()->metadata.generation);
    EXPECT_THAT(server_.asked(), IsEmpty());
  }
};

TEST_F(AutomationReconcilerTest, AnAuthorNeedsNoName) {
  add(R"("sourceRef": {"kind": "GitRepository", "name": "source"}, "interval": "10m", "git": {"commit": {"author":
      {"email": "robot@example.com"}}})");
  select("1.1.0");
  begin();
  EXPECT_EQ(ready_text(), kReady);
  EXPECT_EQ(deployed(), manifest("1.1.0"));
  pass_after([this] { select("1.2.0"); });
  EXPECT_EQ(deployed(), manifest("1.2.0"));
}

TEST_F(AutomationReconcilerTest, DeletionWaitsForADiskThatCannotBeReached) {
  push_first();
  world_.break_disk();
  pass_after([this] { world_.api.remove(kPath); });
  EXPECT_THAT(ready_text(), StartsWith("False CleanUpFailed: "));
  world_.mend_disk();
  pass();
  EXPECT_FALSE(object());
  EXPECT_TRUE(std::filesystem::is_empty(world_.data("repositories") / "apps"));
}

}  // namespace
}  // namespace weir::image_automation
