#include "pkg/tar/tar_format.hpp"

#include <gtest/gtest.h>

namespace weir::tar {
namespace {

Header last_header(const std::string& bytes) {
  Header header;
  EXPECT_TRUE(read_header(std::string_view{bytes}.substr(bytes.size() - kBlockBytes), header));
  return header;
}

TEST(TarFormat, ReadsWhatItWrites) {
  const auto header = last_header(tar::header("deploy/app.yaml", EntryKind::kFile, true, 1234));
  EXPECT_EQ(header.path, "deploy/app.yaml");
  EXPECT_EQ(header.kind, EntryKind::kFile);
  EXPECT_EQ(header.bytes, 1234u);
  EXPECT_TRUE(header.executable);
  EXPECT_EQ(last_header(tar::header("deploy", EntryKind::kDirectory, false, 0)).path, "deploy/");
}

TEST(TarFormat, LongPathsAreSplitAtASlash) {
  const std::string path = std::string(90, 'a') + "/" + std::string(90, 'b');
  const auto bytes = tar::header(path, EntryKind::kFile, false, 1);
  EXPECT_EQ(bytes.size(), kBlockBytes);
  EXPECT_EQ(last_header(bytes).path, path);
}

TEST(TarFormat, PathsThatDoNotFitGetAPaxHeader) {
  const std::string path = std::string(300, 'x') + "/y";
  const auto bytes = tar::header(path, EntryKind::kFile, false, 1);
  Header first;
  ASSERT_TRUE(read_header(bytes, first));
  EXPECT_EQ(first.type, 'x');
  EXPECT_EQ(pax_path(std::string_view{bytes}.substr(kBlockBytes, first.bytes)), path);
}

TEST(TarFormat, RefusesABrokenHeader) {
  auto bytes = tar::header("a", EntryKind::kFile, false, 1);
  bytes[0] = 'b';
  Header header;
  EXPECT_THROW(read_header(bytes, header), std::runtime_error);
  EXPECT_THROW(pax_path("999 path=x\n"), std::runtime_error);
  EXPECT_FALSE(read_header(std::string(kBlockBytes, '\0'), header));
}

}  // namespace
}  // namespace weir::tar
