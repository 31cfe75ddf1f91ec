#include "pkg/kustomize/generators/charts.hpp"

#include <map>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/kustomize/chart_renderer.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/kustomize/loader.hpp"
#include "pkg/kustomize/path.hpp"
#include "pkg/kustomize/read_resources.hpp"
#include "pkg/yaml/documents.hpp"

namespace weir::kustomize {
namespace {

/// The file system of a build, which notes what is read through it.
class NotingFiles final : public FileSystem {
 public:
  explicit NotingFiles(Context& context) : context_{context} {}

  Result<std::string> read(const std::string& path) const override {
    return caught([&] { return context_.read(path); });
  }
  EntryType type(const std::string& path) const override { return context_.files().type(path); }
  Result<std::string> real_path(const std::string& path) const override { return context_.files().real_path(path); }
  Result<std::vector<Entry>> list(const std::string& path) const override {
    return caught([&] { return context_.list(path); });
  }

 private:
  template <class Get>
  auto caught(const Get& get) const -> Result<decltype(get())> {
    try {
      return get();
    } catch (Failure& failure) {
      return InputError{std::move(failure.where), std::move(failure.message)};
    }
  }

  Context& context_;
};

/// Files of a chart that was fetched, over the file system of a build: below one folder there is nothing else.
class FetchedFiles final : public FileSystem {
 public:
  FetchedFiles(const FileSystem& base, std::string folder) : base_{base}, folder_{std::move(folder)} {}

  /// @returns false for a name that leaves the folder
  bool add(const std::string& name, std::string text) {
    const std::string path = path::join(folder_, name);
    if (!is_below(path)) return false;
    files_.insert_or_assign(path, std::move(text));
    return true;
  }
  bool has(const std::string& path) const { return files_.contains(path); }

  Result<std::string> read(const std::string& path) const override {
    if (!is_below(path)) return base_.read(path);
    const auto file = files_.find(path);
    if (file == files_.end()) return InputError{path, "no such file"};
    return file->second;
  }
  EntryType type(const std::string& path) const override {
    if (path != folder_ && !is_below(path)) return base_.type(path);
    if (files_.contains(path)) return EntryType::kFile;
    const auto first = files_.lower_bound(path + "/");
    return first != files_.end() && first->first.starts_with(path + "/") ? EntryType::kDirectory : EntryType::kNone;
  }
  Result<std::string> real_path(const std::string& path) const override {
    return path == folder_ || is_below(path) ? Result<std::string>{path} : base_.real_path(path);
  }
  Result<std::vector<Entry>> list(const std::string& path) const override {
    if (path != folder_ && !is_below(path)) return base_.list(path);
    std::map<std::string, EntryType> names;
    for (auto file = files_.lower_bound(path + "/"); file != files_.end() && file->first.starts_with(path + "/");
         ++file) {
      const std::string rest = file->first.substr(path.size() + 1);
      const auto slash = rest.find('/');
      names.emplace(rest.substr(0, slash), slash == rest.npos ? EntryType::kFile : EntryType::kDirectory);
    }
    std::vector<Entry> out;
    for (const auto& [name, kind] : names) out.push_back({name, kind});
    return out;
  }

 private:
  bool is_below(const std::string& path) const { return path.starts_with(folder_ + "/"); }

  const FileSystem& base_;
  const std::string folder_;
  std::map<std::string, std::string, std::less<>> files_;
};

/// One chart on its way: its errors name the entry and, where there is one, the field.
class Inflation {
 public:
  Inflation(const Loader& loader, const ChartArguments& chart, const std::string& home)
      : loader_{loader}, chart_{chart}, path_{path_of(home)} {}

  std::vector<ResourcePointer> run(const std::string& space) {
    Context& context = loader_.context();
    ChartRenderer* renderer = context.options().charts;
    if (renderer == nullptr)
      refuse(
          "", "Helm charts are rendered where that is allowed only: must specify --enable-helm, or use a HelmRelease"
      );
    const NotingFiles files{context};
    FetchedFiles fetched{files, full(path_)};
    if (!is_there()) fetch(*renderer, fetched);
    ChartRequest request{.files = fetched_ ? static_cast<const FileSystem&>(fetched) : files, .path = full(path_)};
    request.release_name = chart_.release_name;
    request.name_template = chart_.name_template;
    request.space = chart_.space;
    if (request.space.empty()) request.space = space;
    request.values = values();
    request.include_crds = chart_.include_crds;
    request.skip_hooks = chart_.skip_hooks;
    request.skip_tests = chart_.skip_tests;
    request.kube_version = chart_.kube_version;
    request.api_versions = chart_.api_versions;
    const auto text = renderer->render(request);
    if (!text) refuse("", text::cat("chart ", chart_.name, ": ", text.error().text()));
    auto resources = read_resources(context, *text, text::cat(chart_.place, " (chart ", chart_.name, ")"));
    for (auto& resource : resources) {
      TextMap annotations = metadata_map(resource->root(), "annotations");
      annotations["internal.config.kubernetes.io/helm-generated"] = "true";
      set_metadata_map(context.arena(), resource->root(), "annotations", annotations);
    }
    return resources;
  }

