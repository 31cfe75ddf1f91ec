// The steps of an ImageRepository, over a cluster and a registry in memory.

#include "pkg/base/time.hpp"
#include "test/unit/image_reflector/image_repository_bench.hpp"

namespace weir::image_reflector {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class ImageRepositoryReconcilerTest : public ::testing::Test, protected RepositoryBench {
 protected:
  ImageRepositoryReconcilerTest() { registry_.put("app", {"1.0.0", "1.1.0", "1.1.0.sig"}); }
  /// It has been scanned.
  void scan_once() {
    add_repository();
    begin();
    ASSERT_THAT(ready_text(), StartsWith("True Succeeded: successful scan: found 2 tags"));
  }
  std::size_t asked() const { return registry_.asked().size(); }
  /// Ready is False with this text, and of an earlier scan nothing is lost.
  void expect_failed(const std::string& text) const {
    EXPECT_THAT(ready_text(), StartsWith(text::cat("False ", text)));
    EXPECT_EQ(stored_revision(), told_revision());
  }
};

TEST_F(ImageRepositoryReconcilerTest, DeletionWaitsForADiskThatCannotBeReached) {
  scan_once();
  world_.break_disk();
  pass_after([this] { world_.api.remove(kPath); });
  EXPECT_THAT(ready_text(), StartsWith("False CleanUpFailed: "));
  world_.mend_disk();
  pass();
  EXPECT_FALSE(object());
  EXPECT_FALSE(std::filesystem::exists(world_.data("tags") / "imagerepository/images/app"));
}

TEST_F(ImageRepositoryReconcilerTest, TagsThatTheStatusDoesNotTellOfAreListedAgain) {
  scan_once();
  end();
  {
    TagDatabase other{world_.data("tags"), world_.io};
    auto snapshot = std::make_shared<const TagSnapshot>("registry.example.com/app", TagList::make("9.0.0\n", {}));
    test::run(world_.reactor, other.put(tag_key(*object()), std::move(snapshot)));
  }
  begin();
  EXPECT_EQ(asked(), 2u);
  EXPECT_EQ(stored_tags(), "1.1.0 1.0.0");
  EXPECT_EQ(told_revision(), stored_revision());
}

TEST_F(ImageRepositoryReconcilerTest, TagsThatCannotBeStoredAreNotToldOfAsIfTheyWere) {
  scan_once();
  const auto before = told_revision();
  registry_.put("app", {"2.0.0"});
  world_.break_disk();
  pass_when_due();
  EXPECT_THAT(ready_text(), StartsWith("False ReadOperationFailed: "));
  EXPECT_EQ(told_revision(), before);
  world_.mend_disk();
  EXPECT_EQ(stored_revision(), before);
  pass();
  EXPECT_TRUE(is_ready()) << ready_text();
  EXPECT_EQ(stored_tags(), "2.0.0");
  EXPECT_EQ(told_revision(), stored_revision());
}

}  // namespace
}  // namespace weir::image_reflector
