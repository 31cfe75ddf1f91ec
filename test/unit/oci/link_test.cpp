#include "pkg/oci/link.hpp"

#include <gtest/gtest.h>

namespace weir::oci {
namespace {

TEST(Link, TheTargetOfNext) {
  EXPECT_EQ(next_link(R"(</v2/a/tags/list?n=2&last=b>; rel="next")"), "/v2/a/tags/list?n=2&last=b");
  EXPECT_EQ(next_link("<x>;rel=next"), "x");
  EXPECT_EQ(next_link(R"(<a>; rel="prev", <b>; title="x, <y>; rel=next"; rel="last next")"), "b");
  EXPECT_EQ(next_link("<https://r/v2/a,b>; REL=NEXT"), "https://r/v2/a,b");
}

/// Semicolons and commas within quotes part nothing.
TEST(Link, QuotedTextIsNoRelation) {
  EXPECT_EQ(next_link(R"(<a>; title="x; rel=next; y"; rel=prev)"), std::nullopt);
  EXPECT_EQ(next_link(R"(<a>; title="\"; rel=next"; rel=prev, <b>; rel=next)"), "b");
  EXPECT_EQ(next_link("<a>; rel=prev; rel=next"), std::nullopt);
}

TEST(Link, NothingWhereThereIsNone) {
  for (const char* header :
       {"", "<a>", "<a>; rel=prev", "<a", "a; rel=next", R"(<a>; title="rel=next")", "<a>; rel=\"nextish\""}) {
    EXPECT_EQ(next_link(header), std::nullopt) << header;
  }
}

}  // namespace
}  // namespace weir::oci
