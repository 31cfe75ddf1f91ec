#include "controllers/image_automation/setters.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include "pkg/base/text.hpp"
#include "pkg/base/trial.hpp"

namespace weir::image_automation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using enum Note::Reason;

ImageReference image(std::string name, std::string tag, std::string digest = {}) {
  ImageReference out;
  out.name = std::move(name);
  out.tag = std::move(tag);
  out.digest = std::move(digest);
  return out;
}

Policies policies() {
  return {
      {"ns:web", image("ghcr.io/o/web", "2.0.0")},
      {"ns:pinned", image("ghcr.io/o/pinned", "3", "sha256:abc")},
      {"ns:number", image("n", "1.10")},
      {"ns:word", image("yes", "on")},
  };
}

Edit edit(std::string_view content) { return apply_setters("apps/a.yaml", content, policies()); }

/// The file afterwards, changed or not; the notes when there are any.
std::string after(std::string_view content) {
  const Edit done = edit(content);
  std::string out = done.changed ? done.content : std::string{content};
  for (const Note& note : done.notes) text::append(out, "! ", note.message, "\n");
  return out;
}

TEST(Setters, WriteTheWholeReferenceOrItsPart) {
  EXPECT_EQ(
      after("a: x # {\"$imagepolicy\": \"ns:web\"}\n"), "a: ghcr.io/o/web:2.0.0 # {\"$imagepolicy\": \"ns:web\"}\n"
  );
  EXPECT_EQ(
      after("a: x # {\"$imagepolicy\": \"ns:web:name\"}\n"), "a: ghcr.io/o/web # {\"$imagepolicy\": \"ns:web:name\"}\n"
  );
  EXPECT_EQ(after("a: x # {\"$imagepolicy\": \"ns:web:tag\"}\n"), "a: 2.0.0 # {\"$imagepolicy\": \"ns:web:tag\"}\n");
  EXPECT_EQ(
      after("a: x # {\"$imagepolicy\": \"ns:pinned\"}\n"),
      "a: ghcr.io/o/pinned:3@sha256:abc # {\"$imagepolicy\": \"ns:pinned\"}\n"
  );
  EXPECT_EQ(
      after("a: x # {\"$imagepolicy\": \"ns:pinned:digest\"}\n"),
      "a: sha256:abc # {\"$imagepolicy\": \"ns:pinned:digest\"}\n"
  );
  // No digest is an empty text, as in the original.
  EXPECT_EQ(
      after("a: x # {\"$imagepolicy\": \"ns:web:digest\"}\n"), "a: \"\" # {\"$imagepolicy\": \"ns:web:digest\"}\n"
  );
}

TEST(Setters, TellWhatChangedAndWhere) {
  const Edit done = edit(
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec:\n"
      "  image: 'old' # {\"$imagepolicy\": \"ns:web\"}\n  tag: \"2.0.0\" # {\"$imagepolicy\": \"ns:web:tag\"}\n"
      "---\nimage: \"o\\x6cd\" # {\"$imagepolicy\": \"ns:pinned:name\"}\n"
  );
  ASSERT_TRUE(done.changed);
  const ObjectIdentifier deployment{"apps/v1", "Deployment", "web", "shop"};
  EXPECT_THAT(
      done.changes,
      ElementsAre(
          Change{deployment, "old", "ghcr.io/o/web:2.0.0", "ns:web", 5},
          Change{ObjectIdentifier{}, "old", "ghcr.io/o/pinned", "ns:pinned:name", 8}
      )
  );
  EXPECT_THAT(done.notes, IsEmpty());
}

TEST(Setters, NameTheItemOfAList) {
  const Edit done = edit(
      "apiVersion: v1\nkind: List\nitems:\n- kind: A\n  metadata: {name: one}\n- kind: B\n  metadata: {name: two}\n"
      "  image: x # {\"$imagepolicy\": \"ns:web\"}\n"
  );
  ASSERT_THAT(done.changes, SizeIs(1));
  EXPECT_EQ(done.changes[0].object, (ObjectIdentifier{"", "B", "two", ""}));
}

