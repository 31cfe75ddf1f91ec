#include "pkg/artifact/extract.hpp"

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <unordered_set>

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include "pkg/base/text.hpp"
#include "pkg/tar/tar_format.hpp"

namespace weir::artifact {
namespace {

constexpr std::size_t kLongestPaxHeader = 1u << 20;

/// The bytes inside a gzip file of any number of members.
class GzipReader {
 public:
  explicit GzipReader(const std::filesystem::path& path) : file_{::gzopen(path.c_str(), "rb")} {
    if (file_ == nullptr) {
      throw std::system_error{errno, std::generic_category(), text::cat("cannot open ", path.string())};
    }
    ::gzbuffer(file_, 256u << 10);
  }
  ~GzipReader() { ::gzclose(file_); }
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;

  /// Fills `out` or throws. @returns false at the end, before any byte
  bool read(char* out, std::size_t bytes) {
    std::size_t done = 0;
    while (done < bytes) {
      const auto part = static_cast<unsigned>(std::min<std::size_t>(bytes - done, 1u << 30));
      const int got = ::gzread(file_, out + done, part);
      if (got < 0) throw std::runtime_error{text::cat("the archive is broken: ", error())};
      if (got == 0) {
        if (done == 0) return false;
        throw std::runtime_error{"the archive is cut off"};
      }
      done += static_cast<std::size_t>(got);
    }
    return true;
  }

 private:
  std::string error() {
    int code = 0;
    return ::gzerror(file_, &code);
  }
  gzFile file_;
};

/// The path below the target. @throws std::runtime_error when it would lead out of it
std::string safe_path(std::string_view path) {
  const auto refuse = [&](std::string_view why) {
    return std::runtime_error{text::cat("the archive entry ", text::quoted(path), " ", why)};
  };
  if (path.starts_with('/')) throw refuse("has an absolute path");
  if (path.find('\\') != std::string_view::npos) throw refuse("has a backslash in its path");
  if (path.find('\0') != std::string_view::npos) throw refuse("has a zero byte in its path");
  std::string out;
  for (const auto segment : text::split(path, '/')) {
    if (segment.empty() || segment == ".") continue;
    if (segment == "..") throw refuse("leads out of the archive");
    if (!out.empty()) out += '/';
    out += segment;
  }
  return out;
}

class Extractor {
 public:
  Extractor(const std::filesystem::path& archive, const std::filesystem::path& target, Limits limits)
      : input_{archive}, target_{target}, counter_{limits} {}

  void run(const std::stop_token& stop) {
    std::string block(tar::kBlockBytes, '\0');
    std::string long_path;
    while (input_.read(block.data(), block.size())) {
      if (stop.stop_requested()) throw std::runtime_error{"unpacking was stopped"};
      tar::Header header;
      if (!tar::read_header(block, header)) return;
      if (header.type == 'x' || header.type == 'g' || header.type == 'L') {
        const std::string records = read_small(header);
        if (header.type == 'x') long_path = tar::pax_path(records);
        if (header.type == 'L') long_path = records.substr(0, records.find('\0'));
        continue;
      }
      if (!long_path.empty()) header.path = std::move(long_path);
      long_path.clear();
      take(header);
    }
  }

 private:
  std::string read_small(const tar::Header& header) {
    if (header.bytes > kLongestPaxHeader) {
      throw std::runtime_error{"the archive has a pax header of more than 1 MiB"};
    }
    std::string content(static_cast<std::size_t>(header.bytes) + tar::padding(header.bytes), '\0');
    if (!content.empty() && !input_.read(content.data(), content.size())) {
      throw std::runtime_error{"the archive is cut off"};
    }
    content.resize(static_cast<std::size_t>(header.bytes));
    return content;
  }

  void take(const tar::Header& header) {
    const std::string path = safe_path(header.path);
    if (header.kind == tar::EntryKind::kDirectory) {
      counter_.add_file(path, 0);
      make_directory(path);
      return;
    }
    if (header.kind != tar::EntryKind::kFile) {
      skip(header.bytes);
      return;
    }
    if (path.empty()) throw std::runtime_error{"the archive has a file without a name"};
    counter_.add_file(path, header.bytes);
    if (const auto slash = path.rfind('/'); slash != std::string::npos) make_directory(path.substr(0, slash));
    write_file(path, header);
  }

  void make_directory(const std::string& path) {
    if (path.empty() || !made_.insert(path).second) return;
    std::filesystem::create_directories(target_ / path);
  }

  void write_file(const std::string& path, const tar::Header& header) {
    const auto full = target_ / path;
    // Nothing of an archive is a link, so a path can only lead through folders that we made.
    const int descriptor =
        ::open(full.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, header.executable ? 0700 : 0600);
    if (descriptor < 0) {
      throw std::system_error{errno, std::generic_category(), text::cat("cannot create ", text::quoted(path))};
    }
    std::uint64_t left = header.bytes;
    try {
      while (left > 0) {
        const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer_.size()));
        if (!input_.read(buffer_.data(), part)) throw std::runtime_error{"the archive is cut off"};
        for (std::size_t done = 0; done < part;) {
          const auto written = ::write(descriptor, buffer_.data() + done, part - done);
          if (written < 0) {
            throw std::system_error{errno, std::generic_category(), text::cat("cannot write ", text::quoted(path))};
          }
          done += static_cast<std::size_t>(written);
        }
        left -= part;
      }
    } catch (...) {
      ::close(descriptor);
      throw;
    }
    ::close(descriptor);
    skip_padding(header.bytes);
  }

  void skip(std::uint64_t bytes) {
    std::uint64_t left = bytes;
    while (left > 0) {
      const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer_.size()));
      if (!input_.read(buffer_.data(), part)) throw std::runtime_error{"the archive is cut off"};
      left -= part;
    }
    skip_padding(bytes);
  }
  void skip_padding(std::uint64_t bytes) {
    char rest[tar::kBlockBytes];
    const auto padding = tar::padding(bytes);
    if (padding > 0 && !input_.read(rest, padding)) throw std::runtime_error{"the archive is cut off"};
  }

  GzipReader input_;
  std::filesystem::path target_;
  LimitCounter counter_;
  std::unordered_set<std::string> made_;
  std::string buffer_ = std::string(64u << 10, '\0');
};

}  // namespace

void extract(
    const std::filesystem::path& archive,
    const std::filesystem::path& target,
    Limits limits,
    const std::stop_token& stop
) {
  Extractor{archive, target, limits}.run(stop);
}

}  // namespace weir::artifact
