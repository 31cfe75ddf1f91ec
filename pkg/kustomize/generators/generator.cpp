#include "pkg/kustomize/generators/generator.hpp"

#include <algorithm>
#include <vector>

#include "pkg/base/base64.hpp"
#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/kustomize/context.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/kustomize/finish.hpp"
#include "pkg/kustomize/loader.hpp"
#include "pkg/kustomize/path.hpp"

namespace weir::kustomize {
namespace {

constexpr std::size_t kSecretLine = 70;

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      ++i;
      continue;
    }
    const std::size_t width = c >= 0xC2 && c < 0xE0 ? 2 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xF0 && c < 0xF5 ? 4 : 0;
    if (width == 0 || i + width > text.size()) return false;
    std::uint32_t point = width == 2 ? c & 0x1FU : width == 3 ? c & 0x0FU : c & 0x07U;
    for (std::size_t k = 1; k < width; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xC0) != 0x80) return false;
      point = point << 6 | (next & 0x3FU);
    }
    if ((width == 3 && (point < 0x800 || (point >= 0xD800 && point <= 0xDFFF))) ||
        (width == 4 && (point < 0x10000 || point > 0x10FFFF)))
      return false;
    i += width;
  }
  return true;
}

Node* text_node(Arena& arena, std::string_view text) {
  Node* node = yaml::make_scalar(arena, text);
  node->tag = Tag::kString;
  if (text.find('\n') != text.npos) node->style = Style::kLiteral;
  return node;
}

std::string_view without_quotes(std::string_view text) {
  if (text.size() < 2 || text.front() != text.back()) return text;
  return text.front() == '"' || text.front() == '\'' ? text.substr(1, text.size() - 2) : text;
}

/// Blanks as Unicode has them: ASCII ones, NEL, NBSP and the wide ones.
std::string_view trim_left(std::string_view line) {
  for (;;) {
    if (line.empty()) return line;
    const auto c = static_cast<unsigned char>(line.front());
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      line.remove_prefix(1);
    } else if (line.starts_with("\xC2\x85") || line.starts_with("\xC2\xA0")) {
      line.remove_prefix(2);
    } else if (line.starts_with("\xE3\x80\x80") || line.starts_with("\xE1\x9A\x80") || line.starts_with("\xE2\x80\xA8") || line.starts_with("\xE2\x80\xA9") || line.starts_with("\xE2\x80\xAF") || line.starts_with("\xE2\x81\x9F") || (line.starts_with("\xE2\x80") && line.size() > 2 && static_cast<unsigned char>(line[2]) <= 0x8A)) {
      line.remove_prefix(3);
    } else {
      return line;
    }
  }
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

void read_env_file(Pairs& pairs, const Loader& loader, const std::string& path, const std::string& place) {
  const std::string content = loader.load(path);
  std::size_t number = 0;
  std::string_view rest = content;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest = end == rest.npos ? std::string_view{} : rest.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++number;
    if (!is_utf8(line))
      fail(text::cat(path, ":", number), text::cat("the line is not UTF-8 (env file of ", place, ")"));
    if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    line = trim_left(line);
    if (line.empty() || line.front() == '#') continue;
    const auto [key, value] = text::cut(line, "=");
    if (!key.empty()) pairs.emplace_back(key, value);
  }
}

Pairs read_pairs(const Loader& loader, const GeneratorArguments& arguments) {
  Pairs pairs;
  for (const auto& path : arguments.envs) read_env_file(pairs, loader, path, arguments.place);
  for (const auto& literal : arguments.literals) {
    const auto equals = literal.find('=');
    if (equals == literal.npos || equals == 0) fail(arguments.place, "literals: expected key=value");
    pairs.emplace_back(literal.substr(0, equals), without_quotes(std::string_view{literal}.substr(equals + 1)));
  }
  for (const auto& source : arguments.files) {
    const auto count = std::ranges::count(source, '=');
    if (count > 1) fail(arguments.place, text::cat("files: ", text::quoted(source), " has more than one ="));
    const auto [before, after] = text::cut(source, "=");
    if (count == 1 && (before.empty() || after.empty()))
      fail(arguments.place, text::cat("files: expected key=path or path, got ", text::quoted(source)));
    const std::string file{count == 0 ? before : after};
    // A trailing slash does not count for the name.
    std::string_view key = count == 0 ? std::string_view{file} : before;
    if (count == 0) {
      while (key.size() > 1 && key.ends_with('/')) key.remove_suffix(1);
      key = path::name(key);
    }
    pairs.emplace_back(key, loader.load(file));
  }
  return pairs;
}