TEST(Setters, LeaveAloneWhatIsUpToDate) {
  const Edit done = edit("a: 'ghcr.io/o/web:2.0.0' # {\"$imagepolicy\": \"ns:web\"}\n");
  EXPECT_FALSE(done.changed);
  EXPECT_EQ(done.content, "");
  EXPECT_THAT(done.changes, IsEmpty());
  EXPECT_THAT(done.notes, IsEmpty());
}

TEST(Setters, AcceptEverySpellingOfTheMarker) {
  for (const std::string marker : {
           R"(# {"$imagepolicy": "ns:web:tag"})",
           R"(#{"$imagepolicy":"ns:web:tag"})",
           R"(## {"$imagepolicy": "ns:web:tag"}  )",
           R"(# { "$imagepolicy" : "ns:web:tag", "by": "me" })",
           R"(# {"$imagepolicy": "ns:\u0077eb:tag"})",
           R"(# {"$ref": "#/definitions/io.k8s.cli.setters.ns:web:tag"})",
           R"(# {"$ref":"#/definitions/io.k8s.cli.setters.ns:web:tag"})",
       }) {
    EXPECT_EQ(after("a: x " + marker + "\n"), "a: 2.0.0 " + marker + "\n");
    EXPECT_EQ(after("- x\n" + marker + "\n- y\n"), "- x\n" + marker + "\n- 2.0.0\n");
  }
}

TEST(Setters, StandBehindValuesAndAboveListItems) {
  const std::string marker = R"(# {"$imagepolicy": "ns:web:tag"})";
  EXPECT_EQ(after("- x " + marker + "\n"), "- 2.0.0 " + marker + "\n");
  EXPECT_EQ(after("a:\n  " + marker + "\n  x\n"), "a:\n  " + marker + "\n  2.0.0\n");
  EXPECT_EQ(after("a: {b: x, " + marker + "\n c: y}\n"), "a: {b: 2.0.0, " + marker + "\n c: y}\n");
  // A line comment that is there hides the one above.
  EXPECT_EQ(after(marker + "\n- x # see below\n").substr(0, marker.size() + 3), marker + "\n- ");
  EXPECT_THAT(edit(marker + "\n- x # see below\n").changes, IsEmpty());
}

TEST(Setters, KeepTheQuotes) {
  const std::string marker = R"( # {"$imagepolicy": "ns:number:tag"})";
  EXPECT_EQ(after("a: 'x'" + marker), "a: '1.10'" + marker);
  EXPECT_EQ(after("a: \"x\"" + marker), "a: \"1.10\"" + marker);
  EXPECT_EQ(after("a: \"x\n  y\"" + marker), "a: \"1.10\"" + marker);
}

TEST(Setters, QuoteWhatWouldBeNoText) {
  EXPECT_EQ(
      after("a: x # {\"$imagepolicy\": \"ns:number:tag\"}"), "a: \"1.10\" # {\"$imagepolicy\": \"ns:number:tag\"}"
  );
  EXPECT_EQ(after("a: x # {\"$imagepolicy\": \"ns:word:tag\"}"), "a: \"on\" # {\"$imagepolicy\": \"ns:word:tag\"}");
  EXPECT_EQ(after("a: x # {\"$imagepolicy\": \"ns:word:name\"}"), "a: \"yes\" # {\"$imagepolicy\": \"ns:word:name\"}");
  EXPECT_EQ(after("[x # {\"$imagepolicy\": \"ns:word\"}\n]"), "[yes:on # {\"$imagepolicy\": \"ns:word\"}\n]");
  for (const std::string tag :
       {"1", "1.0", "0x1f", "0o17", "017", "1_000",      "1e3",       ".5",   ".inf", ".NaN", "true", "False",
        "y", "N",   "off",  "null", "~",   "2024-01-02", "190:20:30", "0b11", "+1",   "<<",   "-",    "="}) {
    EXPECT_EQ(
        apply_setters("a", "a: x # {\"$imagepolicy\": \"n:p:tag\"}", {{"n:p", image("n", tag)}}).content,
        "a: \"" + tag + "\" # {\"$imagepolicy\": \"n:p:tag\"}"
    );
  }
  for (const std::string tag :
       {"1.0.0", "v1", "1.0-rc", "main-2024-01-02", "latest", "20240102-abc", "1.2.3_4", "yes-1", "0x"}) {
    EXPECT_EQ(
        apply_setters("a", "a: x # {\"$imagepolicy\": \"n:p:tag\"}", {{"n:p", image("n", tag)}}).content,
        "a: " + tag + " # {\"$imagepolicy\": \"n:p:tag\"}"
    );
  }
}

