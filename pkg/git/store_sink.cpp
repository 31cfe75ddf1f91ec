#include "pkg/git/store_sink.hpp"

#include <optional>

#include "pkg/base/text.hpp"
#include "pkg/git/errors.hpp"
#include "pkg/git/large_works.hpp"

namespace weir::git {

namespace {

constexpr std::size_t kPiece = 1u << 20;  // of a pack: what one visit to the io pool takes

}  // namespace

bool is_what_was_announced(const Repository& repository, const Resolution& resolution) {
  const auto found = repository.peel(resolution.annotated_tag.value_or(resolution.commit));
  if (found.kind.empty()) return false;
  const std::string name = !resolution.name.empty() ? resolution.name : resolution.commit.hex();
  if (found.kind != "commit")
    throw GitError{
        GitFailure::kNotACommit, text::cat("the reference '", name, "' points to a ", found.kind, ", not to a commit")};
  if (found.id != resolution.commit)
    throw GitError{
        GitFailure::kProtocol,
        text::cat(
            "the server says that '",
            name,
            "' is the commit ",
            resolution.commit.hex(),
            ", but it points to ",
            found.id.hex()
        )};
  return true;
}

StoreSink::~StoreSink() {
  if (pack_) io_.post([pack = std::move(pack_)]() mutable { pack.reset(); });
}

asio::awaitable<void> StoreSink::write(std::string bytes) {
  received_ += bytes.size();
  if (max_bytes_ > 0 && received_ > max_bytes_)
    throw GitError{GitFailure::kTooLarge, text::cat("the pack is larger than the limit of ", max_bytes_, " bytes")};
  waiting_ += bytes;
  if (waiting_.size() < kPiece) co_return;
  auto job = [this](std::stop_token stop) { flush(stop); };
  co_await io_.run(std::move(job));
}

asio::awaitable<bool> StoreSink::finish(const Resolution& resolution, bool is_trial) {
  auto job = [this, &resolution, is_trial](std::stop_token stop) {
    std::optional<Trial> trial;
    if (is_trial) trial.emplace();
    flush(stop);
    pack_->writer.finish(stop);
    pack_.reset();
    Repository fresh = Repository::open(store_);
    const ObjectId commit = resolution.commit;
    if (!is_what_was_announced(fresh, resolution)) return false;
    if (!fresh.has(fresh.read_commit(commit).tree)) return false;
    fresh.set_tip(commit);
    return true;
  };
  co_return co_await io_.run(std::move(job));
}

/// On a pool thread.
void StoreSink::flush(const std::stop_token& stop) {
  if (!pack_) pack_ = std::make_shared<Pack>(store_);
  pack_->writer.write(waiting_, stop);
  waiting_.clear();
}

}  // namespace weir::git
