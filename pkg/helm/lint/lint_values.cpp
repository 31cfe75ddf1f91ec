// Traps of values.yaml.
#include <algorithm>
#include <cmath>
#include <optional>

#include "pkg/base/text.hpp"
#include "pkg/helm/lint/lint.hpp"
#include "pkg/yaml/parser.hpp"
#include "pkg/yaml/scalar.hpp"

namespace weir::helm {
namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Functions behind which a float64 prints without exponent, or is no longer one.
bool is_guarded(std::string_view action) {
  for (const std::string_view function :
       {"int", "int64", "toYaml", "toJson", "toString | atoi", "printf", "mul", "add"}) {
    for (auto at = action.find(function); at != action.npos; at = action.find(function, at + 1)) {
      const bool begins = at == 0 || !is_name_character(action[at - 1]);
      const std::size_t end = at + function.size();
      if (begins && (end == action.size() || !is_name_character(action[end]))) return true;
    }
  }
  return false;
}

/// "templates/x.yaml:7" of the first action that prints the value of a path as it is.
std::string printed_at(const std::string& path, const std::vector<File>& templates) {
  const std::string reference = ".Values." + path;
  for (const auto& file : templates) {
    const std::string_view text = file.view();
    for (auto at = text.find(reference); at != text.npos; at = text.find(reference, at + 1)) {
      const std::size_t end = at + reference.size();
      if (end < text.size() && (is_name_character(text[end]) || text[end] == '.')) continue;
      const auto open = text.rfind("{{", at);
      const auto close = text.find("}}", at);
      if (open == text.npos || close == text.npos || is_guarded(text.substr(open, close - open))) continue;
      const auto action = text::trim(text.substr(open + 2, close - open - 2));
      if (action.starts_with("if ") || action.starts_with("with ") || action.starts_with("- if ")) continue;
      const auto line = 1 + std::ranges::count(text.substr(0, at), '\n');
      return text::cat(file.name, ":", line);
    }
  }
  return "";
}

class Linter {
 public:
  explicit Linter(const std::vector<File>& templates) : templates_{templates} {}

  void visit(const yaml::Node& node, const std::string& path) {
    if (node.is_mapping()) {
      for (std::size_t i = 0; i + 1 < node.content.size(); i += 2) {
        const auto& key = *node.content[i];
        visit_key(key);
        visit(*node.content[i + 1], path.empty() ? std::string{key.value} : text::cat(path, ".", key.value));
      }
    } else if (node.is_sequence()) {
      for (std::size_t i = 0; i < node.content.size(); ++i) visit(*node.content[i], text::cat(path, "[", i, "]"));
    } else {
      visit_scalar(node, path);
    }
  }

  std::vector<Finding> take() { return std::move(findings_); }

 private:
  void add(Severity severity, const yaml::Node& node, std::string message) {
    findings_.push_back({severity, text::cat("values.yaml:", node.line), std::move(message)});
  }

  static std::optional<yaml::Scalar> plain(const yaml::Node& node) {
    if (!node.is_scalar() || node.is_quoted() || node.is_tagged || node.tag == yaml::Tag::kString) return std::nullopt;
    return yaml::resolve(node.value, yaml::Typing::kYaml11);
  }

  void visit_key(const yaml::Node& key) {
    const auto scalar = plain(key);
    if (!scalar || scalar->tag != yaml::Tag::kBool) return;
    const bool is_true = std::get<bool>(scalar->value);
    add(Severity::kWarning,
        key,
        text::cat("the key ", key.value, " is read as ", text::quoted(is_true ? "true" : "false"), "; quote it"));
  }

  void visit_scalar(const yaml::Node& node, const std::string& path) {
    if (node.value.empty() && !node.is_quoted()) return lint_null(node, path);
    const auto scalar = plain(node);
    if (!scalar) return;
    switch (scalar->tag) {
      case yaml::Tag::kNull: return lint_null(node, path);
      case yaml::Tag::kBool:
        if (!text::equal_ignoring_case(node.value, "true") && !text::equal_ignoring_case(node.value, "false")) {
          add(Severity::kInfo,
              node,
              text::cat(
                  path,
                  ": ",
                  node.value,
                  " is read as ",
                  std::get<bool>(scalar->value) ? "true" : "false",
                  "; quote it if it is a text"
              ));
        }
        return;
      case yaml::Tag::kInt:
      case yaml::Tag::kFloat: return lint_number(node, path, *scalar);
      default: return;
    }
  }

  void lint_null(const yaml::Node& node, const std::string& path) {
    if (path.empty() || path.find('[') != path.npos) return;  // in lists they stay
    add(Severity::kInfo, node, text::cat(path, " is null: Helm drops the key, and templates do not see it"));
  }

  void lint_number(const yaml::Node& node, const std::string& path, const yaml::Scalar& scalar) {
    double number = 0;
    if (const auto* whole = std::get_if<std::int64_t>(&scalar.value)) number = static_cast<double>(*whole);
    if (const auto* natural = std::get_if<std::uint64_t>(&scalar.value)) number = static_cast<double>(*natural);
    if (const auto* real = std::get_if<double>(&scalar.value)) number = *real;
    if (!std::isfinite(number)) return;
    const std::string printed = yaml::yaml_number(number);
    const bool has_exponent = printed.find('e') != printed.npos;
    if (has_exponent && scalar.tag == yaml::Tag::kInt) {
      const std::string place = printed_at(path, templates_);
      if (place.empty()) {
        add(Severity::kInfo,
            node,
            text::cat(path, ": ", node.value, " prints as ", printed, " in templates, unless with int64 or toYaml"));
      } else {
        add(Severity::kWarning,
            node,
            text::cat(
                path, ": ", node.value, " prints as ", printed, " at ", place, "; use int64 there, or quote it here"
            ));
      }
    }
    if (!has_exponent && printed != node.value)
      add(Severity::kInfo,
          node,
          text::cat(path, ": ", node.value, " is read as the number ", printed, "; quote it if it is a text"));
  }

  const std::vector<File>& templates_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> lint_values(std::string_view values_yaml, const std::vector<File>& templates) {
  yaml::ParseOptions options;
  options.typing = yaml::Typing::kYaml11;
  options.duplicates = yaml::DuplicateKeys::kKeep;
  yaml::Arena arena{options.max_memory_bytes};
  const auto documents = yaml::parse_all(values_yaml, arena, options);
  if (!documents) return {};  // that it is no YAML is another rule's finding
  Linter linter{templates};
  for (const auto* document : *documents) linter.visit(*document, "");
  return linter.take();
}

}  // namespace weir::helm