TEST(Setters, ReplaceTagsThatSayNumber) {
  const std::string marker = R"( # {"$imagepolicy": "ns:web:tag"})";
  EXPECT_EQ(after("a: !!float 1.0" + marker), "a: !!str 2.0.0" + marker);
  EXPECT_EQ(after("a: &n !!int 1" + marker), "a: &n !!str 2.0.0" + marker);
  EXPECT_EQ(after("a: !!int &n 1" + marker), "a: !!str &n 2.0.0" + marker);
  EXPECT_EQ(after("a: !!int" + marker + "\n  1\n"), "a: !!str" + marker + "\n  2.0.0\n");
  EXPECT_EQ(after("a: !!str 1" + marker), "a: !!str 2.0.0" + marker);
  EXPECT_EQ(after("a: !mine 1" + marker), "a: !mine 2.0.0" + marker);
}

TEST(Setters, KeepBlockScalars) {
  const std::string marker = R"( # {"$imagepolicy": "ns:web"})";
  EXPECT_EQ(after("a: |-" + marker + "\n  x\nb: 1\n"), "a: |-" + marker + "\n  ghcr.io/o/web:2.0.0\nb: 1\n");
  // The value is the image alone, so the line break at its end goes.
  EXPECT_EQ(
      after("a: |" + marker + "\n  x\n\n# c\nb: 1\n"), "a: |-" + marker + "\n  ghcr.io/o/web:2.0.0\n\n# c\nb: 1\n"
  );
  EXPECT_EQ(
      after("- >+3" + marker + "\r\n    x\r\n\r\n    y  \r\n  \r\n- 1\r\n"),
      "- >3-" + marker + "\r\n   ghcr.io/o/web:2.0.0\r\n  \r\n- 1\r\n"
  );
  EXPECT_EQ(after("a: |" + marker + "\nb: 1\n"), "a: \"ghcr.io/o/web:2.0.0\"" + marker + "\nb: 1\n");
  EXPECT_EQ(
      after("a: | # {\"$imagepolicy\": \"ns:web:digest\"}\n  x\n  y\n\nb: 1\n"),
      "a: \"\" # {\"$imagepolicy\": \"ns:web:digest\"}\n\nb: 1\n"
  );
}

TEST(Setters, KeepAnchorsAndFollowNoAliases) {
  const std::string marker = R"( # {"$imagepolicy": "ns:web:tag"})";
  EXPECT_EQ(after("a: &n x" + marker + "\nb: *n\n"), "a: &n 2.0.0" + marker + "\nb: *n\n");
  EXPECT_THAT(edit("a: &n x\nb: *n" + marker + "\n").changes, IsEmpty());
}

/// What users cannot see in the original.
struct NoteCase {
  std::string name;
  std::string content;
  Note::Reason reason;
  std::size_t line;
  std::string setter;
  std::string message;  // a part of it
};

class SetterNotes : public testing::TestWithParam<NoteCase> {};

