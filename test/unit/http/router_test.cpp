#include "pkg/http/router.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "test/support/run.hpp"
#include "test/support/scratch_folder.hpp"

namespace weir::http {
namespace {

struct Say {
  explicit Say(std::string text_) : text{std::move(text_)} {}
  asio::awaitable<ServerResponse> operator()(ServerRequest) const { return answer(text); }
  static asio::awaitable<ServerResponse> answer(std::string text) { co_return ServerResponse{200, text}; }
  std::string text;
};

ServerResponse ask(const Router& router, std::string method, std::string path) {
  asio::io_context reactor;
  ServerRequest request;
  request.method = std::move(method);
  request.path = std::move(path);
  return test::run(reactor, router.route(std::move(request)));
}

TEST(Router, ExactThenLongestPrefix) {
  Router router;
  router.get("/healthz", Say{"healthy"});
  router.get("/files/", Say{"files"});
  router.get("/files/deep/", Say{"deep"});
  EXPECT_EQ(ask(router, "GET", "/healthz").body, "healthy");
  EXPECT_EQ(ask(router, "GET", "/files/a").body, "files");
  EXPECT_EQ(ask(router, "GET", "/files/deep/a").body, "deep");
  EXPECT_EQ(ask(router, "GET", "/healthz/x").status, 404u);
  EXPECT_EQ(ask(router, "GET", "/other").status, 404u);
  const auto wrong = ask(router, "POST", "/healthz");
  EXPECT_EQ(wrong.status, 405u);
  EXPECT_EQ(wrong.headers.get("Allow"), "GET, HEAD");
}

class ServeFolder : public ::testing::Test {
 protected:
  ServeFolder() {
    std::filesystem::create_directories(base_ / "root/sub");
    std::ofstream{base_ / "root/sub/a.tar.gz"} << "archive";
    std::ofstream{base_ / "root/.hidden"} << "hidden";
    std::ofstream{base_ / "outside"} << "outside";
    std::filesystem::create_symlink("../../outside", base_ / "root/sub/out");
    std::filesystem::create_symlink(base_ / "outside", base_ / "root/absolute");
    std::filesystem::create_symlink("a.tar.gz", base_ / "root/sub/latest.tar.gz");
    router_.get("/", Say{"root"});
    router_.get("/files/", serve_folder("/files/", base_ / "root"));
  }

  unsigned status(std::string path) { return ask(router_, "GET", "/files/" + path).status; }

  test::ScratchFolder base_;
  Router router_;
};

TEST_F(ServeFolder, GivesRegularFilesAndLinksInside) {
  const auto response = ask(router_, "GET", "/files/sub/a.tar.gz");
  EXPECT_EQ(response.status, 200u);
  ASSERT_TRUE(response.file);
  EXPECT_EQ(response.file->size_bytes(), 7u);
  EXPECT_EQ(response.headers.get("Content-Type"), "application/gzip");
  EXPECT_EQ(status("sub/latest.tar.gz"), 200u);
}

TEST_F(ServeFolder, NothingLeadsOut) {
  for (const char* path :
       {"../outside", "sub/out", "absolute", ".hidden", "sub", "sub/", "", "missing", "sub//a.tar.gz"})
    EXPECT_EQ(status(path), 404u) << path;
}

}  // namespace
}  // namespace weir::http
