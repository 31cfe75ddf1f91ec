#include "pkg/helm/lint/rules.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/helm/chart/metadata.hpp"
#include "pkg/helm/manifest/head.hpp"
#include "pkg/helm/values/read_yaml.hpp"
#include "pkg/semver/version.hpp"

namespace weir::helm {
namespace {

/// With scheme and host, as far as Helm's rule asks for them.
bool is_url(std::string_view text) {
  const auto scheme = text.find("://");
  return scheme != text.npos && scheme > 0 && text.size() > scheme + 3 && text[scheme + 3] != '/';
}

bool is_email(std::string_view text) {
  const auto at = text.find('@');
  return at != text.npos && at > 0 && at + 1 < text.size() && text.find_first_of(" \t") == text.npos;
}

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_label(std::string_view label) {
  return !label.empty() && is_lower_or_digit(label.front()) && is_lower_or_digit(label.back()) &&
         std::ranges::all_of(label, [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

/// Why the API server would refuse a name; empty when it would not.
std::string complaint(std::string_view kind, std::string_view name) {
  if (kind == "Role" || kind == "ClusterRole" || kind == "RoleBinding" || kind == "ClusterRoleBinding") {
    if (name == "." || name == "..") return text::cat("may not be '", name, "'");
    if (name.find('/') != name.npos) return "may not contain '/'";
    return name.find('%') != name.npos ? "may not contain '%'" : "";
  }
  if (kind == "CertificateSigningRequest") return "";
  if (kind == "Service") {
    if (is_label(name) && name[0] >= 'a') return "";
    return "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
           "character, "
           "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
           "'[a-z]([-a-z0-9]*[a-z0-9])?')";
  }
  if (kind == "Namespace") {
    if (is_label(name)) return "";
    if (name.find('.') != name.npos) return "must not contain dots";
    return "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and "
           "end "
           "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
           "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
  }
  const auto labels = text::split(name, '.');
  if (std::ranges::all_of(labels, is_label)) return "";
  return "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
         "start and "
         "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
         "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
}

}  // namespace

void lint_chart_yaml(std::string_view chart_yaml, std::vector<Finding>& findings) {
  const auto add = [&](Severity severity, std::string message) {
    findings.push_back({severity, "Chart.yaml", std::move(message)});
  };
  Metadata metadata;
  if (const auto read = read_metadata(chart_yaml, metadata); !read)
    return add(Severity::kError, text::cat("unable to parse YAML\n\t", read.error().message));
  const std::string api_version = read_api_version(chart_yaml).value();
  if (metadata.name.empty()) add(Severity::kError, "name is required");
  if (metadata.name.find('/') != std::string::npos)
    add(Severity::kError, text::cat("chart name ", text::quoted(metadata.name), " is invalid"));
  if (api_version.empty()) {
    add(Severity::kError, "apiVersion is required. The value must be either \"v1\" or \"v2\"");
  } else if (api_version != "v1" && api_version != "v2") {
    add(Severity::kError,
        text::cat("apiVersion '", api_version, "' is not valid. The value must be either \"v1\" or \"v2\""));
  }
  const auto version = semver::Version::parse_lenient(metadata.version);
  if (metadata.version.empty()) {
    add(Severity::kError, "version is required");
  } else if (!version) {
    add(Severity::kError, text::cat("version '", metadata.version, "' is not a valid SemVer"));
  } else if (version->major == 0 && version->minor == 0 && version->patch == 0) {
    add(Severity::kError, text::cat("version ", metadata.version, " is less than or equal to 0.0.0-0"));
  }
  for (const auto& maintainer : metadata.maintainers) {
    if (maintainer.name.empty()) {
      add(Severity::kError, "each maintainer requires a name");
    } else if (!maintainer.email.empty() && !is_email(maintainer.email)) {
      add(Severity::kError, text::cat("invalid email '", maintainer.email, "' for maintainer '", maintainer.name, "'"));
    } else if (!maintainer.url.empty() && !is_url(maintainer.url)) {
      add(Severity::kError, text::cat("invalid url '", maintainer.url, "' for maintainer '", maintainer.name, "'"));
    }
  }
  for (const auto& source : metadata.sources) {
    if (!is_url(source)) add(Severity::kError, text::cat("invalid source URL '", source, "'"));
  }
  if (metadata.icon.empty()) {
    add(Severity::kInfo, "icon is recommended");
  } else if (!is_url(metadata.icon)) {
    add(Severity::kError, text::cat("invalid icon URL '", metadata.icon, "'"));
  }
  if (!metadata.type.empty() && api_version != "v2") {
    add(Severity::kError,
        text::cat("chart type is not valid in apiVersion '", api_version, "'. It is valid in apiVersion 'v2'"));
  }
  if (!metadata.dependencies.empty() && api_version != "v2") {
    add(Severity::kError,
        text::cat(
            "dependencies are not valid in the Chart file with apiVersion '",
            api_version,
            "'. They are valid in apiVersion 'v2'"
        ));
  }
  if (!metadata.version.empty() && !semver::Version::parse_strict(metadata.version))
    add(Severity::kWarning, text::cat("version '", metadata.version, "' is not a valid SemVerV2"));
}

void lint_extension(const std::string& name, std::vector<Finding>& findings) {
  const auto slash = name.rfind('/');
  const auto dot = name.rfind('.');
  const bool has_dot = dot != std::string::npos && (slash == std::string::npos || dot > slash);
  const std::string extension = has_dot ? name.substr(dot) : "";
  for (const std::string_view valid : {".yaml", ".yml", ".tpl", ".txt"}) {
    if (extension == valid) return;
  }
  findings.push_back(
      {Severity::kError,
       name,
       text::cat("file extension '", extension, "' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt")}
  );
}

void lint_objects(const std::string& name, std::string_view rendered, std::vector<Finding>& findings) {
  const auto add = [&](Severity severity, std::string message) {
    findings.push_back({severity, name, std::move(message)});
  };
  constexpr std::string_view kSelecting[] = {"Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"};
  for (const auto document : split_documents(rendered)) {
    const auto read = read_yaml(document);
    if (!read) return add(Severity::kError, text::cat("unable to parse YAML: ", read.error().message));
    if (read->is_null()) continue;
    const auto head = read_head(document);
    if (!head) {
      const auto message = text::replace_all(head.error().message, "util.SimpleHead", "rules.k8sYamlStruct");
      return add(Severity::kError, text::cat("unable to parse YAML: ", message));
    }
    if (const std::string why = complaint(head->kind, head->name); !why.empty()) {
      add(Severity::kWarning,
          text::cat(
              "object name does not conform to Kubernetes naming requirements: ",
              text::quoted(head->name),
              ": metadata.name: Invalid value: ",
              text::quoted(head->name),
              ": ",
              why
          ));
    }
    const bool selects = std::ranges::find(kSelecting, head->kind) != std::end(kSelecting);
    if (selects && document.find("matchLabels:") == document.npos &&
        document.find("matchExpressions:") == document.npos) {
      add(Severity::kError,
          text::cat(
              "a ",
              head->kind,
              " must contain matchLabels or matchExpressions, and ",
              text::quoted(head->name),
              " does not"
          ));
    }
  }
}

void lint_crd(const File& file, std::vector<Finding>& findings) {
  const auto add = [&](std::string message) { findings.push_back({Severity::kError, file.name, std::move(message)}); };
  for (const auto document : split_documents(file.view())) {
    const auto head = read_head(document);
    if (!head) return add(text::cat("unable to parse YAML: ", head.error().message));
    if (head->api_version.empty() && head->kind.empty()) continue;
    if (!head->api_version.starts_with("apiextensions.k8s.io")) add("apiVersion is not in 'apiextensions.k8s.io'");
    if (head->kind != "CustomResourceDefinition") add("object kind is not 'CustomResourceDefinition'");
  }
}

}  // namespace weir::helm