 private:
  /// Where kustomize looks: a chart that is fetched in a version has a folder of its own.
  std::string path_of(const std::string& home) const {
    std::string folder = home.empty() ? std::string{kChartHome} : home;
    if (!chart_.version.empty() && !chart_.repository.empty())
      folder = path::join(folder, text::cat(chart_.name, "-", chart_.version));
    return path::join(folder, chart_.name);
  }

  std::string full(const std::string& path) const {
    return path::is_absolute(path) ? path : path::join(loader_.root(), path);
  }

  [[noreturn]] void refuse(std::string_view field, const std::string& message) const {
    std::string what = chart_.field;
    if (!what.empty() && !field.empty()) what += ".";
    what += field;
    fail(chart_.place, text::cat(what, what.empty() ? "" : ": ", message));
  }

  bool is_there() const {
    if (loader_.is_remote()) refuse("name", "charts of bases on other servers are not rendered");
    if (loader_.is_directory(path_)) return true;
    loader_.context().note_absent(full(path_));
    if (chart_.repository.empty())
      refuse("name", text::cat("no repo specified for pull, no chart found at ", text::quoted(path_)));
    return false;
  }

  /// Puts the chart where kustomize would have unpacked it, but in memory.
  void fetch(ChartRenderer& renderer, FetchedFiles& fetched) {
    auto files = renderer.fetch({chart_.name, chart_.repository, chart_.version, chart_.allows_prereleases});
    if (!files) refuse("repo", text::cat("chart ", chart_.name, ": ", files.error().text()));
    for (auto& file : *files) {
      loader_.context().arena().charge(file.text.size());
      if (!fetched.add(file.name, std::move(file.text)))
        refuse("repo", text::cat("chart ", chart_.name, ": the file ", text::quoted(file.name), " leaves its folder"));
    }
    fetched_ = &fetched;
  }

  std::string load(const std::string& path, std::string_view field) const {
    try {
      if (fetched_ != nullptr && fetched_->has(full(path))) return fetched_->read(full(path)).value();
      return loader_.load(path);
    } catch (Failure& failure) {
      refuse(field, text::cat(failure.where, failure.where.empty() ? "" : ": ", failure.message));
    }
  }

  /// The file, or the values of file and kustomization as one.
  std::vector<ChartRequest::Values> values() const {
    std::vector<ChartRequest::Values> out;
    const std::string path = chart_.values_file.empty() ? path::join(path_, "values.yaml") : chart_.values_file;
    if (!chart_.values_inline) {
      out.push_back({loader_.show(full(path)), load(path, "valuesFile")});
    } else if (chart_.values_merge == ValuesMerge::kReplace) {
      out.push_back({"valuesInline", json::write(*chart_.values_inline)});
    } else {
      out.push_back({"valuesInline", json::write(merged(path))});
    }
    for (const auto& more : chart_.additional_values_files)
      out.push_back({loader_.show(full(more)), load(more, "additionalValuesFiles")});
    return out;
  }

  json::Value merged(const std::string& path) const {
    Context& context = loader_.context();
    auto options = context.parse_options(loader_.show(full(path)));
    auto file = yaml::parse_document(load(path, "valuesFile"), options);
    if (!file) fail(file.error().where, file.error().message);
    context.charge(*file);
    if (!file->is_object()) refuse("valuesFile", text::cat(options.source, ": expected an object of values"));
    const bool is_file_over = chart_.values_merge == ValuesMerge::kMerge;
    json::Value into = is_file_over ? *chart_.values_inline : *file;
    const auto done = merge_values(into, is_file_over ? *file : *chart_.values_inline);
    if (!done)
      refuse(
          "valuesInline",
          text::cat("could not merge values: ", done.error().text(), " (of ", options.source, " and valuesInline)")
      );
    context.charge(into);
    return into;
  }

  const Loader& loader_;
  const ChartArguments& chart_;
  const std::string path_;                 // of the chart, relative to the root or absolute
  const FetchedFiles* fetched_ = nullptr;  // of a chart that is not there
};

}  // namespace

std::vector<ResourcePointer> inflate_chart(
    const Loader& loader, const ChartArguments& chart, const std::string& home, const std::string& space
) {
  return Inflation{loader, chart, home}.run(space);
}

}  // namespace weir::kustomize
