#include "pkg/git/wire/pkt_line.hpp"

#include <array>

#include "pkg/base/text.hpp"
#include "pkg/git/errors.hpp"

namespace weir::git::wire {

namespace {

constexpr std::size_t kLengthDigits = 4;

int hex_value(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  if (character >= 'A' && character <= 'F') return character - 'A' + 10;
  return -1;
}

/// What a person should see of a server's text: one line, no control characters.
std::string readable(std::string_view text) {
  constexpr std::size_t kLongest = 300;
  std::string out;
  for (const char character : text::trim(text).substr(0, kLongest)) {
    out += static_cast<unsigned char>(character) < 0x20 ? ' ' : character;
  }
  return out;
}

}  // namespace

std::string_view Packet::line() const {
  std::string_view text = data;
  if (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

std::string packet(std::string_view data) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (data.size() > kLongestData)
    throw GitError{
        GitFailure::kProtocol,
        text::cat("a line of ", data.size(), " bytes is longer than Git's protocol has room for")};
  const std::size_t length = data.size() + kLengthDigits;
  std::string out;
  out.reserve(length);
  for (int shift = 12; shift >= 0; shift -= 4) out += kDigits[(length >> shift) & 15];
  return out += data;
}

void PacketDecoder::add(std::string_view bytes) {
  if (start_ > 0) {
    buffer_.erase(0, start_);
    start_ = 0;
  }
  buffer_ += bytes;
}

bool PacketDecoder::take(Packet& out) {
  if (buffer_.size() - start_ < kLengthDigits) return false;
  std::size_t length = 0;
  for (std::size_t i = 0; i < kLengthDigits; ++i) {
    const int digit = hex_value(buffer_[start_ + i]);
    if (digit < 0) throw GitError{GitFailure::kProtocol, "the server does not speak Git's protocol"};
    length = length * 16 + static_cast<std::size_t>(digit);
  }
  using Kind = Packet::Kind;
  if (length < kLengthDigits) {
    if (length == 3) throw GitError{GitFailure::kProtocol, "the server sent a packet of impossible length"};
    constexpr std::array<Kind, 3> kSpecial{Kind::kFlush, Kind::kDelimiter, Kind::kResponseEnd};
    out = Packet{kSpecial[length]};
    start_ += kLengthDigits;
    return true;
  }
  if (buffer_.size() - start_ < length) return false;
  out.kind = Kind::kData;
  out.data.assign(buffer_, start_ + kLengthDigits, length - kLengthDigits);
  start_ += length;
  return true;
}

asio::awaitable<Packet> PacketReader::next() {
  Packet packet;
  while (!decoder_.take(packet)) {
    const std::string bytes = co_await stream_->read_some();
    if (bytes.empty()) {
      if (!decoder_.is_empty()) throw GitError{GitFailure::kProtocol, "the server's answer was cut short"};
      co_return Packet{Packet::Kind::kEndOfStream};
    }
    decoder_.add(bytes);
  }
  if (packet.is_data() && packet.data.starts_with("ERR "))
    throw GitError{GitFailure::kProtocol, text::cat("the server reports: ", readable(packet.line().substr(4)))};
  co_return packet;
}

asio::awaitable<Packet> PacketReader::expect(std::string_view expected) {
  const std::string what{expected};
  auto packet = co_await next();
  if (packet.kind == Packet::Kind::kEndOfStream)
    throw GitError{GitFailure::kProtocol, text::cat("the server's answer ended before ", what)};
  co_return packet;
}

}  // namespace weir::git::wire
