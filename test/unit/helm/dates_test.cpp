// Dates of charts: Go's layouts and zones.
#include <gmock/gmock.h>

#include "pkg/helm/functions/functions.hpp"
#include "pkg/helm/functions/go_time.hpp"
#include "pkg/template/template.hpp"
#include "test/unit/helm/fixed_outside.hpp"

namespace weir::helm {
namespace {

using testing::HasSubstr;

std::string render(std::string_view text) {
  templates::Options options;
  options.functions = chart_functions(std::make_shared<FixedOutside>());
  const auto parsed = templates::Template::parse("t", text, options);
  if (!parsed) return "error: " + parsed.error().text();
  const auto out = parsed->render({});
  return out ? *out : "error: " + out.error().text();
}

TEST(ChartDates, NowIsWhatTheCallerSays) {
  EXPECT_EQ(render("{{ now | date \"2006-01-02 15:04:05.000 MST\" }}"), "2024-02-29 13:14:15.500 UTC");
  EXPECT_EQ(render("{{ now }}"), "2024-02-29 13:14:15.5 +0000 UTC m=+0.012345678");
  EXPECT_EQ(render("{{ now | toJson }} {{ now | toYaml }}"), "\"2024-02-29T13:14:15.5Z\" \"2024-02-29T13:14:15.5Z\"");
  EXPECT_EQ(render("{{ typeOf now }} {{ kindOf now }} {{ unixEpoch now }}"), "time.Time struct 1709212455");
  EXPECT_EQ(render("{{ ago (now | dateModify \"-90m\") }}"), "1h30m0s");
}

TEST(ChartDates, MonthsWeekdaysAndDurationsAreNumbersWithNames) {
  EXPECT_EQ(
      render(R"({{ $m := now.Month }}{{ $m }} {{ printf "%d %02d %x" $m $m $m }} {{ typeOf $m }} {{ kindOf $m }})"),
      "February 2 02 4665627275617279 time.Month int"
  );
  EXPECT_EQ(render("{{ add now.Month 1 }} {{ int now.Weekday }} {{ float64 now.Month }}"), "3 4 2");
  EXPECT_EQ(render("{{ eq now.Month 2 }} {{ lt now.Month 2 }} {{ deepEqual now.Month 2 }}"), "true false false");
  EXPECT_EQ(render(R"({{ index (list "a" "b" "c") now.Month }}{{ range now.Month }}.{{ end }})"), "c..");
  EXPECT_EQ(
      render(R"({{ toJson (list now.Month) }} {{ dict "m" now.Month | toYaml }} {{ dict "m" now.Month | toToml }})"),
      "[2] m: 2 m = 2\n"
  );
  EXPECT_EQ(
      render("{{ $d := now.Sub (toDate \"2006-01-02\" \"2024-02-29\") }}{{ $d }} {{ int $d.Hours }} {{ toJson $d }}"),
      "13h14m15.5s 13 47655500000000"
  );
  EXPECT_THAT(render("{{ until now.Month }}"), HasSubstr("wrong type for value; expected int; got time.Month"));
}

TEST(ChartDates, LayoutsSayWhatGoSays) {
  EXPECT_EQ(
      render(R"({{ now | date "Monday Jan _2 3:04pm 06 002 .99 Z0700 __2 Month" }})"),
      "Thursday Feb 29 1:14pm 24 060 .5 Z  60 Month"
  );
  EXPECT_EQ(render(R"({{ htmlDate 1700000000 }} {{ date "2006" "nonsense" }})"), "2023-11-14 2024");
}

TEST(ChartDates, ZonesFollowTheirRules) {
  EXPECT_EQ(render(R"({{ dateInZone "15:04 MST -07:00" now "Europe/Berlin" }})"), "14:14 CET +01:00");
  EXPECT_EQ(render(R"({{ dateInZone "15:04 MST" 1719792000 "Europe/Berlin" }})"), "02:00 CEST");
  EXPECT_EQ(render(R"({{ dateInZone "15:04 MST" 1719792000 "Antarctica/Troll" }})"), "02:00 +02");
  EXPECT_EQ(
      render(R"({{ dateInZone "15:04 MST" now "No/Where" }} {{ dateInZone "15:04" now "../etc/passwd" }})"),
      "13:14 UTC 13:14"
  );
}

TEST(ChartDates, AreReadByLayout) {
  EXPECT_EQ(
      render(R"({{ toDate "2006-01-02 15:04:05 -0700" "2024-02-29 13:14:15 +0200" | toJson }})"),
      "\"2024-02-29T13:14:15+02:00\""
  );
  EXPECT_EQ(render(R"({{ toDate "Jan 2, 2006 at 3pm" "Feb 3, 2013 at 7pm" | toJson }})"), "\"2013-02-03T19:00:00Z\"");
  EXPECT_EQ(render(R"({{ toDate "2006-01-02" "bad" | date "2006-01-02" }})"), "0001-01-01");
  EXPECT_THAT(
      render(R"({{ mustToDate "2006-01-02" "bad" }})"),
      HasSubstr(R"(error calling mustToDate: parsing time "bad" as "2006-01-02": cannot parse "bad" as "2006")")
  );
  EXPECT_THAT(
      render(R"({{ mustToDate "2006-01-02" "2023-02-29" }})"),
      HasSubstr(R"(parsing time "2023-02-29": day out of range)")
  );
  EXPECT_THAT(render(R"({{ mustToDate "2006" "2023x" }})"), HasSubstr(R"(parsing time "2023x": extra text: "x")"));
}

TEST(ChartDates, HaveMethods) {
  EXPECT_EQ(
      render("{{ now.Year }} {{ now.Month }} {{ now.Weekday | toJson }} {{ now.YearDay }} {{ now.Unix }}"),
      "2024 February 4 60 1709212455"
  );
  EXPECT_EQ(
      render(R"({{ (now.AddDate 1 0 0).Format "2006-01-02" }} {{ (now.Add 1000000000).Second }})"), "2025-03-01 16"
  );
  EXPECT_EQ(
      render(R"({{ $n := now }}{{ $n.Before ($n | dateModify "1h") }} {{ $n.Sub ($n | dateModify "-36h") }})"),
      "true 36h0m0s"
  );
  EXPECT_THAT(
      render(R"({{ mustDateModify "x" now }})"),
      HasSubstr(R"(error calling mustDateModify: time: invalid duration "x")")
  );
}

TEST(GoDurations, AreReadWithGosMessages) {
  EXPECT_EQ(parse_go_duration("-1h30m0.5s").value(), -5'400'500'000'000);
  EXPECT_EQ(parse_go_duration("1").error().message, "time: missing unit in duration \"1\"");
  EXPECT_EQ(parse_go_duration("1y").error().message, "time: unknown unit \"y\" in duration \"1y\"");
  EXPECT_EQ(parse_go_duration("99999999999h").error().message, "time: invalid duration \"99999999999h\"");
}

}  // namespace
}  // namespace weir::helm
