// .Files and its patterns.
#include <gmock/gmock.h>

#include "pkg/helm/render/glob.hpp"
#include "test/unit/helm/render_support.hpp"

namespace weir::helm {
namespace {

const Texts kFiles{
    {"README.md", "# readme\n"},
    {"config/a.conf", "one\ntwo\n"},
    {"config/b.bin", std::string{"\0\xff", 2}},
    {"config/deep/c.conf", "deep"},
    {"empty.txt", ""}};

std::string files_text(std::string_view text) { return text_of(text, "{}", kFiles); }

TEST(RenderFiles, GetGivesTextAndBytes) {
  EXPECT_EQ(files_text("{{ .Files.Get \"README.md\" }}[{{ .Files.Get \"absent\" }}]"), "# readme\n[]");
  EXPECT_EQ(
      files_text("{{ .Files.GetBytes \"config/b.bin\" }} {{ kindOf (.Files.GetBytes \"x\") }} {{ len (.Files.GetBytes "
                 "\"x\") }}"),
      "[0 255] slice 0"
  );
  EXPECT_EQ(
      files_text("{{ index .Files \"README.md\" | toString }}{{ .Files.GetBytes \"config/b.bin\" | toString | b64enc }}"
      ),
      "# readme\nAP8="
  );
  EXPECT_EQ(files_text("{{ range .Files.GetBytes \"config/b.bin\" }}<{{ . }}>{{ end }}"), "<0><255>");
  EXPECT_EQ(
      files_text("{{ .Files.GetBytes \"config/b.bin\" | toJson }} {{ typeOf (.Files.GetBytes \"config/b.bin\") }}"),
      "\"AP8=\" []uint8"
  );
}

TEST(RenderFiles, TheyAreAMap) {
  EXPECT_EQ(
      files_text("{{ range $name, $_ := .Files }}{{ $name }} {{ end }}{{ len .Files }}"),
      "README.md config/a.conf config/b.bin config/deep/c.conf empty.txt 5"
  );
}

TEST(RenderFiles, GlobGivesFilesAgain) {
  EXPECT_EQ(
      files_text("{{ range $name, $_ := .Files.Glob \"config/*\" }}{{ $name }} {{ end }}"),
      "config/a.conf config/b.bin "
  );
  EXPECT_EQ(
      files_text("{{ len (.Files.Glob \"**.conf\") }} {{ len (.Files.Glob \"[\") }} {{ len (.Files.Glob \"nope\") }}"),
      "2 5 0"
  );
  EXPECT_EQ(files_text("{{ (.Files.Glob \"config/**\").Get \"config/deep/c.conf\" }}"), "deep");
}

TEST(RenderFiles, LinesAreSplitAndAnEmptyFilePanics) {
  EXPECT_EQ(
      files_text("{{ .Files.Lines \"config/a.conf\" | toJson }} {{ .Files.Lines \"config/deep/c.conf\" }} {{ "
                 ".Files.Lines \"absent\" }}"),
      "[\"one\",\"two\"] [deep] []"
  );
  EXPECT_EQ(
      files_text("{{ .Files.Lines \"empty.txt\" }}"),
      "template: demo/templates/x.yaml:1:9: executing \"demo/templates/x.yaml\" at <.Files.Lines>: error calling "
      "Lines: "
      "runtime error: index out of range [-1]"
  );
}

TEST(RenderFiles, AsConfigAndAsSecretsAreYamlByBaseName) {
  EXPECT_EQ(files_text("{{ (.Files.Glob \"**.conf\").AsConfig }}"), "a.conf: |\n  one\n  two\nc.conf: deep");
  EXPECT_EQ(files_text("{{ (.Files.Glob \"config/*\").AsSecrets }}"), "a.conf: b25lCnR3bwo=\nb.bin: AP8=");
  EXPECT_EQ(files_text("{{ (.Files.Glob \"nope\").AsConfig }}"), "{}");
}

bool matches(std::string_view pattern, std::string_view text) {
  const auto glob = Glob::parse(pattern);
  return glob && glob->matches(text);
}

TEST(RenderGlob, StarsStopAtSlashesUnlessTheyAreTwo) {
  EXPECT_TRUE(matches("*", "abc"));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_FALSE(matches("*", "a/b"));
  EXPECT_TRUE(matches("**", "a/b"));
  EXPECT_TRUE(matches("a/**/c", "a/b/b/c"));
  EXPECT_FALSE(matches("a/**/c", "a/c"));
  EXPECT_TRUE(matches("*.conf", ".conf"));
  EXPECT_FALSE(matches("a*", "b"));
}

TEST(RenderGlob, OneCharacterIsNoSlashAndNoByte) {
  EXPECT_TRUE(matches("a?c", "abc"));
  EXPECT_TRUE(matches("a?c", "aüc"));
  EXPECT_FALSE(matches("a?c", "a/c"));
  EXPECT_FALSE(matches("a?c", "ac"));
}

TEST(RenderGlob, ClassesAreAListOrOneRange) {
  EXPECT_TRUE(matches("[abc]", "b"));
  EXPECT_TRUE(matches("[a-c]", "b"));
  EXPECT_FALSE(matches("[a-c]", "d"));
  EXPECT_TRUE(matches("[!a-c]", "d"));
  EXPECT_FALSE(matches("[!abc]", "a"));
  EXPECT_TRUE(matches("[ab-]", "-"));
  EXPECT_FALSE(Glob::parse("[a-cx]"));
  EXPECT_FALSE(Glob::parse("[abc"));
  EXPECT_FALSE(Glob::parse("["));
}

TEST(RenderGlob, BracesAreAlternativesInsideEachOther) {
  EXPECT_TRUE(matches("{a,b}.md", "b.md"));
  EXPECT_TRUE(matches("x{a,{b,c}d,}y", "xcdy"));
  EXPECT_TRUE(matches("x{a,{b,c}d,}y", "xy"));
  EXPECT_FALSE(matches("x{a,{b,c}d,}y", "xby"));
  EXPECT_TRUE(matches("{*.a,**.b}", "x/y.b"));
  EXPECT_TRUE(matches("a,b}", "a,b}"));
}

TEST(RenderGlob, ABackslashTakesAwayTheMeaning) {
  EXPECT_TRUE(matches("\\*", "*"));
  EXPECT_FALSE(matches("\\*", "a"));
  EXPECT_TRUE(matches("\\{a", "{a"));
}

TEST(RenderGlob, NoPatternTakesLong) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "{*,**}a";
  EXPECT_FALSE(matches(pattern, std::string(500, 'a') + "b"));
}

}  // namespace
}  // namespace weir::helm
