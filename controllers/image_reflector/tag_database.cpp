#include "controllers/image_reflector/tag_database.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "pkg/base/random.hpp"
#include "pkg/base/scope.hpp"
#include "pkg/base/text.hpp"

namespace weir::image_reflector {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFormat = "weir-tags-1";
constexpr std::size_t kMaxChoices = 1'024;

[[noreturn]] void fail(const std::string& what, const fs::path& path) {
  throw std::system_error{errno, std::generic_category(), text::cat(what, " ", path.string())};
}

class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags) : number_{::open(path.c_str(), flags | O_CLOEXEC, 0600)} {
    if (number_ < 0) fail("cannot open", path);
  }
  ~Descriptor() { ::close(number_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

void write_whole(const fs::path& path, std::string_view bytes) {
  const Descriptor file{path, O_WRONLY | O_CREAT | O_TRUNC};
  while (!bytes.empty()) {
    const auto put = ::write(file.number(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) fail("cannot write", path);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  if (::fsync(file.number()) != 0) fail("cannot write", path);
}

/// Replaces a file so that after a crash there is the old one or the new one, whole.
void replace_file(const fs::path& path, std::string_view bytes) {
  fs::create_directories(path.parent_path());
  const fs::path temporary = path.parent_path() / text::cat(".", path.filename().string(), ".", random_hex(8));
  const ScopeExit clean_up{[&] {
    std::error_code ignored;
    fs::remove(temporary, ignored);
  }};
  write_whole(temporary, bytes);
  fs::rename(temporary, path);
  const Descriptor folder{path.parent_path(), O_RDONLY | O_DIRECTORY};
  ::fsync(folder.number());
}

std::string read_whole(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

std::optional<Result<Choice>> TagSnapshot::known(const PolicyRule& rule) const {
  const std::lock_guard lock{mutex_};
  const auto at = choices_.find(rule.key());
  if (at == choices_.end()) return std::nullopt;
  return at->second;
}

const VersionIndex& TagSnapshot::versions() const {
  std::call_once(indexed_, [this] { index_ = std::make_unique<const VersionIndex>(*tags_); });
  return *index_;
}

Result<Choice> TagSnapshot::select(const PolicyRule& rule) const {
  if (auto before = known(rule)) return std::move(*before);
  Result<Choice> choice = Choice{};
  const auto* range = rule.plain_range();
  const auto highest = range != nullptr && tags_->size() > 0 ? versions().highest_in(*range) : std::string_view{};
  choice = highest.empty() ? rule.select(tags_->tags()) : Result<Choice>{Choice{std::string{highest}}};
  const std::lock_guard lock{mutex_};
  if (choices_.size() >= kMaxChoices) choices_.clear();  // policies come and go; the tags may stay for years
  choices_.insert_or_assign(rule.key(), choice);
  return choice;
}

std::size_t TagSnapshot::size_bytes() const {
  // The index counts as well: about a hundred bytes for each version.
  return tags_->lines().size() + tags_->size() * (sizeof(std::string_view) + 112);
}

std::string encode_tags(const TagSnapshot& snapshot) {
  return text::cat(kFormat, " ", snapshot.tags().revision(), " ", snapshot.image(), "\n", snapshot.tags().lines());
}

std::shared_ptr<const TagSnapshot> decode_tags(std::string_view bytes) {
  const auto end = bytes.find('\n');
  if (end == std::string_view::npos) return nullptr;
  const auto head = text::split(bytes.substr(0, end), ' ');
  if (head.size() != 3 || head[0] != kFormat) return nullptr;
  auto tags = TagList::make(bytes.substr(end + 1), {});
  if (tags->revision() != head[1]) return nullptr;
  return std::make_shared<const TagSnapshot>(std::string{head[2]}, std::move(tags));
}

TagDatabase::TagDatabase(std::string root, async::BlockingPool& io, std::size_t memory_bytes)
    : root_{std::move(root)}, io_{io}, memory_bytes_{memory_bytes} {}

std::string TagDatabase::path_of(const TagKey& key) const {
  return text::cat(root_, "/imagerepository/", key.namespace_, "/", key.name, "/", key.uid, ".tags");
}

void TagDatabase::hold(const std::string& path, Snapshot snapshot) {
  drop(path);
  const std::size_t bytes = snapshot->size_bytes();
  held_.push_front(Held{path, std::move(snapshot), bytes});
  by_path_[path] = held_.begin();
  held_bytes_ += bytes;
  while (held_bytes_ > memory_bytes_ && held_.size() > 1) {
    const std::string oldest = held_.back().path;
    drop(oldest);
  }
}

void TagDatabase::drop(const std::string& path) {
  const auto at = by_path_.find(path);
  if (at == by_path_.end()) return;
  held_bytes_ -= at->second->bytes;
  held_.erase(at->second);
  by_path_.erase(at);
}

asio::awaitable<TagDatabase::Snapshot> TagDatabase::find(TagKey key) {
  const std::string path = path_of(key);
  if (const auto at = by_path_.find(path); at != by_path_.end()) {
    held_.splice(held_.begin(), held_, at->second);
    co_return at->second->snapshot;
  }
  auto load = [path](std::stop_token) { return decode_tags(read_whole(path)); };
  auto snapshot = co_await io_.run(std::move(load));
  // Another pass may have loaded it, or a scan replaced it, meanwhile.
  if (const auto at = by_path_.find(path); at != by_path_.end()) co_return at->second->snapshot;
  if (snapshot) hold(path, snapshot);
  co_return snapshot;
}

asio::awaitable<void> TagDatabase::put(TagKey key, Snapshot snapshot) {
  const std::string path = path_of(key);
  auto store = [path, snapshot](std::stop_token) { replace_file(path, encode_tags(*snapshot)); };
  co_await io_.run(std::move(store));
  hold(path, std::move(snapshot));
}

asio::awaitable<void> TagDatabase::remove(TagKey key) {
  const std::string path = path_of(key);
  drop(path);
  const std::string folder = fs::path{path}.parent_path().string();
  auto erase = [folder](std::stop_token) { fs::remove_all(folder); };
  co_await io_.run(std::move(erase));
}

asio::awaitable<std::size_t> TagDatabase::remove_leftovers() {
  const fs::path root = fs::path{root_} / "imagerepository";
  auto sweep = [root](std::stop_token) {
    std::error_code ignored;
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator{root, ignored}) {
      if (entry.path().filename().string().starts_with('.')) found.push_back(entry.path());
    }
    std::size_t removed = 0;
    for (const auto& path : found) removed += fs::remove(path, ignored) ? 1 : 0;
    return removed;
  };
  co_return co_await io_.run(std::move(sweep));
}

}  // namespace weir::image_reflector
