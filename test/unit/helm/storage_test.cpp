#include <string>

#include <gtest/gtest.h>

#include "pkg/base/base64.hpp"
#include "pkg/base/digest.hpp"
#include "pkg/helm/chart/load.hpp"
#include "pkg/helm/storage/digests.hpp"
#include "pkg/helm/storage/go_json_text.hpp"
#include "pkg/helm/storage/release_secret.hpp"
#include "pkg/helm/values/user_values.hpp"
#include "pkg/json/codec.hpp"

namespace weir::helm {
namespace {

// As helm 4 writes it.
constexpr std::string_view kRecord =
    R"({"name":"web","info":{"first_deployed":"2026-01-02T03:04:05.06Z","last_deployed":"2026-01-02T03:04:05.06Z",)"
    R"("description":"Install complete","status":"deployed","notes":"a \u003c b"},)"
    R"("chart":{"metadata":{"name":"demo","version":"1.2.3","apiVersion":"v2","appVersion":"9"},"lock":null,)"
    R"("templates":[{"name":"templates/a.yaml","data":"YQ=="}],"values":{"n":1000000},"schema":null,)"
    R"("schemamodtime":"0001-01-01T00:00:00Z","files":null},"config":{"a":1,"b":0.5},"manifest":"---\nkind: A\n",)"
    R"("hooks":[{"name":"web-t","kind":"Pod","path":"demo/templates/t.yaml","manifest":"kind: Pod","events":["test"],)"
    R"("last_run":{"phase":""}},{"name":"web-h","kind":"Job","path":"demo/templates/h.yaml","manifest":"kind: Job",)"
    R"("events":["pre-install","pre-upgrade"],"last_run":{"started_at":"2026-01-02T03:04:05Z",)"
    R"("completed_at":"2026-01-02T03:04:06Z","phase":"Succeeded"},"weight":-5,)"
    R"("delete_policies":["hook-succeeded"]}],"version":3,"namespace":"apps","apply_method":"ssa"})";

TEST(StoredReleaseTest, WhatHelmWroteIsWrittenAgainByteForByte) {
  const auto release = read_release(kRecord);
  ASSERT_TRUE(release) << release.error().text();
  EXPECT_EQ(release->name, "web");
  EXPECT_EQ(release->version, 3);
  EXPECT_EQ(release->chart_name(), "demo");
  EXPECT_EQ(release->chart_version(), "1.2.3");
  EXPECT_EQ(release->app_version(), "9");
  EXPECT_TRUE(release->hooks[0].runs_at(HookEvent::kTest));
  EXPECT_TRUE(release->hooks[1].runs_at(HookEvent::kPreUpgrade));
  EXPECT_FALSE(release->hooks[1].runs_at(HookEvent::kPostUpgrade));
  EXPECT_EQ(write_release(*release), kRecord);
}

TEST(StoredReleaseTest, TimesThatNeverWereAreEmptyInHelm3) {
  const auto release = read_release(
      R"({"name":"a","info":{"first_deployed":"","last_deployed":"","deleted":"","status":"failed"},"version":1,)"
      R"("hooks":[{"name":"h","last_run":{"started_at":"","completed_at":"","phase":""}}]})"
  );
  ASSERT_TRUE(release) << release.error().text();
  EXPECT_EQ(
      write_release(*release),
      R"({"name":"a","info":{"status":"failed"},"hooks":[{"name":"h","last_run":{"phase":""}}],"version":1})"
  );
}

TEST(StoredReleaseTest, NumbersOfTheUsersValuesAreFloats) {
  // As Go reads them: values that are rendered again (preserveValues) must print as they did.
  const auto release = read_release(R"({"name":"a","info":{},"version":1,"config":{"z":1,"a":[2]}})");
  ASSERT_TRUE(release);
  EXPECT_EQ(json::write(release->config), R"({"a":[2.0],"z":1.0})");
}

TEST(StoredReleaseTest, WhatIsWrongIsNamed) {
  EXPECT_EQ(read_release(R"({"name":"a","info":{"status":5},"version":1})").error().where, "info.status");
  EXPECT_EQ(read_release(R"({"name":"a","info":{},"version":"x"})").error().where, "version");
  EXPECT_EQ(read_release(R"({"info":{},"version":1})").error().where, "name");
  EXPECT_FALSE(read_release("nothing"));
}

TEST(StoredReleaseTest, AChartKeepsFilesValuesAndSchema) {
  const auto file = [](const char* name, const char* text) {
    return File{name, std::make_shared<const std::string>(text)};
  };
  const auto chart = load_files(
      {file("Chart.yaml", "apiVersion: v2\nname: demo\nversion: 1.0.0\n"),
       file("values.yaml", "count: 5\n"),
       file("values.schema.json", "{}"),
       file("README.md", "hello"),
       file("templates/a.yaml", "x")}
  );
  ASSERT_TRUE(chart) << chart.error().text();
  std::string all;
  append_go_json(all, stored_chart(**chart));
  EXPECT_EQ(
      all,
      R"({"metadata":{"name":"demo","version":"1.0.0","apiVersion":"v2"},"lock":null,)"
      R"("templates":[{"name":"templates/a.yaml","data":"eA=="}],"values":{"count":5},"schema":"e30=",)"
      R"("schemamodtime":"0001-01-01T00:00:00Z","files":[{"name":"README.md","data":"aGVsbG8="}]})"
  );
  EXPECT_TRUE(stored_chart(**chart, StoredParts::kTemplates).find("files")->is_null());
  EXPECT_FALSE(stored_chart(**chart, StoredParts::kTemplates).find("templates")->is_null());
  EXPECT_TRUE(stored_chart(**chart, StoredParts::kNoFiles).find("templates")->is_null());
  EXPECT_FALSE(stored_chart(**chart, StoredParts::kNoFiles).find("values")->is_null());
}

TEST(GoJsonTextTest, EscapesWhatGoEscapes) {
  std::string out;
  append_go_string(out, "<a> & \"b\" \\ \b\f\n\r\t\x01\x7f \xE2\x80\xA8\xE2\x80\xA9 \xE2\x82\xAC \xff");
  EXPECT_EQ(
      out,
      R"("\u003ca\u003e \u0026 \"b\" \\ \b\f\n\r\t\u0001)"
      "\x7f"
      R"( \u2028\u2029 )"
      "\xE2\x82\xAC \xEF\xBF\xBD\""
  );
  out.clear();
  append_go_string(out, "\xE2\x80");
  EXPECT_EQ(out, "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(ReleaseSecretTest, GoesThereAndBack) {
  const auto release = read_release(kRecord);
  ASSERT_TRUE(release);
  const auto moment = parse_rfc3339("2026-01-02T03:04:05Z");
  const auto secret =
      release_secret(*release, pack_release(*release), "store", "createdAt", *moment, {{"team", "a"}, {"owner", "me"}});
  EXPECT_EQ(secret.text_at({"metadata", "name"}), "sh.helm.release.v1.web.v3");
  EXPECT_EQ(secret.text_at({"metadata", "namespace"}), "store");
  EXPECT_EQ(secret.text_at({"type"}), "helm.sh/release.v1");
  EXPECT_EQ(
      json::write(*secret.find_path({"metadata", "labels"})),
      R"({"owner":"helm","team":"a","name":"web","status":"deployed","version":"3","createdAt":"1767323045"})"
  );
  EXPECT_EQ(user_labels(secret), (std::map<std::string, std::string>{{"team", "a"}}));
  const auto back = read_release_secret(secret);
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(write_release(*back), kRecord);
}

TEST(ReleaseSecretTest, RecordsMayBeUncompressed) {
  const auto release = unpack_release(base64::encode(kRecord));
  ASSERT_TRUE(release) << release.error().text();
  EXPECT_EQ(release->name, "web");
}

TEST(ReleaseSecretTest, DamageIsToldWithoutTheContent) {
  const auto release = read_release(kRecord);
  ASSERT_TRUE(release);
  const auto packed = pack_release(*release);
  auto secret = release_secret(*release, packed, "store", "createdAt", WallTime{});
  const auto problem = [&secret](const std::string& data) {
    secret.find("data")->set("release", data);
    const auto read = read_release_secret(secret);
    return read ? std::string{} : read.error().text();
  };
  const std::string where = "Secret sh.helm.release.v1.web.v3: no release: ";
  EXPECT_EQ(problem("%%%"), where + "data.release is no base64");
  EXPECT_EQ(problem(base64::encode("%%%")), where + "it is no base64");
  EXPECT_EQ(problem(base64::encode(packed.substr(0, packed.size() / 2 / 4 * 4))), where + "its gzip is damaged");
  EXPECT_EQ(problem(base64::encode(base64::encode(R"({"name":7})"))), where + "name: expected a string, got a number");
  secret.erase("data");
  EXPECT_EQ(read_release_secret(secret).error().text(), where + "it has no data.release");
}

TEST(ReleaseSecretTest, ABombIsRefused) {
  auto release = read_release(kRecord);
  ASSERT_TRUE(release);
  release->manifest.assign(8u << 20, 'a');
  const auto packed = pack_release(*release);
  EXPECT_LT(packed.size(), 64u << 10);
  EXPECT_EQ(unpack_release(packed, 1u << 20).error().text(), "unpacked it has more than 1048576 bytes");
  EXPECT_TRUE(unpack_release(packed));
}

TEST(DigestsTest, ASnapshotIsTheRecordWithoutItsTests) {
  const auto release = read_release(kRecord);
  ASSERT_TRUE(release);
  const std::string expected =
      R"({"name":"web","version":3,"info":{"first_deployed":"2026-01-02T03:04:05.06Z",)"
      R"("last_deployed":"2026-01-02T03:04:05.06Z","description":"Install complete","status":"deployed",)"
      R"("notes":"a \u003c b"},"chartMetadata":{"name":"demo","version":"1.2.3","apiVersion":"v2","appVersion":"9"},)"
      R"("config":{"a":1,"b":0.5},"manifest":"---\nkind: A\n","hooks":[{"name":"web-h","kind":"Job",)"
      R"("path":"demo/templates/h.yaml","manifest":"kind: Job","events":["pre-install","pre-upgrade"],)"
      R"("last_run":{"started_at":"2026-01-02T03:04:05Z","completed_at":"2026-01-02T03:04:06Z",)"
      R"("phase":"Succeeded"},"weight":-5,"delete_policies":["hook-succeeded"]}],"namespace":"apps")";
  EXPECT_EQ(snapshot_text(*release, ""), expected + "}\n");
  EXPECT_EQ(snapshot_text(*release, "sha256:ab"), expected + R"(,"ociDigest":"sha256:ab"})" + "\n");
  EXPECT_EQ(snapshot_digest(*release, ""), "sha256:" + sha256_hex(expected + "}\n"));
}

TEST(DigestsTest, NothingIsNullInASnapshot) {
  StoredRelease release;
  release.name = "a";
  release.version = 1;
  EXPECT_EQ(
      snapshot_text(release, ""),
      R"({"name":"a","version":1,"info":{},"chartMetadata":null,"config":null,"manifest":"","hooks":null,"namespace":""})"
      "\n"
  );
}

TEST(DigestsTest, ValuesAreHashedAsYamlWithKeysInTheOrderOfTheirBytes) {
  const auto values = merge_user_values({{{"v.yaml", "a10: 1\na9: {z: no, B: 1000000}\n"}}, {}, {}, {}, {}, {}});
  ASSERT_TRUE(values) << values.error().text();
  EXPECT_EQ(config_digest(*values), "sha256:" + sha256_hex("a10: 1\na9:\n  B: 1000000\n  z: false\n"));
}

TEST(DigestsTest, NoValuesAreTheDigestOfNothing) {
  const std::string nothing = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  EXPECT_EQ(config_digest(json::Value{}), nothing);
  EXPECT_EQ(config_digest(json::Value::object()), nothing);
}

}  // namespace
}  // namespace weir::helm
