// The steps of a GitRepository, over a cluster in memory and a Git server without a network.

#include "test/unit/controllers/git_repository_bench.hpp"

namespace weir::source {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::StartsWith;
using testing::UnorderedElementsAre;

class GitRepositoryReconcilerTest : public ::testing::Test, protected GitRepositoryBench {
 protected:
  /// A first artifact, of a.yaml and b.yaml.
  void store_first() {
    first_ = server_.commit("main", {{"a.yaml", "1"}, {"b.yaml", "1"}});
    add_repository();
    begin();
    ASSERT_EQ(ready_text(), text::cat("True Succeeded: stored artifact for revision '", revision_of(first_), "'"));
  }
  std::size_t asked() const { return server_.asked().size(); }
  /// The pass failed so, and the artifact of before is still told of and served.
  void expect_failed_with(const std::string& text, const api::Artifact& before) const {
    EXPECT_THAT(ready_text(), StartsWith(text::cat("False ", text)));
    ASSERT_TRUE(artifact());
    EXPECT_EQ(artifact()->digest, before.digest);
    EXPECT_TRUE(is_served(before));
  }

  std::string first_;
};

TEST_F(GitRepositoryReconcilerTest, DeletionWaitsForADiskThatCannotBeReached) {
  store_first();
  world_.break_disk();
  pass_after([this] { world_.api.remove(kPath); });
  EXPECT_THAT(ready_text(), StartsWith("False CleanUpFailed: "));
  world_.mend_disk();
  pass();
  EXPECT_FALSE(object());
  EXPECT_EQ(archives(), 0u);
}

}  // namespace
}  // namespace weir::source
