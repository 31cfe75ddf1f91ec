#include "controllers/cli/chart_cluster.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "pkg/async/errors.hpp"
#include "pkg/base/text.hpp"
#include "pkg/helm/release/capabilities.hpp"
#include "pkg/helm/values/read_yaml.hpp"
#include "pkg/http/client.hpp"
#include "pkg/http/url.hpp"
#include "pkg/kube/api_error.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/resource.hpp"
#include "pkg/runtime/manager.hpp"

namespace weir::cli {
namespace {

/// Where the resources of a group version are told: "/api/v1", "/apis/apps/v1".
std::string discovery_path(std::string_view api_version) {
  return text::cat(api_version.find('/') == api_version.npos ? "/api/" : "/apis/", api_version);
}

/// Whether a text can be one part of a path.
bool is_segment(std::string_view text) {
  return text != "." && text != ".." && text.find_first_of("/?#%") == text.npos;
}

kube::Identity identity() {
  kube::Identity out;
  out.user_agent = text::cat("weir/", runtime::version());
  return out;
}

/// The resource of a kind in an APIResourceList.
std::optional<kube::Resource> resource_of(
    const json::Value& list, std::string_view api_version, std::string_view kind
) {
  const auto* resources = list.find("resources");
  if (resources == nullptr || !resources->is_array()) return std::nullopt;
  for (const auto& resource : resources->as_array()) {
    const auto plural = resource.text_at({"name"});
    if (resource.text_at({"kind"}) != kind || plural.find('/') != plural.npos) continue;
    const auto [group, version] = kube::split_api_version(api_version);
    kube::Resource out;
    out.group = group;
    out.version = version;
    out.kind = kind;
    out.plural = plural;
    const auto* namespaced = resource.find("namespaced");
    out.namespaced = namespaced != nullptr && namespaced->is_bool() && namespaced->as_bool();
    return out;
  }
  return std::nullopt;
}

/// "missing key \"a\": must be set to \"b\"", when the value is another one.
void require_value(
    const json::Value& object,
    std::string_view field,
    std::string_view key,
    std::string_view wanted,
    std::string& errors
) {
  const auto* values = object.find_path({"metadata", field});
  const auto* value = values == nullptr ? nullptr : values->find(key);
  const std::string_view actual = value == nullptr ? std::string_view{} : value->text().value_or("");
  if (value != nullptr && actual == wanted) return;
  text::append(errors, errors.empty() ? "" : "; ", field == "labels" ? "label" : "annotation", " validation error: ");
  if (value == nullptr) {
    text::append(errors, "missing key ", text::quoted(key), ": must be set to ", text::quoted(wanted));
  } else {
    text::append(
        errors,
        "key ",
        text::quoted(key),
        " must equal ",
        text::quoted(wanted),
        ": current value is ",
        text::quoted(actual)
    );
  }
}

/// Why an object that exists is not the release's; empty when it is.
std::string ownership_problem(const json::Value& object, const helm::ReleaseFacts& release) {
  std::string errors;
  require_value(object, "labels", "app.kubernetes.io/managed-by", "Helm", errors);
  require_value(object, "annotations", "meta.helm.sh/release-name", release.name, errors);
  require_value(object, "annotations", "meta.helm.sh/release-namespace", release.ns, errors);
  return errors;
}

InputError not_served(const std::vector<std::string>& kinds) {
  const std::string all = text::join(kinds, ", ");
  return InputError{
      "",
      text::cat(
          "unable to build kubernetes objects from release manifest: ",
          kinds.size() > 1 ? "[" : "",
          all,
          kinds.size() > 1 ? "]" : ""
      )};
}

/// Items of a list come without what the list says for all of them.
void name_items(json::Value& list) {
  auto* items = list.find("items");
  if (items == nullptr || !items->is_array()) return;
  const std::string api_version{list.text_at({"apiVersion"})};
  std::string kind{list.text_at({"kind"})};
  if (kind.ends_with("List")) kind.resize(kind.size() - 4);
  for (auto& item : items->as_array()) {
    if (!item.is_object() || !item.text_at({"kind"}).empty() || !item.text_at({"apiVersion"}).empty()) continue;
    item.set("apiVersion", json::Value{api_version});
    item.set("kind", json::Value{kind});
  }
}

}  // namespace

struct ChartCluster::State {
  explicit State(const kube::ClusterChoice& choice)
      : cluster{kube::load_cluster_config(clock, choice)},
        transport{io.get_executor(), cluster.connection},
        client{transport, cluster, identity()} {}

