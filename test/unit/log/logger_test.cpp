#include "pkg/log/logger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pkg/json/codec.hpp"

namespace weir::log {
namespace {

TEST(Logger, WritesOneJsonObjectALineWithFluxKeys) {
  const auto sink = std::make_shared<MemorySink>();
  const auto log = Logger{sink, Level::kInfo}.with({{"controller", "gitrepository"}});
  log.info("commit fetched", {{"commit", "abc"}, {"size", 7}});
  log.error("cannot fetch", "host \"x\" is unreachable");
  log.debug("not written");
  ASSERT_EQ(sink->lines().size(), 2u);
  auto first = json::parse(sink->lines()[0]).value();
  EXPECT_TRUE(first.erase("ts"));
  EXPECT_EQ(
      json::write(first),
      R"({"level":"info","msg":"commit fetched","controller":"gitrepository","commit":"abc","size":7})"
  );
  auto second = json::parse(sink->lines()[1]).value();
  EXPECT_EQ(second.text_at({"error"}), "host \"x\" is unreachable");
  EXPECT_EQ(second.text_at({"level"}), "error");
}

TEST(Logger, ALineIsUtf8WhateverServersSay) {
  const auto sink = std::make_shared<MemorySink>();
  Logger{sink, Level::kInfo}.error("cannot fetch", "remote: caf\xe9");
  EXPECT_EQ(json::parse(sink->lines().at(0)).value().text_at({"error"}), "remote: caf\xef\xbf\xbd");
}

TEST(Logger, ConsoleIsForPeople) {
  const auto sink = std::make_shared<MemorySink>();
  Logger{sink, Level::kTrace, Encoding::kConsole}.trace("hello", {{"a", 1}});
  EXPECT_THAT(sink->lines(), testing::ElementsAre(testing::EndsWith(R"( trace hello {"a":1})")));
}

TEST(Logger, LevelsAreNamed) {
  EXPECT_EQ(parse_level("debug").value(), Level::kDebug);
  EXPECT_EQ(parse_level("warn").error().message, "expected one of trace, debug, info, error, got \"warn\"");
}

}  // namespace
}  // namespace weir::log
