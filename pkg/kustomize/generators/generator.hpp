#pragma once

#include <string>
#include <string_view>

#include "pkg/kustomize/kustomization_file.hpp"
#include "pkg/kustomize/resource.hpp"

namespace weir::kustomize {

class Loader;

/// A ConfigMap of literals, files and env files, or a Secret of them. @throws Failure
ResourcePointer make_config_map(Context& context, const Loader& loader, const GeneratorArguments& arguments);
ResourcePointer make_secret(Context& context, const Loader& loader, const GeneratorArguments& arguments);

/// The options of the entry, completed by those of the whole kustomization.
std::optional<GeneratorOptions> merge_generator_options(
    std::optional<GeneratorOptions> own, const std::optional<GeneratorOptions>& all
);

/// Base64 in lines of 70 characters when it is longer, as kustomize writes the data of Secrets.
std::string encode_secret(std::string_view bytes);

/// Replaces `data` or `binaryData` by these entries; bytes that are not UTF-8 go to binaryData as base64.
void set_config_data(Resource& resource, std::string_view field, const TextMap& entries, bool is_binary);

/// Gives a resource the name, namespace and history of another, and its labels and annotations where it has none.
void take_metadata(Resource& resource, const Resource& other);

/// The suffix that stands for the content of a ConfigMap or Secret.
/// Source: kustomize's hasher: ten characters of a SHA-256 of the sorted JSON, without those that form words.
std::string content_hash(const Resource& resource);

}  // namespace weir::kustomize
