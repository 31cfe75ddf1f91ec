// Small inputs that would take all memory or all time: each is refused before it grows.

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <zlib.h>

#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/git/archive_source.hpp"
#include "pkg/git/large_works.hpp"
#include "pkg/git/repository_state.hpp"
#include "pkg/git/submodule_lookup.hpp"
#include "test/support/run.hpp"
#include "test/support/scratch_folder.hpp"

namespace weir::git {
namespace {

class GitBomb : public ::testing::Test {
 protected:
  ObjectId write(git_object_t type, const std::string& content) {
    git_oid out;
    check(git_odb_write(&out, repository_.state().odb.get(), content.data(), content.size(), type), "write");
    return to_object_id(out);
  }
  ObjectId blob(const std::string& content) { return write(GIT_OBJECT_BLOB, content); }
  static std::string entry(std::string_view mode, std::string_view name, const ObjectId& id) {
    return text::cat(
        mode, ' ', name, '\0', std::string_view{reinterpret_cast<const char*>(id.bytes()), ObjectId::kBytes}
    );
  }
  ObjectId tree(const std::string& entries) { return write(GIT_OBJECT_TREE, entries); }
  ObjectId commit(const ObjectId& root) {
    return write(
        GIT_OBJECT_COMMIT,
        text::cat("tree ", root.hex(), "\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nbomb\n")
    );
  }
  /// 2^levels files out of a few kilobytes.
  ObjectId tree_bomb(int levels, const std::string& file = "x.yaml") {
    auto at = tree(entry("100644", file, blob("x")));
    for (int i = 0; i < levels; ++i) at = tree(entry("40000", "a", at) + entry("40000", "b", at));
    return at;
  }
  ObjectId deep_tree(int levels) {
    auto at = tree(entry("100644", "x.yaml", blob("x")));
    for (int i = 0; i < levels; ++i) at = tree(entry("40000", "d", at));
    return at;
  }
  std::string refusal(const ObjectId& root, const SourceOptions& options, std::stop_token stop = {}) {
    try {
      return text::cat("listed ", list_source({folder_ / "store", commit(root)}, options, stop).entries.size());
    } catch (const LimitExceeded& error) {
      return error.what();
    } catch (const std::runtime_error& error) {
      return text::cat("another failure: ", error.what());
    }
  }
  static std::string refused(const std::function<void()>& work) {
    try {
      work();
    } catch (const GitError& error) {
      return error.kind() == GitFailure::kTooLarge ? error.what() : text::cat("another failure: ", error.what());
    }
    return "no failure";
  }

