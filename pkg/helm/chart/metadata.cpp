#include "pkg/helm/chart/metadata.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/helm/values/read_yaml.hpp"
#include "pkg/semver/version.hpp"
#include "pkg/template/quote.hpp"
#include "pkg/template/unicode.hpp"
#include "pkg/yaml/scalar.hpp"

namespace weir::helm {

using json::Value;

namespace {

/// Private to this file: how a value of the wrong kind reaches the caller.
struct WrongKind {
  std::string message;
};

std::string kind_text(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kArray: return "array";
    case Value::Kind::kObject: return "object";
    case Value::Kind::kString: return "string";
    case Value::Kind::kBool: return "bool";
    default: return "number";
  }
}

/// One struct of Go's: knows its name and the path from the top for messages.
struct Place {
  std::string_view type;
  std::string path;  ///< "" or "dependencies."

  [[noreturn]] void refuse(const Value& value, std::string_view field, std::string_view wanted) const {
    throw WrongKind{text::cat(
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ",
        kind_text(value),
        " into Go struct field ",
        type,
        ".",
        path,
        field,
        " of type ",
        wanted
    )};
  }

  /// Null leaves what was there. Numbers come with the text that Go gives them.
  void take(const Value& value, std::string_view field, std::string& out) const {
    if (value.is_null()) return;
    if (value.is_string()) {
      out = value.as_string();
    } else if (value.is_bool()) {
      out = value.as_bool() ? "true" : "false";
    } else if (value.is_number()) {
      const auto& digits = value.as_number().text;
      out = digits.find_first_of(".eE") == std::string::npos ? digits : yaml::yaml_number(*value.real());
    } else {
      refuse(value, field, "string");
    }
  }
  void take(const Value& value, std::string_view field, bool& out) const {
    if (value.is_null()) return;
    if (!value.is_bool()) refuse(value, field, "bool");
    out = value.as_bool();
  }
  void take(const Value& value, std::string_view field, std::vector<std::string>& out) const {
    if (value.is_null()) {
      out.clear();
      return;
    }
    if (!value.is_array()) refuse(value, field, "[]string");
    out.clear();
    for (const auto& item : value.as_array()) take(item, field, out.emplace_back());
  }
  void take(const Value& value, std::string_view field, std::vector<std::pair<std::string, std::string>>& out) const {
    if (value.is_null()) {
      out.clear();
      return;
    }
    if (!value.is_object()) refuse(value, field, "map[string]string");
    for (const auto& member : value.as_object()) {
      auto found = std::find_if(out.begin(), out.end(), [&](const auto& known) { return known.first == member.key; });
      if (found == out.end()) found = out.emplace(out.end(), member.key, "");
      found->second.clear();
      take(member.value, field, found->second);
    }
    std::sort(out.begin(), out.end());
  }
};

/// Objects come with sorted keys, and of two spellings of one field the later counts.
template <class Read>
void for_each_field(const Value& object, Read&& read) {
  for (const auto& member : object.as_object()) read(text::lower(member.key), member.value);
}

/// Marks a null entry of a list until validate() refuses it: no name of an entry holds a zero byte.
constexpr std::string_view kNullEntry{"\0null", 5};

Maintainer maintainer_of(const Value& value) {
  Maintainer maintainer;
  if (value.is_null()) {
    maintainer.name = kNullEntry;
    return maintainer;
  }
  const Place place{"Maintainer", "maintainers."};
  if (!value.is_object()) Place{"Metadata", ""}.refuse(value, "maintainers", "v2.Maintainer");
  for_each_field(value, [&](std::string_view field, const Value& item) {
    if (field == "name") place.take(item, field, maintainer.name);
    if (field == "email") place.take(item, field, maintainer.email);
    if (field == "url") place.take(item, field, maintainer.url);
  });
  return maintainer;
}

Dependency dependency_of(const Value& value) {
  Dependency dependency;
  if (value.is_null()) {
    dependency.name = kNullEntry;
    return dependency;
  }
  const Place place{"Dependency", "dependencies."};
  if (!value.is_object()) Place{"Metadata", ""}.refuse(value, "dependencies", "v2.Dependency");
  for_each_field(value, [&](std::string_view field, const Value& item) {
    if (field == "name") place.take(item, field, dependency.name);
    if (field == "version") place.take(item, field, dependency.version);
    if (field == "repository") place.take(item, field, dependency.repository);
    if (field == "condition") place.take(item, field, dependency.condition);
    if (field == "tags") place.take(item, field, dependency.tags);
    if (field == "enabled") place.take(item, field, dependency.is_enabled);
    if (field == "alias") place.take(item, field, dependency.alias);
    if (field != "import-values") return;
    dependency.import_values.clear();
    if (item.is_null()) return;
    if (!item.is_array()) place.refuse(item, field, "[]interface {}");
    dependency.import_values = item.as_array();
    for (auto& entry : dependency.import_values) normalize_values(entry);
  });
  return dependency;
}

template <class Entry>
void take_entries(const Value& value, std::string_view field, Entry (*read)(const Value&), std::vector<Entry>& out) {
  out.clear();
  if (value.is_null()) return;
  if (!value.is_array())
    Place{"Metadata", ""}.refuse(
        value, field, text::cat("[]*v2.", field == "maintainers" ? "Maintainer" : "Dependency")
    );
  for (const auto& item : value.as_array()) out.push_back(read(item));
}

void take_metadata(const Value& value, Metadata& metadata) {
  const Place place{"Metadata", ""};
  for_each_field(value, [&](std::string_view field, const Value& item) {
    if (field == "name") place.take(item, "name", metadata.name);
    if (field == "home") place.take(item, "home", metadata.home);
    if (field == "sources") place.take(item, "sources", metadata.sources);
    if (field == "version") place.take(item, "version", metadata.version);
    if (field == "description") place.take(item, "description", metadata.description);
    if (field == "keywords") place.take(item, "keywords", metadata.keywords);
    if (field == "maintainers") take_entries(item, "maintainers", &maintainer_of, metadata.maintainers);
    if (field == "icon") place.take(item, "icon", metadata.icon);
    if (field == "apiversion") place.take(item, "apiVersion", metadata.api_version);
    if (field == "condition") place.take(item, "condition", metadata.condition);
    if (field == "tags") place.take(item, "tags", metadata.tags);
    if (field == "appversion") place.take(item, "appVersion", metadata.app_version);
    if (field == "deprecated") place.take(item, "deprecated", metadata.is_deprecated);
    if (field == "annotations") place.take(item, "annotations", metadata.annotations);
    if (field == "kubeversion") place.take(item, "kubeVersion", metadata.kube_version);
    if (field == "dependencies") take_entries(item, "dependencies", &dependency_of, metadata.dependencies);
    if (field == "type") place.take(item, "type", metadata.type);
  });
}

/// Reads a document for a Go struct; {} when there is none.
Result<Value> read_object(std::string_view yaml, std::string_view go_type) {
  auto value = read_yaml_as_written(yaml);
  if (!value) return value;
  if (value->is_null()) return Value::object();
  if (!value->is_object())
    return InputError{
        "", text::cat("error unmarshaling JSON: while decoding JSON: ", go_unmarshal_error(*value, go_type))};
  return value;
}

/// White space becomes a blank, what does not print goes.
void clean(std::string& text) {
  namespace unicode = templates::unicode;
  if (std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; })) return;
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const auto decoded = unicode::decode(rest);
    if (unicode::is_space(decoded.rune)) {
      out += ' ';
    } else if (unicode::is_printable(decoded.rune)) {
      unicode::append(out, decoded.rune);
    }
    rest.remove_prefix(decoded.size);
  }
  text = std::move(out);
}

