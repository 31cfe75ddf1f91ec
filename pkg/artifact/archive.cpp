#include "pkg/artifact/archive.hpp"

#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "pkg/base/text.hpp"
#include "pkg/tar/tar_format.hpp"

namespace weir::artifact {
namespace {

constexpr std::string_view kIndexMagic = "weir archive index 2\n";
/// Part of what makes equal trees equal bytes: never change it without changing kIndexMagic.
constexpr int kLevel = 6;
constexpr std::size_t kWriteBuffer = 1u << 20;

[[noreturn]] void fail(const std::string& what) { throw std::system_error{errno, std::generic_category(), what}; }

std::string key_of(std::string_view path, bool executable, std::string_view content_id) {
  return text::cat(content_id, executable ? " x " : " - ", path);
}

/// One deflate state for all entries: setting one up costs more than compressing a small manifest.
class Compressor {
 public:
  Compressor() {
    constexpr int kGzipWrapper = 16;
    if (deflateInit2(&stream_, kLevel, Z_DEFLATED, MAX_WBITS + kGzipWrapper, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::runtime_error{"cannot start zlib"};
    }
  }
  ~Compressor() { deflateEnd(&stream_); }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  /// Appends one gzip member that holds the pieces one after the other.
  void compress(std::initializer_list<std::string_view> pieces, std::string& out) {
    deflateReset(&stream_);
    for (const auto piece : pieces) run(piece, Z_NO_FLUSH, out);
    run({}, Z_FINISH, out);
  }

 private:
  void run(std::string_view piece, int flush, std::string& out) {
    // zlib counts in 32 bits; its input pointer is not const for historical reasons.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    std::size_t left = piece.size();
    int status = Z_OK;
    do {
      stream_.avail_in = static_cast<uInt>(std::min<std::size_t>(left, 1u << 30));
      left -= stream_.avail_in;
      do {
        const std::size_t start = out.size();
        out.resize(start + 16384);
        stream_.next_out = reinterpret_cast<Bytef*>(out.data() + start);
        stream_.avail_out = 16384;
        status = deflate(&stream_, left == 0 ? flush : Z_NO_FLUSH);
        out.resize(start + 16384 - stream_.avail_out);
      } while (stream_.avail_out == 0 && status != Z_STREAM_END);
    } while (left > 0);
  }

  z_stream stream_{};
};

/// A file seen through memory, read-only.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    struct stat info {};
    if (::fstat(descriptor, &info) == 0 && info.st_size > 0) {
      void* address = ::mmap(nullptr, static_cast<std::size_t>(info.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0);
      if (address != MAP_FAILED) {
        text_ = {static_cast<const char*>(address), static_cast<std::size_t>(info.st_size)};
      }
    }
    ::close(descriptor);
  }
  ~MappedFile() {
    if (!text_.empty()) ::munmap(const_cast<char*>(text_.data()), text_.size());
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

}  // namespace

std::string ArchiveIndex::encode() const {
  std::string out{kIndexMagic};
  for (const auto& entry : entries) {
    text::append(out, entry.offset, " ", entry.length, " ", entry.content_bytes, " ", entry.key, "\n");
  }
  return out;
}

ArchiveIndex ArchiveIndex::decode(std::string_view text) {
  ArchiveIndex out;
  if (!text.starts_with(kIndexMagic)) return out;
  text.remove_prefix(kIndexMagic.size());
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return ArchiveIndex{};  // cut off: do not trust any of it
    IndexEntry entry;
    const char* at = text.data();
    const char* last = text.data() + end;
    for (auto* number : {&entry.offset, &entry.length, &entry.content_bytes}) {
      const auto parsed = std::from_chars(at, last, *number);
      if (parsed.ec != std::errc{} || parsed.ptr == last) return ArchiveIndex{};
      at = parsed.ptr + 1;  // past the blank
    }
    entry.key.assign(at, last);
    out.entries.push_back(std::move(entry));
    text.remove_prefix(end + 1);
  }
  return out;
}

struct ArchiveWriter::State {
  State(std::string path_, DigestAlgorithm algorithm, Limits limits)
      : path{std::move(path_)},
        digester{algorithm},
        counter{limits},
        descriptor{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)} {
    if (descriptor < 0) fail(text::cat("cannot create ", path));
    buffer.reserve(kWriteBuffer + 65536);
  }
  ~State() {
    if (descriptor >= 0) ::close(descriptor);
  }

