#include "pkg/yaml/pieces.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/yaml/documents.hpp"

namespace weir::yaml {
namespace {

using json::Visit;
using testing::ElementsAre;

/// Enters "in" and "items", takes "take", passes the rest over; writes down what it is shown, read again as a document.
class Notes final : public json::PieceVisitor {
 public:
  Visit key(std::size_t depth, std::string_view key, std::size_t line) override {
    lines.push_back(text::cat(depth, " ", key, " in line ", line));
    return key == "in"      ? Visit::kEnterObject
           : key == "items" ? Visit::kEnterArray
           : key == "take"  ? Visit::kTake
                            : Visit::kPass;
  }
  void take(std::size_t depth, std::string_view text, std::size_t line) override {
    const auto value = parse_document(text, "piece");
    lines.push_back(text::cat(depth, " = ", value ? json::write(*value) : value.error().text(), " in line ", line));
  }
  std::vector<std::string> lines;
};

std::vector<std::string> notes_of(std::string_view text, const ParseOptions& options = {}) {
  Notes notes;
  const auto visited = visit_pieces(text, notes, options);
  if (!visited) notes.lines.push_back(visited.error().text());
  return notes.lines;
}

TEST(YamlPieces, TakesBlocksThatParseByThemselves) {
  EXPECT_THAT(
      notes_of("# head\na:\n  take: 1\nin:\n  take:\n    x: 1\n    w:\n    - z\n  b: [1\n  ]\ntake: |\n  one\n  two\n"),
      ElementsAre(
          "0 a in line 2",
          "0 in in line 4",
          "1 take in line 5",
          R"(1 = {"x":1,"w":["z"]} in line 6)",
          "1 b in line 9",
          "0 take in line 11",
          R"(0 = "one\ntwo\n" in line 11)"
      )
  );
}

TEST(YamlPieces, TakesTheItemsOfASequenceThatIsEntered) {
  EXPECT_THAT(
      notes_of("items:\n- a: 1\n  b:\n    c: 2\n-\n- x\n- - w\n  - z\nnext: 1\n"),
      ElementsAre(
          "0 items in line 1",
          R"(0 = {"a":1,"b":{"c":2}} in line 2)",
          "0 = null in line 5",
          R"(0 = "x" in line 6)",
          R"(0 = ["w","z"] in line 7)",
          "0 next in line 9"
      )
  );
  EXPECT_THAT(
      notes_of("items:\n  -   a: 1\n      b: 2\n"), ElementsAre("0 items in line 1", R"(0 = {"a":1,"b":2} in line 2)")
  );
  EXPECT_THAT(
      notes_of("items: [a, {b: 1}, ]\n"),
      ElementsAre("0 items in line 1", R"(0 = "a" in line 1)", R"(0 = {"b":1} in line 1)")
  );
}

TEST(YamlPieces, ReadsFlowMappingsAndWhatIsEmpty) {
  EXPECT_THAT(
      notes_of("{a: {take: 1}, 'in': {take: [1, 2], \"b\":x}, lone, take: }"),
      ElementsAre(
          "0 a in line 1",
          "0 in in line 1",
          "1 take in line 1",
          "1 = [1,2] in line 1",
          "1 b in line 1",
          "0 take in line 1",
          "0 = null in line 1"
      )
  );
  EXPECT_THAT(
      notes_of("take:\nin:\n"),
      ElementsAre("0 take in line 1", "0 = null in line 2", "0 in in line 2", "0 = null in line 3")
  );
}

TEST(YamlPieces, LooksAtTheFirstDocumentOnly) {
  EXPECT_THAT(notes_of("%YAML 1.1\n---\na: 1\n---\nb: 2\n"), ElementsAre("0 a in line 3"));
  EXPECT_THAT(notes_of("# nothing\n"), ElementsAre());
  EXPECT_THAT(notes_of("text"), ElementsAre(R"(0 = "text" in line 1)"));
  EXPECT_THAT(notes_of("- a\n- b\n"), ElementsAre(R"(0 = ["a","b"] in line 1)"));
}

TEST(YamlPieces, PassesOverKeysThatAreNoScalars) {
  EXPECT_THAT(notes_of("? [a, b]\n: 1\n? {c: d}\n&x e: 2\nf: *x\n"), ElementsAre("0 f in line 5"));
}

TEST(YamlPieces, RefusesWhatIsNoYaml) {
  EXPECT_THAT(notes_of("a: b: c\n"), ElementsAre("0 a in line 1", testing::HasSubstr("line 1, column 5")));
  EXPECT_THAT(notes_of("a: [1\n"), ElementsAre("0 a in line 1", testing::HasSubstr("expected a value")));
  EXPECT_THAT(notes_of("a: 1\n  b: 2\n"), ElementsAre("0 a in line 1", testing::HasSubstr("line 2")));
  ParseOptions options;
  options.max_depth = 5;
  EXPECT_THAT(
      notes_of("a: [[[[[[1]]]]]]\n", options),
      ElementsAre("0 a in line 1", testing::HasSubstr("nested deeper than 5 levels"))
  );
}

}  // namespace
}  // namespace weir::yaml
