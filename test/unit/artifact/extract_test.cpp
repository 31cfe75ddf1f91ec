#include "pkg/artifact/extract.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include "pkg/artifact/archive.hpp"
#include "pkg/tar/tar_format.hpp"
#include "test/unit/artifact/temporary_folder.hpp"

namespace weir::artifact {
namespace {

namespace fs = std::filesystem;

class Extract : public testing::Test {
 protected:
  Extract() { fs::create_directories(folder / "out"); }

  /// A gzip file of raw tar blocks.
  void write_raw(const std::string& tar) {
    gzFile file = ::gzopen((folder / "a.tar.gz").c_str(), "wb");
    ::gzwrite(file, tar.data(), static_cast<unsigned>(tar.size()));
    ::gzclose(file);
  }
  static std::string entry(std::string_view path, std::string_view content) {
    std::string out = tar::header(path, tar::EntryKind::kFile, false, content.size());
    out += content;
    out.append(tar::padding(content.size()), '\0');
    return out;
  }
  std::string run(Limits limits = {}) {
    try {
      extract(folder / "a.tar.gz", folder / "out", limits, {});
      return "";
    } catch (const std::exception& error) {
      return error.what();
    }
  }

  TemporaryFolder folder;
};

TEST_F(Extract, UnpacksWhatTheWriterPacks) {
  ArchiveWriter writer{folder / "a.tar.gz", DigestAlgorithm::kSha256, Limits{}};
  const std::string long_name = "deep/" + std::string(200, 'n') + ".yaml";
  writer.add_directory(".");
  writer.add_directory("deep");
  writer.add_file(long_name, false, "x: 1\n");
  writer.add_file("run.sh", true, "#!/bin/sh\n");
  writer.add_file("empty", false, "");
  writer.finish();
  EXPECT_EQ(run(), "");
  EXPECT_EQ(read(folder / "out" / long_name), "x: 1\n");
  EXPECT_NE(fs::status(folder / "out" / "run.sh").permissions() & fs::perms::owner_exec, fs::perms::none);
  EXPECT_TRUE(fs::exists(folder / "out" / "empty"));
}

TEST_F(Extract, RefusesPathsThatLeadOut) {
  write_raw(entry("../evil", "x"));
  EXPECT_EQ(run(), "the archive entry \"../evil\" leads out of the archive");
  write_raw(entry("/etc/evil", "x"));
  EXPECT_EQ(run(), "the archive entry \"/etc/evil\" has an absolute path");
  write_raw(entry("a\\b", "x"));
  EXPECT_EQ(run(), "the archive entry \"a\\\\b\" has a backslash in its path");
  EXPECT_FALSE(fs::exists(folder / "evil"));
}

TEST_F(Extract, SkipsLinks) {
  std::string link = tar::header("link", tar::EntryKind::kFile, false, 0);
  link[156] = '2';
  // The checksum covers the type: '0' became '2'.
  unsigned sum = 0;
  for (std::size_t i = 0; i < link.size(); ++i) {
    sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(link[i]);
  }
  std::snprintf(link.data() + 148, 8, "%06o", sum);
  link[155] = ' ';
  write_raw(link + entry("after", "x"));
  EXPECT_EQ(run(), "");
  EXPECT_FALSE(fs::exists(fs::symlink_status(folder / "out" / "link")));
  EXPECT_EQ(read(folder / "out" / "after"), "x");
}

TEST_F(Extract, ATarBombStopsAtTheLimit) {
  std::string bomb;
  for (int i = 0; i < 100; ++i) bomb += entry("f" + std::to_string(i), std::string(10'000, '\0'));
  write_raw(bomb);
  Limits limits;
  limits.total_bytes = 50'000;
  EXPECT_NE(run(limits).find("more bytes than the limit of 50000"), std::string::npos);
  limits = Limits{};
  limits.files = 10;
  EXPECT_NE(run(limits).find("more files than the limit of 10"), std::string::npos);
  // A header may promise more than there is: the limit counts before a byte is read.
  write_raw(tar::header("huge", tar::EntryKind::kFile, false, 1ull << 32));
  EXPECT_NE(run().find("\"huge\" has 4294967296 bytes"), std::string::npos);
}

TEST_F(Extract, ReportsArchivesThatAreCutOffOrNoArchives) {
  write_raw(entry("a", std::string(2000, 'x')).substr(0, 1000));
  EXPECT_EQ(run(), "the archive is cut off");
  write_raw("this is no tar archive, but more than one block long" + std::string(600, 'x'));
  EXPECT_NE(run().find("tar archive has a header"), std::string::npos);
}

}  // namespace
}  // namespace weir::artifact
