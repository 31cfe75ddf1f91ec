#include "controllers/cli/arguments.hpp"

#include <gmock/gmock.h>

namespace weir::cli {
namespace {

constexpr Flag kFlags[] = {
    {"output", 'o', "json|yaml", "how"},
    {"all", 'A', "", "everything"},
    {"context", '\0', "NAME", "where"},
};

Result<Given> parse(std::vector<std::string_view> arguments) { return parse_arguments(kFlags, arguments); }

TEST(Arguments, AFlagIsWrittenInAnyOfTheUsualWays) {
  for (const auto& written : std::vector<std::vector<std::string_view>>{
           {"-o", "json"},
           {"-ojson"},
           {"-o=json"},
           {"--output", "json"},
           {"--output=json"},
           {"-o", "yaml", "-ojson"}}) {
    const auto given = parse(written);
    ASSERT_TRUE(given.has_value()) << given.error().text();
    EXPECT_EQ(given->value("output"), "json");
    EXPECT_THAT(given->words, testing::IsEmpty());
  }
}

TEST(Arguments, WordsStandAnywhere) {
  const auto given = parse({"ks", "-A", "web", "--", "-o"});
  ASSERT_TRUE(given.has_value());
  EXPECT_TRUE(given->has("all"));
  EXPECT_THAT(given->words, testing::ElementsAre("ks", "web", "-o"));
}

TEST(Arguments, ASwitchMayBeSwitchedOff) {
  EXPECT_FALSE(parse({"--all=false"})->has("all"));
  EXPECT_TRUE(parse({"--all=true"})->has("all"));
}

TEST(Arguments, WhatIsWrongIsNamed) {
  const auto text = [](std::vector<std::string_view> arguments) {
    const auto given = parse(std::move(arguments));
    return given.has_error() ? given.error().text() : "accepted";
  };
  EXPECT_EQ(text({"--outpt=x"}), "unknown flag \"--outpt\"");
  EXPECT_EQ(text({"-x"}), "unknown flag \"-x\"");
  EXPECT_EQ(text({"--context"}), "--context: expected a value: NAME");
  EXPECT_EQ(text({"--all=maybe"}), "--all: is a switch, got the value \"maybe\"");
}

TEST(Arguments, TheHelpHasOneLineAFlag) {
  EXPECT_EQ(
      flags_help(kFlags),
      "  -o, --output json|yaml        how\n"
      "  -A, --all                     everything\n"
      "      --context NAME            where\n"
  );
}

}  // namespace
}  // namespace weir::cli
