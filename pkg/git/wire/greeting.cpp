#include "pkg/git/wire/greeting.hpp"

#include "pkg/base/text.hpp"
#include "pkg/git/errors.hpp"

namespace weir::git::wire {

namespace {

constexpr std::string_view kPeeled = "^{}";

/// The lines of a version 0 list. A peeled line ("^{}") completes the one before.
class RefLines {
 public:
  explicit RefLines(RefSink& sink) : sink_{sink} { sink_.start(); }

  /// @throws GitError kProtocol
  void add(std::string_view line) {
    const auto [id_text, name] = text::cut(line, " ");
    const auto id = ObjectId::parse(id_text);
    if (!id || name.empty()) throw GitError{GitFailure::kProtocol, "the server's reference list cannot be read"};
    if (name == "capabilities^{}") return;  // an empty repository
    if (name.ends_with(kPeeled)) {
      const auto tag = name.substr(0, name.size() - kPeeled.size());
      if (last_ && last_->name == tag) last_->peeled = *id;
      return;
    }
    finish();
    last_.emplace(std::string{name}, *id);
  }

  void finish() {
    if (last_) sink_.take(*last_);
    last_.reset();
  }

 private:
  RefSink& sink_;
  std::optional<RemoteRef> last_;
};

}  // namespace

std::optional<std::string_view> Greeting::capability(std::string_view name) const {
  for (const auto& entry : capabilities) {
    const auto [key, value] = text::cut(entry, "=");
    if (key == name) return value;
  }
  return std::nullopt;
}

void Greeting::require_sha1() const {
  const auto format = capability("object-format");
  if (format && *format != "sha1")
    throw GitError{GitFailure::kProtocol, text::cat("repositories with object format ", *format, " are not supported")};
}

void ListLimit::add(const Packet& packet) {
  bytes_ += packet.data.size();
  if (bytes_ > max_bytes_)
    throw GitError{
        GitFailure::kTooLarge,
        text::cat("the server says more than the ", max_bytes_, " bytes that are read of a list")};
}

asio::awaitable<Greeting> read_greeting(PacketReader& reader, RefSink& sink, std::size_t max_bytes) {
  using Kind = Packet::Kind;
  ListLimit limit{max_bytes};
  Greeting greeting;
  auto packet = co_await reader.expect("its greeting");
  if (packet.is_data() &&
      packet.line().starts_with("# service=")) {  // smart HTTP says which service it is, then pauses
    packet = co_await reader.expect("its greeting");
    if (packet.kind == Kind::kFlush) packet = co_await reader.expect("its greeting");
  }
  if (packet.is_data() && packet.line() == "version 2") {
    greeting.version = 2;
    while (true) {
      packet = co_await reader.expect("the end of its capabilities");
      if (!packet.is_data()) co_return greeting;
      limit.add(packet);
      greeting.capabilities.emplace_back(packet.line());
    }
  }
  if (packet.is_data() && packet.line() == "version 1") {
    greeting.version = 1;
    packet = co_await reader.expect("the reference list");
  }
  RefLines refs{sink};
  bool is_first = true;
  while (packet.is_data()) {
    limit.add(packet);
    std::string_view line = packet.line();
    if (is_first) {
      const auto nul = line.find('\0');
      if (nul != std::string_view::npos) {
        for (const auto word : text::split(text::trim(line.substr(nul + 1)), ' '))
          greeting.capabilities.emplace_back(word);
        line = line.substr(0, nul);
      }
      is_first = false;
    }
    if (!line.starts_with("shallow ")) refs.add(line);
    packet = co_await reader.expect("the end of the reference list");
  }
  refs.finish();
  co_return greeting;
}

}  // namespace weir::git::wire
