#include "pkg/helm/chart/archive.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include <zlib.h>

#include "pkg/base/text.hpp"
#include "pkg/tar/tar_format.hpp"
#include "pkg/template/quote.hpp"

namespace weir::helm {
namespace {

constexpr std::uint64_t kLongestExtension = 1u << 20;  ///< of a pax header or a GNU long name
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Private to this file.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The bytes inside of gzip members, one after the other.
class Inflater {
 public:
  explicit Inflater(std::string_view bytes) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(std::min<std::size_t>(bytes.size(), 1u << 31));
    if (::inflateInit2(&stream_, MAX_WBITS + 16) != Z_OK) throw Broken{"gzip: invalid header"};
  }
  ~Inflater() { ::inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Fills `out`. @returns false at the end, before any byte @throws Broken
  bool read(char* out, std::size_t bytes) {
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(bytes);
    while (stream_.avail_out > 0) {
      if (is_at_end_) {
        if (stream_.avail_out == bytes) return false;
        throw Broken{"unexpected EOF"};
      }
      const int code = ::inflate(&stream_, Z_NO_FLUSH);
      if (code == Z_STREAM_END) {
        is_at_end_ = stream_.avail_in == 0;
        if (!is_at_end_ && ::inflateReset(&stream_) != Z_OK) throw Broken{"gzip: invalid header"};
      } else if (code == Z_BUF_ERROR) {
        throw Broken{"unexpected EOF"};
      } else if (code != Z_OK) {
        throw Broken{text::cat("gzip: ", stream_.msg != nullptr ? stream_.msg : "invalid data")};
      }
    }
    return true;
  }

 private:
  z_stream stream_{};
  bool is_at_end_ = false;
};

/// Go's path.Clean of a relative path.
std::string clean_path(std::string_view path) {
  std::vector<std::string_view> parts;
  for (const auto part : text::split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else {
      parts.push_back(part);
    }
  }
  std::string out;
  for (const auto part : parts) text::append(out, out.empty() ? "" : "/", part);
  return out.empty() ? "." : out;
}

bool is_drive_path(std::string_view path) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return path.size() >= 3 && is_letter(path[0]) && path[1] == ':' && path[2] == '/';
}

/// The name of an entry below the folder at the top. @throws Broken
std::string name_below(const std::string& entry) {
  const char delimiter = entry.find('\\') != std::string::npos ? '\\' : '/';
  const auto first = entry.find(delimiter);
  std::string below = first == std::string::npos ? "" : entry.substr(first + 1);
  if (delimiter == '\\') std::replace(below.begin(), below.end(), '\\', '/');
  if (below.starts_with('/')) throw Broken{"chart illegally contains absolute paths"};
  below = clean_path(below);
  if (below == ".")
    throw Broken{text::cat("chart illegally contains content outside the base directory: ", templates::quote(entry))};
  if (below.starts_with("..")) throw Broken{"chart illegally references parent directory"};
  if (is_drive_path(below)) throw Broken{"chart contains illegally named files"};
  if (entry.substr(0, first) == "Chart.yaml") throw Broken{"chart yaml not in base directory"};
  return below;
}

class Unpacker {
 public:
  Unpacker(std::string_view bytes, LoadBudget& budget) : input_{bytes}, budget_{budget} {}

  std::vector<File> unpack() {
    std::array<char, tar::kBlockBytes> block;
    std::string long_path;
    while (input_.read(block.data(), block.size())) {
      tar::Header header;
      if (!tar::read_header({block.data(), block.size()}, header)) break;
      if (header.type == 'x' || header.type == 'g' || header.type == 'L' || header.type == 'K') {
        if (header.bytes > kLongestExtension) throw Broken{"tar: header field too long"};
        const std::string records = content(header.bytes);
        if (header.type == 'x') {
          long_path = tar::pax_path(records);
        } else if (header.type == 'L') {
          long_path = records.substr(0, records.find('\0'));
        }
        continue;
      }
      if (!long_path.empty()) header.path = std::move(long_path);
      long_path.clear();
      take(header);
    }
    if (files_.empty()) throw Broken{"no files in chart archive"};
    return std::move(files_);
  }

 private:
  std::string content(std::uint64_t bytes) {
    std::string out(static_cast<std::size_t>(bytes) + tar::padding(bytes), '\0');
    if (!out.empty() && !input_.read(out.data(), out.size())) throw Broken{"unexpected EOF"};
    out.resize(static_cast<std::size_t>(bytes));
    return out;
  }

