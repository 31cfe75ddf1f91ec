#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pkg/artifact/limits.hpp"
#include "pkg/base/digest.hpp"

namespace weir::artifact {

/// Where the compressed bytes of one entry lie in an archive, and what they were made from. Entries of equal key have
/// equal bytes, so an archive can be made from an older one by copying.
struct IndexEntry {
  std::string key;  ///< path, mode and content id of a file
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::uint64_t content_bytes = 0;  ///< before compression
};

/// The index of a finished archive, kept beside it.
struct ArchiveIndex {
  std::vector<IndexEntry> entries;

  std::string encode() const;
  /// nullopt-like: empty entries when the text is none of ours (the archive is then made from scratch).
  static ArchiveIndex decode(std::string_view text);
};

/// Writes a .tar.gz of one gzip member per entry, with a fixed compressor and level: equal trees give equal bytes, and
/// unchanged entries of the archive before are copied instead of compressed.
/// Blocking; one thread at a time.
class ArchiveWriter {
 public:
  /// Creates the file. @throws std::system_error
  ArchiveWriter(std::string path, DigestAlgorithm algorithm, Limits limits);
  ~ArchiveWriter();
  ArchiveWriter(const ArchiveWriter&) = delete;
  ArchiveWriter& operator=(const ArchiveWriter&) = delete;

  /// Entries may be copied from this archive from now on. A file that cannot be read is ignored.
  void reuse(const std::string& path, const ArchiveIndex& index);

  /// Adds a directory; parents first.
  void add_directory(std::string_view path);
  /// True when a file of this path, mode and content (`content_id` names it, like a Git blob id) was copied from the
  /// older archive; false: add it with add_file(). @throws LimitExceeded
  bool copy_file(std::string_view path, bool executable, std::string_view content_id);
  /// @param content_id  empty: the entry is not put into the index. @throws LimitExceeded, std::system_error
  void add_file(std::string_view path, bool executable, std::string_view content, std::string_view content_id = {});

  struct Finished {
    std::string digest;  ///< "sha256:<hex>" of the compressed bytes
    std::uint64_t size_bytes = 0;
    ArchiveIndex index;
    std::uint64_t files = 0;
  };
  /// Ends the archive and closes the file. @throws std::system_error
  Finished finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::artifact
