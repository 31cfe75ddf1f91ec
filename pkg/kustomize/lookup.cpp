#include "pkg/kustomize/lookup.hpp"

#include <charconv>
#include <optional>

#include "pkg/base/text.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/regex/regex.hpp"
#include "pkg/yaml/documents.hpp"
#include "pkg/yaml/emitter.hpp"
#include "pkg/yaml/parser.hpp"

namespace weir::kustomize {
namespace {

std::optional<std::int64_t> to_index(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t index = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (failure != std::errc{} || text.empty() || rest != text.data() + text.size()) return std::nullopt;
  return index;
}

bool is_bracketed(std::string_view step) { return step.starts_with('[') && step.ends_with(']'); }

struct Condition {
  std::string_view key;
  std::string_view value;
};

Condition read_condition(std::string_view step) {
  auto inner = step;
  if (inner.ends_with(']')) inner.remove_suffix(1);
  if (inner.starts_with('[')) inner.remove_prefix(1);
  const auto equals = inner.find('=');
  if (equals == inner.npos) fail("", text::cat("expected [key=value], got ", text::quoted(step)));
  return {inner.substr(0, equals), inner.substr(equals + 1)};
}

/// What a step makes, judged by the one after it.
Kind kind_for(std::string_view next, Kind leaf) {
  if (next.empty()) return leaf;
  const auto index = to_index(next);
  return is_bracketed(next) || (index && *index >= 0) ? Kind::kSequence : Kind::kMapping;
}

/// A scalar as it is printed, quotes included: conditions look at that.
std::string printed(const Node& node) {
  std::string out;
  yaml::Emitter emitter{out, yaml::Dialect::kVersion3};
  Style style = node.style;
  if (style == Style::kPlain && node.tag == Tag::kString &&
      yaml::resolve_tag(node.value, yaml::Typing::kCore) != Tag::kString)
    style = Style::kDoubleQuoted;
  if (node.is_scalar()) emitter.scalar(node.value, style);
  return std::string{text::trim(out)};
}

class Finder {
 public:
  Finder(Arena& arena, const std::vector<std::string>& path, Kind create)
      : arena_{arena}, path_{path}, create_{create} {}

  void walk(Node& node, std::size_t at, std::vector<Node*>& out) {
    if (at == path_.size()) {
      out.push_back(&node);
      return;
    }
    const std::string& step = path_[at];
    const auto index = to_index(step);
    if (index && *index >= 0) return walk_index(node, static_cast<std::size_t>(*index), at, out);
    if (is_bracketed(step)) return walk_condition(node, at, out);
    if (step == "*") {
      expect_list(node);
      for (Node* item : node.content) walk(*item, at + 1, out);
      return;
    }
    walk_field(node, at, out);
  }

 private:
  std::string_view after(std::size_t at) const {
    return at + 1 < path_.size() ? std::string_view{path_[at + 1]} : std::string_view{};
  }

  static void expect_list(const Node& node) {
    if (!yaml::is_missing(&node) && !node.is_sequence())
      fail("", text::cat("expected a list, found ", kind_name(node.kind)));
  }

  void walk_field(Node& node, std::size_t at, std::vector<Node*>& out) {
    Node* field = lookup(&node, path_[at]);
    if (field == nullptr) {
      if (create_ == Kind::kNone) return;
      field = arena_.make();
      field->kind = kind_for(after(at), create_);
      set_field(arena_, node, path_[at], field);
    }
    if (field->is_scalar() && at + 1 < path_.size()) {
      // The text may hold YAML or JSON; what is found in it is a copy, so nothing is changed through here.
      const auto inner = yaml::parse_first(field->value, arena_);
      if (!inner) fail("", inner.error().message);
      if (*inner != nullptr) walk(**inner, at + 1, out);
      return;
    }
    walk(*field, at + 1, out);
  }

