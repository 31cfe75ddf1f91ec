#include "controllers/source/git_repository_status.hpp"

#include <gtest/gtest.h>

#include "controllers/source/source_status.hpp"

namespace weir::source {
namespace {

using api::source::GitRepository;
namespace condition = api::source::condition;

const WallTime t0 = parse_rfc3339("2026-01-01T00:00:00Z").value();

GitRepository stored() {
  GitRepository object;
  object.metadata.generation = 3;
  object.status.artifact.emplace();
  object.status.artifact->revision = "main@sha1:abc";
  return object;
}

const api::Condition& get(const GitRepository& object, std::string_view type) {
  static const api::Condition kNone;
  const auto* found = api::find_condition(object.status.conditions, type);
  return found != nullptr ? *found : kNone;
}

struct Silent final : runtime::Events {
  void send(runtime::Severity, std::string_view, std::string, std::map<std::string, std::string>) override {}
};

void fail(GitRepository& object, std::string_view type) {
  Silent events;
  const SystemClock clock;
  runtime::Context context{log::Logger{}, clock, events, {}};
  runtime::Failed failed{"ItsOwn", "why"};
  failed.condition = type;
  const runtime::Outcome outcome{std::move(failed)};
  runtime::conclude(context, runtime::parts_of(object), conclusion_rules(), outcome, {});
}

TEST(GitRepositoryStatus, ReadySpeaksOfTheArtifact) {
  auto object = stored();
  mark_stored(object, conclusion_rules(), t0);
  EXPECT_EQ(get(object, "Ready").status, "True");
  EXPECT_EQ(get(object, "Ready").reason, "Succeeded");
  EXPECT_EQ(get(object, "Ready").message, "stored artifact for revision 'main@sha1:abc'");
  EXPECT_EQ(object.status.observed_generation, 3);
}

TEST(GitRepositoryStatus, AFailureKeepsTheArtifactAndReadyCarriesItsReason) {
  for (const auto type :
       {condition::kFetchFailed,
        condition::kSourceVerified,
        condition::kIncludeUnavailable,
        condition::kStorageOperationFailed}) {
    auto object = stored();
    mark_stored(object, conclusion_rules(), t0);
    object.metadata.generation = 4;
    fail(object, type);
    EXPECT_EQ(get(object, "Ready").status, "False") << type;
    EXPECT_EQ(get(object, "Ready").reason, "ItsOwn") << type;
    EXPECT_EQ(get(object, "Ready").message, "why") << type;
    EXPECT_EQ(get(object, condition::kArtifactInStorage).status, "True") << type;
    EXPECT_EQ(get(object, "Reconciling").reason, "ProgressingWithRetry") << type;
    EXPECT_EQ(object.status.observed_generation, 3) << "the new spec is not done";
    if (type == condition::kSourceVerified) continue;  // stays until it is verified
    mark_stored(object, conclusion_rules(), t0);
    EXPECT_TRUE(get(object, "Reconciling").status.empty()) << type;
    EXPECT_TRUE(get(object, type).status.empty()) << type;
  }
}

TEST(GitRepositoryStatus, InputsOfTheArtifactAreCompared) {
  auto object = stored();
  EXPECT_TRUE(has_same_inputs(object));
  object.spec.ignore = "*.md";
  EXPECT_FALSE(has_same_inputs(object));
  object.status.observed_ignore = "*.md";
  object.spec.sparse_checkout = {"deploy"};
  EXPECT_FALSE(has_same_inputs(object));
}

TEST(GitRepositoryStatus, UnsupportedFieldsAreRefusedByName) {
  api::source::GitRepositorySpec spec;
  EXPECT_FALSE(unsupported_field(spec));
  spec.provider = "gitlab";
  EXPECT_EQ(unsupported_field(spec)->message, "spec.provider: \"gitlab\" is not supported by this version of Weir");
}

TEST(GitRepositoryLabel, HoldsNoPartOfACredential) {
  EXPECT_EQ(url_label("https://bob:hunter2@git.example.org/r"), "https://git.example.org/r");
  EXPECT_EQ(url_label("ssh://git@git.example.org/r"), "ssh://git.example.org/r");
  for (const char* url :
       {"https://bob:hunter2/x@h/r", "https://bob:12/hunter2@h/r", "https://hunter2/x@h/r", "hunter2"})
    EXPECT_EQ(url_label(url), "") << url;
}

}  // namespace
}  // namespace weir::source
