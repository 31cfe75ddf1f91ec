#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "pkg/async/asio.hpp"
#include "pkg/http/transport.hpp"

namespace weir::git::wire {

/// One packet. Source: gitprotocol-common(5), "pkt-line Format".
struct Packet {
  enum class Kind { kData, kFlush, kDelimiter, kResponseEnd, kEndOfStream };

  Packet() {}
  explicit Packet(Kind kind_) : kind{kind_} {}

  bool is_data() const { return kind == Kind::kData; }
  /// The data without the line feed that text packets end with.
  std::string_view line() const;

  Kind kind = Kind::kData;
  std::string data;
};

constexpr std::string_view kFlush = "0000";
constexpr std::string_view kDelimiter = "0001";
constexpr std::size_t kLongestData = 65516;

/// `data` with its length in front. @throws GitError kProtocol for more than kLongestData bytes:
/// the four digits would name another length, and the rest of the line would be lines of its own
std::string packet(std::string_view data);

/// Finds packets in bytes that arrive in any portions. Pure.
class PacketDecoder {
 public:
  void add(std::string_view bytes);
  /// @returns false when more bytes are needed
  /// @throws GitError kProtocol for a length that is none
  bool take(Packet& out);
  bool is_empty() const { return start_ == buffer_.size(); }

 private:
  std::string buffer_;
  std::size_t start_ = 0;
};

/// Reads packets from a stream. An "ERR" packet is thrown as the server's error.  Threads: reactor.
class PacketReader {
 public:
  explicit PacketReader(std::unique_ptr<http::BodyReader> stream) : stream_{std::move(stream)} {}

  /// @returns a packet; kEndOfStream at a proper end. @throws GitError kProtocol,
  /// http::TransportError
  asio::awaitable<Packet> next();
  /// The same, but the end is an error. @param expected  for its text: "the reference list"
  asio::awaitable<Packet> expect(std::string_view expected);

 private:
  std::unique_ptr<http::BodyReader> stream_;
  PacketDecoder decoder_;
};

}  // namespace weir::git::wire
