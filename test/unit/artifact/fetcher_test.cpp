#include "pkg/artifact/fetcher.hpp"

#include <fstream>
#include <iterator>
#include <latch>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "pkg/artifact/archive.hpp"
#include "pkg/async/parallel.hpp"
#include "pkg/async/timeout.hpp"
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
  unsigned status = 200;
  int requests = 0;
  asio::awaitable<http::Response> send(http::Request, const http::CallOptions&) override { co_return http::Response{}; }
  asio::awaitable<http::StreamedResponse> open(http::Request, const http::CallOptions&) override {
    if (refusals > 0) {
      --refusals;
      throw http::TransportError{"source", http::Phase::kConnect, "connection refused"};
    }
    ++requests;
    http::StreamedResponse out;
    out.status = status;
    out.body = std::make_unique<OnePiece>(status == 200 ? archive_ : "no");
    co_await async::yield_now();
    co_return out;
  }
  const std::string& identity() const override { return identity_; }

  int refusals = 0;  // before it is up

 private:
  std::string archive_;
  std::string identity_;
};

asio::awaitable<void> keep(
    asio::awaitable<std::shared_ptr<const Unpacked>> fetching, std::shared_ptr<const Unpacked>& out
) {
  out = co_await std::move(fetching);
}

asio::awaitable<void> problem_of(asio::awaitable<std::shared_ptr<const Unpacked>> fetching, std::string& out) {
  try {
    co_await std::move(fetching);
  } catch (const std::exception& failure) {
    out = failure.what();
  }
}

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
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::milliseconds{400})
      << "before the first counted retry";
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

// Asked for again and again it held up the pass for two minutes, while the source had long told of the other one.
TEST_F(FetcherTest, AnArchiveWithAnotherDigestLeavesNothingAndIsNotTriedAgain) {
  digest_.back() = digest_.back() == '0' ? '1' : '0';
  EXPECT_THROW(fetch(), ArtifactReplaced);
  EXPECT_EQ(server_->requests, 1);
  release_.count_down();
  pool_.reset();
  EXPECT_EQ(entries(), 0u);
}

TEST_F(FetcherTest, WhatIsUnpackedIsNotAskedForAgain) {
  options_.cached_artifacts = 1;
  Fetcher fetcher{*server_, *pool_, options_};
  const auto first = test::run(reactor_, fetcher.fetch("http://source/a.tar.gz", digest_));
  EXPECT_EQ(test::run(reactor_, fetcher.fetch("http://other/name.tar.gz", digest_)), first)
      << "what counts is the digest";
  EXPECT_EQ(server_->requests, 1);
}

TEST_F(FetcherTest, ManyWhoAskAtOnceShareOneDownload) {
  Fetcher fetcher{*server_, *pool_, options_};
  std::vector<std::shared_ptr<const Unpacked>> got(8);
  auto ask = [&](std::size_t index) { return keep(fetcher.fetch("http://source/a.tar.gz", digest_), got[index]); };
  test::run(reactor_, async::for_each_index(got.size(), got.size(), ask));
  EXPECT_EQ(server_->requests, 1);
  for (const auto& one : got) EXPECT_EQ(one, got.front());
}

TEST_F(FetcherTest, WhoeverWaitsForADownloadThatFailsTriesByItself) {
  options_.retries = 0;
  server_->status = 503;
  Fetcher fetcher{*server_, *pool_, options_};
  std::vector<std::string> problems(3);
  auto ask = [&](std::size_t index) {
    return problem_of(fetcher.fetch("http://source/a.tar.gz", digest_), problems[index]);
  };
  test::run(reactor_, async::for_each_index(problems.size(), problems.size(), ask));
  EXPECT_EQ(server_->requests, 3);
  for (const auto& problem : problems) EXPECT_EQ(problem, "http://source/a.tar.gz answered 503");
}

TEST_F(FetcherTest, WhatIsNotThereIsNotTriedAgain) {
  server_->status = 404;
  EXPECT_THROW(fetch(), ArtifactNotFound);
  EXPECT_EQ(server_->requests, 1);
  server_->status = 403;
  EXPECT_THROW(fetch(), std::runtime_error);
  EXPECT_EQ(server_->requests, 2);
  release_.count_down();
}

}  // namespace
}  // namespace weir::artifact
