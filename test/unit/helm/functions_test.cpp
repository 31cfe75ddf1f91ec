// What charts' functions give, as Helm 4.2 prints it.
#include "pkg/helm/functions/functions.hpp"

#include <gmock/gmock.h>

#include "pkg/template/template.hpp"
#include "test/unit/helm/fixed_outside.hpp"

namespace weir::helm {
namespace {

using templates::Template;
using templates::Value;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

std::string render(std::string_view text, const Value& data = {}) {
  templates::Options options;
  options.functions = chart_functions(std::make_shared<FixedOutside>());
  templates::Limits limits;
  limits.steps = 100'000'000;
  const auto parsed = Template::parse("t", text, options);
  if (!parsed) return "error: " + parsed.error().text();
  const auto out = parsed->render(data, limits);
  return out ? *out : "error: " + out.error().text();
}

TEST(ChartYaml, ListsAreNotIndentedAndKeysGoByTheirNumbers) {
  EXPECT_EQ(
      render(R"({{ dict "b10" 1 "b9" (list 1 (dict "x" nil)) "a" dict "L" list | toYaml }})"),
      "L: []\na: {}\nb9:\n- 1\n- x: null\nb10: 1"
  );
}

TEST(ChartYaml, TextsThatReadAsSomethingElseAreQuoted) {
  EXPECT_EQ(
      render(R"({{ list "yes" "1_000" "12:30:45" "a: b" "" "<<" "text" | toYaml }})"),
      "- \"yes\"\n- \"1_000\"\n- \"12:30:45\"\n- 'a: b'\n- \"\"\n- <<\n- text"
  );
  EXPECT_EQ(render(R"({{ toYaml "\U0001F600" }} {{ toYaml "a\nb" }})"), "\"\\U0001F600\" |-\n  a\n  b");
}

TEST(ChartYaml, WholeFloatsLoseTheirExponentOnlyInVersion2) {
  EXPECT_EQ(
      render("{{ toYaml 1e6 }} {{ toYaml 1e21 }} {{ toYaml 1e-7 }} {{ toYamlPretty 1e6 }}"), "1000000 1e+21 1e-07 1e+06"
  );
}

TEST(ChartYaml, WhatJsonTextDoesNotCarryIsNothing) {
  EXPECT_EQ(
      render(R"([{{ toYaml "a\x7f" }}] [{{ toYaml "a \u0085 b" }}] {{ toYamlPretty "a\x7f" }})"), "[] [a b] \"a\\x7F\""
  );
  EXPECT_THAT(render(R"({{ mustToYaml "a\x7f" }})"), HasSubstr("error calling mustToYaml: yaml: control characters"));
}

TEST(ChartYaml, PrettyIndentsListsAndNeverFolds) {
  EXPECT_EQ(render(R"({{ toYamlPretty (dict "l" (list (dict "a" (list 1)))) }})"), "l:\n  - a:\n      - 1");
  const std::string words(120, 'w');
  EXPECT_EQ(render(R"({{ toYamlPretty . }})", Value{words + " " + words}), words + " " + words);
  EXPECT_EQ(render(R"({{ toYaml . }})", Value{words + " " + words}), words + "\n  " + words);
}

TEST(ChartYaml, ReadsMapsAndListsAndTellsErrors) {
  EXPECT_EQ(render(R"({{ fromYaml "a: yes\nb: 010\n" | toJson }})"), R"({"a":true,"b":8})");
  EXPECT_EQ(
      render(R"({{ fromYaml "- 1" | toJson }})"),
      R"({"Error":"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type )"
      R"(map[string]interface {}"})"
  );
  EXPECT_EQ(render(R"({{ fromYamlArray "- 1\n- a" | toJson }} {{ fromYaml "" | toJson }})"), R"([1,"a"] {})");
}

