#include "pkg/json/describe.hpp"

#include <gtest/gtest.h>

#include "pkg/json/codec.hpp"

namespace weir::json {
namespace {

struct Reference {
  std::string name;
};
template <class Fields>
void describe(Fields& fields, Reference& reference) {
  fields.required("name", reference.name);
}

struct Spec {
  std::string url;
  Duration timeout{std::chrono::seconds{60}};
  std::optional<Reference> secret_ref;
  std::vector<Reference> include;
  std::map<std::string, std::string> labels;
  std::int64_t size = 0;
  bool suspend = false;
};
template <class Fields>
void describe(Fields& fields, Spec& spec) {
  fields.required("url", spec.url);
  fields.defaulted("timeout", spec.timeout);
  fields.optional("secretRef", spec.secret_ref);
  fields.optional("include", spec.include);
  fields.optional("labels", spec.labels);
  fields.optional("size", spec.size);
  fields.optional("suspend", spec.suspend);
}

Result<Spec> decode_text(std::string_view text) {
  const Value document = parse(text).value();
  return decode<Spec>(View{document});
}

TEST(Describe, DecodesAndEncodesTheSameFields) {
  const std::string text = R"({"url":"https://x","timeout":"5s","secretRef":{"name":"s"},"include":[{"name":"a"}],)"
                           R"("labels":{"k":"v"},"size":7,"suspend":true})";
  EXPECT_EQ(
      write(encode(decode_text(text).value())),
      R"({"url":"https://x","timeout":"5s",)"
      R"("secretRef":{"name":"s"},"include":[{"name":"a"}],"labels":{"k":"v"},"size":7,"suspend":true})"
  );
}

TEST(Describe, AbsentAndNullFieldsKeepTheirDefaults) {
  const auto spec = decode_text(R"({"url":"u","secretRef":null,"unknown":1})").value();
  EXPECT_EQ(spec.timeout, Duration{std::chrono::seconds{60}});
  EXPECT_FALSE(spec.secret_ref);
  EXPECT_EQ(write(encode(spec)), R"({"url":"u","timeout":"1m0s"})");
}

TEST(Describe, ErrorsNameThePath) {
  EXPECT_EQ(decode_text("{}").error().text(), "url: required");
  EXPECT_EQ(
      decode_text(R"({"url":"u","include":[{"name":"a"},{"name":5}]})").error().text(),
      "include[1].name: expected a string, got a number"
  );
  EXPECT_EQ(
      decode_text(R"({"url":"u","timeout":"five"})").error().text(),
      "timeout: expected a duration like 5m, got \"five\""
  );
}

TEST(Describe, SchemaNamesEveryField) {
  EXPECT_EQ(
      write(schema<Spec>()),
      R"({"type":"object","properties":{"url":{"type":"string"},)"
      R"("timeout":{"type":"string","default":"1m0s"},)"
      R"("secretRef":{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]},)"
      R"("include":{"type":"array","items":{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}},)"
      R"("labels":{"type":"object","additionalProperties":{"type":"string"}},)"
      R"("size":{"type":"integer"},"suspend":{"type":"boolean"}},"required":["url"]})"
  );
}

}  // namespace
}  // namespace weir::json