  /// GET of a path. @throws what kube::Client::get_path() throws
  json::Value get(std::string path) {
    json::Value out;
    std::exception_ptr failure;
    asio::co_spawn(io, client.get_path(std::move(path)), [&](std::exception_ptr error, json::Value value) {
      failure = error;
      out = std::move(value);
      io.stop();  // kept connections are nobody's concern
    });
    io.run();
    io.restart();
    if (failure) std::rethrow_exception(failure);
    return out;
  }

  /// The same; nullopt: it is not there.
  std::optional<json::Value> find(std::string path) {
    try {
      return get(std::move(path));
    } catch (const kube::ApiError& error) {
      if (!error.is_not_found()) throw;
    }
    return std::nullopt;
  }
  /// The APIResourceList of a group version; null: it is not served.
  json::Value resources(std::string_view api_version) {
    auto list = find(discovery_path(api_version));
    return list ? *std::move(list) : json::Value{};
  }

  /// The group versions that the server names, "v1" and its like among them.
  std::vector<std::string> group_versions() {
    std::vector<std::string> out;
    const auto core = get("/api");
    if (const auto* versions = core.find("versions"); versions != nullptr && versions->is_array()) {
      for (const auto& version : versions->as_array()) out.emplace_back(version.text().value_or(""));
    }
    const auto named = get("/apis");
    const auto* groups = named.find("groups");
    if (groups == nullptr || !groups->is_array()) return out;
    for (const auto& group : groups->as_array()) {
      const auto* versions = group.find("versions");
      if (versions == nullptr || !versions->is_array()) continue;
      for (const auto& version : versions->as_array()) out.emplace_back(version.text_at({"groupVersion"}));
    }
    std::erase(out, "");
    return out;
  }

