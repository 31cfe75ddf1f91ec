#include "pkg/kustomize/loader.hpp"

#include <algorithm>

#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/kustomize/path.hpp"

namespace weir::kustomize {
namespace {

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && text::equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

/// "foo..bar" as a part of a path: mostly "foo/../bar" or two list items that ran together.
bool has_ambiguous_part(std::string_view path) {
  return std::ranges::any_of(text::split(path, '/'), [](std::string_view part) {
    return part != "." && part != ".." && part.find("..") != part.npos;
  });
}

constexpr std::string_view kRemoteIsOff = "is remote, and remote resources are off; commit what it names instead";

}  // namespace

bool is_remote_file(std::string_view path) {
  return starts_with_ignoring_case(path, "http://") || starts_with_ignoring_case(path, "https://");
}

bool is_repository_url(std::string_view url) {
  if (url.starts_with('/')) return false;
  url = text::cut(url, "?").first;
  if (starts_with_ignoring_case(url, "git::")) url.remove_prefix(5);
  std::string_view scheme;
  for (const std::string_view known : {"ssh://", "https://", "http://", "file://"}) {
    if (!starts_with_ignoring_case(url, known)) continue;
    scheme = known;
    url.remove_prefix(known.size());
    break;
  }
  bool has_user = false;
  if (const auto at = url.find('@'); at != url.npos && at > 0) {
    const auto user = url.substr(0, at);
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    has_user = is_letter(user.front()) &&
               std::ranges::all_of(user, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; });
    if (has_user) url.remove_prefix(at + 1);
  }
  const bool is_github = starts_with_ignoring_case(url, "github.com/") || starts_with_ignoring_case(url, "github.com:");
  const bool may_be_scp = scheme.empty() && (has_user || is_github);
  if (scheme.empty() && !may_be_scp) return false;
  std::string_view path = url;
  if (scheme != "file://") {
    auto separator = url.find('/');
    if (may_be_scp) {
      const auto colon = url.find(':');
      if (separator == url.npos || (colon != url.npos && colon > 0 && colon < separator)) separator = colon;
    }
    const auto host = separator == url.npos ? url : url.substr(0, separator + 1);
    if (host.empty()) return false;
    path = separator == url.npos ? std::string_view{} : url.substr(separator + 1);
  }
  std::string_view repository, inside;
  if (const auto marker = path.find("_git/"); marker != path.npos) {
    repository = path.substr(0, marker + 5);
    inside = text::cut(path.substr(marker + 5), "/").second;
  } else if (const auto slashes = path.find("//"); slashes != path.npos) {
    repository = path.substr(0, slashes);
    inside = path.substr(slashes + 2);
  } else if (const auto suffix = path.find(".git"); suffix != path.npos) {
    repository = path.substr(0, suffix + 4);
    inside = path.substr(suffix + 4);
  } else if (scheme == "file://") {
    repository = path;
  } else {
    const auto first = path.find('/');
    if (first == path.npos) return false;
    const auto second = path.find('/', first + 1);
    repository = path.substr(0, second);
    if (second != path.npos) inside = path.substr(second + 1);
  }
  if (repository.empty()) return false;
  while (inside.starts_with('/')) inside.remove_prefix(1);
  return !path::clean(inside).starts_with("..");
}

Loader::Loader(Context& context, const std::string& directory)
    : context_{&context}, restrictions_{context.options().load_restrictions} {
  const auto real = context.files().real_path(directory);
  if (!real) fail(real.error().where, real.error().message);
  if (context.files().type(*real) != EntryType::kDirectory) fail(directory, "expected a directory, this is a file");
  root_ = *real;
}

Loader::Loader(const Loader& referrer, std::string root)
    : context_{referrer.context_},
      referrer_{&referrer},
      depth_{referrer.depth_ + 1},
      root_{std::move(root)},
      restrictions_{referrer.restrictions_},
      remote_files_{referrer.remote_files_},
      repository_{referrer.repository_} {}

std::string Loader::show(const std::string& path) const { return context_->show(path); }

