#include "pkg/helm/repository/provenance.hpp"

#include <gmock/gmock.h>

#include "pkg/base/text.hpp"

namespace weir::helm {
namespace {

constexpr std::string_view kText =
    "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nname: shop  \n- --- dashed\n\n...\nfiles:\n"
    "  shop-1.0.0.tgz: sha256:aa\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n";

TEST(Provenance, IsTakenApartAsItWasSigned) {
  const auto provenance = read_provenance(text::cat("some words before\n", kText)).value();
  EXPECT_EQ(provenance.signed_text, "name: shop\r\n--- dashed\r\n\r\n...\r\nfiles:\r\n  shop-1.0.0.tgz: sha256:aa");
  EXPECT_EQ(provenance.signature, "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n\n");
  EXPECT_EQ(provenance.files.size(), 1u);
  // Line ends of other systems are the same text.
  const auto other = read_provenance(text::replace_all(kText, "\n", "\r\n")).value();
  EXPECT_EQ(other.signed_text, provenance.signed_text);
}

TEST(Provenance, TellsOfArchivesByNameAndDigest) {
  const auto provenance = read_provenance(kText).value();
  EXPECT_TRUE(check_provenance(provenance, "shop-1.0.0.tgz", "aa").has_value());
  EXPECT_EQ(
      check_provenance(provenance, "shop-1.0.0.tgz", "bb").error().text(),
      "sha256 sum does not match for shop-1.0.0.tgz: \"sha256:aa\" != \"sha256:bb\""
  );
  EXPECT_EQ(
      check_provenance(provenance, "x.tgz", "aa").error().text(),
      "provenance does not contain a SHA for a file named \"x.tgz\""
  );
}

TEST(Provenance, RefusesWhatIsNone) {
  EXPECT_EQ(read_provenance("").error().text(), "signature block not found");
  EXPECT_EQ(read_provenance(kText.substr(0, 100)).error().text(), "signature block not found");
  EXPECT_EQ(
      read_provenance(text::replace_all(kText, "\n...\n", "\n")).error().text(),
      "message block must have at least two parts"
  );
}

}  // namespace
}  // namespace weir::helm
