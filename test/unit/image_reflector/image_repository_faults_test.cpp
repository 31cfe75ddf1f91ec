// Every operation of a pass of an ImageRepository fails once, in turn: requests to the API server, to the registry and
// to its token server, and the disk between them.

#include <map>
#include <set>

#include "test/support/fault_loop.hpp"
#include "test/unit/image_reflector/image_repository_bench.hpp"

namespace weir::image_reflector {
namespace {

using testing::StartsWith;

/// A repository whose registry asks for a token and tells its tags in pages, and a pass of which one operation fails.
class Trial : public test::Trial<RepositoryBench> {
 public:
  Trial(test::FaultCase how, std::size_t number) : test::Trial<RepositoryBench>{how, number} {
    registry_.demand("robot", "hunter2");
    add_credentials();
  }

  void add() {
    registry_.set_page_size(2);
    offer({"1.0.0", "1.1.0", "1.2.0"});
    add_repository(R"(, "secretRef": {"name": "login"})");
  }
  /// A process has scanned it; the registry gave an ETag.
  void begin_scanned() {
    add();
    registry_.set_page_size(10);
    begin(Wakes::kOwnChange);
  }
  /// What the registry has from now on.
  void offer(std::vector<std::string> tags) {
    std::string lines;
    for (const auto& tag : tags) text::append(lines, tag, "\n");
    offered_ = std::move(lines);
    allow("^$");
    registry_.put("app", std::move(tags));
  }
  /// Tags that a scan may find from now on, with other exclusions.
  void allow(const std::string& exclusion) {
    std::vector<regex::Regex> exclusions;
    exclusions.push_back(*regex::Regex::compile(exclusion));
    last_offered_ = TagList::make(offered_, exclusions)->revision();
    right_.insert(last_offered_);
  }

  void expect_scanned(const std::string& tags) const {
    EXPECT_THAT(ready_text(), StartsWith("True Succeeded: successful scan: found ")) << story();
    EXPECT_EQ(stored_tags(), tags) << story();
    EXPECT_EQ(told_revision(), stored_revision()) << story();
    const auto there = object();
    EXPECT_EQ(there->status.observed_generation, there->metadata.generation) << story();
    EXPECT_EQ(there->status.last_handled_reconcile_at, there->metadata.annotation(api::kRequestedAtAnnotation))
        << story();
  }
  void expect_gone() const {
    EXPECT_FALSE(object()) << story();
    EXPECT_FALSE(std::filesystem::exists(world_.data("tags") / "imagerepository/images/app")) << story();
  }

 private:
  void look() override {
    const auto there = object();
    if (!there || there->metadata.is_deleting()) return;
    const auto& status = there->status;
    const auto told = told_revision();
    const auto stored = stored_revision();
    if (!told.empty() && !right_.contains(told)) wrong("the status tells of tags that the registry never had");
    if (!stored.empty() && !right_.contains(stored)) wrong("tags are stored that the registry never had");
    // Stored before they are told: between the two a process may end.
    if (is_ready() && told != stored && stored != last_offered_) wrong("Ready is True of tags that are not stored");
    if (status.observed_generation > there->metadata.generation) wrong("a generation was observed that is yet to come");
  }

  bool is_right() const override { return told_revision() == last_offered_ && stored_revision() == last_offered_; }

  std::string offered_;
  std::string last_offered_;  // its revision, as the last exclusions leave it
  std::set<std::string> right_;
};

class ImageRepositoryFaults : public test::FaultsTest {};

TEST_P(ImageRepositoryFaults, FirstScan) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.add();
        trial.break_one();
        trial.begin(Wakes::kOwnChange);
      },
      [](Trial& trial) { trial.expect_scanned("1.2.0 1.1.0 1.0.0"); },
      7
  );
}

TEST_P(ImageRepositoryFaults, NewTags) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.begin_scanned();
        trial.offer({"1.1.0", "2.0.0"});
        trial.break_one();
        trial.pass_when_due();
      },
      [](Trial& trial) { trial.expect_scanned("2.0.0 1.1.0"); },
      5
  );
}

TEST_P(ImageRepositoryFaults, OtherExclusionsOnRequest) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.begin_scanned();
        trial.allow("^1\\.0\\.");
        trial.break_one();
        trial.pass_after([&] {
          trial.edit_spec([](json::Value& spec) { spec.set("exclusionList", *json::parse(R"(["^1\\.0\\."])")); });
          trial.request("now");
        });
      },
      [](Trial& trial) { trial.expect_scanned("1.2.0 1.1.0"); },
      5
  );
}

TEST_P(ImageRepositoryFaults, Deletion) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.begin_scanned();
        trial.break_one();
        trial.remove();
      },
      [](Trial& trial) { trial.expect_gone(); },
      1
  );
}

INSTANTIATE_TEST_SUITE_P(, ImageRepositoryFaults, test::every_fault_case(), test::fault_case_name);

}  // namespace
}  // namespace weir::image_reflector