  SystemClock clock;
  kube::ClusterConfig cluster;
  asio::io_context io{1};
  http::Client transport;
  kube::Client client;
};

ChartCluster::ChartCluster(const kube::ClusterChoice& choice) : state_{std::make_unique<State>(choice)} {}
ChartCluster::~ChartCluster() = default;

const std::string& ChartCluster::namespace_() const { return state_->cluster.namespace_; }

Result<helm::Capabilities> ChartCluster::capabilities(std::vector<std::string>& warnings) {
  helm::Capabilities out = helm::default_capabilities();
  json::Value version;
  try {
    version = state_->get("/version");
  } catch (const std::exception& error) {
    return InputError{
        "", text::cat("cluster reachability check failed: kubernetes cluster unreachable: ", error.what())};
  }
  try {
    std::set<std::string> served;
    for (const auto& group_version : state_->group_versions()) {
      served.insert(group_version);
      json::Value list;
      try {
        list = state_->get(discovery_path(group_version));
      } catch (const kube::ApiError& error) {
        warnings.push_back(
            text::cat("the kubernetes server has an orphaned API service: ", group_version, ": ", error.what())
        );
        continue;
      }
      const auto* resources = list.find("resources");
      if (resources == nullptr || !resources->is_array()) continue;
      for (const auto& resource : resources->as_array())
        served.insert(text::cat(group_version, "/", resource.text_at({"kind"})));
    }
    out.api_versions.assign(served.begin(), served.end());
  } catch (const std::exception& error) {
    return InputError{"", text::cat("could not get apiVersions from Kubernetes: ", error.what())};
  }
  const auto set = helm::set_kube_version(out, version.text_at({"gitVersion"}));
  if (!set) return set.error();
  out.kube_major = version.text_at({"major"});
  out.kube_minor = version.text_at({"minor"});
  return out;
}

Result<void> ChartCluster::check(
    const std::vector<helm::Manifest>& manifests, const helm::ReleaseFacts& release, bool looks_at_owners
) {
  std::vector<std::string> unknown;
  std::vector<std::pair<std::string, std::string>> found;  // path and name of each object
  std::map<std::string, json::Value, std::less<>> lists;   // by group version
  try {
    for (const auto& manifest : manifests) {
      const std::string& api_version = manifest.head.api_version;
      const std::string& kind = manifest.head.kind;
      const std::string& name = manifest.head.name;
      if (api_version.empty() || kind.empty() || kind.ends_with("List")) continue;
      if (!lists.contains(api_version)) lists.emplace(api_version, state_->resources(api_version));
      const auto document = helm::read_yaml_as_written(manifest.text);
      const std::string ns{document ? document->text_at({"metadata", "namespace"}) : ""};
      const auto resource = resource_of(lists.at(api_version), api_version, kind);
      if (!resource) {
        std::string words = text::cat(
            "resource mapping not found for name: ",
            text::quoted(name),
            " namespace: ",
            text::quoted(ns),
            " from \"\": no matches for kind ",
            text::quoted(kind),
            " in version ",
            text::quoted(api_version),
            "\nensure CRDs are installed first"
        );
        if (std::find(unknown.begin(), unknown.end(), words) == unknown.end()) unknown.push_back(std::move(words));
        continue;
      }
      if (name.empty()) continue;  // the server makes one up
      const std::string space = !resource->namespaced ? "" : ns.empty() ? release.ns : ns;
      found.emplace_back(
          resource->path(space, name), text::cat(kind, " ", text::quoted(name), " in namespace ", text::quoted(space))
      );
    }
    if (!unknown.empty()) return not_served(unknown);
    if (!looks_at_owners) return {};
    for (const auto& [path, words] : found) {
      const auto live = state_->find(path);
      if (!live) continue;
      const auto problem = ownership_problem(*live, release);
      if (!problem.empty())
        return InputError{
            "",
            text::cat(
                "unable to continue with install: ",
                words,
                " exists and cannot be imported into the current release: invalid ownership metadata; ",
                problem
            )};
    }
  } catch (const std::exception& error) {
    return InputError{"", error.what()};
  }
  return {};
}

Result<json::Value> ChartCluster::find(
    std::string_view api_version, std::string_view kind, std::string_view ns, std::string_view name
) {
  const auto [group, version] = kube::split_api_version(api_version);
  for (const std::string_view part : {std::string_view{group}, std::string_view{version}, ns, name}) {
    if (!is_segment(part)) return InputError{"", text::cat("expected the name of an object, got ", text::quoted(part))};
  }
  json::Value list;
  try {
    list = state_->get(discovery_path(api_version));
  } catch (const kube::ApiError& error) {
    return InputError{
        "",
        text::cat(
            "unable to get apiresource from unstructured: ",
            group,
            "/",
            version,
            ", Kind=",
            kind,
            ": ",
            error.is_not_found() ? "the server could not find the requested resource" : error.what()
        )};
  } catch (const std::exception& error) {
    return InputError{"", error.what()};
  }
  const auto resource = resource_of(list, api_version, kind);
  if (!resource) return json::Value::object();
  try {
    auto found = state_->get(resource->path(resource->namespaced ? ns : std::string_view{}, name));
    if (name.empty()) name_items(found);
    return found;
  } catch (const kube::ApiError& error) {
    if (error.is_not_found()) return json::Value::object();
    return InputError{"", error.what()};
  } catch (const std::exception& error) {
    return InputError{"", error.what()};
  }
}

}  // namespace weir::cli
