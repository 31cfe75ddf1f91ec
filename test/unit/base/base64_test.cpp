#include "pkg/base/base64.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(Base64, EncodesTheVectorsOfRfc4648) {
  EXPECT_EQ(base64::encode(""), "");
  EXPECT_EQ(base64::encode("f"), "Zg==");
  EXPECT_EQ(base64::encode("fo"), "Zm8=");
  EXPECT_EQ(base64::encode("foo"), "Zm9v");
  EXPECT_EQ(base64::encode("foob"), "Zm9vYg==");
  EXPECT_EQ(base64::encode("foobar"), "Zm9vYmFy");
}

TEST(Base64, DecodesWhatItEncodes) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    EXPECT_EQ(base64::decode(base64::encode(bytes)).value(), bytes);
    bytes += static_cast<char>(i);
  }
}

TEST(Base64, SkipsLineBreaks) { EXPECT_EQ(base64::decode("Zm9v\nYmFy\n").value(), "foobar"); }

TEST(Base64, NamesThePlaceButNeverTheInput) {
  for (const auto* text : {"Zm9*", "Zm9", "Z===", "Zg==Zg=="}) {
    const auto decoded = base64::decode(text);
    ASSERT_TRUE(decoded.has_error()) << text;
    EXPECT_EQ(decoded.error().message.find(text), std::string::npos);
  }
}

}  // namespace
}  // namespace weir