TEST_P(SetterNotes, SayWhatIsWrongAndWhere) {
  const NoteCase& each = GetParam();
  const Edit done = edit(each.content);
  EXPECT_FALSE(done.changed);
  ASSERT_THAT(done.notes, SizeIs(1));
  EXPECT_EQ(done.notes[0].reason, each.reason);
  EXPECT_EQ(done.notes[0].path, "apps/a.yaml");
  EXPECT_EQ(done.notes[0].line, each.line);
  EXPECT_EQ(done.notes[0].setter, each.setter);
  EXPECT_THAT(done.notes[0].message, HasSubstr(text::cat("apps/a.yaml:", each.line, ": ")));
  EXPECT_THAT(done.notes[0].message, HasSubstr(each.message));
}

INSTANTIATE_TEST_SUITE_P(
    Cases,
    SetterNotes,
    testing::Values(
        NoteCase{
            "UnknownPolicy", "\na: x # {\"$imagepolicy\": \"ns:wbe\"}\n", kUnknownPolicy, 2, "ns:wbe", "\"ns:wbe\""},
        NoteCase{
            "OtherNamespace",
            "a: x # {\"$imagepolicy\": \"other:web:tag\"}\n",
            kUnknownPolicy,
            1,
            "other:web:tag",
            "\"other:web\""},
        NoteCase{
            "UnknownPart",
            "a: x # {\"$imagepolicy\": \"ns:web:tags\"}\n",
            kMalformedMarker,
            1,
            "",
            "[:tag|:name|:digest]"},
        NoteCase{
            "PartTooMuch",
            "a: x # {\"$imagepolicy\": \"ns:web:tag:name\"}\n",
            kMalformedMarker,
            1,
            "",
            "\"ns:web:tag:name\""},
        NoteCase{"NoNamespace", "a: x # {\"$imagepolicy\": \"web\"}\n", kMalformedMarker, 1, "", "expected ns:name"},
        NoteCase{"NoName", "a: x # {\"$imagepolicy\": \"ns:\"}\n", kMalformedMarker, 1, "", "expected ns:name"},
        NoteCase{"EmptyText", "a: x # {\"$imagepolicy\": \"\"}\n", kMalformedMarker, 1, "", "names no policy"},
        NoteCase{"NotClosed", "a: x # {\"$imagepolicy\": \"ns:web\"\n", kMalformedMarker, 1, "", "JSON"},
        NoteCase{"SecondObject", "a: x # {\"$imagepolicy\": \"ns:web\"} {}\n", kMalformedMarker, 1, "", "JSON"},
        NoteCase{"NumberInside", "a: x # {\"$imagepolicy\": \"ns:web\", \"n\": 1}\n", kMalformedMarker, 1, "", "\"n\""},
        NoteCase{
            "WordsBefore",
            "a: x # flux {\"$imagepolicy\": \"ns:web\"}\n",
            kMalformedMarker,
            1,
            "",
            "nothing but the marker"},
        NoteCase{
            "LegacyPart",
            "a: x # {\"$ref\": \"#/definitions/io.k8s.cli.setters.ns:web:x\"}\n",
            kMalformedMarker,
            1,
            "",
            "\"ns:web:x\""},
        NoteCase{
            "BehindAKey",
            "a: # {\"$imagepolicy\": \"ns:web\"}\n  x\n",
            kMisplacedMarker,
            1,
            "ns:web",
            "must stand behind a value"},
        NoteCase{"NoValueAtAll", "a: # {\"$imagepolicy\": \"ns:web\"}\n", kMisplacedMarker, 1, "ns:web", "no value"},
        NoteCase{
            "AboveAKey", "b: 1\n# {\"$imagepolicy\": \"ns:web\"}\na: x\n", kMisplacedMarker, 2, "ns:web", "no value"},
        NoteCase{
            "BehindAMapping",
            "a: {b: x} # {\"$imagepolicy\": \"ns:web\"}\n",
            kMisplacedMarker,
            1,
            "ns:web",
            "no value"},
        NoteCase{
            "BehindAnAlias",
            "b: &n x\na: *n # {\"$imagepolicy\": \"ns:web\"}\n",
            kMisplacedMarker,
            2,
            "ns:web",
            "no value"},
        NoteCase{
            "AmongOtherLines",
            "- 1\n# about\n# {\"$imagepolicy\": \"ns:web\"}\n- x\n",
            kMisplacedMarker,
            3,
            "ns:web",
            "alone"},
        NoteCase{
            "NoYaml",
            "a: x # {\"$imagepolicy\": \"ns:web\"}\nb: {{ .Values }}\n c: 1\n",
            kUnparsableFile,
            3,
            "",
            "no YAML"},
        NoteCase{
            "TabAfterThePlainText",
            "a: x # {\"$imagepolicy\": \"ns:number:tag\"}\n \t\nb: 1\n",
            kUnparsableFile,
            2,
            "",
            "tab"}
    ),
    [](const auto& each) { return each.param.name; }
);

