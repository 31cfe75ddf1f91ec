#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "pkg/json/value.hpp"
#include "pkg/kube/resource.hpp"

/// What people mean, in the small language that the simulation's people speak: ConfigMaps and a Deployment in folders,
/// Kustomizations that apply a folder under a prefix with one variable, some of them made by a parent. What a build of
/// it makes is said here once more, in a few lines that share nothing with the product.  Pure.  Threads: any.
namespace weir::simulation {

inline constexpr const char* kNamespace = "apps";
inline constexpr const char* kParent = "parent";
/// The service account that some Kustomizations name.
inline constexpr const char* kTenant = "tenant";
inline constexpr const char* kTenantUser = "system:serviceaccount:apps:tenant";
inline constexpr const char* kImageFolder = "a";
inline constexpr const char* kDefinition = "CustomResourceDefinition/boxes.example.com";
/// The ConfigMap that the GitRepository leaves out when somebody says so.
inline constexpr const char* kIgnorable = "m4";

/// Where the API server has "ConfigMap/one-a", "Deployment/one-app" or "Kustomization/one".
std::string path_of(const std::string& object);
/// The last part of such a path.
std::string name_of(const std::string& path);
/// Whether the member at `path` is true.
bool flag(const json::Value& object, std::initializer_list<std::string_view> path);
/// nullptr: it says nothing of that type.
const json::Value* condition(const json::Value& object, std::string_view type);
bool is_true(const json::Value& object, std::string_view type);
const kube::Resource& deployments();
json::Value kustomization(const std::string& name, json::Value spec);

struct Spec {
  std::string path;  ///< a folder
  int variable = 0;
  bool prune = true;
  bool wait = false;
  bool is_tenant = false;  ///< applies as kTenant
  bool shares = false;     ///< its prefix is that of others that share
  std::string depends_on;  ///< another Kustomization; empty: none

  /// Of the Kustomization of that name; not those of the parent, which has no prefix.
  json::Value document(const std::string& name) const;
};

/// All that one commit holds.
struct Tree {
  std::map<std::string, std::map<std::string, int>> folders;  ///< folder → ConfigMap → value
  std::map<std::string, Spec> children;                       ///< made by the parent
  std::set<std::string> broken;                               ///< folders with a file that is no manifest
  std::map<std::string, int> workloads;                       ///< folder → version of its Deployment
  int box = 0;        ///< of an object of a kind that the parent defines; 0: there is neither
  std::string image;  ///< the tag that a file of kImageFolder has, marked for the ImagePolicy "app"; empty: there is no
                      ///< such file

  std::map<std::string, std::string> files() const;
};

/// Whether the image of that name never runs.
bool is_bad_image(std::string_view image);

/// What an object says, as far as Git says it: of a ConfigMap its data, of a Deployment its image, of a Kustomization
/// its spec.
using Objects = std::map<std::string, std::string>;  // "ConfigMap/one-a" → what it says

/// What a build makes of a Kustomization's spec; nullopt: it fails.
/// @param spec  as the API server has it
/// @param ignores  whether the GitRepository leaves kIgnorable out
std::optional<Objects> build(const Tree& tree, const json::Value& spec, bool ignores);
/// The same, of an object of that kind that the API server has.
std::string said(std::string_view kind, const json::Value& object);

}  // namespace weir::simulation
