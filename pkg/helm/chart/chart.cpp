#include "pkg/helm/chart/chart.hpp"

#include "pkg/base/text.hpp"

namespace weir::helm {
namespace {

void add_crd_files(std::vector<CrdFile>& out, const Chart& chart, const std::string& path) {
  for (const auto& file : chart.files()) {
    const std::string_view name = file.name;
    const bool is_manifest = name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json");
    if (name.starts_with("crds/") && is_manifest) out.push_back({text::cat(path, "/", name), file});
  }
  for (const auto& child : chart.dependencies) add_crd_files(out, *child, printed_child_path(path, chart, *child));
}

}  // namespace

bool Metadata::is_library() const { return text::equal_ignoring_case(type, "library"); }

std::string child_path(std::string_view parent_path, const Chart& child) {
  return text::cat(parent_path, "/charts/", child.name());
}

std::string printed_child_path(std::string_view parent_path, const Chart& parent, const Chart& child) {
  return child_path(parent.path_below.empty() ? parent_path : parent.path_below, child);
}

std::vector<CrdFile> crd_files(const Chart& chart) {
  std::vector<CrdFile> files;
  add_crd_files(files, chart, chart.name());
  return files;
}

}  // namespace weir::helm
