#include "pkg/runtime/metric_registry.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace weir::runtime {
namespace {

TEST(MetricRegistry, KindsThenNamesThenLabelsAreInOrder) {
  MetricRegistry registry;
  registry.gauge("b", "").add({}).set(0.1);
  registry.counter("c", "Counted").add({{"x", "2"}}).increment(3);
  registry.counter("c", "Said once").add({{"x", "1"}, {"a", "0"}});
  EXPECT_EQ(
      registry.text(),
      "# HELP c Counted\n"
      "# TYPE c counter\n"
      "c{a=\"0\",x=\"1\"} 0\n"
      "c{x=\"2\"} 3\n"
      "# TYPE b gauge\n"
      "b 0.1\n"
  );
}

TEST(MetricRegistry, BucketsCountWhatIsAtMostTheirBound) {
  MetricRegistry registry;
  auto& histogram = registry.histogram("h", "").add({{"a", "1"}}, std::vector<double>{0.5, 10});
  for (const double value : {0.25, 0.5, 10.5}) histogram.observe(value);
  EXPECT_EQ(
      registry.text(),
      "# TYPE h histogram\n"
      "h_bucket{a=\"1\",le=\"0.5\"} 2\n"
      "h_bucket{a=\"1\",le=\"10\"} 2\n"
      "h_bucket{a=\"1\",le=\"+Inf\"} 3\n"
      "h_sum{a=\"1\"} 11.25\n"
      "h_count{a=\"1\"} 3\n"
  );
}

TEST(MetricRegistry, LabelsAndHelpAreEscaped) {
  MetricRegistry registry;
  registry.gauge("g", "back\\slash, \"quotes\"\nand more").add({{"a", "\"x\"\n\\"}}).set(-1);
  EXPECT_EQ(
      registry.text(), "# HELP g back\\\\slash, \"quotes\"\\nand more\n# TYPE g gauge\ng{a=\"\\\"x\\\"\\n\\\\\"} -1\n"
  );
}

TEST(MetricRegistry, NumbersHaveNoMoreDigitsThanTheyNeed) {
  MetricRegistry registry;
  auto& family = registry.gauge("g", "");
  family.add({{"n", "1"}}).set(1'790'000'000.25);
  family.add({{"n", "2"}}).set(1e-08);
  family.add({{"n", "3"}}).set(std::numeric_limits<double>::infinity());
  family.add({{"n", "4"}}).set(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(
      registry.text(), "# TYPE g gauge\ng{n=\"1\"} 1790000000.25\ng{n=\"2\"} 1e-08\ng{n=\"3\"} +Inf\ng{n=\"4\"} NaN\n"
  );
}

TEST(MetricRegistry, ASeriesGoesAndTheFamilyWithItsLast) {
  MetricRegistry registry;
  auto& family = registry.counter("c", "");
  const auto* gone = &family.add({{"n", "1"}});
  family.add({{"n", "2"}}).increment();
  family.remove(gone);
  EXPECT_EQ(registry.text(), "# TYPE c counter\nc{n=\"2\"} 1\n");
  family.remove(&family.add({{"n", "2"}}));
  EXPECT_EQ(registry.text(), "");
}

TEST(MetricRegistry, ACounterDoesNotFall) {
  MetricRegistry registry;
  auto& counter = registry.counter("c", "").add({});
  counter.increment(2);
  counter.increment(-1);
  EXPECT_EQ(registry.text(), "# TYPE c counter\nc 2\n");
}

}  // namespace
}  // namespace weir::runtime
