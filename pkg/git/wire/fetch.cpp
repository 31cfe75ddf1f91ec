#include "pkg/git/wire/fetch.hpp"

#include "pkg/base/text.hpp"
#include "pkg/git/errors.hpp"

namespace weir::git::wire {

namespace {

using Kind = Packet::Kind;

enum class Band : unsigned char { kData = 1, kProgress = 2, kError = 3 };

std::string line(std::string_view word, const ObjectId& id) { return packet(text::cat(word, ' ', id.hex(), '\n')); }

bool is_band(const Packet& packet) {
  return !packet.data.empty() && packet.data[0] >= char{1} && packet.data[0] <= char{3};
}

asio::awaitable<void> take_band(Packet packet, PackSink& sink) {
  switch (static_cast<Band>(packet.data[0])) {
    case Band::kData: {
      packet.data.erase(0, 1);
      co_await sink.write(std::move(packet.data));
      break;
    }
    case Band::kProgress: break;
    case Band::kError:
      throw GitError{
          GitFailure::kProtocol,
          text::cat("the server reports: ", text::trim(std::string_view{packet.data}.substr(1, 300)))};
  }
}

/// Everything up to the flush at the end is the pack, in bands.
asio::awaitable<void> take_pack(PacketReader& reader, PackSink& sink) {
  while (true) {
    auto packet = co_await reader.expect("the end of the pack");
    if (!packet.is_data()) co_return;
    if (!is_band(packet)) throw GitError{GitFailure::kProtocol, "the server sent something else than a pack"};
    co_await take_band(std::move(packet), sink);
  }
}

asio::awaitable<void> take_answer_v2(PacketReader& reader, PackSink& sink) {
  while (true) {
    const auto packet = co_await reader.expect("the pack");
    if (!packet.is_data()) continue;  // between two sections
    if (packet.line() == "packfile") break;
    // acknowledgments, shallow-info, wanted-refs: nothing in them that we do not know
  }
  co_await take_pack(reader, sink);
}

asio::awaitable<void> take_answer_v0(PacketReader& reader, PackSink& sink) {
  while (true) {
    auto packet = co_await reader.expect("the pack");
    if (!packet.is_data() || !is_band(packet)) continue;  // shallow, ACK, NAK
    co_await take_band(std::move(packet), sink);
    break;
  }
  co_await take_pack(reader, sink);
}

}  // namespace

std::string fetch_request_v2(const Greeting& greeting, const FetchRequest& request, std::string_view agent) {
  std::string out = packet("command=fetch\n");
  if (greeting.can("agent")) out += packet(text::cat("agent=", agent, '\n'));
  if (greeting.can("object-format")) out += packet("object-format=sha1\n");
  out += kDelimiter;
  out += packet("thin-pack\n");
  out += packet("no-progress\n");
  out += packet("ofs-delta\n");
  for (const auto& id : request.wants) out += line("want", id);
  for (const auto& id : request.shallows) out += line("shallow", id);
  if (request.depth > 0) out += packet(text::cat("deepen ", request.depth, '\n'));
  for (const auto& id : request.haves) out += line("have", id);
  out += packet("done\n");
  out += kFlush;
  return out;
}

std::string fetch_request_v0(const Greeting& greeting, const FetchRequest& request, std::string_view agent) {
  if (!greeting.can("side-band-64k"))
    throw GitError{GitFailure::kProtocol, "the server is too old: it lacks side-band-64k"};
  if (request.depth > 0 && !greeting.can("shallow"))
    throw GitError{GitFailure::kProtocol, "the server is too old: it lacks shallow"};
  std::string capabilities = "side-band-64k";
  // Some servers (Azure DevOps) insist on a multi_ack; our single round works with any.
  for (const char* name : {"multi_ack_detailed", "thin-pack", "ofs-delta", "no-progress"}) {
    if (greeting.can(name)) text::append(capabilities, ' ', name);
  }
  if (!greeting.can("multi_ack_detailed") && greeting.can("multi_ack")) capabilities += " multi_ack";
  if (greeting.can("agent")) text::append(capabilities, " agent=", agent);
  std::string out;
  bool is_first = true;
  for (const auto& id : request.wants) {
    out += is_first ? packet(text::cat("want ", id.hex(), ' ', capabilities, '\n')) : line("want", id);
    is_first = false;
  }
  for (const auto& id : request.shallows) out += line("shallow", id);
  if (request.depth > 0) out += packet(text::cat("deepen ", request.depth, '\n'));
  out += kFlush;
  for (const auto& id : request.haves) out += line("have", id);
  out += packet("done\n");
  return out;
}

asio::awaitable<void> fetch(
    Service& service, const Greeting& greeting, FetchRequest request, std::string agent, PackSink& sink
) {
  if (greeting.version == 2) {
    PacketReader* reader = co_await service.call(fetch_request_v2(greeting, request, agent));
    co_await take_answer_v2(*reader, sink);
  } else {
    PacketReader* reader = co_await service.call(fetch_request_v0(greeting, request, agent));
    co_await take_answer_v0(*reader, sink);
  }
}

}  // namespace weir::git::wire
