#include "pkg/runtime/caches.hpp"

#include <gtest/gtest.h>

#include "api/image/v1/image_policy.hpp"
#include "api/image/v1/image_repository.hpp"
#include "test/simulation/api_server/simulated_api.hpp"

namespace weir::runtime {
namespace {

using api::image::ImagePolicy;
using api::image::ImageRepository;

class CachesTest : public ::testing::Test {
 protected:
  SystemClock clock_;
  test::SimulatedApi api_{clock_};
  kube::Client client_{api_, test::SimulatedApi::cluster(), kube::Identity{}};
  Caches caches_{client_, log::Logger{}};
};

TEST_F(CachesTest, WhoAsksForTheSameCollectionGetsTheSameCache) {
  auto& first = caches_.get<ImageRepository>("", "");
  EXPECT_EQ(&first, &caches_.get<ImageRepository>("", "", Need::kOptional));
  EXPECT_NE(&first, &caches_.get<ImageRepository>("", "shard=one"));
  EXPECT_NE(&first, &caches_.get<ImageRepository>("shop", ""));
  EXPECT_NE(static_cast<void*>(&first), static_cast<void*>(&caches_.get<ImagePolicy>("", "")));
}

TEST_F(CachesTest, UsersOfACacheCannotTakeEachOthersIndex) {
  auto& cache = caches_.get<ImagePolicy>("", "");
  const auto by_name = [](const ImagePolicy& object) { return std::vector<std::string>{object.metadata.name}; };
  cache.add_index("name", by_name);
  EXPECT_THROW(caches_.get<ImagePolicy>("", "").add_index("name", by_name), std::logic_error);
}

}  // namespace
}  // namespace weir::runtime
