#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pkg/kustomize/build.hpp"
#include "pkg/kustomize/file_system.hpp"
#include "pkg/kustomize/schema.hpp"
#include "pkg/yaml/arena.hpp"
#include "pkg/yaml/documents.hpp"

namespace weir::kustomize {

struct TransformerConfig;

/// What one build shares between its parts, and its limits: what all of it reads and makes lies in the arena or is
/// charged to it, so that many small inputs cost no more than one large one. Threads: one build, one thread.
class Context {
 public:
  Context(const FileSystem& files, const BuildOptions& options)
      : files_{files}, options_{options}, arena_{options.limits.memory_bytes}, aliases_{options.limits.alias_nodes} {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  yaml::Arena& arena() { return arena_; }
  const FileSystem& files() const { return files_; }
  const BuildOptions& options() const { return options_; }

  /// Reads a file and notes that the build depends on it. @throws Failure
  std::string read(const std::string& path);
  /// As read, for a file that may be missing: its absence is noted as well.
  std::optional<std::string> read_if_there(const std::string& path);
  /// The entries of a directory; its names count as an input. @throws Failure
  std::vector<Entry> list(const std::string& path);
  /// Notes that the build would be another one if something stood at the path.
  void note_absent(const std::string& path) { inputs_.emplace(path, std::nullopt); }
  std::vector<Input> take_inputs();

  void warn(std::string message);
  std::vector<std::string> take_warnings() { return std::move(warnings_); }

  /// `path` as messages name it: relative to the directory of the build when it lies below.
  std::string show(const std::string& path) const;
  void set_base(std::string base) { base_ = std::move(base); }
  const std::string& base() const { return base_; }

  /// Keeps what nodes of this build have their texts in.
  void keep(std::shared_ptr<const void> owner) { kept_.push_back(std::move(owner)); }

  /// Counts against the limit of resources. @throws Failure
  void count_resources(std::size_t count);
  /// Counts against the limit of kustomizations. @throws Failure
  void count_kustomization();
  /// How YAML of this build is read: the limits of the build hold for all its texts together.
  yaml::ParseOptions parse_options(std::string source);
  /// Counts a tree that is no part of the arena against its limit. @throws yaml::ArenaFull
  void charge(const json::Value& value) { yaml::charge(arena_, value); }

  // -- schema ---------------------------------------------------------------------------------------------------
  /// The `openapi` field of a kustomization. Only the first one of a build counts, the root's wins.
  /// @param document  the text of openapi.path, nullopt when the field is not there
  void set_schema(
      const std::map<std::string, std::string>& field,
      const std::optional<std::string>& document,
      const std::string& source,
      bool is_root
  );
  const SchemaType* find_type(std::string_view api_version, std::string_view kind);
  const SchemaType* field_type(const SchemaType* type, std::string_view name) const {
    return type == nullptr ? nullptr : schema_->field(*type, name);
  }
  const SchemaType* element_type(const SchemaType* type) const {
    return type == nullptr ? nullptr : schema_->elements(*type);
  }
  bool is_cluster_scoped(std::string_view api_version, std::string_view kind);

 private:
  void load_schema();

  const FileSystem& files_;
  const BuildOptions& options_;
  yaml::Arena arena_;
  yaml::AliasBudget aliases_;
  std::vector<std::shared_ptr<const void>> kept_;
  std::string base_;
  std::map<std::string, std::optional<std::string>> inputs_;  // path -> digest, nullopt: absent
  std::vector<std::string> warnings_;
  std::size_t resources_ = 0;
  std::size_t kustomizations_ = 0;

  // kustomize reads schemas late, and what it has read stays: these flags follow its order of events.
  std::unique_ptr<Schema> schema_;
  std::optional<json::Value> custom_schema_;
  std::string schema_version_;
  bool is_schema_loaded_ = false;
  bool is_builtin_wanted_ = false;
  bool is_builtin_loaded_ = false;
};

/// The error of a build that went over limits.memory_bytes. @throws TrialTooSmall instead for a trial
InputError takes_too_much(const yaml::ArenaFull& full, const Limits& limits);

/// The names and types of entries as one digest.
std::string digest_of_names(const std::vector<Entry>& entries);

}  // namespace weir::kustomize