TEST(ChartJson, ReadsAsGoDoes) {
  EXPECT_EQ(
      render(R"({{ fromJson "{\"a\":1,\"a\":2}" | toJson }} {{ fromJsonArray "[1,\"\\ud83d\\ude00\"]" | toJson }})"),
      "{\"a\":2} [1,\"\xF0\x9F\x98\x80\"]"
  );
  EXPECT_EQ(
      render(R"({{ (fromJson "{bad").Error }})"), "invalid character 'b' looking for beginning of object key string"
  );
  EXPECT_EQ(render(R"({{ (fromJson "").Error }})"), "unexpected end of JSON input");
  // A map that was never made, in Go; of YAML it is an empty one.
  EXPECT_EQ(
      render(R"({{ fromJson "null" | toJson }} {{ fromYaml "null" | toJson }} {{ fromJsonArray "null" | toJson }})"),
      "null {} null"
  );
  EXPECT_THAT(render(R"({{ set (deepCopy (fromJson "null")) "k" "v" }})"), HasSubstr("assignment to entry in nil map"));
  EXPECT_EQ(render(R"({{ merge (fromJson "null") (dict "a" "b") | toJson }})"), R"({"a":"b"})");
  EXPECT_EQ(render(R"({{ (fromJson "{} x").Error }})"), "invalid character 'x' after top-level value");
  EXPECT_EQ(render(R"({{ fromJsonArray "[1,]" | first }})"), "invalid character ']' looking for beginning of value");
  EXPECT_EQ(render(R"({{ fromJsonArray "[tru]" | first }})"), "invalid character ']' in literal true (expecting 'e')");
  EXPECT_EQ(render(R"({{ fromJsonArray "[01]" | first }})"), "invalid character '1' after array element");
  EXPECT_THAT(
      render(R"({{ mustFromJson "[" }})"), HasSubstr("error calling mustFromJson: unexpected end of JSON input")
  );
}

TEST(ChartToml, WritesPlainKeysBeforeTables) {
  EXPECT_EQ(
      render(R"({{ toToml (dict "t" (dict "x" (dict "y" 1.5)) "a" (list 1 2) "l" (list (dict "h" "q\"")) "n" nil) }})"),
      "a = [1, 2]\n\n[[l]]\n  h = \"q\\\"\"\n\n[t]\n  [t.x]\n    y = 1.5\n"
  );
  EXPECT_EQ(
      render(R"({{ toToml (dict "a b" 1.0 "m" (list (dict "k" true) 2)) }})"), "\"a b\" = 1.0\nm = [{k = true}, 2]\n"
  );
}

TEST(ChartYaml, PrettyPutsLettersFirstBehindDigits) {
  EXPECT_EQ(render(R"({{ dict "0b" 1 "00" 2 | toYaml }})"), "\"00\": 2\n0b: 1");
  EXPECT_EQ(render(R"({{ dict "0b" 1 "0-" 2 | toYamlPretty }})"), "0b: 1\n0-: 2");
}

