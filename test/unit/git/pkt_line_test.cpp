#include "pkg/git/wire/pkt_line.hpp"

#include <gtest/gtest.h>

#include "pkg/git/errors.hpp"
#include "pkg/git/wire/greeting.hpp"
#include "pkg/git/wire/ls_refs.hpp"
#include "test/support/run.hpp"

namespace weir::git::wire {
namespace {

/// A server's bytes in portions.
class Pieces final : public http::BodyReader {
 public:
  Pieces(std::string bytes, std::size_t portion) : bytes_{std::move(bytes)}, portion_{portion} {}
  asio::awaitable<std::string> read_some() override {
    std::string out = bytes_.substr(0, portion_);
    bytes_.erase(0, portion_);
    co_return out;
  }

 private:
  std::string bytes_;
  std::size_t portion_;
};

class KeptRefs final : public RefSink {
 public:
  void start() override { refs.clear(); }
  void take(const RemoteRef& ref) override { refs.push_back(ref); }
  std::vector<RemoteRef> refs;
};

/// With the references that it lists.
struct Greeted : Greeting {
  Greeted() {}
  explicit Greeted(Greeting greeting) : Greeting{std::move(greeting)} {}
  std::vector<RemoteRef> refs;
};

asio::awaitable<Greeted> greet(std::string bytes, std::size_t portion) {
  PacketReader reader{std::make_unique<Pieces>(std::move(bytes), portion)};
  KeptRefs kept;
  Greeted out{co_await read_greeting(reader, kept)};
  out.refs = std::move(kept.refs);
  co_return out;
}

Greeted greeting_of(const std::string& bytes, std::size_t portion = 3) {
  asio::io_context reactor;
  return test::run(reactor, greet(bytes, portion));
}

TEST(PktLine, Encodes) {
  EXPECT_EQ(packet(""), "0004");
  EXPECT_EQ(packet("hello\n"), "000ahello\n");
  EXPECT_EQ(packet(std::string(kLongestData, 'x')).substr(0, 4), "fff0");
}

TEST(PktLine, DecodesInAnyPortions) {
  const std::string bytes = packet("one\n") + "0000" + packet("two") + "00010002" + "0004";
  for (std::size_t portion = 1; portion <= bytes.size(); ++portion) {
    PacketDecoder decoder;
    std::vector<Packet> packets;
    for (std::size_t at = 0; at < bytes.size(); at += portion) {
      decoder.add(bytes.substr(at, portion));
      Packet out;
      while (decoder.take(out)) packets.push_back(out);
    }
    ASSERT_EQ(packets.size(), 6u) << portion;
    EXPECT_EQ(packets[0].line(), "one");
    EXPECT_EQ(packets[1].kind, Packet::Kind::kFlush);
    EXPECT_EQ(packets[2].line(), "two");
    EXPECT_EQ(packets[3].kind, Packet::Kind::kDelimiter);
    EXPECT_EQ(packets[4].kind, Packet::Kind::kResponseEnd);
    EXPECT_EQ(packets[5].line(), "");
    EXPECT_TRUE(decoder.is_empty());
  }
}

TEST(PktLine, RefusesLengthsThatAreNone) {
  for (const char* bytes : {"zzzz", "0003", "-001", "<htm"}) {
    PacketDecoder decoder;
    decoder.add(bytes);
    Packet out;
    EXPECT_THROW(decoder.take(out), GitError) << bytes;
  }
}

const std::string kOne(40, '1');
const std::string kTwo(40, '2');

TEST(GreetingOfAServer, VersionTwo) {
  const auto greeting = greeting_of(
      packet("# service=git-upload-pack\n") + "0000" + packet("version 2\n") + packet("agent=git/2\n") +
      packet("object-format=sha1\n") + packet("fetch=shallow wait-for-done\n") + "0000"
  );
  EXPECT_EQ(greeting.version, 2);
  EXPECT_EQ(greeting.capability("fetch"), "shallow wait-for-done");
  EXPECT_FALSE(greeting.can("filter"));
  EXPECT_NO_THROW(greeting.require_sha1());
}

TEST(GreetingOfAServer, VersionZeroListsItsReferences) {
  const auto greeting = greeting_of(
      packet(kOne + " HEAD" + std::string(1, '\0') + "side-band-64k symref=HEAD:refs/heads/main agent=x\n") +
      packet(kOne + " refs/heads/main\n") + packet(kOne + " refs/tags/v1\n") + packet(kTwo + " refs/tags/v1^{}\n") +
      "0000"
  );
  EXPECT_EQ(greeting.version, 0);
  ASSERT_EQ(greeting.refs.size(), 3u);
  EXPECT_EQ(greeting.refs[0].name, "HEAD");
  EXPECT_EQ(greeting.refs[2].peeled->hex(), kTwo);
  EXPECT_TRUE(greeting.can("side-band-64k"));
}

TEST(GreetingOfAServer, VersionOneAndEmptyRepositories) {
  const auto greeting = greeting_of(
      packet("version 1\n") + packet(std::string(40, '0') + " capabilities^{}" + std::string(1, '\0') + "agent=x") +
      "0000"
  );
  EXPECT_EQ(greeting.version, 1);
  EXPECT_TRUE(greeting.refs.empty());
}

TEST(GreetingOfAServer, FaultsAreNamed) {
  auto refusal = [](const std::string& bytes) -> std::string {
    try {
      greeting_of(bytes).require_sha1();
    } catch (const GitError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_EQ(refusal(""), "the server's answer ended before its greeting");
  EXPECT_EQ(refusal("00"), "the server's answer was cut short");
  EXPECT_EQ(refusal(packet("version 2\n")), "the server's answer ended before the end of its capabilities");
  EXPECT_EQ(refusal(packet("ERR no\x01such repo\n")), "the server reports: no such repo");
  EXPECT_EQ(refusal(packet("nonsense")), "the server's reference list cannot be read");
  EXPECT_EQ(
      refusal(packet("version 2\n") + packet("object-format=sha256\n") + "0000"),
      "repositories with object format sha256 are not supported"
  );
}

TEST(LsRefs, RequestAndAnswer) {
  Greeting greeting;
  greeting.version = 2;
  greeting.capabilities = {"agent=git/2", "object-format=sha1"};
  EXPECT_EQ(
      ls_refs_request(greeting, {"refs/heads/main"}, "git/weir"),
      "0014command=ls-refs\n0013agent=git/weir\n0017object-format=sha1\n00010009peel\n"
      "001fref-prefix refs/heads/main\n0000"
  );
  const auto ref = parse_ref_line(kOne + " refs/tags/v1 peeled:" + kTwo);
  EXPECT_EQ(ref.name, "refs/tags/v1");
  EXPECT_EQ(ref.peeled->hex(), kTwo);
  EXPECT_EQ(parse_ref_line(kOne + " HEAD symref-target:refs/heads/x").name, "HEAD");
  for (const std::string& bad : {std::string{}, kOne, kOne + " ", std::string{"x y"}, kOne + " r peeled:x"})
    EXPECT_THROW(parse_ref_line(bad), GitError) << bad;
}

TEST(PktLine, ALineThatWouldWrapItsLengthIsRefused) {
  EXPECT_EQ(packet(std::string(kLongestData, 'x')).substr(0, 4), "fff0");
  EXPECT_THROW(packet(std::string(kLongestData + 1, 'x')), GitError);
  EXPECT_THROW(packet(std::string(0x10000, 'x')), GitError);
}

}  // namespace
}  // namespace weir::git::wire
