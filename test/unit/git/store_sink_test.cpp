#include "pkg/git/store_sink.hpp"

#include <filesystem>
#include <iterator>
#include <latch>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <zlib.h>

#include "test/support/run.hpp"
#include "test/support/scratch_folder.hpp"

namespace weir::git {
namespace {

/// The first megabyte and a half of a pack with one blob of two.
std::string half_a_pack() {
  std::string content(2u << 20, '\0');
  std::uint32_t state = 1;
  for (auto& byte : content) {
    state = state * 1'664'525 + 1'013'904'223;
    byte = static_cast<char>(state >> 24U);
  }
  uLongf size = compressBound(content.size());
  std::string packed(size, '\0');
  compress(
      reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(content.data()), content.size()
  );
  const std::string header{"PACK\0\0\0\2\0\0\0\1", 12};
  // Of a blob of 2 << 20 bytes: four bits of its size, then seven a byte.
  const std::string object{"\xb0\x80\x80\x08", 4};
  return header + object + packed.substr(0, 3u << 19U);
}

TEST(StoreSink, WhatCameOfAPackThatIsGivenUpIsRemovedOnThePool) {
  const test::ScratchFolder folder;
  const auto packs = folder / "store/objects/pack";
  const auto files = [&] { return std::distance(std::filesystem::directory_iterator{packs}, {}); };
  asio::io_context reactor;
  std::latch release{1};
  std::optional<async::BlockingPool> pool{std::in_place, "io", 1, 10};
  {
    StoreSink sink{*pool, folder / "store", 0};
    test::run(reactor, sink.write(half_a_pack()));
    EXPECT_EQ(files(), 1);
    pool->post([&] { release.wait(); });
  }
  EXPECT_EQ(files(), 1);
  release.count_down();
  pool.reset();
  EXPECT_EQ(files(), 0);
}

}  // namespace
}  // namespace weir::git
