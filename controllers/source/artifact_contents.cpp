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
    const IncludedArtifact& include, const fs::path& scratch, const artifact::Limits& limits,
    const std::stop_token& stop, IncludedFiles& files
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

/// The `path` and `url` of each submodule.  Source: gitmodules(5).
struct Submodule {
  std::string path;
  std::string url;
};
std::vector<Submodule> parse_gitmodules(std::string_view text) {
  std::vector<Submodule> out;
  for (auto line : text::split(text, '\n')) {
    line = text::trim(line);
    if (line.starts_with("[submodule")) {
      out.emplace_back();
      continue;
    }
    if (out.empty() || line.empty() || line.front() == '#' || line.front() == ';') continue;
    const auto [key, value] = text::cut(line, "=");
    auto plain = text::trim(value);
    if (plain.size() >= 2 && plain.front() == '"' && plain.back() == '"') {
      plain = plain.substr(1, plain.size() - 2);
    }
    if (text::trim(key) == "path") out.back().path = plain;
    if (text::trim(key) == "url") out.back().url = plain;
  }
  return out;
}

std::optional<git::TreeEntry> find_entry(
    const git::Repository& repository, const git::ObjectId& root, std::string_view path
) {
  git::ObjectId tree = root;
  const auto segments = text::split(path, '/');
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto entries = repository.read_tree(tree);
    const auto at = std::ranges::find(entries, segments[i], &git::TreeEntry::name);
    if (at == entries.end()) return std::nullopt;
    if (i + 1 == segments.size()) return *at;
    if (at->kind != git::TreeEntryKind::kFolder) return std::nullopt;
    tree = at->id;
  }
  return std::nullopt;
}

struct Link {
  Submodule module;
  git::ObjectId commit;
};

std::vector<Link> list_links(const std::string& store, const git::ObjectId& commit_id) {
  const auto repository = git::Repository::open(store);
  const auto commit = repository.read_commit(commit_id);
  const auto file = find_entry(repository, commit.tree, ".gitmodules");
  std::vector<Link> out;
  if (!file) return out;
  for (auto& module : parse_gitmodules(repository.read_blob(file->id))) {
    const auto link = find_entry(repository, commit.tree, module.path);
    if (!link || link->kind != git::TreeEntryKind::kSubmodule) continue;
    out.push_back(Link{std::move(module), link->id});
  }
  return out;
}

}  // namespace

void write_contents(
    const ArtifactContents& contents, artifact::ArchiveWriter& writer, const std::stop_token& stop
) {
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

asio::awaitable<std::map<std::string, git::StoredCommit>> fetch_submodules(
    git::Client& client,
    async::BlockingPool& io,
    git::Remote remote,
    std::string store,
    git::ObjectId commit,
    std::string path
) {
  std::map<std::string, git::StoredCommit> out;
  auto list = [store, commit](std::stop_token) { return list_links(store, commit); };
  const auto links = co_await io.run(std::move(list));
  for (const auto& link : links) {
    auto url = remote.url.resolve(link.module.url);
    if (url.has_error()) {
      throw git::GitError{
          git::GitFailure::kNotFound,
          text::cat("submodule ", text::quoted(link.module.path), ": ", url.error().text())
      };
    }
    git::Remote module = remote;
    module.url = std::move(*url);
    const std::string module_path =
        path.empty() ? link.module.path : text::cat(path, "/", link.module.path);
    const std::string module_store = text::cat(
        store, "/weir-submodules/", text::replace_all(link.module.path, "/", "%2f")
    );
    git::Resolution resolution;
    resolution.commit = link.commit;
    resolution.revision = text::cat("sha1:", link.commit.hex());
    co_await client.fetch(module, module_store, resolution);
    out.emplace(module_path, git::StoredCommit{module_store, link.commit});
    auto deeper = co_await fetch_submodules(client, io, module, module_store, link.commit, module_path);
    out.merge(deeper);
  }
  co_return out;
}

}  // namespace weir::source