TEST(Setters, LinesThatWereSwitchedOffAreNoMistakes) {
  EXPECT_THAT(edit("a: 1\n# image: x # {\"$imagepolicy\": \"ns:wbe\"}\n").notes, IsEmpty());
  EXPECT_THAT(edit("a: 1 # {\"$ref\": \"#/definitions/io.k8s.cli.setters.replicas\"}\n").notes, IsEmpty());
  EXPECT_THAT(edit("a: '\"$imagepolicy\" is a key'\n").notes, IsEmpty());
}

TEST(Setters, AMistakeDoesNotStopTheOthers) {
  const Edit done = edit("a: x # {\"$imagepolicy\": \"ns:wbe\"}\nb: x # {\"$imagepolicy\": \"ns:web:tag\"}\n");
  EXPECT_EQ(done.content, "a: x # {\"$imagepolicy\": \"ns:wbe\"}\nb: 2.0.0 # {\"$imagepolicy\": \"ns:web:tag\"}\n");
  EXPECT_THAT(done.notes, SizeIs(1));
}

/// Blanks and a tab on a line of their own are accepted after plain text, not after quoted text.
TEST(Setters, NoFileIsBroken) {
  const std::string marker = R"(# {"$imagepolicy": "ns:number:tag"})";
  const Edit done = edit(marker + "\n- x\n \t\n- y\n");
  EXPECT_FALSE(done.changed);
  EXPECT_THAT(done.changes, IsEmpty());
  ASSERT_THAT(done.notes, SizeIs(1));
  EXPECT_EQ(done.notes[0].reason, kRefusedValue);
  EXPECT_EQ(done.notes[0].line, 2U);
  EXPECT_TRUE(edit(marker + "\n- x\n\n- y\n").changed);
}

TEST(Setters, NothingButReferencesIsWritten) {
  const Policies hostile{{"n:p", image("n", "1\nkind: Secret")}, {"n:q", image("a b", "1")}};
  for (const std::string setter : {"n:p", "n:p:tag", "n:q"}) {
    const Edit done = apply_setters("a", "a: x # {\"$imagepolicy\": \"" + setter + "\"}\n", hostile);
    EXPECT_FALSE(done.changed);
    ASSERT_THAT(done.notes, SizeIs(1));
    EXPECT_EQ(done.notes[0].reason, kRefusedValue);
  }
  EXPECT_EQ(
      apply_setters("a", "a: 'x' # {\"$imagepolicy\": \"n:p:tag\"}", {{"n:p", image("n", "it's\"\\")}}).content,
      "a: 'it''s\"\\' # {\"$imagepolicy\": \"n:p:tag\"}"
  );
}

