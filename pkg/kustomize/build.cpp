#include "pkg/kustomize/build.hpp"

#include <algorithm>

#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kustomize/accumulate.hpp"
#include "pkg/kustomize/context.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/kustomize/finish.hpp"
#include "pkg/kustomize/order.hpp"
#include "pkg/kustomize/origin.hpp"
#include "pkg/kustomize/transformers.hpp"

namespace weir::kustomize {
namespace {

void add_managed_by(ResourceSet& resources, const std::string& version) {
  const FieldSpecs places{{"", "", "", "metadata/labels", true}};
  make_labels({{"app.kubernetes.io/managed-by", text::cat("kustomize-", version)}}, places)->transform(resources);
}

void order(ResourceSet& resources, const Kustomization& kustomization, Context& context) {
  const Reorder wanted = context.options().reorder;
  if (kustomization.sort_options) {
    if (wanted != Reorder::kUnspecified) context.warn("sortOptions of the kustomization win over --reorder");
    return sort_as_asked(resources, *kustomization.sort_options, kustomization.place("sortOptions"));
  }
  if (wanted != Reorder::kNone) sort_as_legacy(resources);
}

/// The resources of a build, ready to be printed.
ResourceSet run(Context& context, const std::string& directory) {
  Loader loader{context, directory};
  context.set_base(loader.root());
  Target target{loader};
  const Kustomization& kustomization = target.kustomization();
  std::optional<std::string> document;
  if (const auto path = kustomization.openapi.find("path"); path != kustomization.openapi.end())
    document = target.loader().load(path->second);
  context.set_schema(kustomization.openapi, document, kustomization.place("openapi"), true);

  ResourceSet resources = target.build();
  order(resources, kustomization, context);
  const auto asks_for = [&kustomization](std::string_view option) {
    return std::ranges::find(kustomization.build_metadata, option) != kustomization.build_metadata.end();
  };
  if (context.options().add_managed_by_label || asks_for("managedByLabel"))
    add_managed_by(resources, context.options().managed_by_version);
  for (const auto& resource : resources.all()) {
    resource->drop_internal_annotations();
    if (!asks_for("originAnnotations")) remove_annotation(*resource, kOriginAnnotation);
    if (!asks_for("transformerAnnotations")) remove_annotation(*resource, kTransformationsAnnotation);
  }
  return resources;
}

/// What is around every kind of result: the context, its limits, and failures as errors that name the object.
/// @param add  puts one resource into the result
template <class Out, class Add>
Result<Out> build_as(
    const FileSystem& files, const std::string& directory, const BuildOptions& options, const Add& add
) {
  try {
    Context context{files, options};
    const ResourceSet resources = run(context, directory);
    Out out;
    for (const auto& resource : resources.all()) {
      try {
        add(out, *resource);
      } catch (Failure& failure) {
        fail(
            resource->place(),
            text::cat(
                resource->kind(),
                " ",
                resource->name(),
                ": ",
                failure.where,
                failure.where.empty() ? "" : ": ",
                failure.message
            )
        );
      }
    }
    if constexpr (requires { out.inputs; }) out.inputs = context.take_inputs();
    out.warnings = context.take_warnings();
    return out;
  } catch (Failure& failure) {
    return InputError{std::move(failure.where), std::move(failure.message)};
  } catch (const yaml::ArenaFull& full) {
    return takes_too_much(full, options.limits);
  }
}

}  // namespace

bool are_current(const FileSystem& files, const std::vector<Input>& inputs) {
  return std::ranges::all_of(inputs, [&files](const Input& input) {
    if (input.path.ends_with('/')) {
      const auto entries = files.list(input.path);
      return entries && input.digest == digest_of_names(*entries);
    }
    if (!input.digest) return files.type(input.path) == EntryType::kNone;
    const auto content = files.read(input.path);
    return content && input.digest == sha256_hex(*content);
  });
}

Result<Built> build(const FileSystem& files, const std::string& directory, const BuildOptions& options) {
  return build_as<Built>(files, directory, options, [](Built& out, const Resource& resource) {
    out.resources.push_back(finish(resource.root()));
  });
}

Result<Printed> build_text(const FileSystem& files, const std::string& directory, const BuildOptions& options) {
  return build_as<Printed>(files, directory, options, [](Printed& out, const Resource& resource) {
    if (!out.text.empty()) out.text += "---\n";
    print(out.text, resource.root());
  });
}

Result<Documents> build_documents(const FileSystem& files, const std::string& directory, const BuildOptions& options) {
  return build_as<Documents>(files, directory, options, [](Documents& out, const Resource& resource) {
    const auto id = resource.id();
    auto& document = out.documents.emplace_back();
    document.api_version = resource.api_version();
    document.kind = resource.kind();
    document.name = resource.name();
    if (!id.is_cluster_scoped) document.space = id.effective_space();
    print(document.text, resource.root(), Reading::kDirect);
  });
}

}  // namespace weir::kustomize
