#include "pkg/git/wire/fetch.hpp"

#include <gtest/gtest.h>

#include "pkg/base/text.hpp"
#include "pkg/git/errors.hpp"
#include "pkg/git/wire/ls_refs.hpp"
#include "test/support/run.hpp"

namespace weir::git::wire {
namespace {

class Pieces final : public http::BodyReader {
 public:
  explicit Pieces(std::string bytes) : bytes_{std::move(bytes)} {}
  asio::awaitable<std::string> read_some() override {
    std::string out = bytes_.substr(0, 7);
    bytes_.erase(0, 7);
    co_return out;
  }

 private:
  std::string bytes_;
};

/// Answers with given bytes and remembers what it was asked.
class ScriptedService final : public Service {
 public:
  explicit ScriptedService(std::string answer) : answer_{std::move(answer)} {}
  asio::awaitable<PacketReader*> greet() override { co_return nullptr; }
  asio::awaitable<PacketReader*> call(std::string request) override {
    asked = std::move(request);
    reader_ = std::make_unique<PacketReader>(std::make_unique<Pieces>(answer_));
    co_return reader_.get();
  }
  asio::awaitable<void> finish() override { co_return; }

  std::string asked;

 private:
  std::string answer_;
  std::unique_ptr<PacketReader> reader_;
};

class Collect final : public PackSink {
 public:
  asio::awaitable<void> write(std::string bytes) override {
    pack += bytes;
    co_return;
  }
  std::string pack;
};

Greeting speaking(int version) {
  Greeting greeting;
  greeting.version = version;
  if (version != 2) greeting.capabilities = {"side-band-64k", "thin-pack", "ofs-delta", "shallow", "multi_ack"};
  return greeting;
}

FetchRequest request() {
  FetchRequest out;
  out.wants.push_back(*ObjectId::parse(std::string(40, '1')));
  out.haves.push_back(*ObjectId::parse(std::string(40, '2')));
  out.shallows = out.haves;
  return out;
}

std::string pack_of(int version, const std::string& answer, std::string* asked = nullptr) {
  asio::io_context reactor;
  ScriptedService service{answer};
  Collect sink;
  test::run(reactor, fetch(service, speaking(version), request(), "git/weir", sink));
  if (asked) *asked = service.asked;
  return sink.pack;
}

std::string band(char number, const std::string& text) { return packet(std::string(1, number) + text); }

TEST(FetchVersionTwo, AsksOnceAndCollectsThePack) {
  std::string asked;
  EXPECT_EQ(
      pack_of(
          2,
          packet("shallow-info\n") + packet("shallow " + std::string(40, '1')) + "0001" + packet("packfile\n") +
              band(2, "counting") + band(1, "PACK") + band(1, "more") + "0000",
          &asked
      ),
      "PACKmore"
  );
  const std::string one(40, '1');
  const std::string two(40, '2');
  EXPECT_EQ(
      asked,
      packet("command=fetch\n") + "0001" + packet("thin-pack\n") + packet("no-progress\n") + packet("ofs-delta\n") +
          packet("want " + one + "\n") + packet("shallow " + two + "\n") + packet("deepen 1\n") +
          packet("have " + two + "\n") + packet("done\n") + "0000"
  );
}

TEST(FetchVersionZero, AsksOnceAndCollectsThePack) {
  std::string asked;
  EXPECT_EQ(
      pack_of(
          0,
          packet("shallow " + std::string(40, '1')) + "0000" + packet("ACK " + std::string(40, '2') + "\n") +
              band(1, "PACK") + band(2, "x") + band(1, "more") + "0000",
          &asked
      ),
      "PACKmore"
  );
  EXPECT_TRUE(
      asked.starts_with(packet("want " + std::string(40, '1') + " side-band-64k thin-pack ofs-delta multi_ack\n"))
  ) << asked;
  EXPECT_TRUE(asked.ends_with(packet("have " + std::string(40, '2') + "\n") + packet("done\n"))) << asked;
}

TEST(Fetch, WhatTheServerReportsIsPassedOn) {
  for (const int version : {0, 2}) {
    const std::string start = version == 2 ? packet("packfile\n") : packet("NAK\n");
    try {
      pack_of(version, start + band(1, "PA") + band(3, "out of memory\n"));
      FAIL();
    } catch (const GitError& error) {
      EXPECT_STREQ(error.what(), "the server reports: out of memory");
    }
    EXPECT_THROW(pack_of(version, start + band(1, "PA")), GitError) << "cut short";
    EXPECT_THROW(pack_of(version, start + band(1, "PA") + packet("x") + "0000"), GitError);
    EXPECT_THROW(pack_of(version, ""), GitError);
  }
}

TEST(FetchVersionZero, AServerThatLacksTheBasicsIsNamed) {
  auto greeting = speaking(0);
  greeting.capabilities = {"side-band-64k"};
  EXPECT_THROW(fetch_request_v0(greeting, request(), "x"), GitError);
  greeting.capabilities = {"shallow"};
  EXPECT_THROW(fetch_request_v0(greeting, request(), "x"), GitError);
}

std::string list_of(int references) {
  std::string out;
  for (int i = 0; i < references; ++i) out += packet(text::cat(std::string(40, 'a'), " refs/heads/", i, "\n"));
  return out + std::string{kFlush};
}

class CountedRefs final : public RefSink {
 public:
  void start() override { count = 0; }
  void take(const RemoteRef&) override { ++count; }
  std::size_t count = 0;
};

TEST(ReferenceList, IsReadUpToALimit) {
  asio::io_context reactor;
  ScriptedService service{list_of(100)};
  CountedRefs refs;
  test::run(reactor, ls_refs(service, speaking(2), {}, "git/weir", refs));
  EXPECT_EQ(refs.count, 100u);
  try {
    test::run(reactor, ls_refs(service, speaking(2), {}, "git/weir", refs, 1'000));
    FAIL();
  } catch (const GitError& error) {
    EXPECT_EQ(error.kind(), GitFailure::kTooLarge);
  }
}

TEST(ReferenceList, OfAnOlderServerToo) {
  asio::io_context reactor;
  PacketReader reader{std::make_unique<Pieces>(list_of(100))};
  try {
    CountedRefs refs;
    test::run(reactor, read_greeting(reader, refs, 1'000));
    FAIL();
  } catch (const GitError& error) {
    EXPECT_EQ(error.kind(), GitFailure::kTooLarge);
  }
}

}  // namespace
}  // namespace weir::git::wire
