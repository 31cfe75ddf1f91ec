#include "pkg/ssa/normalize.hpp"

#include <gtest/gtest.h>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::ssa {
namespace {

std::string normalized(std::string_view text) {
  kube::Object object{json::parse(text).value()};
  if (const auto fits = normalize(object); fits.has_error()) return "error: " + fits.error().text();
  return json::write(object.document());
}

TEST(Normalize, DropsWhatTheServerMakes) {
  EXPECT_EQ(
      normalized(
          R"({"apiVersion":"v1","kind":"X","metadata":{"name":"a","creationTimestamp":null,"uid":"1"},"status":{}})"
      ),
      R"({"apiVersion":"v1","kind":"X","metadata":{"name":"a"}})"
  );
}

TEST(Normalize, StringDataBecomesDataAndWins) {
  EXPECT_EQ(
      normalized(R"({"apiVersion":"v1","kind":"Secret","data":{"a":"eA=="},"stringData":{"a":"1","b":"2"}})"),
      R"({"apiVersion":"v1","kind":"Secret","data":{"a":"MQ==","b":"Mg=="}})"
  );
}

// They were left out without a word, so that a Secret was applied and Ready without them.
TEST(Normalize, StringDataThatIsNoTextIsAnErrorThatNamesTheKey) {
  EXPECT_EQ(
      normalized(R"({"apiVersion":"v1","kind":"Secret","stringData":{"a":"1","id":123456789}})"),
      "error: stringData.id: expected a string, got a number"
  );
  EXPECT_EQ(
      normalized(R"({"apiVersion":"v1","kind":"Secret","stringData":{"on":true}})"),
      "error: stringData.on: expected a string, got a boolean"
  );
  EXPECT_EQ(
      normalized(R"({"apiVersion":"v1","kind":"Secret","stringData":["a"]})"),
      "error: stringData: expected an object, got a list"
  );
  EXPECT_EQ(
      normalized(R"({"apiVersion":"v1","kind":"Secret","data":"x","stringData":{"a":"1"}})"),
      "error: data: expected an object, got a string"
  );
}

TEST(Normalize, NullsInStringDataAreEmptyTexts) {
  EXPECT_EQ(
      normalized(R"({"apiVersion":"v1","kind":"Secret","data":null,"stringData":{"a":null}})"),
      R"({"apiVersion":"v1","kind":"Secret","data":{"a":""}})"
  );
  EXPECT_EQ(
      normalized(R"({"apiVersion":"v1","kind":"Secret","stringData":null})"), R"({"apiVersion":"v1","kind":"Secret"})"
  );
}

TEST(Normalize, OnlyAPlaceholderCaBundleIsDropped) {
  const auto crd = [](std::string_view bundle) {
    return text::cat(
        R"({"kind":"CustomResourceDefinition","spec":{"conversion":{"webhook":{"clientConfig":{)", bundle, "}}}}}"
    );
  };
  for (const auto* dropped : {R"("caBundle":"Cg==")", R"("caBundle":"")", R"("caBundle":null)"})
    EXPECT_EQ(normalized(crd(dropped)), crd(""));
  for (const auto* kept : {R"("caBundle":"eA==")", R"("caBundle":5)"}) EXPECT_EQ(normalized(crd(kept)), crd(kept));
}

TEST(Normalize, PortsGetTheProtocolThatIsPartOfTheirKey) {
  EXPECT_EQ(
      normalized(R"({"apiVersion":"v1","kind":"Service","spec":{"ports":[{"port":80},{"port":53,"protocol":"UDP"}]}})"),
      R"({"apiVersion":"v1","kind":"Service","spec":{"ports":[{"port":80,"protocol":"TCP"},{"port":53,"protocol":"UDP"}]}})"
  );
  EXPECT_EQ(
      normalized(
          R"({"apiVersion":"apps/v1","kind":"Deployment","spec":{"template":{"spec":{"containers":[{"ports":[{"containerPort":1}]}]}}}})"
      ),
      R"({"apiVersion":"apps/v1","kind":"Deployment","spec":{"template":{"spec":{"containers":[{"ports":[{"containerPort":1,"protocol":"TCP"}]}]}}}})"
  );
}

}  // namespace
}  // namespace weir::ssa
