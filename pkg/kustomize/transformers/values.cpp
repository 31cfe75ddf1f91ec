#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/kustomize/context.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/kustomize/transformers.hpp"

namespace weir::kustomize {
namespace {

/// Labels and annotations: pairs put into maps.
class Pairs final : public Transformer {
 public:
  Pairs(std::map<std::string, std::string> pairs, const FieldSpecs& specs) : pairs_{std::move(pairs)}, specs_{specs} {}

  void transform(ResourceSet& resources) override {
    if (pairs_.empty()) return;
    for (const auto& resource : resources.all()) {
      Arena& arena = resource->arena();
      const auto& specs = specs_.for_kind(resource->api_version(), resource->kind());
      try {
        for (const auto& [key, value] : pairs_) {
          // One node for all places of a resource: a later patch of one changes them all, as in kustomize.
          Node* node = yaml::make_scalar(arena, value);
          node->tag = Tag::kString;
          for (const ParsedSpec* spec : specs)
            for_each_field(
                arena,
                resource->root(),
                *spec,
                {Kind::kMapping, Tag::kMapping},
                [&, &key_ = key](Node& map) {
                  expect_kind(&map, Kind::kMapping);
                  set_field(arena, map, key_, node);
                }
            );
        }
      } catch (Failure& failure) {
        fail(resource->place(), text::cat(resource->kind(), " ", resource->name(), ": ", failure.message));
      }
    }
  }

 private:
  std::map<std::string, std::string> pairs_;
  SpecIndex specs_;
};

class Replicas final : public Transformer {
 public:
  Replicas(const Replica& replica, const FieldSpecs& specs) : replica_{replica}, specs_{specs} {}

  void transform(ResourceSet& resources) override {
    bool is_found = false;
    const auto candidates = resources.find_by_any_name(replica_.name);
    for (const auto& spec : specs_.all()) {
      const auto is_meant = [&](const ResourceId& id) {
        return id.name == replica_.name && is_selected(id.gvk, spec->spec.gvk());
      };
      for (Resource* resource : candidates) {
        if (!std::ranges::any_of(resource->previous_ids(), is_meant) && !is_meant(resource->id())) continue;
        is_found = true;
        if (!is_selected(resource->gvk(), spec->spec.gvk())) continue;
        Arena& arena = resource->arena();
        for_each_field(arena, resource->root(), *spec, {Kind::kScalar, Tag::kInt}, [&](Node& node) {
          Node* count = yaml::make_scalar(arena, std::to_string(replica_.count));
          count->tag = Tag::kInt;
          set_scalar(node, count);
        });
      }
    }
    if (is_found) return;
    std::string kinds;
    for (const auto& spec : specs_.all()) text::append(kinds, kinds.empty() ? "" : ", ", to_string(spec->spec.gvk()));
    fail(replica_.place, text::cat("replicas: no resource named ", text::quoted(replica_.name), " among ", kinds));
  }

 private:
  Replica replica_;
  SpecIndex specs_;
};

/// The parts of "registry:5000/app:1.0@sha256:ab".
struct ImageParts {
  std::string name;
  std::string tag;
  std::string digest;
};

ImageParts split_image(std::string_view image) {
  // A colon before the first slash is a port.
  const auto slash = image.find('/');
  const std::size_t start = slash == image.npos || slash == 0 ? 0 : slash;
  const auto at = image.find('@', start), colon = image.find(':', start);
  if (at == image.npos && colon == image.npos) return {std::string{image}, "", ""};
  if (at != image.npos && (colon == image.npos || at < colon))
    return {std::string{image.substr(0, at)}, "", std::string{image.substr(at + 1)}};
  if (at != image.npos)
    return {
        std::string{image.substr(0, colon)},
        std::string{image.substr(colon + 1, at - colon - 1)},
        std::string{image.substr(at + 1)}};
  return {std::string{image.substr(0, colon)}, std::string{image.substr(colon + 1)}, ""};
}

/// Finds images of a name, which is a regular expression, with any tag and digest.
class ImagePattern {
 public:
  explicit ImagePattern(const std::string& name) : name_{name}, is_plain_{is_plain_pattern(name)} {
    if (is_plain_) return;
    auto compiled = regex::Regex::compile(
        text::cat("^", name, "(:[a-zA-Z0-9_.{}-]*)?(@[a-zA-Z0-9]+([.+_-][a-zA-Z0-9]+)*:[a-zA-Z0-9_.{}-]*)?$")
    );
    // A name that is no expression matches nothing.
    if (compiled) regex_ = std::move(*compiled);
  }

