#include "pkg/kustomize/document_cache.hpp"

#include <gtest/gtest.h>

#include "pkg/base/text.hpp"
#include "test/unit/kustomize/world.hpp"

namespace weir::kustomize {
namespace {

TEST(DocumentCache, ABaseThatManyOverlaysNameIsParsedOnceAndChangedByNone) {
  auto files = world(
      {{"base/web.yaml", kDeployment},
       {"base/settings.yaml", kConfigMap},
       {"base/kustomization.yaml", "resources: [web.yaml, settings.yaml]\n"},
       {"dev/kustomization.yaml", "namePrefix: dev-\nresources: [../base]\nimages: [{name: nginx, newTag: '2'}]\n"},
       {"prod/kustomization.yaml", "namePrefix: prod-\nresources: [../base]\ncommonLabels: {env: prod}\n"}}
  );
  BuildOptions shared;
  shared.documents = std::make_shared<DocumentCache>(1u << 20);
  for (const auto* overlay : {"/dev", "/prod", "/dev", "/base"}) {
    EXPECT_EQ(built(files, shared, overlay), built(files, {}, overlay)) << overlay;
  }
  EXPECT_EQ(shared.documents->hits(), 6u);
}

TEST(DocumentCache, KeepsNoMoreThanItMay) {
  DocumentCache cache{20'000};
  const yaml::ParseOptions options;
  ASSERT_NE(cache.parse("a: 1\n", options), nullptr);
  ASSERT_NE(cache.parse(text::cat("a: ", std::string(5000, '1')), options), nullptr);
  cache.parse(text::cat("a: ", std::string(5000, '1')), options);
  EXPECT_EQ(cache.hits(), 0u);
  cache.parse("a: 1\n", options);
  EXPECT_EQ(cache.hits(), 1u);
}

TEST(DocumentCache, ATextThatDoesNotParseIsNotKept) {
  DocumentCache cache{1000};
  EXPECT_EQ(cache.parse("a: [", yaml::ParseOptions{}), nullptr);
}

}  // namespace
}  // namespace weir::kustomize