  void walk_index(Node& node, std::size_t index, std::size_t at, std::vector<Node*>& out) {
    expect_list(node);
    if (node.content.size() == index && create_ != Kind::kNone) {
      Node* item = arena_.make();
      item->kind = kind_for(after(at), create_);
      node.content.push_back(arena_, item);
    }
    if (index >= node.content.size())
      fail("", text::cat("index ", index, " is beyond the ", node.content.size(), " elements"));
    walk(*node.content[index], at + 1, out);
  }

  void walk_condition(Node& node, std::size_t at, std::vector<Node*>& out) {
    const Condition condition = read_condition(path_[at]);
    auto pattern = regex::Regex::compile(condition.value);
    for (bool is_second_try = false;; is_second_try = true) {
      expect_list(node);
      const std::size_t before = out.size();
      for (Node* item : node.content) {
        if (condition.key.empty()) {
          if (!pattern) fail("", pattern.error().message);
          // Elements that are texts end the path; what follows is not looked at.
          if (pattern->is_found_in(printed(*item))) out.push_back(item);
          continue;
        }
        if (!pattern) fail("", pattern.error().message);
        const Node* field = item->find(condition.key);
        if (field != nullptr && pattern->is_found_in(printed(*field))) walk(*item, at + 1, out);
      }
      if (out.size() > before || create_ == Kind::kNone || is_second_try) return;
      Node* value = yaml::make_scalar(arena_, condition.value);
      Node* item = value;
      if (!condition.key.empty()) {
        item = yaml::make_mapping(arena_);
        item->append(arena_, condition.key, value);
      }
      node.content.push_back(arena_, item);
    }
  }

  Arena& arena_;
  const std::vector<std::string>& path_;
  Kind create_;
};

}  // namespace

Node* find_node(Node& root, const std::vector<std::string>& path) {
  Node* node = &root;
  for (const auto& raw : path) {
    const std::string_view step = text::trim(raw);
    if (step.empty()) continue;
    if (const auto index = to_index(step)) {
      if (*index < 0) fail("", text::cat("an index cannot be negative: ", *index));
      expect_kind(node, Kind::kSequence);
      if (static_cast<std::size_t>(*index) >= node->content.size()) return nullptr;
      node = node->content[static_cast<std::size_t>(*index)];
    } else if (step == "-") {
      expect_kind(node, Kind::kSequence);
      if (node->content.empty()) return nullptr;
      node = node->content.back();
    } else if (step == "*") {
      fail("", "a wildcard cannot stand here");
    } else if (is_bracketed(step)) {
      const Condition condition = read_condition(step);
      expect_kind(node, Kind::kSequence);
      Node* found = nullptr;
      for (Node* item : node->content) {
        const Node* field = condition.key.empty() ? item : item->find(condition.key);
        if (field == nullptr || field->value != condition.value) continue;
        found = item;
        break;
      }
      node = found;
    } else {
      node = lookup(node, step);
    }
    if (node == nullptr) return nullptr;
  }
  return node;
}

const Node* find_value(const Node& root, std::string_view path) {
  std::vector<std::string> steps;
  for (const std::string& step : split_bracketed_path(path, '.')) {
    // "ports[0]" is two steps.
    const auto open = step.rfind('[');
    const bool is_indexed = step.ends_with(']') && open != step.npos &&
                            to_index(std::string_view{step}.substr(open + 1, step.size() - open - 2)).value_or(-1) >= 0;
    if (!is_indexed) {
      steps.push_back(step);
      continue;
    }
    if (open > 0) steps.push_back(step.substr(0, open));
    steps.push_back(step.substr(open + 1, step.size() - open - 2));
  }
  try {
    return find_node(const_cast<Node&>(root), steps);
  } catch (const Failure&) {
    return nullptr;
  }
}

std::vector<Node*> find_all(Arena& arena, Node& root, const std::vector<std::string>& path, Kind create) {
  std::vector<Node*> out;
  Finder{arena, path, create}.walk(root, 0, out);
  return out;
}

}  // namespace weir::kustomize
