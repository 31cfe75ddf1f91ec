#include "controllers/image_reflector/policy/policy_rule.hpp"

#include <gtest/gtest.h>

#include "controllers/image_reflector/tag_database.hpp"
#include "pkg/base/text.hpp"

namespace weir::image_reflector {
namespace {

using api::image::ImagePolicySpec;
using api::image::OrderPolicy;

ImagePolicySpec semver(const char* range) {
  ImagePolicySpec spec;
  spec.policy.semver.emplace();
  spec.policy.semver->range = range;
  return spec;
}
ImagePolicySpec alphabetical(const char* order = "asc") {
  ImagePolicySpec spec;
  spec.policy.alphabetical = OrderPolicy{order};
  return spec;
}
ImagePolicySpec numerical(const char* order = "asc") {
  ImagePolicySpec spec;
  spec.policy.numerical = OrderPolicy{order};
  return spec;
}
ImagePolicySpec filtered(ImagePolicySpec spec, const char* pattern, const char* extract = "") {
  spec.filter_tags.emplace();
  spec.filter_tags->pattern = pattern;
  spec.filter_tags->extract = extract;
  return spec;
}

/// What the spec chooses among the tags, or the reason why nothing; the index must agree with the plain way.
std::string choose(const ImagePolicySpec& spec, const std::vector<std::string>& tags) {
  const auto rule = PolicyRule::compile(spec);
  if (rule.has_error()) return "refused: " + rule.error().text();
  const auto list = TagList::make(text::join(tags, "\n"), {});
  const TagSnapshot snapshot{"image", list};
  const auto choice = snapshot.select(*rule);
  const auto plain = rule->select(list->tags());
  EXPECT_EQ(choice.has_value(), plain.has_value());
  if (choice.has_error()) return "error: " + choice.error().text();
  EXPECT_EQ(*choice, *plain);
  EXPECT_EQ(snapshot.known(*rule)->value(), *choice);
  return choice->tag;
}

TEST(PolicyRule, Semver) {
  EXPECT_EQ(choose(semver("*"), {"1.0.0", "1.10.0", "1.9.0"}), "1.10.0");
  EXPECT_EQ(choose(semver(">=1.0.0 <2"), {"1.0.0", "2.0.0", "v1.2.0", "latest"}), "v1.2.0");
  EXPECT_EQ(choose(semver("^1.x"), {"1.0.0", "1.0.0-rc.1", "1.1.0-beta.1"}), "1.0.0");
  EXPECT_EQ(choose(semver(">=1.0.0-0"), {"1.0.0", "1.1.0-beta.1"}), "1.1.0-beta.1");
  EXPECT_EQ(choose(semver("*"), {"1", "v2", "1.5"}), "error: unable to determine latest version from provided list")
      << "three parts";
  EXPECT_EQ(choose(semver("*"), {"01.02.03"}), "01.02.03");
}

TEST(PolicyRule, EqualVersionsFallTheSameWayAlways) {
  EXPECT_EQ(choose(semver("*"), {"1.0.0", "v1.0.0"}), "v1.0.0");
  EXPECT_EQ(choose(semver("*"), {"v1.0.0", "01.0.0", "1.0.0"}), "v1.0.0");
  EXPECT_EQ(choose(filtered(semver("*"), "^(.*)-[ab]$", "$1"), {"1.0.0-a", "v1.0.0-a", "1.0.0-b"}), "v1.0.0-a");
}

TEST(PolicyRule, Alphabetical) {
  EXPECT_EQ(choose(alphabetical(), {"xerus", "artful", "bionic"}), "xerus");
  EXPECT_EQ(choose(alphabetical("desc"), {"xerus", "artful", "bionic"}), "artful");
  EXPECT_EQ(choose(alphabetical(), {"a", "B", "C"}), "a") << "by bytes";
}

TEST(PolicyRule, Numerical) {
  EXPECT_EQ(choose(numerical(), {"-62", "-88", "73", "72", "15", "16", "15.5", "19", "20.5"}), "73");
  EXPECT_EQ(choose(numerical("desc"), {"-62", "-88", "73"}), "-88");
  EXPECT_EQ(choose(numerical(), {"20231101093000001", "20231101093000002"}), "20231101093000002") << "beyond 2^53";
  EXPECT_EQ(choose(numerical(), {"1.0", "1", "01"}), "01") << "of equal ones the smallest text";
}

TEST(PolicyRule, NumericalSkipsWhatIsNoNumber) {
  EXPECT_EQ(choose(numerical(), {"1", "1a", "2", "latest"}), "2");
  EXPECT_EQ(choose(numerical("desc"), {"1", "1a", "2", "latest"}), "1");
  EXPECT_EQ(
      choose(numerical(), {"1a", "latest"}),
      "error: failed to parse invalid numeric value '1a': none of 2 tags is a number"
  );
  const auto rule = PolicyRule::compile(numerical());
  const auto choice = rule->select({"main", "latest", "7", "dev"});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->tag, "7");
  EXPECT_EQ(choice->skipped, 3u);
  EXPECT_EQ(choice->skipped_example, "dev") << "the smallest, whatever the order";
}

TEST(PolicyRule, FilterAndExtract) {
  EXPECT_EQ(
      choose(
          filtered(numerical(), "^main-[a-f0-9]+-(?P<ts>[0-9]+)", "$ts"),
          {"main-abc-100", "main-fff-99", "dev-abc-500", "latest"}
      ),
      "main-abc-100"
  );
  EXPECT_EQ(
      choose(filtered(semver(">=1.0"), "^v?(.*)-alpine$", "$1"), {"1.2.3-alpine", "1.3.0", "1.2.4-alpine"}),
      "1.2.4-alpine"
  );
  EXPECT_EQ(choose(filtered(alphabetical(), "rc"), {"1-rc", "2-rc", "3"}), "2-rc");
  EXPECT_EQ(choose(filtered(numerical(), "^(\\d+)-", "$1"), {"7-b", "7-a", "7-c"}), "7-a")
      << "of one extract the smallest tag";
  EXPECT_EQ(choose(filtered(alphabetical(), "none"), {"a"}), "error: version list argument cannot be empty");
}

TEST(PolicyRule, SemverCountsMostThenLetters) {
  auto spec = semver("<2");
  spec.policy.alphabetical = OrderPolicy{};
  spec.policy.numerical = OrderPolicy{};
  EXPECT_EQ(choose(spec, {"1.0.0", "9.0.0", "z"}), "1.0.0");
}

TEST(PolicyRule, RefusedByName) {
  EXPECT_EQ(
      choose(ImagePolicySpec{}, {"a"}),
      "refused: invalid policy: spec.policy: expected semver, alphabetical or numerical"
  );
  EXPECT_TRUE(choose(semver("many"), {"a"}).starts_with("refused: invalid policy: "));
  EXPECT_TRUE(choose(filtered(alphabetical(), "(a"), {"a"}).starts_with("refused: failed to filter tags: "));
  EXPECT_EQ(
      choose(alphabetical("up"), {"a"}),
      "refused: spec.policy.alphabetical.order: invalid policy: expected asc or desc, got \"up\""
  );
}

TEST(PolicyRule, APatternThatExplodesElsewhereIsHarmless) {
  const std::string tag(120, 'a');
  EXPECT_EQ(choose(filtered(alphabetical(), "^(a+)+$"), {tag, tag + "b"}), tag);
}

TEST(PolicyRule, EqualRulesHaveEqualKeys) {
  const auto key = [](const ImagePolicySpec& spec) { return PolicyRule::compile(spec)->key(); };
  EXPECT_EQ(key(semver("1.x")), key(semver("1.x")));
  EXPECT_NE(key(semver("1.x")), key(semver("2.x")));
  EXPECT_NE(key(alphabetical()), key(numerical()));
  EXPECT_NE(key(alphabetical()), key(alphabetical("desc")));
  EXPECT_NE(key(filtered(alphabetical(), "ab", "c")), key(filtered(alphabetical(), "a", "bc")));
}

}  // namespace
}  // namespace weir::image_reflector
