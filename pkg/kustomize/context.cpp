#include "pkg/kustomize/context.hpp"

#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/kustomize/path.hpp"
#include "pkg/yaml/documents.hpp"

namespace weir::kustomize {
namespace {

constexpr std::string_view kBuiltinVersion = "v1.21.2";

}  // namespace

std::string Context::read(const std::string& path) {
  auto content = files_.read(path);
  if (!content) {
    if (files_.type(path) == EntryType::kNone) inputs_.emplace(path, std::nullopt);
    const auto& error = content.error();
    fail(error.where.empty() ? std::string{} : show(error.where), error.message);
  }
  if (content->size() > options_.limits.file_bytes)
    fail(show(path), text::cat("is larger than ", options_.limits.file_bytes, " bytes"));
  arena_.charge(content->size());
  auto& digest = inputs_[path];
  if (!digest) digest = sha256_hex(*content);
  return std::move(*content);
}

std::optional<std::string> Context::read_if_there(const std::string& path) {
  if (files_.type(path) == EntryType::kFile) return read(path);
  inputs_.emplace(path, std::nullopt);
  return std::nullopt;
}

InputError takes_too_much(const yaml::ArenaFull& full, const Limits& limits) {
  if (limits.is_trial) throw TrialTooSmall{};
  return InputError{
      "",
      text::cat(
          "the build takes more than ",
          full.limit_bytes >> 20,
          " MiB of memory: its files, aliases, patches and replacements together make too much"
      )};
}

std::string digest_of_names(const std::vector<Entry>& entries) {
  std::string names;
  for (const Entry& entry : entries)
    text::append(names, entry.type == EntryType::kDirectory ? "d " : "f ", entry.name, "\n");
  return sha256_hex(names);
}

std::vector<Entry> Context::list(const std::string& path) {
  auto entries = files_.list(path);
  if (!entries)
    fail(entries.error().where.empty() ? std::string{} : show(entries.error().where), entries.error().message);
  inputs_[path + "/"] = digest_of_names(*entries);
  return std::move(*entries);
}

std::vector<Input> Context::take_inputs() {
  std::vector<Input> inputs;
  inputs.reserve(inputs_.size());
  for (auto& [path, digest] : inputs_) inputs.push_back({path, std::move(digest)});
  inputs_.clear();
  return inputs;
}

void Context::warn(std::string message) { warnings_.push_back(std::move(message)); }

std::string Context::show(const std::string& path) const {
  if (path == base_) return ".";
  if (!base_.empty() && path::is_inside(path, base_)) return path.substr(base_ == "/" ? 1 : base_.size() + 1);
  return path;
}

void Context::count_resources(std::size_t count) {
  resources_ += count;
  if (resources_ > options_.limits.resources)
    fail("", text::cat("the build reads more than ", options_.limits.resources, " resources"));
}

void Context::count_kustomization() {
  if (++kustomizations_ > options_.limits.kustomizations)
    fail("", text::cat("the build reads more than ", options_.limits.kustomizations, " kustomizations"));
}

yaml::ParseOptions Context::parse_options(std::string source) {
  yaml::ParseOptions options;
  options.source = std::move(source);
  options.max_bytes = options_.limits.file_bytes;
  options.max_depth = options_.limits.nesting;
  options.max_alias_nodes = options_.limits.alias_nodes;
  options.aliases = &aliases_;
  options.max_memory_bytes = options_.limits.memory_bytes;
  return options;
}

void Context::set_schema(
    const std::map<std::string, std::string>& field,
    const std::optional<std::string>& document,
    const std::string& source,
    bool is_root
) {
  if ((!schema_version_.empty() || custom_schema_) && !is_root) return;
  const auto version = field.find("version");
  if (document) {
    if (version != field.end()) fail(source, "openapi: give either version or path, not both");
    auto parse = parse_options(source);
    parse.typing = yaml::Typing::kYaml11;
    parse.duplicates = yaml::DuplicateKeys::kLastWins;
    auto value = yaml::parse_document(*document, parse);
    if (!value) fail(value.error().where, value.error().message);
    charge(*value);
    if (value->is_null()) *value = json::Value::object();  // a file of nothing defines nothing
    if (!value->is_object()) fail(source, "expected an OpenAPI document");
    custom_schema_ = std::move(*value);
    schema_version_ = "custom";
    is_schema_loaded_ = false;
    return;
  }
  schema_version_ = version == field.end() ? std::string{} : version->second;
  if (schema_version_.empty()) return;
  if (schema_version_ != kBuiltinVersion)
    fail(
        source,
        text::cat("openapi.version: only ", kBuiltinVersion, " is built in, got ", text::quoted(schema_version_))
    );
  custom_schema_.reset();
  is_schema_loaded_ = false;
}

void Context::load_schema() {
  if (is_schema_loaded_) return;
  is_schema_loaded_ = true;
  if (!schema_) schema_ = std::make_unique<Schema>();
  const auto add_builtin = [this] {
    schema_->add_builtin();
    is_builtin_loaded_ = true;
  };
  if (custom_schema_) {
    if (options_.profile == Profile::kFlux && !is_builtin_loaded_) add_builtin();
    const auto added = schema_->add(*custom_schema_);
    if (!added) fail("openapi.path", added.error().message);
  } else {
    add_builtin();
  }
  if (is_builtin_wanted_ && !is_builtin_loaded_) add_builtin();
}

const SchemaType* Context::find_type(std::string_view api_version, std::string_view kind) {
  load_schema();
  return schema_->find(api_version, kind);
}

bool Context::is_cluster_scoped(std::string_view api_version, std::string_view kind) {
  if (const auto known = builtin_is_namespaced(api_version, kind)) return !*known;
  if (!is_schema_loaded_ && !custom_schema_) {
    // The built-in schema would say no more than the table above, but counts from now on.
    is_builtin_wanted_ = true;
    return false;
  }
  load_schema();
  const auto known = schema_->is_namespaced(api_version, kind);
  return known && !*known;
}

}  // namespace weir::kustomize
