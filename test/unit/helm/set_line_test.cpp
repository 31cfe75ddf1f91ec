#include "pkg/helm/values/set_line.hpp"

#include <gtest/gtest.h>

#include "pkg/helm/values/user_values.hpp"
#include "test/unit/helm/chart_support.hpp"

namespace weir::helm {
namespace {

std::string set(std::string_view line, std::string_view before = "{}", SetKind kind = SetKind::kTyped) {
  json::Value values = values_of(before);
  const auto applied = apply_set_line(line, kind, values, [](const std::string& path) -> Result<std::string> {
    if (path == "absent") return InputError{"", "open absent: no such file or directory"};
    return "<" + path + ">";
  });
  return applied ? text_of(values) : applied.error().message;
}

TEST(SetLine, GuessesTypes) {
  EXPECT_EQ(
      set("a=5,b=x,c=TRUE,d=null,e=0,f=0123,g=-5,h=1.5,i=1e3,j=12345678901,k="),
      R"({"a":5,"b":"x","c":true,"d":null,"e":0,"f":"0123","g":-5,"h":"1.5","i":"1e3","j":12345678901,"k":""})"
  );
  json::Value values = json::Value::object();
  ASSERT_TRUE(apply_set_line("a=5", SetKind::kTyped, values));
  EXPECT_TRUE(is_int64(values.find("a")->as_number()));
}

TEST(SetLine, NestsAndEscapes) {
  EXPECT_EQ(set("a.b.c=1,a.d=2", "{a: {b: {x: z}}}"), R"({"a":{"b":{"c":1,"x":"z"},"d":2}})");
  EXPECT_EQ(set("a\\.b=1\\,2"), R"({"a.b":"1,2"})");
  EXPECT_EQ(set("a=b=c"), R"({"a":"b=c"})");
  EXPECT_EQ(set("l={a,5,true},m={}"), R"({"l":["a",5,true],"m":[""]})");
}

TEST(SetLine, ReachesIntoLists) {
  EXPECT_EQ(set("a[0]=x,a[2]=z"), R"({"a":["x",null,"z"]})");
  EXPECT_EQ(set("a[1].b=1", "{a: [x, {c: d}]}"), R"({"a":["x",{"b":1,"c":"d"}]})");
  EXPECT_EQ(set("a[0][1]=x"), R"({"a":[[null,"x"]]})");
}

TEST(SetLine, KeepsHelmsHabits) {
  EXPECT_EQ(set("a[0]"), R"({"a":[]})");
  EXPECT_EQ(set("a[0].b="), R"({"a":[]})");
  EXPECT_EQ(set("=x"), "{}");
  EXPECT_EQ(set(""), "{}");
}

TEST(SetLine, RefusesInHelmsWords) {
  EXPECT_EQ(set("x"), "key \"x\" has no value");
  EXPECT_EQ(set("x,y=1"), "key \"x\" has no value (cannot end with ,)");
  EXPECT_EQ(set("x={a,b"), "list must terminate with '}'");
  EXPECT_EQ(set("x[a]=1"), "error parsing index: strconv.Atoi: parsing \"a\": invalid syntax");
  EXPECT_EQ(set("x[1"), "{}");
  EXPECT_EQ(set("x[-1]=1"), "negative -1 index not allowed");
  EXPECT_EQ(set("x[65537]=1"), "index of 65537 is greater than maximum supported index of 65536");
  EXPECT_EQ(set("x[0]y=1"), "unexpected data at end of array index: ['y']");
  EXPECT_EQ(
      set("a.b=1", "{a: x}"),
      "unable to parse key: interface conversion: interface {} is string, not map[string]interface {}"
  );
  EXPECT_EQ(
      set("a[0]=1", "{a: 5}"), "unable to parse key: interface conversion: interface {} is float64, not []interface {}"
  );
  std::string deep;
  for (int i = 0; i < 31; ++i) deep += "a.";
  EXPECT_EQ(set(deep + "a=1"), "value name nested level is greater than maximum supported nested level of 30");
  EXPECT_EQ(set("a.=1"), "key map \"a\" has no value");
}

TEST(SetLine, HoldsItsLimits) {
  std::string lists = "a";
  for (int i = 0; i < 20; ++i) lists += "[65536]";
  EXPECT_EQ(set(lists + "=1"), "the lists have more than 1000000 items");
  std::string deep = "a";
  for (int i = 0; i < 5000; ++i) deep += "[0]";
  EXPECT_EQ(set(deep + "=1"), "lists nest deeper than 1000 levels");
}

TEST(SetLine, HasOtherKindsOfValues) {
  EXPECT_EQ(set("a=5,b=true", "{}", SetKind::kText), R"({"a":"5","b":"true"})");
  EXPECT_EQ(set("a=x,b=y", "{}", SetKind::kFile), R"({"a":"<x>","b":"<y>"})");
  EXPECT_EQ(set("a=absent", "{}", SetKind::kFile), "open absent: no such file or directory");
  EXPECT_EQ(set("a.b=x,y={z}\\", "{}", SetKind::kLiteral), R"({"a":{"b":"x,y={z}\\"}})");
  EXPECT_EQ(
      set(R"(a={"x":[1,"}"]},b=[2] ,c=,d="q,r")", "{}", SetKind::kJson),
      R"({"a":{"x":[1,"}"]},"b":[2],"c":null,"d":"q,r"})"
  );
}

TEST(UserValues, HaveTheirOrder) {
  UserValues user;
  user.files = {{"one.yaml", "k: file\nm: {a: 1}"}, {"two.yaml", "m: {b: 2}"}};
  user.set_json = {R"({"k":"json","j":1})", "l=[1]"};
  user.set = {"k=set,s=set"};
  user.set_string = {"s=7"};
  user.set_literal = {"t=a,b"};
  EXPECT_EQ(text_of(merge_user_values(user)), R"({"j":1,"k":"set","l":[1],"m":{"a":1,"b":2},"s":"7","t":"a,b"})");
}

TEST(UserValues, NameWhatIsWrong) {
  UserValues user;
  user.files = {{"one.yaml", "["}};
  EXPECT_EQ(
      text_of(merge_user_values(user)),
      "error: failed to parse one.yaml: cannot unmarshal yaml document: error converting YAML to JSON: yaml: line 1: "
      "did "
      "not find expected node content"
  );
  user = {};
  user.set = {"x"};
  EXPECT_EQ(text_of(merge_user_values(user)), "error: failed parsing --set data: key \"x\" has no value");
  user = {};
  user.set_json = {"a={"};
  EXPECT_EQ(text_of(merge_user_values(user)), "error: failed parsing --set-json data a={");
}

}  // namespace
}  // namespace weir::helm
