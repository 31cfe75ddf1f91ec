#include "controllers/cli/chart_renderer.hpp"

#include <utility>

#include "controllers/cli/chart_arguments.hpp"
#include "pkg/base/text.hpp"
#include "pkg/charts/oci_repository.hpp"
#include "pkg/helm/chart/folder.hpp"
#include "pkg/helm/chart/load.hpp"
#include "pkg/helm/functions/functions.hpp"
#include "pkg/helm/functions/system_outside.hpp"
#include "pkg/helm/release/capabilities.hpp"
#include "pkg/helm/release/print.hpp"
#include "pkg/helm/repository/choice.hpp"

namespace weir::cli {
namespace {

/// The file system of a build as one of charts. It follows links by itself.
class BuildFolder final : public helm::Folder {
 public:
  explicit BuildFolder(const kustomize::FileSystem& files) : files_{files} {}

  Entry look(const std::string& path) const override {
    switch (files_.type(path)) {
      case kustomize::EntryType::kFile: return {Type::kFile, 0};
      case kustomize::EntryType::kDirectory: return {Type::kFolder, 0};
      default: return {};
    }
  }
  Result<std::vector<std::string>> names(const std::string& path) const override {
    auto entries = files_.list(path);
    if (!entries) return entries.error();
    std::vector<std::string> out;
    for (auto& entry : *entries) out.push_back(std::move(entry.name));
    return out;
  }
  Result<std::string> resolve(const std::string& path) const override { return files_.real_path(path); }
  Result<std::string> read(const std::string& path) const override {
    auto text = files_.read(path);
    if (text) return text;
    return InputError{"", text.error().text()};
  }

 private:
  const kustomize::FileSystem& files_;
};

void add_words(std::vector<std::string>& out, const std::vector<std::string>& lists) {
  for (const auto& list : lists)
    for (const auto word : text::split(list, ',')) out.emplace_back(word);
}

}  // namespace

ChartRenderer::ChartRenderer(Defaults defaults, std::ostream& log)
    : defaults_{std::move(defaults)},
      fetcher_{{}, log},
      functions_{std::make_shared<const templates::Functions>(helm::chart_functions(helm::system_outside()))} {}

Result<std::string> ChartRenderer::name_of(const kustomize::ChartRequest& request) const {
  if (request.name_template.empty()) return request.release_name.empty() ? "release-name" : request.release_name;
  if (!request.release_name.empty())
    return InputError{"", "nameTemplate: cannot set --name-template and also specify a name"};
  return name_of_template(request.name_template, functions_);
}

Result<std::vector<kustomize::ChartFile>> ChartRenderer::fetch(const kustomize::ChartSource& source) {
  ChartWanted wanted{source.name, source.repository, source.version};
  if (wanted.version.empty() && source.allows_prereleases) wanted.version = helm::kDevelopmentVersions;
  if (charts::is_oci(source.repository)) {
    while (wanted.repository.ends_with('/')) wanted.repository.pop_back();
    wanted.chart = text::cat(wanted.repository, "/", source.name);
    wanted.repository.clear();
  }
  const std::string key = text::cat(wanted.chart, "\n", wanted.repository, "\n", wanted.version);
  if (const auto known = fetched_.find(key); known != fetched_.end()) return known->second;
  const auto archive = fetcher_.fetch(wanted);
  if (!archive) return archive.error();
  const auto files = helm::unpack_archive(archive->archive);
  if (!files) return files.error();
  std::vector<kustomize::ChartFile> out;
  out.reserve(files->size());
  for (const auto& file : *files) out.push_back({file.name, *file.text});
  return fetched_.emplace(key, std::move(out)).first->second;
}

Result<std::string> ChartRenderer::render(const kustomize::ChartRequest& request) {
  helm::ReleaseInput input;
  input.functions = functions_;
  auto name = name_of(request);
  if (!name) return name.error();
  input.release.name = *std::move(name);
  input.release.ns = request.space.empty() ? "default" : request.space;

  helm::UserValues user;
  for (const auto& [path, text] : request.values) user.files.push_back({path, text});
  auto values = helm::merge_user_values(user);
  if (!values) return values.error();
  input.user_values = *std::move(values);

  auto chart = helm::load_folder(BuildFolder{request.files}, request.path);
  if (!chart) return chart.error();
  input.chart = *std::move(chart);

  input.capabilities = helm::default_capabilities();
  const auto& version = request.kube_version.empty() ? defaults_.kube_version : request.kube_version;
  if (!version.empty()) {
    if (const auto set = helm::set_kube_version(input.capabilities, version); !set) return set.error();
  }
  add_words(
      input.capabilities.api_versions, request.api_versions.empty() ? defaults_.api_versions : request.api_versions
  );

  const auto release = helm::render_release(input);
  if (!release) {
    const auto& failure = release.error();
    const std::string_view gap = failure.explanation.empty() ? "" : "\n\n";
    return InputError{"", text::cat(failure.words, gap, failure.explanation)};
  }
  return helm::print(*release, {request.include_crds, !request.skip_hooks, !request.skip_tests});
}

}  // namespace weir::cli