  test::ScratchFolder folder_;
  Repository repository_{Repository::open_or_create(folder_ / "store")};
};

TEST_F(GitBomb, ATreeThatHoldsItselfIsRefusedAtTheLimitOfFiles) {
  SourceOptions options;
  options.max_files = 1'000;
  EXPECT_EQ(refusal(tree_bomb(40), options).substr(0, 39), "the source has more than 1000 folders, ");
}

TEST_F(GitBomb, ATreeOfWhichNothingBelongsInTheArtifactIsRefusedToo) {
  SourceOptions options;
  options.ignore = "/*\n";
  options.limits.entries = 5'000;
  EXPECT_EQ(refusal(tree_bomb(40), options).substr(0, 42), "the source has more than 5000 entries, cou");
  SourceOptions few_matches;
  few_matches.ignore = "/*\n";
  few_matches.limits.matches = 5'000;
  EXPECT_EQ(refusal(tree_bomb(40), few_matches), "the ignore rules take more than 5000 comparisons");
}

TEST_F(GitBomb, PathsAreBounded) {
  SourceOptions options;
  options.limits.path_bytes = 10'000;
  EXPECT_EQ(refusal(tree_bomb(20), options), "the paths of the source have more than 10000 bytes");
  const auto long_name = tree(entry("100644", std::string(300, 'n'), blob("x")));
  EXPECT_NE(refusal(long_name, {}).find("is too long for a file system"), std::string::npos);
}

TEST_F(GitBomb, FoldersWithinFoldersAreRefusedBeforeTheStackIs) {
  EXPECT_TRUE(refusal(deep_tree(3'000), {}).starts_with("folders are nested more than 256 deep"));
  EXPECT_EQ(refusal(deep_tree(200), {}), "listed 201");
}

TEST_F(GitBomb, WideFoldersInEachOtherAreHeldOnlySoFar) {
  std::string files;
  for (int i = 0; i < 100; ++i) files += entry("100644", text::cat("f", i + 100), blob("x"));
  auto root = tree(files);
  for (int i = 0; i < 20; ++i) root = tree(entry("40000", "a", root) + files);
  SourceOptions options;
  options.limits.open_entries = 1'000;
  EXPECT_EQ(refusal(root, options), "a folder and those that it lies in have more than 1000 entries");
  EXPECT_EQ(refusal(root, {}), "listed 2120");
}

TEST_F(GitBomb, AFolderOfTooManyBytesIsRefusedBeforeItIsUnpacked) {
  const auto root = tree(std::string((32u << 20) + 1, '\0'));
  EXPECT_EQ(
      refused([&] { repository_.read_tree(root); }),
      text::cat("object ", root.hex(), " has 33554433 bytes, more than the limit of 33554432")
  );
}

TEST_F(GitBomb, ATrialTakesLittleMemoryOrSaysSo) {
  const auto large = blob(std::string(kOrdinaryObject + 1, 'x'));
  const auto small = blob(std::string(kOrdinaryObject - 1, 'x'));
  std::string files;
  for (std::size_t i = 0; i <= kOrdinaryEntries; ++i) files += entry("100644", text::cat("f", 1'000'000 + i), small);
  const auto many = commit(tree(files));
  {
    const Trial trial;
    EXPECT_THROW(repository_.read_blob(large), TrialTooSmall);
    EXPECT_THROW(list_source({folder_ / "store", many}, {}), TrialTooSmall);
    EXPECT_EQ(repository_.read_blob(small).size(), kOrdinaryObject - 1);
  }
  EXPECT_EQ(repository_.read_blob(large).size(), kOrdinaryObject + 1);
  EXPECT_EQ(list_source({folder_ / "store", many}, {}).entries.size(), kOrdinaryEntries + 1);
}

TEST_F(GitBomb, WhatNeedsMuchMemoryIsDoneOneAtATime) {
  asio::io_context reactor;
  async::BlockingPool pool{"io", 4, 100};
  LargeWorks works{pool};
  std::atomic<int> now{0}, most{0}, runs{0};
  const auto work = [&](std::stop_token) {
    ++runs;
    if (is_trial()) throw TrialTooSmall{};
    const int here = ++now;
    most = std::max(most.load(), here);
    std::this_thread::yield();
    --now;
    return here;
  };
  int done = 0;
  for (int i = 0; i < 20; ++i) {
    asio::co_spawn(reactor, works.run(text::cat("store-", i), work), [&](std::exception_ptr failure, int) {
      if (!failure) ++done;
    });
  }
  reactor.run();
  EXPECT_EQ(done, 20);
  EXPECT_EQ(most, 1);
  EXPECT_EQ(runs, 40);
  reactor.restart();
  EXPECT_EQ(test::run(reactor, works.run("store-1", work)), 1);
  EXPECT_EQ(runs, 41) << "no trial of what is known to be large";
}

TEST_F(GitBomb, IgnoreFilesAreBounded) {
  SourceOptions options;
  options.limits.ignore_bytes = 100;
  const auto large = tree(entry("100644", ".sourceignore", blob(std::string(101, 'x'))));
  EXPECT_EQ(refusal(large, options).substr(0, 51), "the .sourceignore files have more than 100 bytes, r");
  // All together, not each.
  const auto half = entry("100644", ".sourceignore", blob(std::string(60, 'x')));
  const auto two = tree(half + entry("40000", "a", tree(half)));
  EXPECT_EQ(refusal(two, options), "the .sourceignore files have more than 100 bytes, reached at \"a/.sourceignore\"");
  SourceOptions few;
  few.limits.ignore_patterns = 3;
  few.ignore = "a\nb\n";
  EXPECT_EQ(
      refusal(tree(entry("100644", ".sourceignore", blob("c\nd\n"))), few), ".sourceignore: more than 3 patterns"
  );
  SourceOptions narrow;
  narrow.limits.ignore_line = 10;
  narrow.ignore = "***********";
  EXPECT_EQ(refusal(tree_bomb(1), narrow), "spec.ignore: a line is longer than 10 characters");
}

TEST_F(GitBomb, AWalkLooksAtItsStopToken) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(
      refusal(tree_bomb(2), {}, stop.get_token()), "another failure: stopped while listing the files of a commit"
  );
}

TEST_F(GitBomb, AGitmodulesFileIsBounded) {
  const auto root = tree(entry("100644", ".gitmodules", blob(std::string((1 << 20) + 1, '#'))));
  const auto url = Url::parse("https://h/r").value();
  const auto id = commit(root);
  EXPECT_NE(
      refused([&] { wanted_submodules(folder_ / "store", id, url); }).find("more than the limit of 1048576"),
      std::string::npos
  );
}

TEST_F(GitBomb, AFileIsNotUnpackedOverTheLimit) {
  const auto id = blob(std::string(1'000, 'x'));
  EXPECT_EQ(
      refused([&] { repository_.read_blob(id, 999); }),
      text::cat("object ", id.hex(), " has 1000 bytes, more than the limit of 999")
  );
  EXPECT_EQ(repository_.read_blob(id, 1'000).size(), 1'000u);
}

TEST_F(GitBomb, CompactionVisitsEachTreeOnce) {
  repository_.set_tip(commit(tree_bomb(40)));
  repository_.compact();
  EXPECT_EQ(repository_.pack_count(), 1u);
  repository_.set_tip(commit(deep_tree(3'000)));
  EXPECT_EQ(refused([&] { repository_.compact(); }), "folders are nested more than 256 deep");
}

std::string number(std::size_t value) {  // little endian, seven bits a byte
  std::string out;
  for (; value >= 128; value >>= 7U) out += static_cast<char>((value & 127U) | 128U);
  return out += static_cast<char>(value);
}

std::string object(unsigned type, const std::string& content, std::string_view between = "") {
  std::string out;
  std::size_t size = content.size() >> 4U;
  out += static_cast<char>((size > 0 ? 128U : 0U) | (type << 4U) | (content.size() & 15U));
  if (size > 0) out += number(size);
  out += between;
  std::string packed(compressBound(content.size()), '\0');
  uLongf packed_size = packed.size();
  compress(
      reinterpret_cast<Bytef*>(packed.data()),
      &packed_size,
      reinterpret_cast<const Bytef*>(content.data()),
      content.size()
  );
  return out + packed.substr(0, packed_size);
}

std::string pack(std::uint32_t count, const std::string& objects) {
  std::string out{"PACK\0\0\0\2", 8};
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((count >> shift) & 255U);
  out += objects;
  const std::string digest = sha1_hex(out);
  for (std::size_t i = 0; i < digest.size(); i += 2)
    out += static_cast<char>(std::stoi(digest.substr(i, 2), nullptr, 16));
  return out;
}

constexpr unsigned kBlob = 3;
constexpr unsigned kOffsetDelta = 6;
constexpr std::size_t kUnpacked = 100'000;

/// A delta of one kilobyte that copies its base a thousand times.
std::string delta_bomb() {
  const std::string base = object(kBlob, std::string(100, 'b'));
  std::string delta = number(100) + number(kUnpacked);
  for (std::size_t i = 0; i < kUnpacked / 100; ++i) delta += std::string{"\x90\x64", 2};
  return pack(2, base + object(kOffsetDelta, delta, std::string(1, static_cast<char>(base.size()))));
}

TEST_F(GitBomb, ADeltaThatBecomesTooLargeIsRefusedBeforeItIsUnpacked) {
  const std::string bytes = delta_bomb();
  ASSERT_LT(bytes.size(), 500u);
  PackLimits limits;
  limits.object_bytes = 64 << 10;
  EXPECT_EQ(
      refused([&] {
        Repository::PackWriter writer{repository_, limits};
        writer.write(bytes);
        writer.finish();
      }),
      "read the pack: an object of 100001 bytes is larger than the limit of 65536"
  );
  EXPECT_EQ(repository_.pack_count(), 0u) << "nothing is left behind";

  Repository::PackWriter writer{repository_};
  writer.write(bytes);
  writer.finish();
  EXPECT_EQ(repository_.pack_count(), 1u);
}

TEST_F(GitBomb, APackThatNeedsMuchMemorySaysSoInATrial) {
  const std::string base = object(kBlob, std::string(1 << 16, 'b'));
  std::string delta = number(1 << 16) + number(std::size_t{256} << 16U);
  for (int i = 0; i < 256; ++i) delta += '\x80';
  std::string distance(1, static_cast<char>(base.size() & 127U));
  ASSERT_LT(base.size(), 16'384u);
  if (base.size() > 127) distance.insert(0, 1, static_cast<char>(((base.size() >> 7U) - 1) | 128U));
  const std::string bytes = pack(2, base + object(kOffsetDelta, delta, distance));
  const auto read = [&] {
    Repository::PackWriter writer{repository_};
    writer.write(bytes);
    writer.finish();
  };
  {
    const Trial trial;
    EXPECT_THROW(read(), TrialTooSmall);
  }
  EXPECT_EQ(repository_.pack_count(), 0u) << "nothing is left behind";
  read();
  EXPECT_EQ(repository_.pack_count(), 1u);
}

TEST_F(GitBomb, APackOfTooManyObjectsIsRefusedByItsFirstBytes) {
  const std::string bytes = pack(0x7fffffff, "").substr(0, 12);
  EXPECT_EQ(
      refused([&] {
        Repository::PackWriter writer{repository_};
        for (const char byte : bytes) writer.write({&byte, 1});
      }),
      "the pack has 2147483647 objects, more than the limit of 1000000"
  );
}

TEST_F(GitBomb, APackIsReadNoFurtherWhenStopped) {
  std::stop_source stop;
  stop.request_stop();
  Repository::PackWriter writer{repository_};
  EXPECT_THROW(
      {
        writer.write(delta_bomb(), stop.get_token());
        writer.finish(stop.get_token());
      },
      std::runtime_error
  );
}

}  // namespace
}  // namespace weir::git
