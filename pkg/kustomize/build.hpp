#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/json/value.hpp"
#include "pkg/kustomize/file_system.hpp"

namespace weir::kustomize {

class ChartRenderer;

enum class LoadRestrictions {
  kRootOnly,  ///< files must lie in or below the directory of the kustomization that names them
  kNone
};

enum class Reorder {
  kUnspecified,  ///< as the kustomization says, else as kLegacy
  kLegacy,       ///< by kind, the way kustomize always did
  kNone          ///< in the order of resources
};

enum class Profile {
  kKustomize,  ///< a custom OpenAPI schema replaces the built-in one
  kFlux        ///< it adds to the built-in one
};

/// Thrown by a build with `limits.is_trial` that takes more than `limits.memory_bytes`; any other returns an error.
struct TrialTooSmall {};

/// Fetches what lies outside of the file system. Called on the thread of the build.
class RemoteLoader {
 public:
  virtual ~RemoteLoader() = default;
  /// A file at an http or https address.
  virtual Result<std::string> load_file(const std::string& url) = 0;
  /// A directory of a git repository, fetched and put where a file system reads it.
  struct Directory {
    std::shared_ptr<const FileSystem> files;
    std::string repository;  ///< path of the checked-out repository; nothing outside of it may be read
    std::string path;        ///< of the kustomization inside of it
  };
  virtual Result<Directory> load_directory(const std::string& url) = 0;
};

struct Limits {
  std::size_t file_bytes = 64 * 1024 * 1024;     ///< of one file
  std::size_t alias_nodes = 400'000;             ///< nodes that YAML aliases may copy in the whole build
  std::size_t memory_bytes = 192 * 1024 * 1024;  ///< of what is read and made, printed result not included
  bool is_trial = false;                         ///< more memory is at hand: see TrialTooSmall
  std::size_t nesting = 1000;                    ///< collections inside collections in a document
  std::size_t directories = 256;                 ///< kustomizations inside kustomizations
  std::size_t kustomizations = 20'000;           ///< that are read in all; one that is named twice counts twice
  std::size_t resources = 200'000;               ///< objects that are read or generated in all
};

struct BuildOptions {
  LoadRestrictions load_restrictions = LoadRestrictions::kRootOnly;
  Reorder reorder = Reorder::kUnspecified;
  Profile profile = Profile::kKustomize;
  bool add_managed_by_label = false;
  /// What the label app.kubernetes.io/managed-by says after "kustomize-".
  std::string managed_by_version = "(devel)";
  RemoteLoader* remote = nullptr;   ///< nullptr: remote resources are refused
  ChartRenderer* charts = nullptr;  ///< nullptr: Helm charts are refused
  /// Manifests that builds share; nullptr: each parses its own.
  std::shared_ptr<class DocumentCache> documents;
  Limits limits;
};

/// Something that decided about the result: a file, or with a slash at the end the names in a directory.
struct Input {
  std::string path;
  std::optional<std::string> digest;  ///< sha256 hex of the bytes or names; nullopt: it would matter if it were there
};

/// True when every input is still what it was, so that a build would give the same.
bool are_current(const FileSystem& files, const std::vector<Input>& inputs);

struct Built {
  std::vector<json::Value> resources;
  std::vector<Input> inputs;          ///< sorted by path
  std::vector<std::string> warnings;  ///< one line each
};

/// Builds the kustomization in the directory, as `kustomize build` 5.8 does. Bytes in, values out: no process, no
/// network, no state that outlives the call.
/// @returns an error whose `where` names the file and line, or the object, at fault
/// @throws TrialTooSmall
/// Threads: any number of builds at a time; `files` must not change meanwhile.
/// Source of the rules: kustomize 5.8.2 (api v0.21.2, kyaml v0.21.2).
Result<Built> build(const FileSystem& files, const std::string& directory, const BuildOptions& options = {});

/// As build(), but printed: documents with "---" between them. Faster than printing the values.
struct Printed {
  std::string text;
  std::vector<Input> inputs;
  std::vector<std::string> warnings;
};
Result<Printed> build_text(const FileSystem& files, const std::string& directory, const BuildOptions& options = {});

/// As build(), but each resource printed apart, as `kustomize build -o FOLDER` does: it does not print and read them
/// once more on the way, which shows in folded texts.
struct Documents {
  struct Document {
    std::string text;
    std::string api_version;
    std::string kind;
    std::string name;
    std::string space;  ///< "default" for none; empty for a cluster-wide kind
  };
  std::vector<Document> documents;
  std::vector<std::string> warnings;
};
Result<Documents> build_documents(
    const FileSystem& files, const std::string& directory, const BuildOptions& options = {}
);

}  // namespace weir::kustomize
