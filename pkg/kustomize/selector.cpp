#include "pkg/kustomize/selector.hpp"

#include <algorithm>
#include <charconv>

#include "pkg/base/text.hpp"
#include "pkg/kustomize/failure.hpp"

namespace weir::kustomize {
namespace {

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_special(char c) { return std::string_view{"=!(),<>"}.find(c) != std::string_view::npos; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Letters and digits at both ends, -, _ and . between them, at most 63.
bool is_label_word(std::string_view text) {
  if (text.empty() || text.size() > 63 || !is_word(text.front()) || !is_word(text.back())) return false;
  return std::ranges::all_of(text, [](char c) { return is_word(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_dns_name(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  for (const auto part : text::split(text, '.')) {
    if (part.empty() || part.front() == '-' || part.back() == '-') return false;
    if (!std::ranges::all_of(part, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }))
      return false;
  }
  return true;
}

void check_key(std::string_view key) {
  const auto slash = key.find('/');
  const bool is_valid = slash == key.npos ? is_label_word(key)
                                          : is_dns_name(key.substr(0, slash)) && is_label_word(key.substr(slash + 1));
  if (!is_valid) fail("", text::cat("no label key: ", text::quoted(key)));
}

void check_value(std::string_view value) {
  if (!value.empty() && !is_label_word(value)) fail("", text::cat("no label value: ", text::quoted(value)));
}

std::optional<std::int64_t> to_integer(std::string_view text) {
  std::int64_t number = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Words and marks of a label selector.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_{text} {}
  std::string_view peek() {
    if (!next_) next_ = read();
    return *next_;
  }
  std::string_view take() {
    const auto out = peek();
    next_.reset();
    return out;
  }

 private:
  std::string_view read() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    const std::size_t start = at_;
    if (at_ == text_.size()) return {};
    if (is_special(text_[at_])) {
      for (const std::string_view mark : {"==", "!=", "=", "!", "(", ")", ",", "<", ">"}) {
        if (!text_.substr(at_).starts_with(mark)) continue;
        at_ += mark.size();
        return text_.substr(start, mark.size());
      }
    }
    while (at_ < text_.size() && !is_special(text_[at_]) && !is_space(text_[at_])) ++at_;
    return text_.substr(start, at_ - start);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::optional<std::string_view> next_;
};

bool is_identifier(std::string_view token) { return !token.empty() && !is_special(token.front()); }

}  // namespace

bool is_plain_pattern(std::string_view pattern) {
  return std::ranges::all_of(pattern, [](char c) {
    return is_word(c) || c == '-' || c == '_' || c == '/' || c == '.' || c == ':';
  });
}

bool matches_points(std::string_view text, std::string_view pattern) {
  if (text.size() != pattern.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] != pattern[i] && (pattern[i] != '.' || text[i] == '\n')) return false;
  return true;
}

Pattern::Pattern(std::string_view text) : text_{text}, is_any_{text.empty()}, is_plain_{is_plain_pattern(text)} {
  if (is_any_ || is_plain_) return;
  auto compiled = regex::Regex::compile(text::cat("^(?:", text, ")$"));
  if (!compiled) {
    // The user's own text is what the message shows.
    const auto alone = regex::Regex::compile(text);
    fail("", alone ? compiled.error().message : alone.error().message);
  }
  regex_ = std::move(*compiled);
}

bool Pattern::matches(std::string_view text) const {
  if (is_any_) return true;
  return is_plain_ ? matches_points(text, text_) : regex_->is_found_in(text);
}

LabelSelector::LabelSelector(std::string_view text) {
  Lexer lexer{text};
  const auto unexpected = [&](std::string_view token, std::string_view expected) {
    fail(
        "", text::cat("no label selector: ", text::quoted(text), ": expected ", expected, ", got ", text::quoted(token))
    );
  };
  while (!lexer.peek().empty()) {
    Requirement requirement;
    bool is_negated = false;
    if (lexer.peek() == "!") {
      lexer.take();
      is_negated = true;
    }
    const auto key = lexer.take();
    if (!is_identifier(key)) unexpected(key, "a key");
    check_key(key);
    requirement.key = key;
    using Operator = Requirement::Operator;
    if (is_negated || lexer.peek().empty() || lexer.peek() == ",") {
      requirement.op = is_negated ? Operator::kDoesNotExist : Operator::kExists;
    } else {
      const auto op = lexer.take();
      if (op == "in" || op == "notin") {
        requirement.op = op == "in" ? Operator::kIn : Operator::kNotIn;
        if (lexer.peek() != "(") unexpected(lexer.peek(), "(");
        lexer.take();
        for (bool needs_value = true;;) {
          const auto token = lexer.take();
          if (token == ")" || token == ",") {
            if (needs_value) requirement.values.emplace_back();
            needs_value = true;
            if (token == ")") break;
          } else if (is_identifier(token) && needs_value) {
            requirement.values.emplace_back(token);
            needs_value = false;
          } else {
            unexpected(token, "a value, a comma or )");
          }
        }
      } else if (op == "=" || op == "==" || op == "!=" || op == ">" || op == "<") {
        requirement.op = op == "!="  ? Operator::kNotIn
                         : op == ">" ? Operator::kGreater
                         : op == "<" ? Operator::kLess
                                     : Operator::kIn;
        if (lexer.peek().empty() || lexer.peek() == ",") {
          requirement.values.emplace_back();
        } else {
          const auto value = lexer.take();
          if (!is_identifier(value)) unexpected(value, "a value");
          requirement.values.emplace_back(value);
        }
        const bool is_ordered = requirement.op == Operator::kGreater || requirement.op == Operator::kLess;
        if (is_ordered && !to_integer(requirement.values.front()))
          unexpected(requirement.values.front(), "a whole number");
      } else {
        unexpected(op, "=, ==, !=, in, notin, < or >");
      }
      for (const auto& value : requirement.values) check_value(value);
    }
    requirements_.push_back(std::move(requirement));
    if (lexer.peek().empty()) break;
    if (lexer.peek() != ",") unexpected(lexer.peek(), "a comma");
    lexer.take();
    if (lexer.peek() != "!" && !is_identifier(lexer.peek())) unexpected(lexer.peek(), "a key");
  }
}

bool LabelSelector::matches(const TextMap& labels) const {
  using Operator = Requirement::Operator;
  return std::ranges::all_of(requirements_, [&labels](const Requirement& requirement) {
    const auto found = labels.find(requirement.key);
    const bool is_there = found != labels.end();
    const auto has_value = [&] {
      return std::ranges::find(requirement.values, found->second) != requirement.values.end();
    };
    switch (requirement.op) {
      case Operator::kIn: return is_there && has_value();
      case Operator::kNotIn: return !is_there || !has_value();
      case Operator::kExists: return is_there;
      case Operator::kDoesNotExist: return !is_there;
      case Operator::kGreater:
      case Operator::kLess: {
        if (!is_there) return false;
        const auto value = to_integer(found->second), limit = to_integer(requirement.values.front());
        if (!value || !limit) return false;
        return requirement.op == Operator::kGreater ? *value > *limit : *value < *limit;
      }
    }
    return false;
  });
}

namespace {

/// Names the field, and the place of the selector, when its text cannot be used.
template <class T>
T compiled(std::string_view field, std::string_view text, const std::string& place) {
  try {
    return T{text};
  } catch (Failure& failure) {
    fail(place, text::cat(field, ": ", failure.message));
  }
}

}  // namespace

Matcher::Matcher(const Selector& selector, const std::string& place)
    : group_{compiled<Pattern>("group", selector.group, place)},
      version_{compiled<Pattern>("version", selector.version, place)},
      kind_{compiled<Pattern>("kind", selector.kind, place)},
      name_{compiled<Pattern>("name", selector.name, place)},
      space_{compiled<Pattern>("namespace", selector.space, place)},
      annotations_{compiled<LabelSelector>("annotationSelector", selector.annotation_selector, place)},
      labels_{compiled<LabelSelector>("labelSelector", selector.label_selector, place)} {}

bool Matcher::matches_gvk(const Gvk& gvk) const {
  return group_.matches(gvk.group) && version_.matches(gvk.version) && kind_.matches(gvk.kind);
}

bool Matcher::matches_metadata(const Resource& resource) const {
  if (!labels_.empty() && !labels_.matches(metadata_map(resource.root(), "labels"))) return false;
  return annotations_.empty() || annotations_.matches(metadata_map(resource.root(), "annotations"));
}

bool Matcher::matches(const Resource& resource) const {
  const ResourceId current = resource.id();
  if (!matches_gvk(current.gvk)) return false;
  const ResourceId original = resource.original_id();
  if (!matches_space(original.effective_space()) && !matches_space(current.effective_space())) return false;
  if (!matches_name(original.name) && !matches_name(current.name)) return false;
  return matches_metadata(resource);
}

}  // namespace weir::kustomize
