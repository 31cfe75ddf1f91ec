#include "pkg/kustomize/generate.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/yaml/documents.hpp"
#include "pkg/yaml/writer.hpp"

namespace weir::kustomize {
namespace {

constexpr std::array<std::string_view, 3> kFileNames{
    "kustomization.yaml", "kustomization.yml", "Kustomization"
};
constexpr int kDeepestFolder = 100;

/// Another file system with one file replaced.
class Overlay final : public FileSystem {
 public:
  Overlay(const FileSystem& base, std::string directory, std::string name, std::string content)
      : base_{base},
        directory_{std::move(directory)},
        name_{std::move(name)},
        path_{text::cat(directory_, "/", name_)},
        content_{std::move(content)} {}

  Result<std::string> read(const std::string& path) const override {
    if (path == path_) return content_;
    return base_.read(path);
  }
  EntryType type(const std::string& path) const override {
    return path == path_ ? EntryType::kFile : base_.type(path);
  }
  Result<std::string> real_path(const std::string& path) const override {
    if (path == path_) return path;
    return base_.real_path(path);
  }
  Result<std::vector<Entry>> list(const std::string& path) const override {
    auto entries = base_.list(path);
    if (entries.has_error() || path != directory_) return entries;
    if (std::ranges::find(*entries, name_, &Entry::name) == entries->end()) {
      entries->push_back(Entry{name_, EntryType::kFile});
      std::ranges::sort(*entries, {}, &Entry::name);
    }
    return entries;
  }

 private:
  const FileSystem& base_;
  std::string directory_;
  std::string name_;
  std::string path_;
  std::string content_;
};

std::optional<std::string> kustomization_name(const FileSystem& files, const std::string& directory) {
  for (const auto name : kFileNames) {
    if (files.type(text::cat(directory, "/", name)) == EntryType::kFile) return std::string{name};
  }
  return std::nullopt;
}

/// Collects what a generated kustomization lists.
class Scanner {
 public:
  explicit Scanner(const FileSystem& files, const std::string& root) : files_{files}, root_{root} {}

  Result<void> scan(const std::string& directory, int depth) {
    if (depth > kDeepestFolder) {
      return InputError{relative(directory), text::cat("nested deeper than ", kDeepestFolder, " folders")};
    }
    auto entries = files_.list(directory);
    if (entries.has_error()) return entries.error();
    for (const auto& entry : *entries) {
      const std::string path = text::cat(directory, "/", entry.name);
      if (entry.type == EntryType::kDirectory) {
        if (kustomization_name(files_, path)) {
          resources_.emplace_back(relative(path));
        } else if (auto below = scan(path, depth + 1); below.has_error()) {
          return below;
        }
      } else if (entry.type == EntryType::kFile && is_manifest(entry.name)) {
        if (auto added = add(path); added.has_error()) return added;
      }
    }
    return {};
  }
  std::vector<json::Value> take() { return std::move(resources_); }

 private:
  static bool is_manifest(std::string_view name) { return name.ends_with(".yaml") || name.ends_with(".yml"); }
  std::string relative(const std::string& path) const {
    return path.size() > root_.size() ? path.substr(root_.size() + 1) : ".";
  }

  Result<void> add(const std::string& path) {
    const std::string name = relative(path);
    auto content = files_.read(path);
    if (content.has_error()) return content.error();
    auto documents = yaml::parse_documents(*content, name);
    if (documents.has_error()) {
      return InputError{
          documents.error().where,
          text::cat("failed to decode Kubernetes YAML from ", name, ": ", documents.error().message)
      };
    }
    for (const auto& document : *documents) {
      if (document.value.is_null()) continue;
      if (document.value.text_at({"kind"}).empty() || document.value.text_at({"apiVersion"}).empty()) {
        return InputError{
            text::cat(name, ":", document.line),
            text::cat("failed to decode Kubernetes YAML from ", name, ": the object has no apiVersion or no kind")
        };
      }
    }
    if (!documents->empty()) resources_.emplace_back(name);
    return {};
  }

