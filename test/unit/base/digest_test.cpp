#include "pkg/base/digest.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(Digest, HashesInPieces) {
  Digester digester{DigestAlgorithm::kSha256};
  digester.update("a");
  digester.update("bc");
  EXPECT_EQ(digester.finish(), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha1_hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST(Digest, NamesTheAlgorithmsItKnows) {
  EXPECT_EQ(parse_digest_algorithm("sha512").value(), DigestAlgorithm::kSha512);
  EXPECT_EQ(parse_digest_algorithm("md5").error().message, "expected one of sha1, sha256, sha384, sha512, got \"md5\"");
}

}  // namespace
}  // namespace weir
