#include "pkg/yaml/writer.hpp"

#include <gtest/gtest.h>

#include "pkg/json/codec.hpp"

namespace weir::yaml {
namespace {

std::string print(std::string_view json) { return yaml::write(json::parse(json).value()); }

TEST(Writer, SortsKeysAndKeepsListsUnderTheirKey) {
  EXPECT_EQ(
      print(R"({"kind":"A","apiVersion":"v1","list":[{"b":1,"a":2},[3,[4]]],"none":{},"empty":[]})"),
      "apiVersion: v1\nempty: []\nkind: A\nlist:\n- a: 2\n  b: 1\n- - 3\n  - - 4\nnone: {}\n"
  );
}

TEST(Writer, KeysWithDigitsSortByNumberAndLettersComeLast) {
  EXPECT_EQ(
      print(R"({"a10":1,"a2":1,"b":1,"A":1,"_":1,"a":1,"a-b":1,"1":1,"-":1})"),
      "'-': 1\n_: 1\n\"1\": 1\nA: 1\na: 1\na-b: 1\na2: 1\na10: 1\nb: 1\n"
  );
}

TEST(Writer, QuotesOnlyWhatWouldBeReadDifferently) {
  EXPECT_EQ(
      print(R"(["yes","no","y","1","1.0","null","~","","true","2001-01-01","12:30:45","0x1f","<<"])"),
      "- \"yes\"\n- \"no\"\n- \"y\"\n- \"1\"\n- \"1.0\"\n- \"null\"\n- \"~\"\n- \"\"\n- \"true\"\n- \"2001-01-01\"\n- "
      "\"12:30:45\"\n- \"0x1f\"\n- \"<<\"\n"
  );
  EXPECT_EQ(
      print(R"(["a: b","- x","#x","x #y","'q'","a b","{x}"," x","x ","*x","@x","%x","a:b","x#y"])"),
      "- 'a: b'\n- '- x'\n- '#x'\n- 'x #y'\n- '''q'''\n- a b\n- '{x}'\n- ' x'\n- 'x '\n- '*x'\n- '@x'\n- '%x'\n- "
      "a:b\n- x#y\n"
  );
  EXPECT_EQ(
      print("[\"a\\tb\",\"\xF0\x9F\x98\x80\",\"\xC3\xA9\",\"a\\u0007\"]"),
      "- \"a\\tb\"\n- \"\\U0001F600\"\n- \xC3\xA9\n- \"a\\a\"\n"
  );
}

TEST(Writer, TextsWithLineBreaksAreLiteralBlocks) {
  EXPECT_EQ(
      print(R"({"a":"x\ny\n","b":"x\ny","c":"x\n\n","d":" x\ny","e":"x \ny","f":"\nx"})"),
      "a: |\n  x\n  y\nb: |-\n  x\n  y\nc: |+\n  x\n\nd: |2-\n   x\n  y\ne: \"x \\ny\"\nf: |2-\n\n  x\n"
  );
  EXPECT_EQ(print(R"(["x\ny\n"])"), "- |\n  x\n  y\n");
}

TEST(Writer, FoldsLongTextsAtBlanks) {
  std::string words;
  for (int i = 0; i < 20; ++i) words += "word" + std::to_string(i) + " ";
  words.pop_back();
  EXPECT_EQ(
      print("{\"a\":\"" + words + "\"}"),
      "a: word0 word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11 word12\n"
      "  word13 word14 word15 word16 word17 word18 word19\n"
  );
  EXPECT_EQ(
      print("{\"a\":\"" + words + ":\"}"),
      "a: 'word0 word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11 word12\n"
      "  word13 word14 word15 word16 word17 word18 word19:'\n"
  );
}

TEST(Writer, LongKeysTakeAQuestionMark) {
  const std::string key(129, 'k');
  EXPECT_EQ(print("{\"" + key + "\":1}"), "? " + key + "\n: 1\n");
}

TEST(Writer, NumbersPrintAsGoPrintsThem) {
  EXPECT_EQ(
      print("[1,1.5,1e3,1234567.5,1e+21,-0.5,18446744073709551615]"),
      "- 1\n- 1.5\n- 1000\n- 1.2345675e+06\n- 1e+21\n- -0.5\n- 18446744073709551615\n"
  );
}

TEST(Writer, ADocumentMayBeAScalar) {
  EXPECT_EQ(print("\"x\""), "x\n");
  EXPECT_EQ(print("null"), "null\n");
}

}  // namespace
}  // namespace weir::yaml
