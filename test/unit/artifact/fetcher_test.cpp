#include "pkg/artifact/fetcher.hpp"

#include <fstream>
#include <iterator>
#include <latch>
#include <optional>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "pkg/artifact/archive.hpp"
#include "test/support/run.hpp"
#include "test/support/scratch_folder.hpp"

namespace weir::artifact {
namespace {

namespace fs = std::filesystem;

class OnePiece final : public http::BodyReader {
 public:
  explicit OnePiece(std::string bytes) : bytes_{std::move(bytes)} {}
  asio::awaitable<std::string> read_some() override { co_return std::exchange(bytes_, ""); }

 private:
  std::string bytes_;
};

/// Answers every request with one archive.
class ArchiveServer final : public http::Transport {
 public:
  explicit ArchiveServer(std::string archive) : archive_{std::move(archive)} {}
  asio::awaitable<http::Response> send(http::Request, const http::CallOptions&) override { co_return http::Response{}; }
  asio::awaitable<http::StreamedResponse> open(http::Request, const http::CallOptions&) override {
    if (refusals > 0) {
      --refusals;
      throw http::TransportError{"source", http::Phase::kConnect, "connection refused"};
    }
    http::StreamedResponse out;
    out.status = 200;
    out.body = std::make_unique<OnePiece>(archive_);
    co_return out;
  }
  const std::string& identity() const override { return identity_; }

  int refusals = 0;  // before it is up

 private:
  std::string archive_;
  std::string identity_;
};

/// A pool of one thread, a fetcher on it, and an archive of one file.
class FetcherTest : public ::testing::Test {
 protected:
  FetcherTest() {
    ArchiveWriter writer{(folder_ / "made.tar.gz").string(), DigestAlgorithm::kSha256, {}};
    writer.add_file("a.yaml", false, "a: 1\n");
    digest_ = writer.finish().digest;
    std::ifstream file{folder_ / "made.tar.gz", std::ios::binary};
    server_.emplace(std::string{std::istreambuf_iterator<char>{file}, {}});
    options_.cache_folder = folder_ / "cache";
    options_.cached_artifacts = 0;
  }

  std::shared_ptr<const Unpacked> fetch() {
    Fetcher fetcher{*server_, *pool_, options_};
    return test::run(reactor_, fetcher.fetch("http://source/a.tar.gz", digest_));
  }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator{options_.cache_folder}, {}));
  }
  /// Until then nothing is done on the pool.
  void hold_pool() {
    pool_->post([this] { release_.wait(); });
  }

  test::ScratchFolder folder_;
  asio::io_context reactor_;
  std::latch release_{1};
  std::optional<async::BlockingPool> pool_{std::in_place, "io", 1, 10};
  std::optional<ArchiveServer> server_;
  std::string digest_;
  FetcherOptions options_;
};

// The last user is a coroutine: 20,000 files took longer to remove than a lease lasts.
TEST_F(FetcherTest, AServerThatIsJustStartingIsAskedAgainAtOnce) {
  options_.retries = 0;
  server_->refusals = 1;
  const auto started = std::chrono::steady_clock::now();
  EXPECT_TRUE(fs::exists(fetch()->folder() / "a.yaml"));
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::milliseconds{400}) << "before the first counted retry";
  server_->refusals = 4;
  EXPECT_THROW(fetch(), http::TransportError) << "three are quick, the fourth counts";
}

TEST_F(FetcherTest, WhoLetsGoOfAnArtifactDoesNotRemoveItsFiles) {
  auto unpacked = fetch();
  const fs::path folder = unpacked->folder();
  EXPECT_TRUE(fs::exists(folder / "a.yaml"));
  hold_pool();
  unpacked.reset();
  EXPECT_TRUE(fs::exists(folder / "a.yaml"));
  release_.count_down();
  pool_.reset();
  EXPECT_EQ(entries(), 0u) << "not the archive either";
}

TEST_F(FetcherTest, WhatAnEarlierProcessLeftIsRemovedOnThePool) {
  fs::create_directories(options_.cache_folder / "old");
  std::ofstream{options_.cache_folder / "old" / "b.yaml"} << "b: 2\n";
  hold_pool();
  std::optional<Fetcher> fetcher{std::in_place, *server_, *pool_, options_};
  EXPECT_TRUE(fs::exists(options_.cache_folder / "old" / "b.yaml"));
  release_.count_down();
  fetcher.reset();
  pool_.reset();
  EXPECT_EQ(entries(), 0u);
}

TEST_F(FetcherTest, NothingStaysOfAnArchiveWithAnotherDigest) {
  digest_.back() = digest_.back() == '0' ? '1' : '0';
  options_.retries = 0;
  EXPECT_THROW(fetch(), std::runtime_error);
  release_.count_down();
  pool_.reset();
  EXPECT_EQ(entries(), 0u);
}

}  // namespace
}  // namespace weir::artifact
