#include "pkg/artifact/limits.hpp"

#include "pkg/base/text.hpp"

namespace weir::artifact {

void LimitCounter::add_file(std::string_view path, std::uint64_t bytes) {
  ++files_;
  bytes_ += bytes;
  if (limits_.file_bytes > 0 && bytes > limits_.file_bytes) {
    throw LimitExceeded{text::cat(
        "the file ", text::quoted(path), " has ", bytes, " bytes, more than the limit of ", limits_.file_bytes
    )};
  }
  if (limits_.files > 0 && files_ > limits_.files) {
    throw LimitExceeded{text::cat(
        "more files than the limit of ",
        limits_.files,
        " (--artifact-max-files), the first one too many is ",
        text::quoted(path)
    )};
  }
  if (limits_.total_bytes > 0 && bytes_ > limits_.total_bytes) {
    throw LimitExceeded{text::cat(
        "more bytes than the limit of ",
        limits_.total_bytes,
        " (--artifact-max-size), reached at the file ",
        text::quoted(path)
    )};
  }
}

}  // namespace weir::artifact
