#include "pkg/runtime/flags.hpp"

#include <gtest/gtest.h>

namespace weir::runtime {
namespace {

struct Values {
  std::string text = "default";
  bool on = true;
  std::int64_t number = 4;
  Duration pause{std::chrono::seconds{30}};
  std::vector<std::string> list;
  Flags flags;

  Values() {
    flags.add("text", &text, "");
    flags.add("on", &on, "");
    flags.add("number", &number, "");
    flags.add("pause", &pause, "");
    flags.add("list", &list, "");
    flags.add_without_effect("old", true, "not needed here");
  }
  std::string parse(std::vector<std::string_view> arguments) {
    const auto parsed = flags.parse(arguments);
    return parsed.has_error() ? parsed.error().text() : "";
  }
};

TEST(Flags, ReadsEveryFormOfPflag) {
  Values values;
  EXPECT_EQ(values.parse({"--text=a=b", "--on=false", "--number", "7", "--pause=1m", "--list=a,b", "--list", "c"}), "");
  EXPECT_EQ(values.text, "a=b");
  EXPECT_FALSE(values.on);
  EXPECT_EQ(values.number, 7);
  EXPECT_EQ(to_string(values.pause), "1m0s");
  EXPECT_EQ(values.list, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(values.parse({"--on"}), "");
  EXPECT_TRUE(values.on);
}

TEST(Flags, NamesTheFlagAtFault) {
  Values values;
  EXPECT_EQ(values.parse({"--unknown=1"}), "--unknown: unknown flag");
  EXPECT_EQ(values.parse({"--number=many"}), "--number: expected a whole number, got \"many\"");
  EXPECT_EQ(values.parse({"--on=maybe"}), "--on: expected true or false, got \"maybe\"");
  EXPECT_EQ(values.parse({"--pause=soon"}), "--pause: expected a duration like 5m, got \"soon\"");
  EXPECT_EQ(values.parse({"--text"}), "--text: expected a value");
  EXPECT_EQ(values.parse({"text"}), "text: expected a flag like --name=value");
}

TEST(Flags, TellsWhichHaveNoEffect) {
  Values values;
  EXPECT_EQ(values.parse({"--old", "5"}), "");
  EXPECT_EQ(values.flags.ignored(), std::vector<std::string>{"--old: not needed here"});
}

TEST(Flags, ReadsFeatureGates) {
  const auto gates = parse_feature_gates({"A=true", "B=false"}).value();
  EXPECT_EQ(gates.size(), 2u);
  EXPECT_TRUE(gates[0].second);
  EXPECT_TRUE(parse_feature_gates({"A"}).has_error());
}

}  // namespace
}  // namespace weir::runtime
