#include "pkg/kustomize/generate.hpp"

#include <algorithm>

#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kustomize/context.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/kustomize/kustomization_file.hpp"
#include "pkg/kustomize/loader.hpp"
#include "pkg/kustomize/memory_file_system.hpp"
#include "pkg/kustomize/path.hpp"
#include "pkg/kustomize/read_resources.hpp"
#include "pkg/yaml/documents.hpp"
#include "pkg/yaml/writer.hpp"

namespace weir::kustomize {
namespace {

constexpr std::string_view kPlaceholder = "_placeholder";

bool is_manifest(std::string_view name) { return name.ends_with(".yaml") || name.ends_with(".yml"); }

bool is_kustomization(std::string_view name) {
  return std::ranges::any_of(kKustomizationNames, [name](const char* known) { return name == known; });
}

/// Finds the manifests of a directory tree.
class Scanner {
 public:
  Scanner(Context& context, std::string root) : context_{context}, root_{std::move(root)} {}

  std::vector<std::string> scan() {
    walk(root_, 0);
    return std::move(found_);
  }

 private:
  std::string relative(const std::string& path) const {
    return root_ == "/" ? path.substr(1) : path.substr(root_.size() + 1);
  }

  void walk(const std::string& directory, std::size_t depth) {
    if (depth > context_.options().limits.directories)
      fail(
          context_.show(directory),
          text::cat("directories are nested deeper than ", context_.options().limits.directories, " levels")
      );
    const auto entries = context_.list(directory);
    if (depth > 0 && std::ranges::any_of(entries, [](const Entry& entry) {
          return entry.type == EntryType::kFile && is_kustomization(entry.name);
        })) {
      found_.push_back(relative(directory));
      return;
    }
    for (const Entry& entry : entries) {
      const std::string path = path::join(directory, entry.name);
      if (entry.type == EntryType::kDirectory) {
        walk(path, depth + 1);
      } else if (entry.type == EntryType::kFile && is_manifest(entry.name) && !is_kustomization(entry.name)) {
        check(path);
        found_.push_back(relative(path));
      }
    }
  }

  void check(const std::string& path) {
    try {
      read_resources(context_, context_.read(path), context_.show(path));
    } catch (Failure& failure) {
      fail(failure.where, text::cat("failed to decode Kubernetes YAML: ", failure.message));
    }
  }

