#include "pkg/artifact/fetcher.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>
#include <vector>

#include "pkg/artifact/extract.hpp"
#include "pkg/async/errors.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/digest.hpp"
#include "pkg/base/random.hpp"
#include "pkg/base/scope.hpp"
#include "pkg/base/text.hpp"

namespace weir::artifact {
namespace {

namespace fs = std::filesystem;

constexpr Milliseconds kHeaderTimeout{30'000};
constexpr Milliseconds kSilence{30'000};
/// A server that starts together with us refuses connections for a moment: asking again costs nothing.
constexpr Milliseconds kQuickPauses[] = {Milliseconds{20}, Milliseconds{50}, Milliseconds{100}};
/// A first quick try bridges a restart.  Source of the others: docs/upstream-rules.md, "Artifact downloads".
constexpr Milliseconds kFirstPause{500};
constexpr Milliseconds kLongestPause{30'000};

/// Worth another try: the server is away or overloaded.
class Unavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

void remove_later(async::BlockingPool& pool, std::vector<fs::path> paths) {
  pool.post([paths = std::move(paths)] {
    std::error_code ignored;
    for (const auto& path : paths) fs::remove_all(path, ignored);
  });
}

}  // namespace

Unpacked::~Unpacked() { remove_later(pool_, {folder_}); }

Fetcher::Fetcher(http::Transport& transport, async::BlockingPool& pool, FetcherOptions options)
    : transport_{transport}, pool_{pool}, options_{std::move(options)} {
  fs::create_directories(options_.cache_folder);
  std::vector<fs::path> leftovers;
  for (const auto& entry : fs::directory_iterator{options_.cache_folder}) leftovers.push_back(entry.path());
  if (!leftovers.empty()) remove_later(pool_, std::move(leftovers));
}

asio::awaitable<std::shared_ptr<const Unpacked>> Fetcher::fetch(std::string url, std::string digest) {
  const auto cached = std::ranges::find(cache_, digest, [](const auto& entry) { return entry.first; });
  if (cached != cache_.end()) {
    cache_.splice(cache_.begin(), cache_, cached);
    co_return cached->second;
  }
  if (const auto running = flights_.find(digest); running != flights_.end()) {
    const auto flight = running->second;
    co_await flight->done.wait();
    if (flight->result) co_return flight->result;
    // The other's failure may be its own cancellation: try by ourselves.
    co_return co_await fetch(std::move(url), std::move(digest));
  }
  const auto flight = std::make_shared<Flight>();
  flights_.emplace(digest, flight);
  try {
    flight->result = co_await download(url, digest);
  } catch (...) {
    flight->failure = std::current_exception();
  }
  flights_.erase(digest);
  flight->done.set();
  if (flight->failure) std::rethrow_exception(flight->failure);
  remember(digest, flight->result);
  co_return flight->result;
}

void Fetcher::remember(const std::string& digest, std::shared_ptr<const Unpacked> unpacked) {
  cache_.emplace_front(digest, std::move(unpacked));
  while (cache_.size() > options_.cached_artifacts) cache_.pop_back();
}

asio::awaitable<std::shared_ptr<const Unpacked>> Fetcher::download(const std::string& url, const std::string& digest) {
  auto parsed = http::Url::parse(url);
  if (parsed.has_error()) throw std::runtime_error{text::cat("artifact URL: ", parsed.error().message)};
  if (!options_.host_override.empty()) {
    auto local = http::Url::parse(text::cat("http://", options_.host_override, parsed->target));
    if (local.has_error()) {
      throw std::runtime_error{text::cat("SOURCE_CONTROLLER_LOCALHOST: ", local.error().message)};
    }
    parsed = std::move(local);
  }
  const http::Url target = *parsed;
  const std::string name = random_hex(16);
  const fs::path archive = options_.cache_folder / (name + ".tar.gz");
  const ScopeExit clean_up{[&] { remove_later(pool_, {archive}); }};
  Milliseconds pause = kFirstPause;
  std::size_t refusals = 0;
  for (unsigned attempts = 0;;) {
    std::exception_ptr failure;
    bool is_refused = false;
    try {
      co_await download_once(target, digest, archive);
    } catch (const Unavailable&) {
      failure = std::current_exception();
    } catch (const http::TransportError& error) {
      failure = std::current_exception();
      is_refused = error.phase() == http::Phase::kConnect;
    } catch (const async::TimedOut&) {
      failure = std::current_exception();
    }
    if (!failure) break;
    if (is_refused && refusals < std::size(kQuickPauses)) {
      const auto quick = kQuickPauses[refusals];
      ++refusals;
      co_await async::sleep_for(quick);
      continue;
    }
    if (attempts++ >= options_.retries) std::rethrow_exception(failure);
    co_await async::sleep_for(pause);
    pause = std::min(pause * 2, kLongestPause);
  }
  auto unpacked = std::make_shared<const Unpacked>(options_.cache_folder / name, pool_);
  const Limits limits = options_.limits;
  const bool keeps_it = options_.keeps_archives;
  auto unpack = [&archive, &unpacked, limits, keeps_it](std::stop_token stop) {
    fs::create_directories(unpacked->folder());
    if (keeps_it) return fs::rename(archive, unpacked->folder() / kArchiveName);
    extract(archive, unpacked->folder(), limits, stop);
  };
  co_await pool_.run(std::move(unpack));
  co_return unpacked;
}

asio::awaitable<void> Fetcher::download_once(const http::Url& url, const std::string& digest, const fs::path& target) {
  const auto algorithm = parse_digest_algorithm(text::cut(digest, ":").first);
  if (algorithm.has_error()) {
    throw std::runtime_error{text::cat("artifact digest: ", algorithm.error().message)};
  }
  http::CallOptions options;
  options.timeout = kHeaderTimeout;
  options.idle_timeout = kSilence;
  http::Request request{"GET", url};
  auto response = co_await transport_.open(std::move(request), options);
  if (response.status == 404) throw ArtifactNotFound{text::cat("there is no artifact at ", url.text())};
  if (response.status != 200) {
    const std::string message = text::cat(url.text(), " answered ", response.status);
    if (response.status >= 500 || response.status == 429) throw Unavailable{message};
    throw std::runtime_error{message};
  }
  Digester digester{*algorithm};
  std::ofstream file{target, std::ios::binary | std::ios::trunc};
  for (;;) {
    const std::string piece = co_await response.body->read_some();
    if (piece.empty()) break;
    digester.update(piece);
    file.write(piece.data(), static_cast<std::streamsize>(piece.size()));
  }
  file.close();
  if (!file) throw std::runtime_error{text::cat("cannot write ", target.filename().string())};
  if (digester.finish() != digest) {
    throw ArtifactReplaced{text::cat("the artifact at ", url.text(), " has not the digest ", digest)};
  }
}

}  // namespace weir::artifact
