#include "pkg/artifact/storage.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "test/unit/artifact/temporary_folder.hpp"

namespace weir::artifact {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class StorageTest : public testing::Test {
 protected:
  StorageTest() : storage{options()} {}

  StorageOptions options() {
    StorageOptions out;
    out.root = folder.path();
    out.advertised_address = "source-controller.flux-system.svc.cluster.local.";
    return out;
  }
  Stored store(const std::string& file, const std::string& content, const std::string& previous = "") {
    return storage.store(kFolder, file, previous, [&](ArchiveWriter& writer) {
      writer.add_file("a.yaml", false, content, "id-" + content);
    });
  }
  void age(const std::string& path, std::chrono::seconds by) {
    fs::last_write_time(folder / path, fs::file_time_type::clock::now() - by);
  }
  bool exists(const std::string& path) { return fs::exists(folder / path); }

  inline static const std::string kFolder = Storage::folder("GitRepository", "apps", "web");
  TemporaryFolder folder;
  Storage storage;
};

TEST_F(StorageTest, PathsAndUrlsAreFluxs) {
  const auto stored = store("1.tar.gz", "x");
  EXPECT_EQ(stored.path, "gitrepository/apps/web/1.tar.gz");
  EXPECT_EQ(
      storage.url(stored.path),
      "http://source-controller.flux-system.svc.cluster.local./gitrepository/apps/web/1.tar.gz"
  );
  EXPECT_TRUE(storage.verify(stored.path, stored.digest));
}

TEST_F(StorageTest, AFailedFillLeavesNothingBehind) {
  EXPECT_THROW(
      storage.store(kFolder, "1.tar.gz", "", [](ArchiveWriter&) { throw std::runtime_error{"no"}; }), std::runtime_error
  );
  EXPECT_TRUE(fs::is_empty(folder / kFolder));
}

TEST_F(StorageTest, NoticesAChangedFile) {
  const auto stored = store("1.tar.gz", "x");
  std::ofstream{folder / stored.path, std::ios::app} << "tampered";
  EXPECT_FALSE(storage.verify(stored.path, stored.digest));
  EXPECT_FALSE(storage.verify("gitrepository/apps/web/none", stored.digest));
}

// Its broken member was copied from archive to archive, under digests that were right.
TEST_F(StorageTest, WhatBrokeAfterItWasLookedAtIsNotCopied) {
  const auto first = store("1.tar.gz", "x");
  std::fstream bytes{folder / first.path, std::ios::binary | std::ios::in | std::ios::out};
  bytes.seekp(static_cast<std::streamoff>(first.size_bytes / 2));
  bytes.write("torn", 4);
  bytes.close();
  age(first.path, 1h);
  EXPECT_EQ(store("2.tar.gz", "x", first.path).digest, first.digest);
}

TEST_F(StorageTest, RetentionCountsFromTheMomentOfBeingSuperseded) {
  const auto first = store("1.tar.gz", "x");
  age(first.path, 1h);
  const auto second = store("2.tar.gz", "y", first.path);
  EXPECT_EQ(storage.collect_garbage(kFolder, second.path), 0u) << "it was superseded just now";
  EXPECT_TRUE(exists(first.path));
  age(first.path, 2min);
  EXPECT_EQ(storage.collect_garbage(kFolder, second.path), 1u);
  EXPECT_FALSE(exists(first.path));
  EXPECT_TRUE(exists(second.path));
}

TEST_F(StorageTest, NoMoreFilesThanTheRecordsAllow) {
  std::string previous;
  for (const auto* name : {"1.tar.gz", "2.tar.gz", "3.tar.gz", "4.tar.gz"}) {
    previous = store(name, name, previous).path;
  }
  age(kFolder + "/1.tar.gz", 30s);
  age(kFolder + "/2.tar.gz", 20s);
  age(kFolder + "/3.tar.gz", 10s);
  EXPECT_EQ(storage.collect_garbage(kFolder, previous), 2u);
  EXPECT_TRUE(exists(kFolder + "/3.tar.gz"));
}

TEST_F(StorageTest, RemoveDeletesTheObjectAndNotItsNamesake) {
  const auto stored = store("1.tar.gz", "x");
  const auto other =
      storage.store(kFolder + "2", "1.tar.gz", "", [](ArchiveWriter& writer) { writer.add_file("a", false, "x"); });
  storage.remove(kFolder);
  EXPECT_FALSE(exists(stored.path));
  EXPECT_TRUE(storage.verify(other.path, other.digest));
}

TEST_F(StorageTest, TheSameCommitCanBeArchivedAnewAndWhatIsServedStays) {
  const auto first = store("1.tar.gz", "x");
  const auto second = store("1.tar.gz", "y", first.path);
  EXPECT_NE(first.digest, second.digest);
  EXPECT_NE(first.path, second.path);
  EXPECT_TRUE(storage.verify(second.path, second.digest));
  EXPECT_TRUE(storage.verify(first.path, first.digest));
  EXPECT_TRUE(Storage::is_of(kFolder, second.path));
  EXPECT_EQ(store("1.tar.gz", "y", first.path).path, second.path) << "tried again";
  EXPECT_EQ(store("1.tar.gz", "x", first.path).path, first.path) << "equal bytes need no other name";
  EXPECT_EQ(store("1.tar.gz", "z", second.path).path, first.path) << "nobody is told of the first any more";
}

TEST_F(StorageTest, APathOfAnotherObjectIsNoneOfThisOne) {
  EXPECT_TRUE(Storage::is_of(kFolder, "gitrepository/apps/web/1.tar.gz"));
  for (const char* path :
       {"",
        "gitrepository/apps/web",
        "gitrepository/apps/web/",
        "gitrepository/apps/web2/1.tar.gz",
        "gitrepository/other/web/1.tar.gz",
        "gitrepository/apps/web/../../other/web/1.tar.gz",
        "/etc/passwd",
        "gitrepository/apps/web/.1.tar.gz.index",
        "gitrepository/apps/web/.."})
    EXPECT_FALSE(Storage::is_of(kFolder, path)) << path;
}

TEST_F(StorageTest, AnIndexThatCannotBeWrittenDoesNotLeaveAnOlderOne) {
  store("1.tar.gz", "older");
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const auto stored = storage.store(kFolder, "1.tar.gz", "", [&](ArchiveWriter& writer) {
    writer.add_file("a.yaml", false, "newer", "id-newer");
    // From here on there is no descriptor left for another file.
    rlimit none = before;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
  });
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_FALSE(exists("gitrepository/apps/web/.1.tar.gz.index"));
  EXPECT_EQ(store("2.tar.gz", "newer", stored.path).digest, store("3.tar.gz", "newer").digest);
}

TEST_F(StorageTest, LeftoversOfAKilledProcessGo) {
  const auto stored = store("1.tar.gz", "x");
  const fs::path at = folder / kFolder;
  for (const char* name : {".2.tar.gz.0123456789abcdef", ".2.tar.gz.index", ".1.tar.gz.index.0123456789abcdef"})
    std::ofstream{at / name} << "half";
  fs::create_directories(folder / ".repositories");
  std::ofstream{fs::path{folder / ".repositories"} / ".other"} << "not ours";
  EXPECT_EQ(storage.remove_leftovers(), 3u);
  EXPECT_TRUE(storage.verify(stored.path, stored.digest));
  EXPECT_TRUE(exists("gitrepository/apps/web/.1.tar.gz.index"));
  EXPECT_TRUE(exists(".repositories/.other"));
}

}  // namespace
}  // namespace weir::artifact
