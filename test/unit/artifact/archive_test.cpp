#include "pkg/artifact/archive.hpp"

#include <gtest/gtest.h>

#include "test/unit/artifact/temporary_folder.hpp"

namespace weir::artifact {
namespace {

ArchiveWriter::Finished write_tree(const std::filesystem::path& path, std::string_view content) {
  ArchiveWriter writer{path, DigestAlgorithm::kSha256, Limits{}};
  writer.add_directory(".");
  writer.add_directory("deploy");
  writer.add_file("deploy/a.yaml", false, content, "id-of-a");
  writer.add_file("deploy/run.sh", true, "#!/bin/sh\n", "id-of-run");
  return writer.finish();
}

TEST(Archive, EqualTreesGiveEqualBytes) {
  const TemporaryFolder folder;
  const auto first = write_tree(folder / "1", "a: 1\n");
  const auto second = write_tree(folder / "2", "a: 1\n");
  EXPECT_EQ(first.digest, second.digest);
  EXPECT_EQ(read(folder / "1"), read(folder / "2"));
  EXPECT_EQ(first.size_bytes, read(folder / "1").size());
  EXPECT_NE(write_tree(folder / "3", "a: 2\n").digest, first.digest);
}

TEST(Archive, CopyingUnchangedFilesGivesTheBytesOfAFreshArchive) {
  const TemporaryFolder folder;
  const auto old = write_tree(folder / "old", "a: 1\n");
  ArchiveWriter writer{folder / "copied", DigestAlgorithm::kSha256, Limits{}};
  writer.reuse(folder / "old", ArchiveIndex::decode(old.index.encode()));
  writer.add_directory(".");
  writer.add_directory("deploy");
  EXPECT_FALSE(writer.copy_file("deploy/a.yaml", false, "another-id"));
  writer.add_file("deploy/a.yaml", false, "a: 2\n", "another-id");
  EXPECT_FALSE(writer.copy_file("deploy/run.sh", false, "id-of-run")) << "the mode is part of the entry";
  EXPECT_TRUE(writer.copy_file("deploy/run.sh", true, "id-of-run"));
  EXPECT_EQ(writer.finish().digest, write_tree(folder / "fresh", "a: 2\n").digest);
}

TEST(Archive, AnIndexThatDoesNotFitIsNotUsed) {
  const TemporaryFolder folder;
  auto old = write_tree(folder / "old", "a: 1\n");
  old.index.entries[0].length = 1u << 30;
  ArchiveWriter writer{folder / "new", DigestAlgorithm::kSha256, Limits{}};
  writer.reuse(folder / "old", old.index);
  EXPECT_FALSE(writer.copy_file("deploy/run.sh", true, "id-of-run"));
  EXPECT_TRUE(ArchiveIndex::decode("something else").entries.empty());
  EXPECT_TRUE(ArchiveIndex::decode(old.index.encode().substr(0, 40)).entries.empty());
}

TEST(Archive, LimitsNameTheFileAndTheLimit) {
  const TemporaryFolder folder;
  Limits limits;
  limits.file_bytes = 3;
  ArchiveWriter writer{folder / "a", DigestAlgorithm::kSha256, limits};
  try {
    writer.add_file("big.bin", false, "1234");
    FAIL();
  } catch (const LimitExceeded& error) {
    EXPECT_STREQ(error.what(), "the file \"big.bin\" has 4 bytes, more than the limit of 3");
  }
}

TEST(Archive, LimitsOfFilesAndBytes) {
  const TemporaryFolder folder;
  Limits limits;
  limits.files = 1;
  ArchiveWriter few{folder / "a", DigestAlgorithm::kSha256, limits};
  few.add_file("1", false, "x");
  EXPECT_THROW(few.add_file("2", false, "x"), LimitExceeded);
  limits = Limits{};
  limits.total_bytes = 5;
  ArchiveWriter small{folder / "b", DigestAlgorithm::kSha256, limits};
  small.add_file("1", false, "1234");
  EXPECT_THROW(small.add_file("2", false, "12"), LimitExceeded);
}

}  // namespace
}  // namespace weir::artifact
