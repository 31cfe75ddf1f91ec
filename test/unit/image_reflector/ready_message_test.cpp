#include <gtest/gtest.h>

#include "controllers/image_reflector/image_policy_reconciler.hpp"

namespace weir::image_reflector {
namespace {

TEST(ReadyMessage, NamesTheImageItsDigestAndTheOneBefore) {
  api::image::ImagePolicyStatus status;
  status.latest_ref = api::image::ImageRef{"ghcr.io/a", "1.1.0", ""};
  EXPECT_EQ(ready_message(status), "Latest image tag for ghcr.io/a resolved to 1.1.0");
  status.latest_ref->digest = "sha256:1";
  status.observed_previous_ref = api::image::ImageRef{"ghcr.io/a", "1.0.0", "sha256:0"};
  EXPECT_EQ(
      ready_message(status),
      "Latest image tag for ghcr.io/a resolved to 1.1.0 with digest sha256:1 (previously ghcr.io/a:1.0.0@sha256:0)"
  );
}

}  // namespace
}  // namespace weir::image_reflector
