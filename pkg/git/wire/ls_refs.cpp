#include "pkg/git/wire/ls_refs.hpp"

#include "pkg/base/text.hpp"
#include "pkg/git/errors.hpp"

namespace weir::git::wire {

std::string ls_refs_request(
    const Greeting& greeting, const std::vector<std::string>& prefixes, std::string_view agent
) {
  std::string out = packet("command=ls-refs\n");
  if (greeting.can("agent")) out += packet(text::cat("agent=", agent, '\n'));
  if (greeting.can("object-format")) out += packet("object-format=sha1\n");
  out += kDelimiter;
  out += packet("peel\n");
  for (const auto& prefix : prefixes) out += packet(text::cat("ref-prefix ", prefix, '\n'));
  out += kFlush;
  return out;
}

RemoteRef parse_ref_line(std::string_view line) {
  const auto words = text::split(line, ' ');
  const auto id = ObjectId::parse(words.front());
  if (!id || words.size() < 2 || words[1].empty())
    throw GitError{GitFailure::kProtocol, "the server's reference list cannot be read"};
  RemoteRef ref{std::string{words[1]}, *id};
  for (std::size_t i = 2; i < words.size(); ++i) {
    const auto [key, value] = text::cut(words[i], ":");
    if (key != "peeled") continue;
    ref.peeled = ObjectId::parse(value);
    if (!ref.peeled) throw GitError{GitFailure::kProtocol, "the server's reference list cannot be read"};
  }
  return ref;
}

asio::awaitable<void> ls_refs(
    Service& service,
    const Greeting& greeting,
    std::vector<std::string> prefixes,
    std::string agent,
    RefSink& sink,
    std::size_t max_bytes
) {
  PacketReader* reader = co_await service.call(ls_refs_request(greeting, prefixes, agent));
  sink.start();
  ListLimit limit{max_bytes};
  while (true) {
    const auto packet = co_await reader->expect("the end of the reference list");
    if (!packet.is_data()) co_return;
    limit.add(packet);
    if (!packet.line().starts_with("unborn ")) sink.take(parse_ref_line(packet.line()));
  }
}

}  // namespace weir::git::wire