  void flush() {
    digester.update(buffer);
    std::string_view rest = buffer;
    while (!rest.empty()) {
      const auto written = ::write(descriptor, rest.data(), rest.size());
      if (written < 0) {
        if (errno == EINTR) continue;
        fail(text::cat("cannot write ", path));
      }
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
    flushed += buffer.size();
    buffer.clear();
  }
  std::uint64_t position() const { return flushed + buffer.size(); }
  void flush_if_full() {
    if (buffer.size() >= kWriteBuffer) flush();
  }

  std::string path;
  std::string buffer;
  std::uint64_t flushed = 0;
  Digester digester;
  LimitCounter counter;
  Compressor compressor;
  ArchiveIndex index;
  std::unique_ptr<MappedFile> old_archive;
  std::unordered_map<std::string, IndexEntry> old_entries;  // by key
  int descriptor;                                           // last: opened when all else is made
};

ArchiveWriter::ArchiveWriter(std::string path, DigestAlgorithm algorithm, Limits limits)
    : state_{std::make_unique<State>(std::move(path), algorithm, limits)} {}
ArchiveWriter::~ArchiveWriter() = default;

void ArchiveWriter::reuse(const std::string& path, const ArchiveIndex& index) {
  state_->old_archive = std::make_unique<MappedFile>(path);
  const auto size = state_->old_archive->text().size();
  for (const auto& entry : index.entries) {
    if (entry.offset > size || entry.length > size - entry.offset) {
      state_->old_entries.clear();  // not the archive that the index was made for
      return;
    }
    state_->old_entries.emplace(entry.key, entry);
  }
}

void ArchiveWriter::add_directory(std::string_view path) {
  state_->compressor.compress({tar::header(path, tar::EntryKind::kDirectory, false, 0)}, state_->buffer);
  state_->flush_if_full();
}

bool ArchiveWriter::copy_file(std::string_view path, bool executable, std::string_view content_id) {
  const auto at = state_->old_entries.find(key_of(path, executable, content_id));
  if (at == state_->old_entries.end()) return false;
  const auto& old = at->second;
  state_->counter.add_file(path, old.content_bytes);
  IndexEntry entry = old;
  entry.offset = state_->position();
  state_->index.entries.push_back(std::move(entry));
  state_->buffer.append(state_->old_archive->text().substr(old.offset, old.length));
  state_->flush_if_full();
  return true;
}

void ArchiveWriter::add_file(
    std::string_view path, bool executable, std::string_view content, std::string_view content_id
) {
  state_->counter.add_file(path, content.size());
  const auto start = state_->position();
  const std::string header = tar::header(path, tar::EntryKind::kFile, executable, content.size());
  static constexpr char kZeros[tar::kBlockBytes] = {};
  state_->compressor.compress(
      {header, content, std::string_view{kZeros, tar::padding(content.size())}}, state_->buffer
  );
  if (!content_id.empty()) {
    IndexEntry entry;
    entry.key = key_of(path, executable, content_id);
    entry.offset = start;
    entry.length = state_->position() - start;
    entry.content_bytes = content.size();
    state_->index.entries.push_back(std::move(entry));
  }
  state_->flush_if_full();
}

ArchiveWriter::Finished ArchiveWriter::finish() {
  const std::string end(2 * tar::kBlockBytes, '\0');
  state_->compressor.compress({end}, state_->buffer);
  state_->flush();
  if (::close(state_->descriptor) != 0) {
    state_->descriptor = -1;
    fail(text::cat("cannot write ", state_->path));
  }
  state_->descriptor = -1;
  Finished out;
  out.digest = state_->digester.finish();
  out.size_bytes = state_->flushed;
  out.index = std::move(state_->index);
  out.files = state_->counter.files();
  return out;
}

}  // namespace weir::artifact
