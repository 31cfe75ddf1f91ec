#include "pkg/helm/chart/folder.hpp"

#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/helm/chart/archive.hpp"
#include "pkg/helm/chart/ignore.hpp"
#include "pkg/template/quote.hpp"

namespace weir::helm {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string without_mark(std::string text) {
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  return text;
}

/// "./chart/" is shown as "chart".
std::string shown(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  while (path.starts_with("./") && path.size() > 2) path.erase(0, 2);
  return path;
}

/// Walks a folder in the order of names, as Go's filepath.Walk does.
class Walk {
 public:
  Walk(const Folder& folder, std::string top, const IgnoreRules& rules, const LoadLimits& limits, LoadLog* log)
      : folder_{folder}, top_{std::move(top)}, rules_{rules}, budget_{limits}, log_{log} {}

  Result<void> run() { return visit("", folder_.look(top_), 0); }
  std::vector<File> take_files() { return std::move(files_); }

 private:
  std::string full(const std::string& name) const { return name.empty() ? top_ : text::cat(top_, "/", name); }

  /// @param name  relative to the top
  Result<void> visit(const std::string& name, Folder::Entry entry, std::size_t depth) {
    const std::string path = full(name);
    if (depth > budget_.limits.depth)
      return InputError{"", text::cat("folders are nested deeper than ", budget_.limits.depth, " levels at ", path)};
    if (entry.type == Folder::Type::kLink) {
      const auto target = folder_.resolve(path);
      if (!target) return InputError{"", text::cat("error evaluating symlink ", path, ": ", target.error().message)};
      if (log_ != nullptr)
        log_->push_back(text::cat(
            "found symbolic link in path. Contents of linked file included and used path=", path, " resolved=", *target
        ));
      entry = folder_.look(*target);
    }
    const bool is_folder = entry.type == Folder::Type::kFolder;
    if (rules_.is_ignored(name, is_folder)) return {};
    if (is_folder) return visit_names(name, path, depth);
    return take(name, path, entry);
  }

  Result<void> visit_names(const std::string& name, const std::string& path, std::size_t depth) {
    const auto names = folder_.names(path);
    if (!names) return names.error();
    for (const auto& child : *names) {
      const std::string below = name.empty() ? child : text::cat(name, "/", child);
      const auto visited = visit(below, folder_.look(full(below)), depth + 1);
      if (!visited) return visited.error();
    }
    return {};
  }

  Result<void> take(const std::string& name, const std::string& path, const Folder::Entry& entry) {
    if (entry.type == Folder::Type::kNone)
      return InputError{"", text::cat("lstat ", path, ": no such file or directory")};
    if (entry.type != Folder::Type::kFile)
      return InputError{"", text::cat("cannot load irregular file ", path, " as it has file mode type bits set")};
    if (entry.bytes > budget_.limits.file_bytes)
      return InputError{
          "",
          text::cat(
              "chart file ",
              templates::quote(name.substr(name.rfind('/') + 1)),
              " is larger than the maximum file size ",
              budget_.limits.file_bytes
          )};
    auto text = folder_.read(path);
    if (!text) return InputError{"", text::cat("error reading ", name, ": ", text.error().message)};
    const auto counted = budget_.count(name, text->size());
    if (!counted) return counted.error();
    files_.push_back({name, std::make_shared<const std::string>(without_mark(std::move(*text)))});
    return {};
  }

  const Folder& folder_;
  const std::string top_;
  const IgnoreRules& rules_;
  LoadBudget budget_;
  LoadLog* log_;
  std::vector<File> files_;
};

}  // namespace

Result<ChartPtr> load_folder(const Folder& folder, const std::string& path, const LoadLimits& limits, LoadLog* log) {
  const std::string top = shown(path);
  const std::string chart_yaml = text::cat(top, "/Chart.yaml");
  const auto head = folder.read(chart_yaml);
  if (!head) return InputError{"", text::cat("unable to detect chart at ", chart_yaml, ": ", head.error().message)};
  const auto version = check_api_version(*head);
  if (!version) return version.error();

  IgnoreRules rules;
  if (const std::string file = text::cat(top, "/.helmignore"); folder.look(file).type != Folder::Type::kNone) {
    const auto text = folder.read(file);
    if (!text) return InputError{"", text.error().message};
    auto parsed = IgnoreRules::parse(*text);
    if (!parsed) return parsed.error();
    rules = std::move(*parsed);
  }
  rules.add_defaults();
  Walk walk{folder, top, rules, limits, log};
  const auto walked = walk.run();
  if (!walked) return walked.error();
  return check_loaded(load_files(walk.take_files(), limits, log));
}

Result<ChartPtr> load_path(const Folder& folder, const std::string& path, const LoadLimits& limits, LoadLog* log) {
  auto entry = folder.look(path);
  if (entry.type == Folder::Type::kLink) {
    const auto target = folder.resolve(path);
    if (!target) return InputError{"", text::cat("path ", templates::quote(path), " not found")};
    entry = folder.look(*target);
  }
  if (entry.type == Folder::Type::kNone)
    return InputError{"", text::cat("path ", templates::quote(path), " not found")};
  if (entry.type == Folder::Type::kFolder) return load_folder(folder, path, limits, log);
  if (entry.bytes > limits.total_bytes)
    return InputError{"", text::cat("the archive ", path, " is larger than ", limits.total_bytes, " bytes")};
  const auto bytes = folder.read(path);
  if (!bytes) return InputError{"", bytes.error().message};
  return load_archive(*bytes, path, limits, log);
}

}  // namespace weir::helm
