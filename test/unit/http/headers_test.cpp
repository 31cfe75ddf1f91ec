#include <gtest/gtest.h>

#include "pkg/http/exchange.hpp"
#include "pkg/http/message.hpp"

namespace weir::http {
namespace {

TEST(Headers, CompareWithoutCase) {
  Headers headers;
  headers.add("Content-Type", "a");
  headers.add("content-type", "b");
  EXPECT_EQ(headers.get("CONTENT-TYPE"), "a");
  headers.set("CoNtent-Type", "c");
  EXPECT_EQ(headers.size(), 1u);
  EXPECT_EQ(headers.get_or_empty("content-type"), "c");
  EXPECT_EQ(headers.get_or_empty("x"), "");
  headers.remove("CONTENT-type");
  EXPECT_FALSE(headers.has("content-type"));
}

TEST(RequestHead, IsWrittenOut) {
  Request request{"POST", *Url::parse("https://h:444/x?y")};
  request.headers.add("Accept", "a/b");
  request.body = "12345";
  EXPECT_EQ(
      request_head(request, request.url.target, ""),
      "POST /x?y HTTP/1.1\r\nHost: h:444\r\nAccept: a/b\r\nContent-Length: 5\r\n\r\n"
  );
}

TEST(RequestHead, RefusesAHeaderThatBreaksOutOfItsLineAndDoesNotRepeatIt) {
  Request request{"GET", *Url::parse("https://h/")};
  request.headers.add("Authorization", "Bearer hunter2\n");
  try {
    request_head(request, "/", "");
    FAIL();
  } catch (const TransportError& error) {
    EXPECT_STREQ(error.what(), "send to h: the header Authorization holds a character that is not allowed there");
  }
  Request bad_name{"GET", *Url::parse("https://h/")};
  bad_name.headers.add("X: y\r\nZ", "1");
  EXPECT_THROW(request_head(bad_name, "/", ""), TransportError);
}

}  // namespace
}  // namespace weir::http
