#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/async/asio.hpp"
#include "pkg/git/reference.hpp"
#include "pkg/git/wire/pkt_line.hpp"

namespace weir::git::wire {

/// What a server says first: which version it speaks and what it can do. Source: gitprotocol-v2(5),
/// gitprotocol-pack(5) "Reference Discovery".
struct Greeting {
  Greeting() {}

  /// The value of "name=value"; empty for a bare name; nullopt when it is not there.
  std::optional<std::string_view> capability(std::string_view name) const;
  bool can(std::string_view name) const { return capability(name).has_value(); }
  /// @throws GitError kProtocol for a repository that does not name its objects by SHA-1
  void require_sha1() const;

  int version = 0;
  std::vector<std::string> capabilities;
};

/// The most that a server may list or say before its pack: some 700,000 references.
constexpr std::size_t kLongestList = 32u << 20;

/// Counts what a server says against a limit, before it is kept.
class ListLimit {
 public:
  explicit ListLimit(std::size_t max_bytes) : max_bytes_{max_bytes} {}
  /// @throws GitError kTooLarge
  void add(const Packet& packet);

 private:
  const std::size_t max_bytes_;
  std::size_t bytes_ = 0;
};

/// Before version 2 a server goes on to list all its references: they are given to `sink`.
/// @throws GitError kProtocol, kTooLarge
asio::awaitable<Greeting> read_greeting(PacketReader& reader, RefSink& sink, std::size_t max_bytes = kLongestList);

}  // namespace weir::git::wire
