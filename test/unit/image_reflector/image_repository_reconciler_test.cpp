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

TEST_F(ImageRepositoryReconcilerTest, TheFirstScanStoresTheTagsAndTellsOfThem) {
  add_repository();
  begin();
  const auto status = object()->status;
  EXPECT_EQ(ready_text(), text::cat("True Succeeded: successful scan: found 2 tags with checksum ", stored_revision()));
  EXPECT_EQ(stored_tags(), "1.1.0 1.0.0");
  EXPECT_EQ(status.observed_generation, 1);
  EXPECT_EQ(status.canonical_image_name, "registry.example.com/app");
  EXPECT_EQ(status.last_scan_result->tag_count, 2);
  EXPECT_EQ(status.last_scan_result->revision, stored_revision());
  EXPECT_EQ(status.last_scan_result->scan_time, to_rfc3339(world_.clock.wall_now()));
  EXPECT_THAT(status.last_scan_result->latest_tags, ElementsAre("1.1.0", "1.0.0"));
}

TEST_F(ImageRepositoryReconcilerTest, WhatIsNotDueAsksAndWritesNothing) {
  scan_once();
  const auto writes = world_.api.writes().size();
  world_.clock.advance(std::chrono::minutes{5});
  pass();
  EXPECT_EQ(asked(), 1u);
  EXPECT_EQ(world_.api.writes().size(), writes);
}

TEST_F(ImageRepositoryReconcilerTest, WhenTheIntervalIsOverWhatHasNotChangedIsNotSentAgain) {
  scan_once();
  pass_when_due();
  EXPECT_EQ(registry_.asked().back(), "/v2/app/tags/list?n=1000 unless \"1\"");
  EXPECT_EQ(object()->status.last_scan_result->scan_time, to_rfc3339(world_.clock.wall_now()));
  EXPECT_EQ(stored_tags(), "1.1.0 1.0.0");
}

TEST_F(ImageRepositoryReconcilerTest, NewTagsAreStored) {
  scan_once();
  registry_.put("app", {"1.0.0", "2.0.0"});
  pass_when_due();
  EXPECT_EQ(stored_tags(), "2.0.0 1.0.0");
  EXPECT_EQ(told_revision(), stored_revision());
}

TEST_F(ImageRepositoryReconcilerTest, PagesAreReadToTheLast) {
  registry_.put("app", {"1", "2", "3", "4", "5"});
  registry_.set_page_size(2);
  add_repository();
  begin();
  EXPECT_EQ(asked(), 3u);
  EXPECT_EQ(stored_tags(), "5 4 3 2 1");
}

TEST_F(ImageRepositoryReconcilerTest, ARequestIsServedAtOnce) {
  scan_once();
  pass_after([this] { request("now"); });
  EXPECT_EQ(asked(), 2u);
  EXPECT_EQ(object()->status.last_handled_reconcile_at, "now");
}

TEST_F(ImageRepositoryReconcilerTest, AnotherImageIsScannedAtOnceAndItsTagsTakeThePlace) {
  scan_once();
  registry_.put("other", {"7.0.0"});
  pass_after([this] { edit_spec([](json::Value& spec) { spec.set("image", "registry.example.com/other"); }); });
  EXPECT_EQ(object()->status.canonical_image_name, "registry.example.com/other");
  EXPECT_EQ(object()->status.observed_generation, 2);
  EXPECT_EQ(stored()->image(), "registry.example.com/other");
  EXPECT_EQ(stored_tags(), "7.0.0");
}

TEST_F(ImageRepositoryReconcilerTest, OtherExclusionsAskForTheWholeList) {
  scan_once();
  pass_after([this] {
    edit_spec([](json::Value& spec) { spec.set("exclusionList", *json::parse(R"(["^1\\.0\\."])")); });
  });
  EXPECT_EQ(registry_.asked().back(), "/v2/app/tags/list?n=1000");
  EXPECT_EQ(stored_tags(), "1.1.0.sig 1.1.0");
  EXPECT_THAT(object()->status.observed_exclusion_list, ElementsAre(R"(^1\.0\.)"));
}

TEST_F(ImageRepositoryReconcilerTest, ASuspendedOneIsLeftAlone) {
  scan_once();
  pass_after([this] { edit_spec([](json::Value& spec) { spec.set("suspend", true); }); });
  pass_when_due();
  EXPECT_EQ(asked(), 1u);
  EXPECT_TRUE(is_ready());
}

TEST_F(ImageRepositoryReconcilerTest, DeletionTakesTheTagsAlong) {
  scan_once();
  const auto folder = world_.data("tags") / "imagerepository/images/app";
  ASSERT_TRUE(std::filesystem::exists(folder));
  remove();
  EXPECT_FALSE(object());
  EXPECT_FALSE(std::filesystem::exists(folder));
}

// The finalizer went, and the tags stayed for good.
TEST_F(ImageRepositoryReconcilerTest, DeletionWaitsForADiskThatCannotBeReached) {
  scan_once();
  expect_that_deletion_waits_for_the_disk();
  EXPECT_FALSE(std::filesystem::exists(world_.data("tags") / "imagerepository/images/app"));
}

TEST_F(ImageRepositoryReconcilerTest, AnotherProcessGoesOnWithTheTagsOfTheLast) {
  scan_once();
  end();
  begin();
  EXPECT_EQ(asked(), 1u);
  EXPECT_TRUE(is_ready());
}

TEST_F(ImageRepositoryReconcilerTest, TagsThatAreDamagedAreListedAgain) {
  scan_once();
  end();
  const auto there = object();
  std::ofstream{world_.data("tags") / "imagerepository/images/app" / (there->metadata.uid + ".tags")}
      << "weir-tags-1 sha256:0 registry.example.com/app\n1.0.0\n";
  begin();
  EXPECT_EQ(asked(), 2u);
  EXPECT_EQ(stored_tags(), "1.1.0 1.0.0");
}

