#include "controllers/source/artifact_contents.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

#include "pkg/artifact/extract.hpp"
#include "pkg/base/random.hpp"
#include "pkg/base/scope.hpp"
#include "pkg/base/text.hpp"
#include "pkg/git/repository.hpp"

namespace weir::source {
namespace {

namespace fs = std::filesystem;

/// Paths in the order of a directory walk: a folder's content comes before its next sibling.
struct WalkOrder {
  bool operator()(std::string_view left, std::string_view right) const {
    return std::ranges::lexicographical_compare(left, right, {}, rank, rank);
  }
  static int rank(char c) { return c == '/' ? 0 : static_cast<unsigned char>(c) + 1; }
};

/// A file of an included artifact, unpacked.
struct IncludedFile {
  fs::path file;
  bool is_folder = false;
  bool is_executable = false;
};
using IncludedFiles = std::map<std::string, IncludedFile, WalkOrder>;

/// The folder itself and its parents.
void add_folders(IncludedFiles& files, std::string_view path) {
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    files[std::string{path.substr(0, slash)}].is_folder = true;
  }
  files[std::string{path}].is_folder = true;
}

/// A path below the root, however it was written. @throws std::runtime_error when it leads out
std::string clean_path(std::string_view path, std::string_view field) {
  std::string out;
  for (const auto segment : text::split(path, '/')) {
    if (segment.empty() || segment == ".") continue;
    if (segment == "..") {
      throw std::runtime_error{text::cat(field, ": ", text::quoted(path), " leads out of the repository")};
    }
    if (!out.empty()) out += '/';
    out += segment;
  }
  return out;
}

void collect_include(
    const IncludedArtifact& include,
    const fs::path& scratch,
    const artifact::Limits& limits,
    const std::stop_token& stop,
    IncludedFiles& files
) {
  fs::create_directories(scratch);
  artifact::extract(include.archive, scratch, limits, stop);
  const fs::path from = scratch / clean_path(include.from, "spec.include.fromPath");
  if (!fs::is_directory(from)) {
    throw std::runtime_error{text::cat(
        "spec.include.fromPath: there is no folder ", text::quoted(include.from), " in the included artifact"
    )};
  }
  const std::string to = clean_path(include.to, "spec.include.toPath");
  if (!to.empty()) add_folders(files, to);
  for (const auto& entry : fs::recursive_directory_iterator{from}) {
    const std::string relative = entry.path().lexically_relative(from).string();
    auto& file = files[to.empty() ? relative : text::cat(to, "/", relative)];
    file.is_folder = entry.is_directory();
    if (file.is_folder) continue;
    file.file = entry.path();
    file.is_executable = (entry.status().permissions() & fs::perms::owner_exec) != fs::perms::none;
  }
}

std::string read_file(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) throw std::runtime_error{text::cat("cannot read ", path.filename().string())};
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

void write_included(const std::string& path, const IncludedFile& file, artifact::ArchiveWriter& writer) {
  if (file.is_folder) {
    writer.add_directory(path);
  } else {
    writer.add_file(path, file.is_executable, read_file(file.file));
  }
}

}  // namespace

void write_contents(const ArtifactContents& contents, artifact::ArchiveWriter& writer, const std::stop_token& stop) {
  git::SourceOptions options;
  for (const auto& folder : contents.sparse_folders) {
    options.sparse_folders.push_back(clean_path(folder, "spec.sparseCheckout"));
  }
  options.ignore = contents.ignore;
  options.submodules = contents.submodules;
  options.max_files = contents.limits.files;
  const git::StoredCommit commit{contents.store, contents.commit};
  const auto tree = git::list_source(commit, options, stop);

  IncludedFiles included;
  const fs::path scratch = fs::path{contents.store} / text::cat("include-", random_hex(8));
  const ScopeExit clean_up{[&] {
    std::error_code ignored;
    fs::remove_all(scratch, ignored);
  }};
  for (std::size_t i = 0; i < contents.includes.size(); ++i) {
    collect_include(contents.includes[i], scratch / std::to_string(i), contents.limits, stop, included);
  }

  // The root itself is an entry, as in Flux's archives.
  writer.add_directory(".");
  git::SourceReader reader{tree};
  auto next = included.begin();
  const WalkOrder before;
  for (const auto& entry : tree.entries) {
    if (stop.stop_requested()) throw std::runtime_error{"archiving was stopped"};
    for (; next != included.end() && before(next->first, entry.path); ++next) {
      write_included(next->first, next->second, writer);
    }
    if (next != included.end() && next->first == entry.path) continue;  // the include covers it
    if (entry.is_folder) {
      writer.add_directory(entry.path);
      continue;
    }
    const std::string id = entry.id.hex();
    // Unchanged files come from the archive before: their blobs are not even read.
    if (writer.copy_file(entry.path, entry.is_executable, id)) continue;
    writer.add_file(entry.path, entry.is_executable, reader.read(entry, contents.limits.file_bytes), id);
  }
  for (; next != included.end(); ++next) write_included(next->first, next->second, writer);
}

}  // namespace weir::source
