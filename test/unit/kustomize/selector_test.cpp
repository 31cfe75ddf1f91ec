#include "pkg/kustomize/selector.hpp"

#include <gtest/gtest.h>

#include "pkg/kustomize/failure.hpp"

namespace weir::kustomize {
namespace {

TEST(Pattern, MatchesAsAWhole) {
  EXPECT_TRUE(Pattern{""}.matches("anything"));
  EXPECT_TRUE(Pattern{"web"}.matches("web"));
  EXPECT_FALSE(Pattern{"web"}.matches("web-1"));
  EXPECT_TRUE(Pattern{"web.*"}.matches("web-1"));
  EXPECT_TRUE(Pattern{"a|b"}.matches("b"));
  EXPECT_FALSE(Pattern{"a|b"}.matches("ab"));
  // A point stands for any character, also without a regular expression being compiled.
  EXPECT_TRUE(Pattern{"apps.v1"}.matches("apps-v1"));
  EXPECT_FALSE(Pattern{"apps.v1"}.matches("appsv1"));
  EXPECT_THROW(Pattern{"("}, Failure);
}

bool selects(std::string_view selector, const TextMap& labels) { return LabelSelector{selector}.matches(labels); }

TEST(LabelSelector, FollowsKubernetes) {
  const TextMap labels{{"app", "web"}, {"tier", "front"}, {"n", "5"}};
  for (const auto* text :
       {"",
        "app",
        "app=web",
        "app==web",
        "app!=db",
        "missing!=x",
        "!missing",
        "app in (web,db)",
        "app notin (db)",
        "missing notin (a)",
        "app=web,tier=front",
        "n>4",
        "n<6",
        " app = web ",
        "app in (web , db),!missing"})
    EXPECT_TRUE(selects(text, labels)) << text;
  for (const auto* text :
       {"missing",
        "app=db",
        "app!=web",
        "!app",
        "app in (db)",
        "app notin (web)",
        "app=web,tier=back",
        "n>5",
        "app>1",
        "app="})
    EXPECT_FALSE(selects(text, labels)) << text;
  for (const auto* text :
       {"=web",
        "app in web",
        "app in (web",
        "app,",
        ",app",
        "a b",
        "app=web tier=front",
        "app=!x",
        "n>x",
        "-bad=1",
        "in=(a)("})
    EXPECT_THROW(LabelSelector{text}, Failure) << text;
}

}  // namespace
}  // namespace weir::kustomize