  const FileSystem& files_;
  const std::string& root_;
  std::vector<json::Value> resources_;
};

void merge_image(json::Value& images, const json::Value& image) {
  const auto name = image.text_at({"name"});
  if (images.is_array()) {
    for (auto& existing : images.as_array()) {
      if (existing.text_at({"name"}) != name) continue;
      if (image.contains("newName")) existing.set("newName", image.text_at({"newName"}));
      if (image.contains("newTag") || image.contains("digest")) {
        for (const auto* field : {"newTag", "digest"}) {
          existing.erase(field);
          if (image.contains(field)) existing.set(field, image.text_at({field}));
        }
      }
      return;
    }
  }
  images.push_back(image);
}

Result<void> add_components(
    json::Value& file, const FileSystem& files, const std::string& directory, const Additions& additions
) {
  for (const auto& component : additions.components) {
    const bool is_local = !component.empty() && component.front() != '/' &&
                          component.find("://") == std::string::npos && component.find('@') == std::string::npos;
    if (!is_local) {
      return InputError{
          "spec.components", text::cat("expected a local relative path, got ", text::quoted(component))
      };
    }
    const bool is_there = files.type(text::cat(directory, "/", component)) == EntryType::kDirectory;
    if (!is_there && additions.ignore_missing_components) continue;
    if (!is_there) {
      return InputError{"spec.components", text::cat("there is no folder ", text::quoted(component))};
    }
    file["components"].push_back(component);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<FileSystem>> generate(
    const FileSystem& files, const std::string& directory, const Additions& additions
) {
  const auto existing = kustomization_name(files, directory);
  json::Value file;
  if (existing) {
    auto content = files.read(text::cat(directory, "/", *existing));
    if (content.has_error()) return content.error();
    auto parsed = yaml::parse_document(*content, *existing);
    if (parsed.has_error()) return parsed.error();
    file = std::move(*parsed);
    if (!file.is_object() && !file.is_null()) {
      return InputError{*existing, "expected an object at the top of a kustomization file"};
    }
  } else {
    Scanner scanner{files, directory};
    if (auto scanned = scanner.scan(directory, 0); scanned.has_error()) return scanned.error();
    file = json::Value::object({{"apiVersion", "kustomize.config.k8s.io/v1beta1"}, {"kind", "Kustomization"}});
    auto resources = scanner.take();
    // kustomize refuses a file that says nothing; this one says nothing about nobody.
    if (resources.empty()) file.set("namespace", "_placeholder");
    if (!resources.empty()) file.set("resources", json::Value{std::move(resources)});
  }

  const auto replace = [&](std::string_view field, const std::string& value) {
    if (!value.empty()) file.set(field, value);
  };
  const json::Value before = file;
  replace("namespace", additions.target_namespace);
  replace("namePrefix", additions.name_prefix);
  replace("nameSuffix", additions.name_suffix);
  for (const auto& patch : additions.patches) file["patches"].push_back(patch);
  for (const auto& image : additions.images) merge_image(file["images"], image);
  if (auto added = add_components(file, files, directory, additions); added.has_error()) return added.error();
  if (!additions.build_metadata.empty()) {
    json::Value::Array values{additions.build_metadata.begin(), additions.build_metadata.end()};
    file.set("buildMetadata", json::Value{std::move(values)});
  }
  std::string content;
  if (existing && before == file) {
    // Untouched: the build sees the bytes that people wrote, and its errors name their lines.
    auto original = files.read(text::cat(directory, "/", *existing));
    if (original.has_error()) return original.error();
    content = std::move(*original);
  } else {
    content = yaml::write(file);
  }
  return std::unique_ptr<FileSystem>{std::make_unique<Overlay>(
      files, directory, existing.value_or(std::string{kFileNames.front()}), std::move(content)
  )};
}

}  // namespace weir::kustomize