  Context& context_;
  std::string root_;
  std::vector<std::string> found_;
};

bool is_local(std::string_view path) {
  return !path.empty() && !path::is_absolute(path) && path.find("://") == path.npos && !is_repository_url(path);
}

json::Value* list_of(json::Value& document, std::string_view field) {
  json::Value& list = document[field];
  if (!list.is_array()) list = json::Value::array();
  return &list;
}

bool names_resources(const json::Value& document) {
  return std::ranges::any_of(document.as_object(), [](const json::Member& member) {
    return text::equal_ignoring_case(member.key, "resources") && !member.value.empty();
  });
}

/// The fields of the kustomization that change, each as a whole.
json::Value changed_fields(
    const json::Value& document, const Additions& additions, const std::vector<std::string>& components, bool is_new
) {
  json::Value out = json::Value::object();
  // A file without resources may say nothing at all, which the build refuses; Flux makes each such file say this.
  if (!is_new && !names_resources(document)) out.set("buildMetadata", json::Value::array({"originAnnotations"}));
  const auto current = [&](std::string_view field) {
    if (const auto* value = document.find(field)) out.set(field, *value);
    return list_of(out, field);
  };
  if (additions.target_namespace) out.set("namespace", *additions.target_namespace);
  if (additions.name_prefix) out.set("namePrefix", *additions.name_prefix);
  if (additions.name_suffix) out.set("nameSuffix", *additions.name_suffix);
  if (!additions.patches.empty()) {
    auto* patches = current("patches");
    for (const auto& patch : additions.patches) patches->push_back(patch);
  }
  if (!components.empty()) {
    auto* list = current("components");
    for (const auto& component : components) list->push_back(component);
  }
  if (!additions.images.empty()) {
    auto* images = current("images");
    for (const auto& image : additions.images) {
      auto& entries = images->as_array();
      const auto same = std::ranges::find_if(entries, [&](const json::Value& entry) {
        return entry.text_at({"name"}) == image.text_at({"name"});
      });
      if (same == entries.end()) {
        entries.push_back(image);
        continue;
      }
      // What the addition does not say stays; tag and digest are one choice.
      if (const auto name = image.text_at({"newName"}); !name.empty()) same->set("newName", name);
      if (image.text_at({"newTag"}).empty() && image.text_at({"digest"}).empty()) continue;
      for (const auto* field : {"newTag", "digest"}) {
        if (const auto text = image.text_at({field}); !text.empty()) {
          same->set(field, text);
        } else {
          same->erase(field);
        }
      }
    }
  }
  if (!additions.build_metadata.empty()) {
    json::Value list = json::Value::array();
    for (const auto& option : additions.build_metadata) list.push_back(option);
    out.set("buildMetadata", std::move(list));
  }
  return out;
}

json::Value parse(Context& context, const std::string& text, const std::string& source) {
  auto options = context.parse_options(source);
  options.typing = yaml::Typing::kYaml11;
  options.duplicates = yaml::DuplicateKeys::kLastWins;
  auto document = yaml::parse_document(text, options);
  if (!document) fail(document.error().where, document.error().message);
  context.charge(*document);
  return std::move(*document);
}

/// Adds the fields below the text, so that its lines keep their numbers: the last one of a key counts. Where that does
/// not work, in a file of brackets or with an end marker, the whole is written anew.
std::string with_fields(
    Context& context, const std::string& text, const json::Value& document, const json::Value& fields
) {
  if (fields.empty()) return text;
  json::Value wanted = document;
  for (const auto& member : fields.as_object()) wanted.set(member.key, member.value);
  std::string appended = text;
  if (!appended.ends_with('\n')) appended += '\n';
  appended += yaml::write(fields);
  auto options = context.parse_options({});
  options.typing = yaml::Typing::kYaml11;
  options.duplicates = yaml::DuplicateKeys::kLastWins;
  const auto read = yaml::parse_document(appended, options);
  return read && *read == wanted ? appended : yaml::write(wanted);
}

Generated run(Context& context, const std::string& directory, const Additions& additions) {
  const auto real = context.files().real_path(directory);
  if (!real) fail(real.error().where, real.error().message);
  if (context.files().type(*real) != EntryType::kDirectory) fail(directory, "expected a directory, this is a file");
  context.set_base(*real);

  Generated out;
  for (const auto* name : kKustomizationNames) {
    auto text = context.read_if_there(path::join(*real, name));
    if (!text) continue;
    if (!out.path.empty())
      fail(context.show(*real), text::cat("more than one kustomization file: ", path::name(out.path), " and ", name));
    out.path = path::join(*real, name);
    out.text = std::move(*text);
  }
  json::Value document = json::Value::object();
  if (out.path.empty()) {
    out.is_new = true;
    out.path = path::join(*real, kKustomizationNames[0]);
    document.set("apiVersion", "kustomize.config.k8s.io/v1beta1");
    document.set("kind", "Kustomization");
    const auto manifests = Scanner{context, *real}.scan();
    if (manifests.empty()) {
      document.set("namespace", kPlaceholder);
    } else {
      json::Value resources = json::Value::array();
      for (const auto& manifest : manifests) resources.push_back(manifest);
      document.set("resources", std::move(resources));
    }
    out.text = yaml::write(document);
  } else {
    const std::string source = context.show(out.path);
    // Read as a whole first: what is wrong in the file is told with the file's own lines.
    read_kustomization(out.text, source, context, WhenEmpty::kAccept);
    document = parse(context, out.text, source);
    if (document.is_null()) document = json::Value::object();
  }

  std::vector<std::string> components;
  for (const std::string& component : additions.components) {
    if (!is_local(component))
      fail("spec.components", text::cat("the path ", text::quoted(component), " must be local and relative"));
    const std::string path = path::join(*real, component);
    if (additions.ignore_missing_components && context.files().type(path) != EntryType::kDirectory) {
      context.note_absent(path);
      continue;
    }
    components.push_back(component);
  }
  out.text = with_fields(context, out.text, document, changed_fields(document, additions, components, out.is_new));
  out.inputs = context.take_inputs();
  return out;
}

}  // namespace

Result<Generated> generate(
    const FileSystem& files, const std::string& directory, const Additions& additions, const BuildOptions& options
) {
  try {
    Context context{files, options};
    return run(context, directory, additions);
  } catch (Failure& failure) {
    return InputError{std::move(failure.where), std::move(failure.message)};
  } catch (const yaml::ArenaFull& full) {
    return takes_too_much(full, options.limits);
  }
}

Result<Built> generate_and_build(
    const FileSystem& files, const std::string& directory, const Additions& additions, const BuildOptions& options
) {
  auto generated = generate(files, directory, additions, options);
  if (!generated) return std::move(generated).error();
  OverlayFileSystem overlay{files};
  overlay.write(generated->path, generated->text);
  auto built = build(overlay, directory, options);
  if (!built) return built;
  // The file itself counts as it is on disk, not as it was edited.
  std::erase_if(built->inputs, [&](const Input& input) { return input.path == generated->path; });
  for (Input& input : generated->inputs) {
    const bool is_known =
        std::ranges::any_of(built->inputs, [&](const Input& other) { return other.path == input.path; });
    if (!is_known) built->inputs.push_back(std::move(input));
  }
  std::ranges::sort(built->inputs, {}, &Input::path);
  return built;
}

}  // namespace weir::kustomize
