#include "pkg/runtime/server_failures.hpp"

#include <memory>
#include <stdexcept>

#include <gmock/gmock.h>

namespace weir::runtime {
namespace {

using testing::HasSubstr;

TEST(ServerFailures, AreLoggedAndCounted) {
  Metrics metrics;
  const auto sink = std::make_shared<log::MemorySink>();
  const auto tell = tell_failures("artifacts", metrics, log::Logger{sink, log::Level::kInfo});
  EXPECT_THAT(metrics.text({}), HasSubstr("weir_http_server_failures_total{server=\"artifacts\"} 0\n"));
  const auto failure = std::make_exception_ptr(std::runtime_error{"cannot open a: too many open files"});
  tell("GET /gitrepository/" + std::string(1'000, 'x'), failure);
  tell("", failure);
  EXPECT_THAT(metrics.text({}), HasSubstr("weir_http_server_failures_total{server=\"artifacts\"} 2\n"));
  ASSERT_EQ(sink->lines().size(), 2u);
  const auto line = sink->lines().front();
  EXPECT_THAT(line, HasSubstr(R"("error":"cannot open a: too many open files")"));
  EXPECT_THAT(line, HasSubstr(R"("request":"GET /gitrepository/xxx)"));
  EXPECT_LT(line.size(), 600u);
}

}  // namespace
}  // namespace weir::runtime
