#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// The tar headers that we write and read.  Source: POSIX.1-2008 pax, "ustar Interchange Format".  Threads: any, pure.
namespace weir::tar {

inline constexpr std::size_t kBlockBytes = 512;

enum class EntryKind { kFile, kDirectory, kSymlink, kOther };

/// Header blocks of one entry: no owner, no times, modes forced (directories 0750, files 0600, executables 0700), so
/// that equal trees give equal bytes. A path that does not fit gets a pax header.
/// Source of the forced values: docs/upstream-rules.md, "Storage and archives".
std::string header(std::string_view path, EntryKind kind, bool executable, std::uint64_t bytes);

/// How many zero bytes follow a content of that length.
std::size_t padding(std::uint64_t bytes);

struct Header {
  std::string path;
  EntryKind kind = EntryKind::kOther;
  char type = '0';  ///< the type flag itself: 'x' and 'g' are pax headers, 'L' a GNU long name
  bool executable = false;
  std::uint64_t bytes = 0;
};

/// Reads one block. @returns false for a block of zeros (the end)
/// @throws std::runtime_error for a broken checksum or number
bool read_header(std::string_view block, Header& out);

/// The "path" record of a pax header; empty when it has none. @throws std::runtime_error when malformed
std::string pax_path(std::string_view records);

}  // namespace weir::tar