InputError invalid(std::string_view message) { return InputError{"", text::cat("validation: ", message)}; }

/// Go's filepath.Base: what is behind the last slash, without slashes at the end.
std::string_view base_name(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const auto slash = path.rfind('/');
  return slash == path.npos || path.size() == 1 ? path : path.substr(slash + 1);
}

bool is_alias(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

Result<void> validate_dependencies(Metadata& metadata) {
  std::set<std::string_view> names;
  for (auto& dependency : metadata.dependencies) {
    if (dependency.name == kNullEntry) return invalid("dependencies must not contain empty or null nodes");
    clean(dependency.name);
    clean(dependency.version);
    clean(dependency.repository);
    clean(dependency.condition);
    for (auto& tag : dependency.tags) clean(tag);
    if (!is_alias(dependency.alias))
      return invalid(
          text::cat("dependency ", templates::quote(dependency.name), " has disallowed characters in the alias")
      );
    const std::string& key = dependency.alias.empty() ? dependency.name : dependency.alias;
    if (!names.insert(key).second)
      return invalid(text::cat("more than one dependency with name or alias ", templates::quote(key)));
  }
  return {};
}

}  // namespace

Result<void> read_metadata(std::string_view yaml, Metadata& metadata) {
  const auto value = read_object(yaml, "v2.Metadata");
  if (!value) return value.error();
  return read_metadata(*value, metadata);
}

