#include "pkg/ssa/normalize.hpp"

#include <gtest/gtest.h>

#include "pkg/json/codec.hpp"

namespace weir::ssa {
namespace {

std::string normalized(std::string_view text) {
  kube::Object object{json::parse(text).value()};
  normalize(object);
  return json::write(object.document());
}

TEST(Normalize, DropsWhatTheServerMakes) {
  EXPECT_EQ(
      normalized(R"({"apiVersion":"v1","kind":"X","metadata":{"name":"a","creationTimestamp":null,"uid":"1"},"status":{}})"),
      R"({"apiVersion":"v1","kind":"X","metadata":{"name":"a"}})"
  );
}

TEST(Normalize, StringDataBecomesDataAndWins) {
  EXPECT_EQ(
      normalized(R"({"apiVersion":"v1","kind":"Secret","data":{"a":"eA=="},"stringData":{"a":"1","b":"2"}})"),
      R"({"apiVersion":"v1","kind":"Secret","data":{"a":"MQ==","b":"Mg=="}})"
  );
}

TEST(Normalize, PortsGetTheProtocolThatIsPartOfTheirKey) {
  EXPECT_EQ(
      normalized(R"({"apiVersion":"v1","kind":"Service","spec":{"ports":[{"port":80},{"port":53,"protocol":"UDP"}]}})"),
      R"({"apiVersion":"v1","kind":"Service","spec":{"ports":[{"port":80,"protocol":"TCP"},{"port":53,"protocol":"UDP"}]}})"
  );
  EXPECT_EQ(
      normalized(R"({"apiVersion":"apps/v1","kind":"Deployment","spec":{"template":{"spec":{"containers":[{"ports":[{"containerPort":1}]}]}}}})"),
      R"({"apiVersion":"apps/v1","kind":"Deployment","spec":{"template":{"spec":{"containers":[{"ports":[{"containerPort":1,"protocol":"TCP"}]}]}}}})"
  );
}

}  // namespace
}  // namespace weir::ssa