  void take(const tar::Header& header) {
    if (header.kind == tar::EntryKind::kDirectory || header.path.ends_with('/')) return;
    std::string name = name_below(header.path);
    // Links and devices have no bytes, whatever their header says.
    const bool has_content = header.kind == tar::EntryKind::kFile || header.type < '1' || header.type > '6';
    const std::uint64_t bytes = has_content ? header.bytes : 0;
    const auto counted = budget_.count(header.path, bytes);
    if (!counted) throw Broken{counted.error().message};
    std::string text = content(bytes);
    if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
    files_.push_back({std::move(name), std::make_shared<const std::string>(std::move(text))});
  }

  Inflater input_;
  LoadBudget& budget_;
  std::vector<File> files_;
};

/// What a browser would take the bytes for. Helm looks at 512 bytes, zeros where the file is shorter.
/// Source: https://mimesniff.spec.whatwg.org, the part that Go's net/http has and that a file given by mistake may be.
std::string_view content_type(std::string_view bytes) {
  using namespace std::string_view_literals;
  static constexpr std::pair<std::string_view, std::string_view> kSignatures[] = {
      {"PK\x03\x04"sv, "application/zip"sv},
      {"%PDF-"sv, "application/pdf"sv},
      {"%!PS-Adobe-"sv, "application/postscript"sv},
      {"\x89PNG\r\n\x1a\n"sv, "image/png"sv},
      {"\xff\xd8\xff"sv, "image/jpeg"sv},
      {"GIF87a"sv, "image/gif"sv},
      {"GIF89a"sv, "image/gif"sv},
      {"BM"sv, "image/bmp"sv},
      {"Rar!\x1a\x07\x00"sv, "application/x-rar-compressed"sv},
      {"Rar!\x1a\x07\x01\x00"sv, "application/x-rar-compressed"sv},
      {"\x00\x61sm"sv, "application/wasm"sv},
      {"\xfe\xff"sv, "text/plain; charset=utf-16be"sv},
      {"\xff\xfe"sv, "text/plain; charset=utf-16le"sv},
      {"\xef\xbb\xbf"sv, "text/plain; charset=utf-8"sv},
  };
  const auto head = bytes.substr(0, 512);
  auto first = head;
  while (!first.empty() && std::string_view{"\t\n\x0c\r "}.find(first.front()) != std::string_view::npos)
    first.remove_prefix(1);
  if (first.starts_with("<?xml")) return "text/xml; charset=utf-8";
  if (text::equal_ignoring_case(first.substr(0, 14), "<!DOCTYPE HTML") ||
      text::equal_ignoring_case(first.substr(0, 5), "<HTML"))
    return "text/html; charset=utf-8";
  for (const auto& [signature, type] : kSignatures)
    if (head.starts_with(signature)) return type;
  const auto is_binary = [](unsigned char byte) {
    return byte <= 0x08 || byte == 0x0b || (byte >= 0x0e && byte <= 0x1a) || (byte >= 0x1c && byte <= 0x1f);
  };
  if (bytes.size() < 512 || std::any_of(head.begin(), head.end(), is_binary)) return "application/octet-stream";
  return "text/plain; charset=utf-8";
}

}  // namespace

Result<void> LoadBudget::count(std::string_view name, std::uint64_t size) {
  if (size > limits.total_bytes - bytes)
    return InputError{"", text::cat("decompressed chart is larger than the maximum size ", limits.total_bytes)};
  if (size > limits.file_bytes)
    return InputError{
        "",
        text::cat(
            "decompressed chart file ",
            templates::quote(name),
            " is larger than the maximum file size ",
            limits.file_bytes
        )};
  if (++files > limits.files) return InputError{"", text::cat("the chart has more than ", limits.files, " files")};
  bytes += size;
  return {};
}

Result<std::vector<File>> unpack_archive(std::string_view bytes, LoadBudget& budget) {
  try {
    return Unpacker{bytes, budget}.unpack();
  } catch (const std::runtime_error& error) {
    return InputError{"", error.what()};
  }
}

Result<std::vector<File>> unpack_archive(std::string_view bytes, const LoadLimits& limits) {
  LoadBudget budget{limits};
  return unpack_archive(bytes, budget);
}

std::optional<InputError> check_is_archive(std::string_view bytes, std::string_view name) {
  if (bytes.starts_with("\x1f\x8b\x08")) return std::nullopt;
  if (name.ends_with(".yml") || name.ends_with(".yaml"))
    return InputError{"", text::cat("file '", name, "' seems to be a YAML file, but expected a gzipped archive")};
  return InputError{
      "", text::cat("file '", name, "' does not appear to be a gzipped archive; got '", content_type(bytes), "'")};
}

}  // namespace weir::helm
