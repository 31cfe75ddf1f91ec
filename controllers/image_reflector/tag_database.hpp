#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "controllers/image_reflector/policy/policy_rule.hpp"
#include "controllers/image_reflector/tag_list.hpp"
#include "pkg/async/asio.hpp"
#include "pkg/async/blocking_pool.hpp"

namespace weir::image_reflector {

/// What one scan found, and what policies made of it: an equal rule is answered from memory.
/// Threads: any.
class TagSnapshot {
 public:
  TagSnapshot(std::string image, std::shared_ptr<const TagList> tags)
      : image_{std::move(image)}, tags_{std::move(tags)} {}

  /// The canonical name of the image that was scanned.
  const std::string& image() const { return image_; }
  const TagList& tags() const { return *tags_; }
  /// What the rule chose before; nullopt: not asked yet.
  std::optional<Result<Choice>> known(const PolicyRule& rule) const;
  /// Lets the rule choose; takes milliseconds for some ten thousand tags.
  Result<Choice> select(const PolicyRule& rule) const;
  std::size_t size_bytes() const;

 private:
  const VersionIndex& versions() const;

  const std::string image_;
  const std::shared_ptr<const TagList> tags_;
  mutable std::once_flag indexed_;
  mutable std::unique_ptr<const VersionIndex> index_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Result<Choice>> choices_;
};

/// Whose tags: the uid keeps an object apart from an earlier one of its name.
struct TagKey {
  TagKey(std::string object_namespace, std::string name_, std::string uid_)
      : namespace_{std::move(object_namespace)}, name{std::move(name_)}, uid{std::move(uid_)} {}
  std::string namespace_;
  std::string name;
  std::string uid;
};

/// The tags of every ImageRepository, a file each: `imagerepository/<namespace>/<name>/<uid>.tags`, a line that tells
/// format, checksum and image, then the tags. A file is replaced as a whole, after it is on the disk; one that is cut
/// short or changed is as good as none, and the next scan writes it again. The most recently used stay in memory.
/// Threads: reactor; files on the io pool.
class TagDatabase {
 public:
  using Snapshot = std::shared_ptr<const TagSnapshot>;

  /// @param memory_bytes  of snapshots kept; the newest stays whatever its size
  TagDatabase(std::string root, async::BlockingPool& io, std::size_t memory_bytes = 16u << 20);

  /// nullptr: no tags of that object are known. @throws std::system_error
  asio::awaitable<Snapshot> find(TagKey key);
  /// @throws std::system_error naming the file
  asio::awaitable<void> put(TagKey key, Snapshot snapshot);
  /// Forgets the object, and any of its name. @throws std::system_error naming the folder
  asio::awaitable<void> remove(TagKey key);

  /// Removes what a process that was killed left; before anything is put. @returns how many files
  asio::awaitable<std::size_t> remove_leftovers();

  std::size_t memory_bytes() const { return held_bytes_; }

 private:
  struct Held {
    std::string path;
    Snapshot snapshot;
    std::size_t bytes;
  };
  void hold(const std::string& path, Snapshot snapshot);
  void drop(const std::string& path);
  std::string path_of(const TagKey& key) const;

  const std::string root_;
  async::BlockingPool& io_;
  const std::size_t memory_bytes_;
  std::list<Held> held_;  // most recently used first
  std::unordered_map<std::string, std::list<Held>::iterator> by_path_;
  std::size_t held_bytes_ = 0;
};

/// The file's bytes, and back. @returns nullptr for a file that is damaged
std::string encode_tags(const TagSnapshot& snapshot);
std::shared_ptr<const TagSnapshot> decode_tags(std::string_view bytes);

}  // namespace weir::image_reflector
