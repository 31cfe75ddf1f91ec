#include "pkg/git/submodules.hpp"

#include <optional>

#include "pkg/base/text.hpp"

namespace weir::git {

namespace {

/// The name in [submodule "name"]; nullopt for another section.
std::optional<std::string> section_name(std::string_view line) {
  line.remove_prefix(1);
  line = text::trim(line.substr(0, line.rfind(']')));
  const auto [kind, rest] = text::cut(line, " ");
  const auto quoted = text::trim(rest);
  if (text::lower(kind) != "submodule" || quoted.size() < 2 || quoted.front() != '"' || quoted.back() != '"')
    return std::nullopt;
  std::string name;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] == '\\' && i + 2 < quoted.size()) ++i;
    name += quoted[i];
  }
  return name;
}

/// A value with its quotes and escapes taken away, up to a comment; nullopt for one that is broken.
std::optional<std::string> value_of(std::string_view raw) {
  std::string out;
  std::size_t kept = 0;  // blanks at the end count only when quoted
  bool is_quoted = false;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const char character = raw[i];
    if (character == '"') {
      is_quoted = !is_quoted;
      continue;
    }
    if (!is_quoted && (character == '#' || character == ';')) break;
    if (character == '\\') {
      if (++i == raw.size()) return std::nullopt;
      switch (raw[i]) {
        case 'n': out += '\n'; break;
        case 't': out += '\t'; break;
        case '"':
        case '\\': out += raw[i]; break;
        default: return std::nullopt;
      }
      kept = out.size();
      continue;
    }
    out += character;
    if (is_quoted || (character != ' ' && character != '\t')) kept = out.size();
  }
  if (is_quoted) return std::nullopt;
  out.resize(kept);
  return out;
}

std::optional<std::string> normal_path(std::string_view path) {
  if (path.starts_with('/')) return std::nullopt;
  std::vector<std::string> kept;
  for (const auto segment : text::split(path, '/')) {
    if (segment == "..") return std::nullopt;
    if (!segment.empty() && segment != ".") kept.emplace_back(segment);
  }
  if (kept.empty()) return std::nullopt;
  return text::join(kept, "/");
}

}  // namespace

Result<std::vector<Submodule>> parse_gitmodules(std::string_view text) {
  std::vector<Submodule> all;
  bool is_in_submodule = false;
  std::size_t number = 0;
  for (const auto raw_line : text::split(text, '\n')) {
    ++number;
    const auto line = text::trim(raw_line);
    const auto refuse = [&](std::string message) {
      return InputError{text::cat(".gitmodules:", number), std::move(message)};
    };
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      if (line.find(']') == std::string_view::npos) return refuse("no closing bracket");
      const auto name = section_name(line);
      is_in_submodule = name.has_value();
      if (name) {
        Submodule submodule;
        submodule.name = *name;
        all.push_back(std::move(submodule));
      }
      continue;
    }
    if (!is_in_submodule) continue;
    const auto [key_text, raw_value] = text::cut(line, "=");
    const std::string key = text::lower(text::trim(key_text));
    if (key != "path" && key != "url") continue;
    const auto value = value_of(text::trim(raw_value));
    if (!value) return refuse("a broken quote or escape");
    if (key == "url") {
      all.back().url = *value;
      continue;
    }
    const auto path = normal_path(*value);
    if (!path) return refuse(text::cat("the path ", text::quoted(*value), " leads out of the repository"));
    all.back().path = *path;
  }
  std::erase_if(all, [](const Submodule& submodule) { return submodule.path.empty() || submodule.url.empty(); });
  return all;
}

}  // namespace weir::git
