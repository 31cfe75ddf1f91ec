#include "pkg/git/wire/receive_pack.hpp"

#include "pkg/base/text.hpp"
#include "pkg/git/errors.hpp"

namespace weir::git::wire {

namespace {

/// The report is itself packets, carried in the data band; a hook's words come in the others.
struct Report {
  PacketDecoder decoder;
  std::string words;  // of the server, for people
  bool has_unpacked = false;
  std::vector<RefOutcome> outcomes;

  void take_line(std::string_view line) {
    const auto [word, rest] = text::cut(line, " ");
    if (word == "unpack") {
      if (rest != "ok") throw GitError{GitFailure::kProtocol, text::cat("the server could not take the pack: ", rest)};
      has_unpacked = true;
    } else if (word == "ok") {
      outcomes.emplace_back(std::string{rest}, "");
    } else if (word == "ng") {
      const auto [name, reason] = text::cut(rest, " ");
      outcomes.emplace_back(std::string{name}, reason.empty() ? "refused" : std::string{reason});
    }
  }

  void take_band(const Packet& packet) {
    constexpr std::size_t kMostWords = 2000;
    const std::string_view data = std::string_view{packet.data}.substr(1);
    if (packet.data[0] == 1) {
      decoder.add(data);
      Packet inner;
      while (decoder.take(inner)) {
        if (inner.is_data()) take_line(inner.line());
      }
    } else if (packet.data[0] == 2) {
      if (words.size() < kMostWords) words += data;
    } else {
      throw GitError{GitFailure::kProtocol, text::cat("the server reports: ", text::trim(data))};
    }
  }

  /// A hook's first line says more than "pre-receive hook declined".
  void explain() {
    const auto first = text::trim(std::string_view{words}.substr(0, words.find('\n')));
    if (first.empty()) return;
    for (auto& outcome : outcomes) {
      if (!outcome.refusal.empty()) text::append(outcome.refusal, " (", first, ')');
    }
  }
};

}  // namespace

std::string push_request(
    const Greeting& greeting,
    const std::vector<RefUpdate>& updates,
    const std::vector<std::string>& options,
    std::string_view agent
) {
  if (!greeting.can("report-status"))
    throw GitError{GitFailure::kProtocol, "the server cannot report what became of a push"};
  if (!options.empty() && !greeting.can("push-options"))
    throw GitError{GitFailure::kProtocol, "the server takes no push options"};
  std::string capabilities = " report-status";
  if (greeting.can("side-band-64k")) capabilities += " side-band-64k";
  if (!options.empty()) capabilities += " push-options";
  if (greeting.can("object-format")) capabilities += " object-format=sha1";
  if (greeting.can("agent")) text::append(capabilities, " agent=", agent);
  std::string out;
  for (const auto& update : updates) {
    std::string line = text::cat(update.from.hex(), ' ', update.to.hex(), ' ', update.name);
    if (out.empty()) text::append(line, '\0', capabilities);
    out += packet(line);
  }
  out += kFlush;
  if (options.empty()) return out;
  for (const auto& option : options) out += packet(option);
  out += kFlush;
  return out;
}

asio::awaitable<std::vector<RefOutcome>> push(
    Service& service,
    const Greeting& greeting,
    std::vector<RefUpdate> updates,
    std::vector<std::string> options,
    std::string pack,
    std::string agent
) {
  std::string request = push_request(greeting, updates, options, agent);
  request += pack;
  PacketReader* reader = co_await service.call(std::move(request));
  Report report;
  const bool has_bands = greeting.can("side-band-64k");
  constexpr std::size_t kLongestReport = 4u << 20;
  ListLimit limit{kLongestReport};
  while (true) {
    const auto packet = co_await reader->expect("the report of the push");
    if (!packet.is_data()) break;
    limit.add(packet);
    if (!has_bands) {
      report.take_line(packet.line());
    } else if (!packet.data.empty()) {
      report.take_band(packet);
    }
  }
  if (!report.has_unpacked) throw GitError{GitFailure::kProtocol, "the server did not report what became of the push"};
  report.explain();
  co_return std::move(report.outcomes);
}

}  // namespace weir::git::wire