struct Base {
  ResourcePointer resource;
  TextMap data;
};

Base make_base(Context& context, const Loader& loader, const GeneratorArguments& arguments, std::string_view kind) {
  Arena& arena = context.arena();
  if (arguments.name.empty()) fail(arguments.place, text::cat("name: a ", kind, " must have a name"));
  Node* root = yaml::make_mapping(arena);
  root->tag = Tag::kMapping;
  root->append(arena, "apiVersion", yaml::make_string(arena, "v1"));
  root->append(arena, "kind", yaml::make_string(arena, kind));
  Node* metadata = lookup_or_add(arena, *root, "metadata", Kind::kMapping);
  set_field(arena, *metadata, "name", yaml::make_string(arena, arguments.name));
  if (!arguments.space.empty()) set_field(arena, *metadata, "namespace", yaml::make_string(arena, arguments.space));

  Base out{std::make_unique<Resource>(context, root, arguments.place), {}};
  for (const auto& [key, value] : read_pairs(loader, arguments)) {
    const bool is_new = out.data.emplace(arena.keep(key), arena.keep(value)).second;
    if (!is_new)
      fail(arguments.place, text::cat("the key ", text::quoted(key), " stands twice in ", kind, " ", arguments.name));
  }
  return out;
}

void add_options(Resource& resource, const GeneratorArguments& arguments) {
  Arena& arena = resource.arena();
  if (arguments.options) {
    for (const auto& [key, value] : arguments.options->labels) {
      Node* metadata = lookup_or_add(arena, resource.root(), "metadata", Kind::kMapping);
      Node* labels = lookup_or_add(arena, *metadata, "labels", Kind::kMapping);
      Node* node = yaml::make_string(arena, value);
      node->style = Style::kSingleQuoted;
      set_field(arena, *labels, key, node);
    }
    for (const auto& [key, value] : arguments.options->annotations) set_annotation(arena, resource.root(), key, value);
    if (arguments.options->immutable) {
      Node* flag = yaml::make_scalar(arena, "true");
      flag->tag = Tag::kBool;
      set_field(arena, resource.root(), "immutable", flag);
    }
  }
  if (!arguments.options || !arguments.options->disable_name_suffix_hash) resource.set_needs_hash(true);
  const auto behavior = arguments.behavior == "merge"     ? Behavior::kMerge
                        : arguments.behavior == "replace" ? Behavior::kReplace
                        : arguments.behavior == "create"  ? Behavior::kCreate
                                                          : Behavior::kUnspecified;
  resource.set_behavior(behavior);
  // Annotations that were just set are texts in plain style from here on.
  set_metadata_map(arena, resource.root(), "annotations", metadata_map(resource.root(), "annotations"));
}

void add_data(Resource& resource, const TextMap& entries) {
  Arena& arena = resource.arena();
  for (const auto& [key, value] : entries) {
    const bool is_text = is_utf8(value);
    Node* data = lookup_or_add(arena, resource.root(), is_text ? "data" : "binaryData", Kind::kMapping);
    set_field(arena, *data, key, text_node(arena, is_text ? value : arena.keep(encode_secret(value))));
  }
}

}  // namespace

std::optional<GeneratorOptions> merge_generator_options(
    std::optional<GeneratorOptions> own, const std::optional<GeneratorOptions>& all
) {
  if (!all) return own;
  if (!own) own.emplace();
  own->labels.insert(all->labels.begin(), all->labels.end());
  own->annotations.insert(all->annotations.begin(), all->annotations.end());
  own->disable_name_suffix_hash = own->disable_name_suffix_hash || all->disable_name_suffix_hash;
  own->immutable = own->immutable || all->immutable;
  return own;
}

