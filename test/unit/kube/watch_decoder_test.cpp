#include "pkg/kube/watch_decoder.hpp"

#include <gtest/gtest.h>

namespace weir::kube {
namespace {

const std::string kEvents = R"({"type":"ADDED","object":{"metadata":{"name":"a"}}})"
                            "\n"
                            R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"7"}}})"
                            "\n"
                            R"({"type":"DELETED","object":{"metadata":{"name":"a"}}})"
                            "\n";

TEST(WatchDecoder, FindsEventsWhereverTheBytesAreCut) {
  for (std::size_t cut = 0; cut <= kEvents.size(); ++cut) {
    WatchDecoder decoder;
    auto events = decoder.feed(std::string_view{kEvents}.substr(0, cut));
    for (auto& event : decoder.feed(std::string_view{kEvents}.substr(cut))) {
      events.push_back(std::move(event));
    }
    ASSERT_EQ(events.size(), 3u) << cut;
    EXPECT_EQ(events[0].type, WatchEvent::Type::kAdded);
    EXPECT_EQ(events[1].object.text_at({"metadata", "resourceVersion"}), "7");
    EXPECT_EQ(events[2].type, WatchEvent::Type::kDeleted);
  }
}

TEST(WatchDecoder, AnErrorEventIsAnApiError) {
  WatchDecoder decoder;
  try {
    decoder.feed(R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}})"
                 "\n");
    FAIL();
  } catch (const ApiError& error) {
    EXPECT_TRUE(error.is_expired());
    EXPECT_STREQ(error.what(), "too old");
  }
}

TEST(WatchDecoder, RefusesLinesThatAreNoEvents) {
  for (const std::string line :
       {"{}\n",
        "nonsense\n",
        R"({"type":"OTHER","object":{}})"
        "\n"}) {
    WatchDecoder decoder;
    EXPECT_THROW(decoder.feed(line), ApiError) << line;
  }
}

}  // namespace
}  // namespace weir::kube
