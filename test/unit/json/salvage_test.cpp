#include "pkg/json/salvage.hpp"

#include <gtest/gtest.h>

#include "pkg/json/codec.hpp"

namespace weir::json {
namespace {

struct Retry {
  Duration pause{std::chrono::seconds{1}};
  std::int64_t count = 3;
};
template <class Fields>
void describe(Fields& fields, Retry& retry) {
  fields.defaulted("pause", retry.pause);
  fields.optional("count", retry.count);
}

struct Spec {
  std::string url;
  Duration interval{std::chrono::seconds{60}};
  Retry retry;
  std::optional<Retry> other;
  std::vector<std::string> paths;
  bool prune = false;
};
template <class Fields>
void describe(Fields& fields, Spec& spec) {
  fields.required("url", spec.url);
  fields.required("interval", spec.interval);
  fields.optional("retry", spec.retry);
  fields.optional("other", spec.other);
  fields.optional("paths", spec.paths);
  fields.required("prune", spec.prune);
}

Spec salvage_text(std::string_view text) {
  const Value document = parse(text).value();
  return salvage<Spec>(View{document});
}

TEST(Salvage, ReadsEveryFieldThatCanBeRead) {
  const auto spec = salvage_text(
      R"({"url":"u","interval":"9999999h","retry":{"pause":"later","count":7},"paths":["a",1],"prune":true})"
  );
  EXPECT_EQ(spec.url, "u");
  EXPECT_EQ(spec.interval, Duration{std::chrono::seconds{60}}) << "as its initialiser says";
  EXPECT_EQ(spec.retry.pause, Duration{std::chrono::seconds{1}});
  EXPECT_EQ(spec.retry.count, 7);
  EXPECT_TRUE(spec.paths.empty()) << "as a whole or not at all";
  EXPECT_TRUE(spec.prune);
}

TEST(Salvage, NothingIsRequired) {
  EXPECT_EQ(salvage_text("{}").url, "");
  EXPECT_EQ(salvage_text("[]").retry.count, 3);
  EXPECT_FALSE(salvage_text(R"({"other":{"count":"x"}})").other);
  EXPECT_EQ(salvage_text(R"({"other":{"count":9}})").other->count, 9);
}

}  // namespace
}  // namespace weir::json