TEST(ChartToml, NamesTheKeyAtFault) {
  EXPECT_EQ(
      render(R"({{ (fromToml "[t]\na = {b = 1").Error }})"),
      "toml: line 2 (last key \"t.a.b\"): expected a comma or an inline table terminator '}', but got end of file "
      "instead"
  );
  EXPECT_EQ(render(R"({{ (fromToml "[a]\n[a]").Error }})"), "toml: line 2: Key 'a' has already been defined.");
  EXPECT_EQ(
      render(R"({{ (fromToml "a = .5").Error }})"),
      "toml: line 1 (last key \"a\"): floats must start with a digit, not '.'"
  );
}

TEST(ChartToml, ReadsTablesTimesAndNumbers) {
  EXPECT_EQ(
      render(
          R"({{ fromToml "a = 0x10\nb.c = 'x'\n[t]\nd = 1_000.5\n[[l]]\ne = [1, [2]]\n[[l]]\nf = {g = true}" | toJson }})"
      ),
      R"({"a":16,"b":{"c":"x"},"l":[{"e":[1,[2]]},{"f":{"g":true}}],"t":{"d":1000.5}})"
  );
  EXPECT_EQ(
      render(R"({{ fromToml "d = 2001-02-03 04:05:06+01:00" | toJson }})"), R"({"d":"2001-02-03T04:05:06+01:00"})"
  );
  EXPECT_EQ(
      render(R"({{ (fromToml "a = ").Error }})"), "toml: line 1 (last key \"a\"): unexpected EOF; expected value"
  );
  EXPECT_EQ(
      render(R"({{ (fromToml "a = 1\n\na = 2").Error }})"),
      "toml: line 3 (last key \"a\"): Key 'a' has already been defined."
  );
}

TEST(ChartRandom, KeepsToItsAlphabetAndLength) {
  EXPECT_THAT(render("{{ randAlphaNum 20 }}"), MatchesRegex("[A-Za-z0-9]{20}"));
  EXPECT_THAT(render("{{ randNumeric 5 }}{{ randAlpha 0 }}"), MatchesRegex("[0-9]{5}"));
  EXPECT_THAT(
      render("{{ uuidv4 }}"), MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
  );
  EXPECT_EQ(render("{{ randBytes 3 }} {{ randInt 5 6 }} {{ len (shuffle \"abc\") }}"), "AAEC 5 3");
  EXPECT_EQ(render("[{{ randAlpha -1 }}]"), "[]");
  EXPECT_THAT(render("{{ randInt 5 5 }}"), HasSubstr("error calling randInt: invalid argument to Intn"));
  EXPECT_THAT(render("{{ randAlpha 99999999999 }}"), HasSubstr("error calling randAlpha"));
}

TEST(ChartPasswords, AreThoseOfTheOriginals) {
  EXPECT_EQ(render(R"({{ derivePassword 1 "long" "password" "user" "example.com" }})"), "ZedaFaxcZaso9*");
  EXPECT_EQ(render(R"({{ "30tEfhuJSVRhpG97XCuWgz2okj7L8vQ1s6V9zVUPeDQ=" | decryptAES "secretkey" }})"), "plaintext");
  EXPECT_EQ(render(R"({{ "some text" | encryptAES "k" | decryptAES "k" }})"), "some text");
  EXPECT_THAT(render(R"({{ decryptAES "k" "AAAA" }})"), HasSubstr("slice bounds out of range [:16] with capacity 3"));
  EXPECT_THAT(render(R"({{ htpasswd "user" "secret" }})"), MatchesRegex("user:[$]2a[$]10[$][./A-Za-z0-9]{53}"));
  EXPECT_EQ(render(R"({{ htpasswd "us:er" "x" }})"), "invalid username: us:er");
}

TEST(ChartCertificates, AreSignedByTheAuthority) {
  const std::string out = render(
      R"({{ $ca := genCA "ca" 365 }}{{ $c := genSignedCert "leaf" (list "10.0.0.1" "::1") (list "a.b") 30 $ca }}{{ $c.Cert }}{{ $c.Key }}{{ typeOf $ca }})"
  );
  EXPECT_THAT(out, StartsWith("-----BEGIN CERTIFICATE-----\n"));
  EXPECT_THAT(out, HasSubstr("-----BEGIN RSA PRIVATE KEY-----\n"));
  EXPECT_THAT(out, testing::EndsWith("sprig.certificate"));
  EXPECT_THAT(
      render(R"({{ $k := genPrivateKey "ecdsa" }}{{ $c := genCAWithKey "x" 1 $k }}{{ eq $c.Key $k }})"), "true"
  );
  EXPECT_THAT(render(R"({{ genPrivateKey "ed25519" }})"), StartsWith("-----BEGIN PRIVATE KEY-----\n"));
  EXPECT_THAT(render(R"({{ genSelfSignedCert "x" (list "nope") nil 1 }})"), HasSubstr("error parsing ip: nope"));
  EXPECT_THAT(
      render(R"({{ genSignedCert "x" nil nil 1 "ca" }})"),
      HasSubstr("can't handle \"ca\" for arg of type sprig.certificate")
  );
  EXPECT_THAT(render(R"({{ genCAWithKey "x" 1 "y" }})"), HasSubstr("parsing private key: no PEM data in input"));
  EXPECT_THAT(render(R"({{ buildCustomCert "eA==" "eA==" }})"), HasSubstr("unable to decode certificate"));
}

}  // namespace
}  // namespace weir::helm