Result<void> read_metadata(const Value& document, Metadata& metadata) {
  try {
    take_metadata(document, metadata);
  } catch (const WrongKind& wrong) {
    return InputError{"", wrong.message};
  }
  return {};
}

Result<std::string> read_api_version(std::string_view yaml) {
  const auto value = read_object(yaml, "loader.chartBase");
  if (!value) return value.error();
  std::string version;
  try {
    for_each_field(*value, [&](std::string_view field, const Value& item) {
      if (field == "apiversion") Place{"chartBase", ""}.take(item, "apiVersion", version);
    });
  } catch (const WrongKind& wrong) {
    return InputError{"", wrong.message};
  }
  return version;
}

Result<Lock> read_lock(std::string_view yaml) {
  const auto value = read_object(yaml, "v2.Lock");
  if (!value) return value.error();
  Lock lock;
  try {
    const Place place{"Lock", ""};
    for_each_field(*value, [&](std::string_view field, const Value& item) {
      if (field == "generated") place.take(item, field, lock.generated);
      if (field == "digest") place.take(item, field, lock.digest);
      if (field == "dependencies") take_entries(item, field, &dependency_of, lock.dependencies);
    });
  } catch (const WrongKind& wrong) {
    return InputError{"", wrong.message};
  }
  std::erase_if(lock.dependencies, [](const Dependency& dependency) { return dependency.name == kNullEntry; });
  return lock;
}

Result<void> validate(Metadata& metadata) {
  for (auto* field :
       {&metadata.name,
        &metadata.description,
        &metadata.home,
        &metadata.icon,
        &metadata.condition,
        &metadata.tags,
        &metadata.app_version,
        &metadata.kube_version})
    clean(*field);
  for (auto& source : metadata.sources) clean(source);
  for (auto& keyword : metadata.keywords) clean(keyword);

  if (metadata.api_version.empty()) return invalid("chart.metadata.apiVersion is required");
  const std::string& name = metadata.name;
  if (name.empty()) return invalid("chart.metadata.name is required");
  if (name == "." || name == "..")
    return invalid(text::cat("chart.metadata.name ", templates::quote(name), " is not allowed"));
  if (name != base_name(name)) return invalid(text::cat("chart.metadata.name ", templates::quote(name), " is invalid"));
  if (metadata.version.empty()) return invalid("chart.metadata.version is required");
  if (!semver::Version::parse_lenient(metadata.version))
    return invalid(text::cat("chart.metadata.version ", templates::quote(metadata.version), " is invalid"));
  if (!metadata.type.empty() && metadata.type != "application" && metadata.type != "library")
    return invalid("chart.metadata.type must be application or library");
  for (auto& maintainer : metadata.maintainers) {
    if (maintainer.name == kNullEntry) return invalid("maintainers must not contain empty or null nodes");
    clean(maintainer.name);
    clean(maintainer.email);
    clean(maintainer.url);
  }
  return validate_dependencies(metadata);
}

}  // namespace weir::helm
