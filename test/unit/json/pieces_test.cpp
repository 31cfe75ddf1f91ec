#include "pkg/json/pieces.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "pkg/base/text.hpp"

namespace weir::json {
namespace {

using testing::ElementsAre;

/// Enters "in" and "items", takes "take", passes the rest over; writes down what it is shown.
class Notes final : public PieceVisitor {
 public:
  Visit key(std::size_t depth, std::string_view key, std::size_t) override {
    lines.push_back(text::cat("key ", depth, " ", key));
    return key == "in"      ? Visit::kEnterObject
           : key == "items" ? Visit::kEnterArray
           : key == "take"  ? Visit::kTake
                            : Visit::kPass;
  }
  void take(std::size_t depth, std::string_view text, std::size_t line) override {
    lines.push_back(text::cat("take ", depth, " ", text, " in line ", line));
  }
  std::vector<std::string> lines;
};

std::vector<std::string> notes_of(std::string_view text) {
  Notes notes;
  const auto visited = visit_pieces(text, notes);
  if (!visited) notes.lines.push_back(visited.error().text());
  return notes.lines;
}

TEST(JsonPieces, ShowsKeysAndTakesWhatIsAskedFor) {
  EXPECT_THAT(
      notes_of("{\"a\": {\"take\": 1},\n \"in\": {\"take\" : [1, {\"x\": \"]}\"}], \"b\": \"\\\"\"},\n\"take\":\"t\"}"),
      ElementsAre(
          "key 0 a",
          "key 0 in",
          "key 1 take",
          "take 1 [1, {\"x\": \"]}\"}] in line 2",
          "key 1 b",
          "key 0 take",
          "take 0 \"t\" in line 3"
      )
  );
}

TEST(JsonPieces, TakesTheItemsOfAnArrayThatIsEntered) {
  EXPECT_THAT(
      notes_of(R"({"items":[1,{"a":[]},"x"]})"),
      ElementsAre("key 0 items", "take 0 1 in line 1", "take 0 {\"a\":[]} in line 1", "take 0 \"x\" in line 1")
  );
  EXPECT_THAT(notes_of(R"({"items":[],"in":{}})"), ElementsAre("key 0 items", "key 0 in"));
  EXPECT_THAT(notes_of(R"({"items":{}})"), ElementsAre("key 0 items", "take 0 {} in line 1"));
  EXPECT_THAT(notes_of(R"({"in":[1]})"), ElementsAre("key 0 in", "take 0 [1] in line 1"));
  EXPECT_THAT(notes_of(R"({"in":null})"), ElementsAre("key 0 in", "take 0 null in line 1"));
}

TEST(JsonPieces, TakesAValueAtTheTopThatIsNoObject) {
  EXPECT_THAT(notes_of(" [1]"), ElementsAre("take 0 [1] in line 1"));
  EXPECT_THAT(notes_of("{}"), ElementsAre());
}

TEST(JsonPieces, RefusesWhatEndsTooEarly) {
  EXPECT_THAT(notes_of(""), ElementsAre("byte 0: the text ends inside a value"));
  EXPECT_THAT(notes_of("{\"a"), ElementsAre("byte 3: the text ends inside a string"));
  EXPECT_THAT(notes_of("{\"a\" 1}"), ElementsAre("byte 5: expected a colon"));
  EXPECT_THAT(notes_of("{\"a\": [[}"), ElementsAre("key 0 a", "byte 9: the text ends inside a value"));
  EXPECT_THAT(notes_of("{\"a\": 1 2}"), ElementsAre("key 0 a", "byte 8: expected a comma or the end of the brackets"));
  EXPECT_THAT(notes_of("{\"a\": }"), ElementsAre("key 0 a", "byte 6: expected a value"));
  EXPECT_THAT(notes_of("{\"\\x\": 1}"), ElementsAre("byte 1: the key is no string"));
}

}  // namespace
}  // namespace weir::json
