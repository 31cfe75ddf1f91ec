// Packed charts: what of an archive counts, and what is refused before it costs anything.

#include <gmock/gmock.h>
#include <zlib.h>

#include "pkg/helm/chart/load.hpp"
#include "pkg/tar/tar_format.hpp"
#include "test/unit/helm/chart_support.hpp"

namespace weir::helm {
namespace {

std::string zipped(const std::string& bytes) {
  z_stream stream{};
  ::deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(::deflateBound(&stream, static_cast<uLong>(bytes.size())) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

std::string entry(std::string_view path, std::string_view content) {
  std::string out = tar::header(path, tar::EntryKind::kFile, false, content.size());
  out += content;
  out.append(tar::padding(content.size()), '\0');
  return out;
}

std::string archive(std::initializer_list<std::pair<std::string, std::string>> all) {
  std::string bytes;
  for (const auto& [name, text] : all) bytes += entry(name, text);
  return zipped(bytes + std::string(1024, '\0'));
}

const std::string kChart = "apiVersion: v2\nname: demo\nversion: 1.0.0\n";

Result<ChartPtr> load(const std::string& bytes, const LoadLimits& limits = {}) {
  return load_archive(bytes, "chart.tgz", limits);
}

/// Why an archive is refused; Helm shows less.
std::string reason(const std::string& bytes, const LoadLimits& limits = {}) {
  const auto chart = load(bytes, limits);
  if (chart) return "";
  EXPECT_EQ(chart.error().message, "unable to load chart archive");
  return chart.error().where;
}

TEST(Archive, IsOneFolderOfAnyName) {
  const auto chart = load(archive(
      {{"x/Chart.yaml", kChart},
       {"x/values.yaml", "a: 1"},
       {"y/values.yaml", "a: 2"},
       {"x/b/../templates/t", "\xEF\xBB\xBFt"}}
  ));
  ASSERT_TRUE(chart) << chart.error().message;
  EXPECT_EQ(text_of(*(*chart)->values), R"({"a":2})");
  EXPECT_EQ((*chart)->templates().at(0).name, "templates/t");
  EXPECT_EQ((*chart)->templates().at(0).view(), "t");
}

TEST(Archive, TakesBackslashesForSlashes) {
  const auto chart = load(archive({{"x\\Chart.yaml", kChart}, {"x\\templates\\t.yaml", "t"}}));
  ASSERT_TRUE(chart) << chart.error().message;
  EXPECT_EQ((*chart)->templates().at(0).name, "templates/t.yaml");
}

TEST(Archive, MayHoldPackedCharts) {
  const std::string inner = archive({{"in/Chart.yaml", "name: in\nversion: 1.0.0"}});
  const auto chart = load(archive({{"x/Chart.yaml", kChart}, {"x/charts/whatever.tgz", inner}}));
  ASSERT_TRUE(chart) << chart.error().message;
  EXPECT_EQ((*chart)->dependencies.at(0)->name(), "in");
}

TEST(Archive, RefusesPathsThatLeaveTheFolder) {
  EXPECT_EQ(reason(archive({{"x/../../etc", "e"}})), "chart illegally references parent directory");
  EXPECT_EQ(reason(archive({{"x//abs", "e"}})), "chart illegally contains absolute paths");
  EXPECT_EQ(reason(archive({{"x/C:/a", "e"}})), "chart contains illegally named files");
  EXPECT_EQ(
      reason(archive({{"README", "e"}})), "chart illegally contains content outside the base directory: \"README\""
  );
  EXPECT_EQ(reason(archive({{"Chart.yaml/a", "e"}})), "chart yaml not in base directory");
  EXPECT_EQ(reason(zipped(std::string(1024, '\0'))), "no files in chart archive");
}

TEST(Archive, HoldsItsLimits) {
  const std::string bytes = archive({{"x/Chart.yaml", kChart}, {"x/big", std::string(10'000'000, 'x')}});
  EXPECT_LT(bytes.size(), 20'000u);
  EXPECT_EQ(reason(bytes), "decompressed chart file \"x/big\" is larger than the maximum file size 5242880");
  LoadLimits limits;
  limits.file_bytes = 1u << 30;
  limits.total_bytes = 1u << 20;
  EXPECT_EQ(reason(bytes, limits), "decompressed chart is larger than the maximum size 1048576");
}

TEST(Archive, CountsWhatIsPackedInItTogether) {
  const std::string inner =
      archive({{"in/Chart.yaml", "name: in\nversion: 1.0.0"}, {"in/a", std::string(600'000, 'a')}});
  LoadLimits limits;
  limits.total_bytes = 1'000'000;
  const auto chart =
      load(archive({{"x/Chart.yaml", kChart}, {"x/charts/a.tgz", inner}, {"x/charts/b.tgz", inner}}), limits);
  ASSERT_FALSE(chart);
  EXPECT_EQ(
      chart.error().message,
      "error unpacking subchart b.tgz in demo: decompressed chart is larger than the maximum size 1000000"
  );
}

TEST(Archive, BrokenOnesAreRefused) {
  const std::string bytes = archive({{"x/Chart.yaml", kChart}});
  EXPECT_EQ(reason(bytes.substr(0, bytes.size() / 2)), "unexpected EOF");
  std::string wrong(512, 'x');
  EXPECT_NE(reason(zipped(wrong)), "");
}

TEST(Archive, SaysWhatAFileIsInstead) {
  const auto problem = [](std::string_view bytes, std::string_view name) {
    const auto chart = load_archive(bytes, name);
    return chart ? "" : chart.error().message;
  };
  EXPECT_EQ(
      problem("PK\x03\x04 zip", "c.tgz"), "file 'c.tgz' does not appear to be a gzipped archive; got 'application/zip'"
  );
  EXPECT_EQ(
      problem("a: b", "c.tgz"), "file 'c.tgz' does not appear to be a gzipped archive; got 'application/octet-stream'"
  );
  EXPECT_EQ(
      problem(std::string(600, 'a'), "c"),
      "file 'c' does not appear to be a gzipped archive; got 'text/plain; charset=utf-8'"
  );
  EXPECT_EQ(problem("a: b", "v.yaml"), "file 'v.yaml' seems to be a YAML file, but expected a gzipped archive");
}

TEST(Archive, KnowsWhichChartsHelmReads) {
  EXPECT_EQ(
      load(archive({{"x/values.yaml", ""}})).error().message, "unable to detect chart version, no Chart.yaml found"
  );
  EXPECT_EQ(load(archive({{"x/Chart.yaml", "apiVersion: v9"}})).error().message, "unsupported chart version");
  EXPECT_EQ(
      load(archive({{"x/Chart.yaml", "apiVersion: v3\nname: a\nversion: 1.0.0"}})).error().message,
      "invalid chart apiVersion"
  );
}

}  // namespace
}  // namespace weir::helm
