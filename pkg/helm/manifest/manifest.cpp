#include "pkg/helm/manifest/manifest.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/helm/chart/path_match.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::helm {
namespace {

constexpr std::string_view kSource = "# Source: ";

std::string_view base_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

/// A value of a log line, quoted when it needs to be.
std::string logged(const std::string& value) {
  return value.empty() || value.find_first_of(" \"=") != std::string::npos ? text::quoted(value) : value;
}

template <class Object, class KindOf>
void sort_by_kind(std::vector<Object>& objects, KindOrder order, KindOf kind_of) {
  std::ranges::stable_sort(objects, [&](const Object& left, const Object& right) {
    return is_kind_before(kind_of(left), kind_of(right), order);
  });
}

}  // namespace

ResourcePolicy resource_policy(const Head& head) {
  const std::string* value = head.annotation(kResourcePolicyAnnotation);
  if (value == nullptr) return ResourcePolicy::kNone;
  return text::lower(templates::unicode::trim_space(*value)) == "keep" ? ResourcePolicy::kKeep
                                                                       : ResourcePolicy::kUnknown;
}

Result<Sorted> sort_manifests(const std::vector<RenderedFile>& files, KindOrder order) {
  std::vector<const RenderedFile*> by_path;
  for (const auto& file : files) by_path.push_back(&file);
  std::ranges::stable_sort(by_path, {}, [](const RenderedFile* file) -> const std::string& { return file->name; });
  Sorted out;
  for (const auto* file : by_path) {
    const auto& [path, text] = *file;
    if (base_name(path).starts_with('_')) continue;
    for (const auto document : split_documents(text)) {
      auto head = read_head(document);
      if (!head) return InputError{"", text::cat("YAML parse error on ", path, ": ", head.error().message)};
      const std::string* events = head->annotation(kHookAnnotation);
      if (events == nullptr) {
        out.manifests.push_back({path, std::string{document}, *std::move(head)});
      } else if (auto hook = read_hook(*head, path, document)) {
        out.hooks.push_back(*std::move(hook));
      } else {
        out.warnings.push_back(text::cat("skipping unknown hooks hookTypes=", logged(*events)));
      }
    }
  }
  sort_by_kind(out.manifests, order, [](const Manifest& manifest) -> std::string_view { return manifest.head.kind; });
  sort_by_kind(out.hooks, order, [](const Hook& hook) -> std::string_view { return hook.kind; });
  return out;
}

void append_document(std::string& out, std::string_view path, std::string_view text) {
  text::append(out, "---\n", kSource, path, "\n", text, "\n");
}

std::string release_manifest(const std::vector<Manifest>& manifests) {
  std::string out;
  for (const auto& manifest : manifests) append_document(out, manifest.path, manifest.text);
  return out;
}

std::vector<std::string> documents_from(std::string_view printed, std::string_view pattern) {
  std::vector<std::string> out;
  for (const auto document : split_documents(printed)) {
    // "# Source: CHART/REST": Helm takes the first such line of a document.
    std::string_view rest;
    for (auto at = document.find(kSource); at != document.npos; at = document.find(kSource, at + 1)) {
      const auto line = document.substr(at + kSource.size());
      const auto slash = line.find('/');
      const auto line_end = line.find('\n');
      if (slash == 0 || slash == line.npos || slash + 1 >= std::min(line_end, line.size())) continue;
      rest = line.substr(slash + 1, line_end == line.npos ? line.npos : line_end - slash - 1);
      break;
    }
    const auto fits = match_path(pattern, rest);  // a pattern that is none fits nothing
    if (!rest.empty() && fits && *fits) out.emplace_back(document);
  }
  return out;
}

}  // namespace weir::helm