  bool matches(std::string_view image) const {
    if (!is_plain_) return regex_ && regex_->is_found_in(image);
    if (image.size() < name_.size() || !matches_points(image.substr(0, name_.size()), name_)) return false;
    image.remove_prefix(name_.size());
    const auto is_word = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    const auto is_tag = [&](char c) { return is_word(c) || c == '_' || c == '.' || c == '{' || c == '}' || c == '-'; };
    const auto skip_tag = [&] {
      while (!image.empty() && is_tag(image.front())) image.remove_prefix(1);
    };
    if (image.starts_with(':')) {
      image.remove_prefix(1);
      skip_tag();
    }
    if (image.empty()) return true;
    if (!image.starts_with('@')) return false;
    image.remove_prefix(1);
    const auto colon = image.find(':');
    if (colon == image.npos) return false;
    // The algorithm: words with one mark between two of them.
    bool is_after_mark = true;
    for (const char c : image.substr(0, colon)) {
      const bool is_mark = c == '.' || c == '+' || c == '_' || c == '-';
      if (is_mark ? is_after_mark : !is_word(c)) return false;
      is_after_mark = is_mark;
    }
    if (is_after_mark) return false;
    image.remove_prefix(colon + 1);
    skip_tag();
    return image.empty();
  }

 private:
  std::string name_;
  bool is_plain_;
  std::optional<regex::Regex> regex_;
};

class Images final : public Transformer {
 public:
  Images(const Image& image, const FieldSpecs& specs) : image_{image}, pattern_{image.name}, specs_{specs} {}

  void transform(ResourceSet& resources) override {
    // First the containers of any object, wherever they stand, then the fields that are configured.
    for_all(resources, [this](Resource& resource) { walk(resource.arena(), resource.root()); });
    for_all(resources, [this](Resource& resource) {
      for (const ParsedSpec* spec : specs_.for_kind(resource.api_version(), resource.kind()))
        for_each_field(resource.arena(), resource.root(), *spec, {}, [&](Node& node) {
          set_image(resource.arena(), node);
        });
    });
  }

 private:
  template <class Apply>
  static void for_all(ResourceSet& resources, Apply apply) {
    for (const auto& resource : resources.all()) {
      if (resource->kind() == "CustomResourceDefinition") continue;
      try {
        apply(*resource);
      } catch (Failure& failure) {
        fail(resource->place(), text::cat("image of ", resource->kind(), " ", resource->name(), ": ", failure.message));
      }
    }
  }

  void walk(Arena& arena, Node& node) {
    if (node.is_sequence()) {
      for (Node* item : node.content) walk(arena, *item);
      return;
    }
    if (!node.is_mapping()) return;
    for (std::size_t i = 0; i + 1 < node.content.size(); i += 2) {
      Node& value = *node.content[i + 1];
      walk(arena, value);
      const auto key = node.content[i]->value;
      if ((key != "containers" && key != "initContainers") || !value.is_sequence()) continue;
      for (Node* container : value.content)
        if (Node* image = lookup(container, "image")) set_image(arena, *image);
    }
  }

  void set_image(Arena& arena, Node& node) {
    expect_kind(&node, Kind::kScalar);
    if (!pattern_.matches(node.value)) return;
    ImageParts parts = split_image(node.value);
    if (!image_.new_name.empty()) parts.name = image_.new_name;
    if (!image_.new_tag.empty() || !image_.digest.empty()) {
      parts.tag = image_.new_tag;
      parts.digest = image_.digest;
    } else if (!image_.tag_suffix.empty()) {
      parts.tag += image_.tag_suffix;
      parts.digest.clear();
    }
    std::string whole = std::move(parts.name);
    if (!parts.tag.empty()) text::append(whole, ":", parts.tag);
    if (!parts.digest.empty()) text::append(whole, "@", parts.digest);
    set_scalar(node, yaml::make_scalar(arena, whole));
  }

  Image image_;
  ImagePattern pattern_;
  SpecIndex specs_;
};

}  // namespace

TransformerPointer make_labels(std::map<std::string, std::string> labels, const FieldSpecs& specs) {
  return std::make_unique<Pairs>(std::move(labels), specs);
}

TransformerPointer make_annotations(std::map<std::string, std::string> annotations, const FieldSpecs& specs) {
  return std::make_unique<Pairs>(std::move(annotations), specs);
}

TransformerPointer make_replicas(const Replica& replica, const FieldSpecs& specs) {
  return std::make_unique<Replicas>(replica, specs);
}

TransformerPointer make_image(const Image& image, const FieldSpecs& specs) {
  return std::make_unique<Images>(image, specs);
}

}  // namespace weir::kustomize