std::string encode_secret(std::string_view bytes) {
  const std::string encoded = base64::encode(bytes);
  if (encoded.size() < kSecretLine) return encoded;
  std::string out;
  for (std::size_t i = 0; i < encoded.size(); i += kSecretLine) {
    out += encoded.substr(i, kSecretLine);
    out += '\n';
  }
  return out;
}

ResourcePointer make_config_map(Context& context, const Loader& loader, const GeneratorArguments& arguments) {
  Base base = make_base(context, loader, arguments, "ConfigMap");
  add_data(*base.resource, base.data);
  add_options(*base.resource, arguments);
  return std::move(base.resource);
}

ResourcePointer make_secret(Context& context, const Loader& loader, const GeneratorArguments& arguments) {
  Base base = make_base(context, loader, arguments, "Secret");
  Arena& arena = context.arena();
  set_field(
      arena, base.resource->root(), "type", yaml::make_string(arena, arguments.type.empty() ? "Opaque" : arguments.type)
  );
  Node* data = lookup_or_add(arena, base.resource->root(), "data", Kind::kMapping);
  for (const auto& [key, value] : base.data)
    set_field(arena, *data, key, text_node(arena, arena.keep(encode_secret(value))));
  add_options(*base.resource, arguments);
  return std::move(base.resource);
}

void set_config_data(Resource& resource, std::string_view field, const TextMap& entries, bool is_binary) {
  Arena& arena = resource.arena();
  resource.root().erase(field);
  if (entries.empty()) return;
  if (!is_binary) return add_data(resource, entries);
  Node* data = lookup_or_add(arena, resource.root(), field, Kind::kMapping);
  for (const auto& [key, value] : entries) set_field(arena, *data, key, text_node(arena, value));
}

void take_metadata(Resource& resource, const Resource& other) {
  Arena& arena = resource.arena();
  const bool had_hash_mark = resource.needs_hash();
  const auto merge = [&](std::string_view field) {
    TextMap entries = metadata_map(other.root(), field);
    for (const auto& [key, value] : metadata_map(resource.root(), field)) entries[key] = value;
    return entries;
  };
  set_metadata_map(arena, resource.root(), "labels", merge("labels"));
  TextMap annotations = merge("annotations");
  annotations.erase(kHistoryMarker);
  set_metadata_map(arena, resource.root(), "annotations", annotations);
  resource.set_name(arena.keep(other.name()));
  resource.set_space(arena.keep(other.space()));
  resource.take_history_from(other, had_hash_mark);
}

std::string content_hash(const Resource& resource) {
  json::Value out = json::Value::object();
  const auto value_of = [&resource](std::string_view field) -> json::Value {
    const Node* node = resource.root().find(field);
    if (node == nullptr) return json::Value{""};
    if (node->is_scalar()) return json::Value{node->value};
    json::Value value = finish(*node);
    json::sort_keys(value);
    return value;
  };
  const bool is_secret = resource.kind() == "Secret";
  if (!is_secret && resource.kind() != "ConfigMap")
    // The original hashes its own notes here, line numbers among them.
    fail(
        resource.place(),
        text::cat("only ConfigMaps and Secrets get a hash, not a ", resource.kind(), " that was one of them")
    );
  // The keys stand in the order of their names.
  const std::string_view extra = is_secret ? "stringData" : "binaryData";
  const json::Value extra_value = value_of(extra);
  if (!is_secret && extra_value.is_object()) out.set(extra, extra_value);
  out.set("data", value_of("data"));
  out.set("kind", resource.kind());
  out.set("name", json::Value{""});
  if (is_secret && extra_value.is_object()) out.set(extra, extra_value);
  if (is_secret) out.set("type", value_of("type"));

  const std::string hex = sha256_hex(go_json(out));
  std::string hash = hex.substr(0, 10);
  for (char& c : hash) {
    switch (c) {
      case '0': c = 'g'; break;
      case '1': c = 'h'; break;
      case '3': c = 'k'; break;
      case 'a': c = 'm'; break;
      case 'e': c = 't'; break;
      default: break;
    }
  }
  return hash;
}

}  // namespace weir::kustomize