std::string Loader::resolve(const std::string& path) const {
  std::string full = path::is_absolute(path) ? path::clean(path) : path::join(root_, path);
  const FileSystem& files = remote_files_ ? *remote_files_ : context_->files();
  if (restrictions_ == LoadRestrictions::kNone) return full;
  const auto real = files.real_path(full);
  if (!real) {
    const auto& error = real.error();
    if (!remote_files_) context_->note_absent(full);
    fail(error.where.empty() ? std::string{} : show(error.where), error.message);
  }
  if (files.type(*real) == EntryType::kDirectory) fail(show(full), "expected a file, this is a directory");
  if (!path::is_inside(path::directory(*real), root_))
    fail("", text::cat("file '", full, "' is not in or below '", root_, "'"));
  return *real;
}

std::string Loader::load(const std::string& path) const {
  if (is_remote_file(path)) {
    if (context_->options().remote == nullptr) fail("", text::cat(path, " ", kRemoteIsOff));
    auto content = context_->options().remote->load_file(path);
    if (!content) fail(path, content.error().message);
    return std::move(*content);
  }
  const std::string full = resolve(path);
  if (!remote_files_) return context_->read(full);
  auto content = remote_files_->read(full);
  if (!content) fail(content.error().where, content.error().message);
  return std::move(*content);
}

std::optional<std::string> Loader::load_if_there(const std::string& name) const {
  const std::string full = path::join(root_, name);
  if (!remote_files_) {
    if (context_->files().type(full) == EntryType::kFile && restrictions_ == LoadRestrictions::kRootOnly)
      return context_->read(resolve(name));
    return context_->read_if_there(full);
  }
  if (remote_files_->type(full) != EntryType::kFile) return std::nullopt;
  return load(name);
}

bool Loader::is_directory(const std::string& path) const {
  if (path.empty() || is_remote_file(path)) return false;
  const FileSystem& files = remote_files_ ? *remote_files_ : context_->files();
  return files.type(path::is_absolute(path) ? path : path::join(root_, path)) == EntryType::kDirectory;
}

Loader Loader::open(const std::string& path) const {
  if (path.empty()) fail("", "expected a path, got an empty text");
  if (depth_ + 1 > context_->options().limits.directories)
    fail(
        show(root_),
        text::cat("kustomizations are nested deeper than ", context_->options().limits.directories, " levels")
    );
  if (is_repository_url(path)) {
    if (context_->options().remote == nullptr) fail("", text::cat(path, " ", kRemoteIsOff));
    auto directory = context_->options().remote->load_directory(path);
    if (!directory) fail(path, directory.error().message);
    Loader out{*this, directory->path};
    out.remote_files_ = directory->files;
    out.repository_ = directory->repository;
    out.restrictions_ = LoadRestrictions::kRootOnly;  // a foreign repository never reads our files
    return out;
  }
  if (path::is_absolute(path)) fail("", text::cat("the path of a kustomization cannot be absolute: '", path, "'"));
  if (has_ambiguous_part(path))
    fail(
        "",
        text::cat("the path ", text::quoted(path), " has a name with two points; is the indentation of the list right?")
    );
  const FileSystem& files = remote_files_ ? *remote_files_ : context_->files();
  const std::string full = path::join(root_, path);
  const auto real = files.real_path(full);
  if (!real) {
    if (!remote_files_) context_->note_absent(full);
    fail(real.error().where.empty() ? std::string{} : show(real.error().where), real.error().message);
  }
  if (files.type(*real) != EntryType::kDirectory) fail(show(full), "expected a directory, this is a file");
  if (!repository_.empty() && !path::is_inside(*real, repository_))
    fail("", text::cat("'", full, "' lies outside of its repository '", repository_, "'"));
  for (const Loader* visited = this; visited != nullptr; visited = visited->referrer_)
    if (path::is_inside(visited->root_, *real))
      fail("", text::cat("cycle: '", show(*real), "' contains '", show(visited->root_), "', which leads to it"));
  return Loader{*this, *real};
}

}  // namespace weir::kustomize
