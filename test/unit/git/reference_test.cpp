#include "pkg/git/reference.hpp"

#include <gtest/gtest.h>

namespace weir::git {
namespace {

ObjectId id(char digit) { return *ObjectId::parse(std::string(40, digit)); }

Result<Resolution> choose(
    const Reference& reference,
    const std::vector<RemoteRef>& refs,
    std::string_view url,
    const std::set<ObjectId>& no_commits = {}
) {
  Chooser chooser{reference, no_commits};
  chooser.start();
  for (const auto& ref : refs) chooser.take(ref);
  return chooser.choose(url);
}

std::vector<RemoteRef> refs() {
  std::vector<RemoteRef> out;
  out.emplace_back("refs/heads/main", id('1'));
  out.emplace_back("refs/heads/main2", id('2'));
  out.emplace_back("refs/tags/v1.0.0", id('3'));
  out.emplace_back("refs/tags/v1.1.0", id('4'));
  out.back().peeled = id('5');
  out.emplace_back("refs/tags/v1.1.0+b", id('6'));
  out.emplace_back("refs/tags/v1.1.0+a", id('7'));
  return out;
}

TEST(ObjectIdText, RoundTrips) {
  const std::string hex = "0123456789abcdef0123456789abcdef01234567";
  EXPECT_EQ(ObjectId::parse(hex)->hex(), hex);
  EXPECT_EQ(ObjectId::parse("0123456789ABCDEF0123456789abcdef01234567")->hex(), hex);
  EXPECT_TRUE(ObjectId{}.is_zero());
  for (const char* bad :
       {"", "0123", "0123456789abcdef0123456789abcdef0123456g", "0123456789abcdef0123456789abcdef012345678"})
    EXPECT_FALSE(ObjectId::parse(bad)) << bad;
}

TEST(GitReferenceChoice, CommitThenNameThenTagThenSemverThenBranch) {
  Reference all;
  all.branch = "main";
  EXPECT_EQ(choose(all, refs(), "u")->commit, id('1'));
  all.semver = "1.0.x";
  EXPECT_EQ(choose(all, refs(), "u")->commit, id('3'));
  all.tag = "v1.1.0";
  EXPECT_EQ(choose(all, refs(), "u")->commit, id('5'));
  EXPECT_EQ(choose(all, refs(), "u")->annotated_tag, id('4'));
  all.name = "refs/heads/main2";
  EXPECT_EQ(choose(all, refs(), "u")->revision, "refs/heads/main2@sha1:" + id('2').hex());
  all.commit = id('9').hex();
  EXPECT_EQ(choose(all, refs(), "u")->revision, "main@sha1:" + id('9').hex());
}

TEST(GitReferenceChoice, ARangeSkipsTagsThatPointToNoCommitAndNamesThem) {
  Reference range;
  range.semver = "1.x";
  const std::set<ObjectId> trees{id('4'), id('6'), id('7')};
  const auto chosen = choose(range, refs(), "u", trees);
  EXPECT_EQ(chosen->commit, id('3'));
  EXPECT_EQ(chosen->skipped_tags, (std::vector<std::string>{"v1.1.0", "v1.1.0+b", "v1.1.0+a"}));
  range.semver = ">=1.1";
  EXPECT_EQ(
      choose(range, refs(), "u", trees).error().text(),
      "no match found for semver: >=1.1 (the tag 'v1.1.0' points to no commit)"
  );
}

TEST(GitReferenceChoice, PrefixesAreAsNarrowAsTheReference) {
  using Prefixes = std::vector<std::string>;
  Reference reference;
  EXPECT_EQ(ref_prefixes(reference), Prefixes{"refs/heads/master"});
  reference.branch = "main";
  EXPECT_EQ(ref_prefixes(reference), Prefixes{"refs/heads/main"});
  reference.semver = "*";
  EXPECT_EQ(ref_prefixes(reference), Prefixes{"refs/tags/"});
  reference.tag = "v1";
  EXPECT_EQ(ref_prefixes(reference), Prefixes{"refs/tags/v1"});
  reference.name = "refs/pull/1/head";
  EXPECT_EQ(ref_prefixes(reference), Prefixes{"refs/pull/1/head"});
  reference.commit = id('1').hex();
  EXPECT_EQ(ref_prefixes(reference), Prefixes{});
}

TEST(GitReferenceChoice, EqualVersionsAreToldApartByTheirBuildMetadata) {
  Reference reference;
  reference.semver = "1.1.x";
  EXPECT_EQ(choose(reference, refs(), "u")->commit, id('6'));
}

TEST(GitReferenceChoice, AListThatBrokeOffIsForgotten) {
  Reference reference;
  reference.semver = "1.x";
  Chooser chooser{reference};
  chooser.start();
  chooser.take(RemoteRef{"refs/tags/v1.9.0", id('8')});
  chooser.start();
  EXPECT_FALSE(chooser.has_seen_any());
  chooser.take(RemoteRef{"refs/tags/v1.0.0", id('3')});
  EXPECT_TRUE(chooser.has_seen_any());
  EXPECT_EQ(chooser.choose("u")->commit, id('3'));
}

}  // namespace
}  // namespace weir::git