// A scan had stored its tags and then could not tell of them: until the next one was due, policies chose from a list
// that the status did not know.
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

TEST_F(ImageRepositoryReconcilerTest, ARegistryThatIsDownIsToldAndTheTagsAreKept) {
  scan_once();
  registry_.set_down(true);
  pass_when_due();
  expect_failed("ReadOperationFailed: scan failed: connect to registry.example.com: connection refused");
  EXPECT_EQ(stored_tags(), "1.1.0 1.0.0");
  registry_.set_down(false);
  pass();
  EXPECT_TRUE(is_ready());
}

TEST_F(ImageRepositoryReconcilerTest, WhatARegistryRefusesIsToldInItsWords) {
  add_repository();
  registry_.answer_always(403, R"({"errors": [{"code": "DENIED", "message": "not for you"}]})");
  begin();
  expect_failed(
      "ReadOperationFailed: scan failed: GET https://registry.example.com/v2/app/tags/list?n=1000: unexpected "
      "status code 403: DENIED: not for you"
  );
  EXPECT_EQ(stored_tags(), "none");
}

TEST_F(ImageRepositoryReconcilerTest, AnImageThatIsNotThereIsTold) {
  add(R"("image": "registry.example.com/missing", "interval": "10m")");
  begin();
  expect_failed(
      "ReadOperationFailed: scan failed: GET https://registry.example.com/v2/missing/tags/list?n=1000: "
      "unexpected status code 404: NAME_UNKNOWN"
  );
}

TEST_F(ImageRepositoryReconcilerTest, APageThatIsNoTagListIsTold) {
  add_repository();
  registry_.answer_always(200, "<html>");
  begin();
  expect_failed("ReadOperationFailed: scan failed: GET https://registry.example.com/v2/app/tags/list?n=1000: expected");
}

TEST_F(ImageRepositoryReconcilerTest, MoreTagsThanAreAllowedAreTold) {
  std::vector<std::string> tags;
  for (int i = 0; i <= 1'000; ++i) tags.push_back(text::cat("v", i));
  registry_.put("app", std::move(tags));
  add_repository();
  begin();
  EXPECT_THAT(ready_text(), HasSubstr("the repository has more than 1000 tags, the limit of --max-tags"));
  EXPECT_EQ(stored_tags(), "none");
}

TEST_F(ImageRepositoryReconcilerTest, CredentialsOfTheSecretSignIn) {
  registry_.demand("robot", "hunter2");
  add_credentials();
  add_repository(R"(, "secretRef": {"name": "login"})");
  begin();
  EXPECT_TRUE(is_ready()) << ready_text();
  EXPECT_EQ(stored_tags(), "1.1.0 1.0.0");
}

TEST_F(ImageRepositoryReconcilerTest, WrongCredentialsAreToldWithoutThem) {
  registry_.demand("robot", "hunter2");
  add_credentials("guessed");
  add_repository(R"(, "secretRef": {"name": "login"})");
  begin();
  expect_failed("ReadOperationFailed: scan failed: token server registry.example.com: unexpected status code 401");
  EXPECT_THAT(ready_text(), testing::Not(HasSubstr("guessed")));
  add_credentials();
  pass();
  EXPECT_TRUE(is_ready()) << ready_text();
}

TEST_F(ImageRepositoryReconcilerTest, ASecretThatIsMissingIsNamed) {
  add_repository(R"(, "secretRef": {"name": "login"})");
  begin();
  expect_failed(
      "AuthenticationFailed: failed to configure authentication options: failed to get secret 'images/login': "
      "secrets \"login\" not found"
  );
  EXPECT_THAT(registry_.asked(), IsEmpty());
  add_credentials();
  pass();
  EXPECT_TRUE(is_ready()) << ready_text();
}

TEST_F(ImageRepositoryReconcilerTest, AServiceAccountThatIsMissingIsNamed) {
  add_repository(R"(, "serviceAccountName": "puller")");
  begin();
  expect_failed(
      "AuthenticationFailed: failed to configure authentication options: service account 'images/puller' not found"
  );
  EXPECT_THAT(registry_.asked(), IsEmpty());
}

TEST_F(ImageRepositoryReconcilerTest, PlainHttpIsSpokenOnlyWhereItIsAllowed) {
  registry_.speak_plain_http();
  add_repository();
  begin();
  expect_failed("ReadOperationFailed: scan failed: connect to registry.example.com: connection refused");
  pass_after([this] { edit_spec([](json::Value& spec) { spec.set("insecure", true); }); });
  EXPECT_TRUE(is_ready()) << ready_text();
}

TEST_F(ImageRepositoryReconcilerTest, ASpecThatCannotBeMeantStallsAndAsksNobody) {
  const std::pair<const char*, const char*> cases[] = {
      {R"("image": "https://registry.example.com/app")", "False ImageURLInvalid: "},
      {R"("image": "registry.example.com/app", "exclusionList": ["("])", "False InvalidSpec: spec.exclusionList[0]: "},
      {R"("image": "registry.example.com/app", "provider": "oracle")", "False FieldNotSupported: spec.provider: "},
  };
  for (const auto& [spec, text] : cases) {
    add(spec);
    begin();
    EXPECT_THAT(ready_text(), StartsWith(text));
    EXPECT_TRUE(api::is_condition_true(object()->status.conditions, api::condition::kStalled));
    EXPECT_EQ(object()->status.observed_generation, 1);
    end();
  }
  EXPECT_THAT(registry_.asked(), IsEmpty());
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