// Fifteen megabytes took seven hundred, or the number of markers times the length of a name.
TEST(Setters, ATrialTakesAQuarterOfTheMemory) {
  std::string content = "a: x # {\"$imagepolicy\": \"ns:web\"}\nl:\n";
  for (int i = 0; i < 100'000; ++i) content += "- a\n";
  EXPECT_THAT(edit(content).notes, testing::Not(testing::Contains(testing::Field(&Note::reason, kUnparsableFile))));
  const Trial trial;
  EXPECT_THROW(edit(content), TrialTooSmall);
  EXPECT_NO_THROW(edit(content.substr(0, 10'000)));
}

TEST(Setters, AFileTakesOnlySoMuchMemory) {
  const std::string marked = "x # {\"$imagepolicy\": \"ns:web\"}\n";
  std::string items, comments, changes = "metadata: {name: " + std::string(1'000'000, 'n') + "}\nl:\n",
                               key = "? " + std::string(1'000'000, 'k') + "\n:\n";
  for (int i = 0; i < 500'000; ++i) items += "- a\n";
  for (int i = 0; i < 1'500'000; ++i) comments += "#\n";
  for (int i = 0; i < 100; ++i) changes += "- " + marked;
  for (int i = 0; i < 100; ++i) key += "- a\n";
  for (const auto& content :
       {"a: " + marked + "l:\n" + items, "a: " + marked + comments, changes, "a: " + marked + key}) {
    const Edit done = edit(content);
    EXPECT_FALSE(done.changed);
    EXPECT_THAT(done.changes, IsEmpty());
    ASSERT_THAT(done.notes, SizeIs(1));
    EXPECT_EQ(done.notes[0].reason, kUnparsableFile);
    EXPECT_THAT(done.notes[0].message, HasSubstr("takes more than 64 MiB of memory"));
  }
}

TEST(Setters, LookBeforeTheyParse) {
  EXPECT_TRUE(may_have_markers("# {\"$imagepolicy\": \"a:b\"}"));
  EXPECT_TRUE(may_have_markers("# {\"$ref\": \"#/definitions/io.k8s.cli.setters.a:b\"}"));
  EXPECT_FALSE(may_have_markers("# {$imagepolicy: a:b}"));
  EXPECT_FALSE(may_have_markers("$imagepolicy\""));
  EXPECT_FALSE(may_have_markers("\"$ref\": \"#/definitions/io.k8s.api.core.v1.Pod\" $"));
  // No marker, no look: not even at a file that is no YAML.
  EXPECT_THAT(edit("a: [\n").notes, IsEmpty());
}

TEST(SetterPaths, AreManifestsBelowTheUpdatePath) {
  for (const auto* path : {"a.yaml", "apps/b.yml", "apps/Kustomization", "Kustomization", "apps/.yaml"})
    EXPECT_TRUE(is_setter_path(path, "")) << path;
  for (const auto* path : {"a.YAML", "a.yaml.bak", "a.json", "kustomization", "Kustomization.txt", "yaml", "README.md"})
    EXPECT_FALSE(is_setter_path(path, "")) << path;
  EXPECT_TRUE(is_setter_path("apps/web/a.yaml", "apps"));
  EXPECT_TRUE(is_setter_path("apps/web/a.yaml", "apps/web/a.yaml"));
  EXPECT_FALSE(is_setter_path("apps2/a.yaml", "apps"));
  EXPECT_FALSE(is_setter_path("a.yaml", "apps"));
}

TEST(SetterPaths, StayInTheRepository) {
  for (const auto* top : {"", ".", "./", "/", "..", "../..", "a/..", "a/../../.."})
    EXPECT_EQ(resolve_update_path(top), "") << top;
  for (const auto* apps : {"apps", "./apps", "/apps/", "apps/.", "../apps", "x/../apps", "./x//../apps"})
    EXPECT_EQ(resolve_update_path(apps), "apps") << apps;
  EXPECT_EQ(resolve_update_path("./clusters/../apps/prod/"), "apps/prod");
}

}  // namespace
}  // namespace weir::image_automation
