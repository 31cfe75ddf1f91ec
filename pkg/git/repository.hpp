#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/time.hpp"
#include "pkg/git/errors.hpp"
#include "pkg/git/object_id.hpp"

namespace weir::git {

/// Who made a commit or tag, and when.
struct Signature {
  std::string name;
  std::string email;
  WallTime when{};
};

/// What a signature covers, and the signature itself, armored.
struct SignedText {
  std::string text;
  std::string signature;
};

struct Commit {
  ObjectId id;
  ObjectId tree;
  std::vector<ObjectId> parents;
  Signature author;
  Signature committer;
  std::string message;
  std::optional<SignedText> signed_text;  ///< nullopt: not signed

  /// The first line of the message.
  std::string subject() const;
};

struct Tag {
  ObjectId id;
  ObjectId target;
  std::string name;
  std::string message;
  std::optional<Signature> tagger;
  std::optional<SignedText> signed_text;
};

/// Where annotated tags lead in the end.
struct Peeled {
  ObjectId id;
  std::string_view kind;  ///< "commit", "tree" or "blob"; empty: `id` is not in the store
};

enum class TreeEntryKind { kFile, kExecutable, kFolder, kLink, kSubmodule };

struct TreeEntry {
  std::string name;
  TreeEntryKind kind = TreeEntryKind::kFile;
  ObjectId id;
};

/// The largest file that is held in memory.
constexpr std::size_t kLargestBlob = 64u << 20;

/// What a pack may hold. An object's size is what it says, before it is unpacked.
struct PackLimits {
  PackLimits() {}

  std::size_t object_bytes = kLargestBlob;  ///< of a delta's base or result
  std::uint32_t objects = 1'000'000;        ///< each takes some hundred bytes while a pack is read
};

/// A bare repository on disk, shallow, without remotes: the object store. Writes never leave half a
/// pack behind. Threads: any, one at a time; everything blocks, so use it on the io pool, one
/// handle a call.
class Repository {
 public:
  /// Opens it, or makes it when the folder is missing or empty. @throws GitError kStorage
  static Repository open_or_create(const std::string& path);
  /// @throws GitError kStorage
  static Repository open(const std::string& path);
  Repository(Repository&&) noexcept;
  Repository& operator=(Repository&&) noexcept;
  ~Repository();

  bool has(const ObjectId& id) const;
  /// @throws GitError kStorage when it is missing, damaged or not of that type; also the six below
  Commit read_commit(const ObjectId& id) const;
  Tag read_tag(const ObjectId& id) const;
  /// Follows tags by what they themselves say. @throws GitError kProtocol when they are nested
  /// without end
  Peeled peel(const ObjectId& id) const;
  /// In Git's own order. @throws GitError kTooLarge for more than 32 MiB
  std::vector<TreeEntry> read_tree(const ObjectId& id) const;
  /// @throws GitError kTooLarge before it is unpacked
  std::string read_blob(const ObjectId& id, std::size_t max_bytes = kLargestBlob) const;
  std::uint64_t blob_size_bytes(const ObjectId& id) const;

  /// The commits that were fetched last and are whole: what the next fetch can build on.
  std::vector<ObjectId> tips() const;
  /// Makes `commit` the one tip and HEAD; Git itself then sees a shallow repository.
  void set_tip(const ObjectId& commit);

  /// Takes a pack as it arrives from a server. Thin packs are completed from what is in the store.
  /// Nothing of a pack over a limit is kept.
  class PackWriter {
   public:
    explicit PackWriter(Repository& repository, PackLimits limits = PackLimits{});
    ~PackWriter();
    /// @throws GitError kStorage, kTooLarge; std::runtime_error when stopped
    void write(std::string_view bytes, std::stop_token stop = {});
    /// Checks the pack and makes its objects visible. @throws like write
    void finish(std::stop_token stop = {});

   private:
    struct State;
    std::unique_ptr<State> state_;
  };

  std::size_t pack_count() const;
  /// Whether so many packs and loose objects have gathered that reading gets slow.
  bool needs_compaction() const;
  /// Rewrites everything reachable from the tip (depth 1) into one pack and drops the rest.
  /// @throws GitError, also kTooLarge for folders that are nested too deeply; std::runtime_error
  /// when stopped
  void compact(std::stop_token stop = {});

  const std::string& path() const;

  struct State;
  /// For the rest of this library.
  const State& state() const { return *state_; }

 private:
  explicit Repository(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace weir::git
