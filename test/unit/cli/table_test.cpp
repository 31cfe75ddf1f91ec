#include "controllers/cli/table.hpp"

#include <sstream>

#include <gmock/gmock.h>

#include "controllers/cli/get_command.hpp"
#include "controllers/cli/kinds.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "test/unit/cli/some_controllers.hpp"

namespace weir::cli {
namespace {

TEST(Table, ColumnsAreAsWideAsTheirWidestCell) {
  Table table{{"NAME", "READY"}};
  table.add({"a", "True"});
  table.add({"längst", {"False", Colour::kRed}});
  std::ostringstream out;
  table.print(Terminal{out, out, false});
  EXPECT_EQ(out.str(), "NAME     READY\na        True\nlängst   False\n");
}

TEST(Table, ColoursAreForTerminals) {
  Table table{{"READY"}};
  table.add({{"False", Colour::kRed}});
  std::ostringstream out;
  table.print(Terminal{out, out, true});
  EXPECT_EQ(out.str(), "\x1b[1mREADY\x1b[0m\n\x1b[31mFalse\x1b[0m\n");
}

TEST(Table, AMessageCannotSteerTheTerminal) {
  Table table{{"MESSAGE"}};
  table.add({"two\nlines\x1b[2J"});
  std::ostringstream out;
  table.print(Terminal{out, out, false});
  EXPECT_EQ(out.str(), "MESSAGE\ntwo lines [2J\n");
}

TEST(ShownKinds, AKindHasItsNamesInAnyCase) {
  for (const auto* word : {"boxes", "Box", "BX", "crate"}) {
    const auto* kind = find_kind(some_controllers(), word);
    ASSERT_NE(kind, nullptr) << word;
    EXPECT_EQ(kind->names.kind, "Box");
  }
  EXPECT_EQ(find_kind(some_controllers(), "lidring")->names.kind, "LidRing");
  EXPECT_EQ(find_kind(some_controllers(), "pods"), nullptr);
}

TEST(ShownKinds, ColumnsShowWhatTheirPathsLeadTo) {
  const std::string digest(40, 'a');
  const auto shown = [](const std::string& text) {
    std::vector<std::string> out;
    const auto object = json::parse(text).value();
    for (const auto& cell : cells(*find_kind(some_controllers(), "box"), object)) out.push_back(cell.text);
    return out;
  };
  EXPECT_THAT(
      shown(text::cat(
          R"({"spec": {"suspend": true}, "status": {"revision": "main@sha1:)",
          digest,
          R"(", "note": ")",
          digest,
          R"("}})"
      )),
      testing::ElementsAre("main@sha1:aaaaaaaa", digest, "True")
  );
  EXPECT_THAT(shown(R"({"status": {"revision": 5}})"), testing::ElementsAre("", "", "False"));
}

TEST(GetCommand, ItsHelpNamesTheKinds) {
  EXPECT_THAT(
      get_command(some_controllers()).usage,
      testing::HasSubstr("\nKIND: boxes (bx), lids (ld), lidrings; also KIND/NAME.\n")
  );
}

TEST(ShownKinds, HashesAreCutToEightDigits) {
  const std::string sha1(40, 'a');
  const std::string sha256(64, 'b');
  EXPECT_EQ(shorten_hashes("main@sha1:" + sha1), "main@sha1:aaaaaaaa");
  EXPECT_EQ(shorten_hashes("stored " + sha256 + "!"), "stored bbbbbbbb!");
  EXPECT_EQ(shorten_hashes("v1.2.3-deadbeef cafe"), "v1.2.3-deadbeef cafe");
  EXPECT_EQ(shorten_hashes("x" + sha1), "x" + sha1);
}

TEST(ShownKinds, ReadinessIsTheReadyConditionOrWaiting) {
  const auto object = [](std::string_view text) { return json::parse(text).value(); };
  EXPECT_EQ(readiness(object("{}")).message, "waiting to be reconciled");
  EXPECT_EQ(readiness(object("{}")).status, "False");
  const auto ready = readiness(object(R"({"status": {"conditions": [{"type": "Stalled", "status": "True"},
      {"type": "Ready", "status": "Unknown", "message": "building"}]}})"));
  EXPECT_EQ(ready.status, "Unknown");
  EXPECT_EQ(ready.message, "building");
  EXPECT_EQ(ready.colour, Colour::kYellow);
}

}  // namespace
}  // namespace weir::cli
