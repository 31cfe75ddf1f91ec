#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "pkg/helm/storage/digests.hpp"
#include "pkg/helm/storage/release_secret.hpp"
#include "pkg/json/codec.hpp"

/// The records that helm and Flux left in a cluster, next to the project: where they are.
namespace weir::helm {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>{file}, {}};
}

class StorageGoldenTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* given = std::getenv("WEIR_CONFORMANCE_DIR");
    const fs::path beside = fs::path{WEIR_SOURCE_DIR} / ".." / "shared" / "conformance";
    folder_ = (given != nullptr ? fs::path{given} : beside) / "helm" / "storage";
    if (fs::is_directory(folder_)) return;
    const char* ci = std::getenv("CI");
    if (ci != nullptr && std::string{ci} == "true") FAIL() << folder_ << " is absent";
    GTEST_SKIP() << "no records to compare with: ../shared/conformance/helm (or $WEIR_CONFORMANCE_DIR) is absent";
  }

  static json::Value document(const fs::path& path) { return json::parse(content(path)).value(); }

  fs::path folder_;
};

TEST_F(StorageGoldenTest, RecordsOfBothHelmsAreReadAndWrittenAgain) {
  std::size_t records = 0;
  for (const auto* helm : {"helm-4.2.4", "helm-3.22.0"}) {
    for (const auto& step : fs::directory_iterator{folder_ / helm}) {
      SCOPED_TRACE(step.path().string());
      const auto secrets = document(step.path() / "secrets.json");
      for (const auto& secret : secrets.find("items")->as_array()) {
        ++records;
        const auto release = read_release_secret(secret);
        ASSERT_TRUE(release) << release.error().text();
        EXPECT_EQ(secret.text_at({"metadata", "name"}), release_secret_name(release->name, release->version));
        const auto again = unpack_release(pack_release(*release));
        ASSERT_TRUE(again) << again.error().text();
        EXPECT_EQ(write_release(*again), write_release(*release));
        const auto written =
            release_secret(*release, pack_release(*release), release->namespace_, "createdAt", WallTime{});
        for (const auto* label : {"name", "owner", "status", "version"})
          EXPECT_EQ(written.text_at({"metadata", "labels", label}), secret.text_at({"metadata", "labels", label}));
      }
      std::string newest = content(step.path() / "newest-release.json");
      while (newest.ends_with('\n')) newest.pop_back();
      const auto release = read_release(newest);
      ASSERT_TRUE(release) << release.error().text();
      // Helm 3 writes times that never were, and no method.
      if (std::string_view{helm} == "helm-4.2.4") {
        EXPECT_EQ(write_release(*release), newest);
      }
    }
  }
  EXPECT_GT(records, 10u);
}

TEST_F(StorageGoldenTest, FluxKnowsOurDigests) {
  const fs::path folder = folder_ / "helm-controller-1.6.4";
  const auto object = document(folder / "helmrelease.json");
  const auto& snapshot = object.find_path({"status", "history"})->as_array().front();
  const auto release = read_release_secret(document(folder / "secret.json"));
  ASSERT_TRUE(release) << release.error().text();
  EXPECT_EQ(snapshot_text(*release, ""), content(folder / "digested.json"));
  EXPECT_EQ(snapshot_digest(*release, ""), snapshot.text_at({"digest"}));
  EXPECT_EQ(config_digest(release->config), snapshot.text_at({"configDigest"}));
}

}  // namespace
}  // namespace weir::helm
