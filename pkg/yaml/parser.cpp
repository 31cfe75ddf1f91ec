#include "pkg/yaml/parser.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <unordered_set>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/yaml/equal_keys.hpp"
#include "pkg/yaml/places.hpp"
#include "pkg/yaml/problem.hpp"
#include "pkg/yaml/scanner.hpp"

namespace weir::yaml {
namespace {

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";

constexpr std::array<std::pair<std::string_view, Tag>, 10> kTagNames{{
    {"str", Tag::kString},
    {"int", Tag::kInt},
    {"float", Tag::kFloat},
    {"bool", Tag::kBool},
    {"null", Tag::kNull},
    {"timestamp", Tag::kTimestamp},
    {"binary", Tag::kBinary},
    {"merge", Tag::kMerge},
    {"seq", Tag::kSequence},
    {"map", Tag::kMapping},
}};

std::size_t count_nodes(const Node& node) {
  std::size_t count = 1;
  for (const Node* child : node.content) count += count_nodes(*child);
  return count;
}

class Parser {
 public:
  /// @param places  when given, the tree stays as written and the places go there
  Parser(std::string_view text, Arena& arena, const ParseOptions& options, Places* places = nullptr)
      : arena_{arena},
        scanner_{text, arena},
        options_{options},
        places_{places},
        own_aliases_{options.max_alias_nodes},
        aliases_{options.aliases != nullptr ? *options.aliases : own_aliases_} {
    if (places_ != nullptr) scanner_.collect_comments(places_->comments);
  }

  /// How far the text was read, for messages.
  const Mark& reached() const { return scanner_.mark(); }

  /// nullptr at the end of the text. Go's package does not look at what stands behind the first document, be it one or
  /// not.
  Node* next_document(bool is_only_one = false) {
    // What begins a text with "..." ends a document that was never there.
    if (is_at_start_ && type() == TokenType::kDocumentEnd)
      fail(scanner_.peek().start, "expected a document before the end mark ...");
    is_at_start_ = false;
    while (type() == TokenType::kDocumentEnd) scanner_.pop();
    if (type() == TokenType::kStreamEnd) return nullptr;
    anchors_.clear();
    tag_handles_.clear();
    const bool has_directives = type() == TokenType::kDirective;
    while (type() == TokenType::kDirective) read_directive();
    if (type() == TokenType::kDocumentStart) {
      scanner_.pop();
    } else if (has_directives) {
      fail(scanner_.peek().start, "expected --- after the directives");
    }
    Node* root = nullptr;
    switch (type()) {
      case TokenType::kDirective:
      case TokenType::kDocumentStart:
      case TokenType::kDocumentEnd:
      case TokenType::kStreamEnd: root = empty_scalar(scanner_.peek().start); break;
      default: root = parse_node(true, false);
    }
    if (type() == TokenType::kDocumentEnd) {
      scanner_.pop();
    } else if (type() != TokenType::kDocumentStart && type() != TokenType::kStreamEnd && !is_only_one) {
      fail(scanner_.peek().start, "expected the end of the document; is the indentation right?");
    }
    return root;
  }

 private:
  [[noreturn]] static void fail(const Mark& mark, std::string message) { throw SyntaxError{mark, std::move(message)}; }
  TokenType type() { return scanner_.peek().type; }

  void read_directive() {
    const Token& token = scanner_.peek();
    if (token.value == "TAG") {
      const auto [handle, rest] = text::cut(token.suffix, " ");
      tag_handles_[std::string{handle}] = std::string{text::trim(rest)};
    }
    scanner_.pop();
  }

  void set_place(Node& node, const Mark& mark) const {
    node.line = mark.line + static_cast<std::uint32_t>(options_.first_line);
    node.column = mark.column + 1;
  }

  Node* make(Kind kind, Tag tag, Style style = Style::kPlain) {
    Node* node = arena_.make();
    node->kind = kind;
    node->tag = tag;
    node->style = style;
    return node;
  }
  void add(Node* parent, Node* child) { parent->content.push_back(arena_, child); }

  Node* empty_scalar(const Mark& mark) {
    Node* node = make(Kind::kScalar, Tag::kNull);
    set_place(*node, mark);
    return node;
  }

  /// The tag of a node, kNone for none and for the non-specific "!".
  Tag read_tag(const Token& token) const {
    std::string name;
    if (token.value.empty()) {
      if (token.suffix == "!") return Tag::kNone;
      name = token.suffix;
    } else if (const auto handle = tag_handles_.find(std::string{token.value}); handle != tag_handles_.end()) {
      name = text::cat(handle->second, token.suffix);
    } else if (token.value == "!!") {
      name = text::cat(kTagPrefix, token.suffix);
    } else if (token.value == "!") {
      name = text::cat("!", token.suffix);
    } else {
      fail(token.start, text::cat("the tag handle ", token.value, " is not declared"));
    }
    if (name.starts_with(kTagPrefix)) {
      const auto suffix = std::string_view{name}.substr(kTagPrefix.size());
      for (const auto& [known, tag] : kTagNames)
        if (known == suffix) return tag;
    }
    return Tag::kOther;
  }

  Node* parse_node(bool is_block, bool is_indentless) {
    if (++depth_ > options_.max_depth)
      fail(scanner_.peek().start, text::cat("nested deeper than ", options_.max_depth, " levels"));
    Node* node = parse_node_content(is_block, is_indentless);
    --depth_;
    return node;
  }

  Node* parse_node_content(bool is_block, bool is_indentless) {
    const Mark start = scanner_.peek().start;
    if (type() == TokenType::kAlias) return parse_alias();

    std::string anchor;
    bool has_anchor = false, has_tag = false;
    Tag tag = Tag::kNone;
    for (int i = 0; i < 2; ++i) {
      if (!has_anchor && type() == TokenType::kAnchor) {
        anchor = scanner_.peek().value;
        has_anchor = true;
        open_anchors_.push_back(anchor);
        scanner_.pop();
      } else if (!has_tag && type() == TokenType::kTag) {
        tag = read_tag(scanner_.peek());
        has_tag = true;
        scanner_.pop();
      }
    }
    Node* node = parse_content(is_block, is_indentless, has_anchor || has_tag, start);
    if (places_ != nullptr && !places_->scalars.empty() && places_->scalars.back().node == node)
      places_->scalars.back().node_offset = start.offset;
    // In sigs.k8s.io/yaml a lone "!" is an empty text.
    const bool is_lone_mark = has_tag && tag == Tag::kNone && node->tag == Tag::kNull && node->value.empty();
    if (is_lone_mark && options_.typing == Typing::kYaml11) node->tag = Tag::kOther;
    if (tag != Tag::kNone) {
      node->tag = tag;
      node->is_tagged = true;
    }
    set_place(*node, start);
    if (has_anchor) {
      open_anchors_.pop_back();
      anchors_[anchor] = node;
    }
    return node;
  }

  Node* parse_alias() {
    const Token& token = scanner_.peek();
    if (std::find(open_anchors_.begin(), open_anchors_.end(), token.value) != open_anchors_.end())
      fail(token.start, text::cat("the anchor ", token.value, " contains itself"));
    const auto found = anchors_.find(std::string{token.value});
    if (found == anchors_.end()) fail(token.start, text::cat("the anchor ", token.value, " is not defined"));
    if (places_ != nullptr) {
      Node* node = make(Kind::kNone, Tag::kNone);
      set_place(*node, token.start);
      scanner_.pop();
      return node;
    }
    const std::size_t count = count_nodes(*found->second);
    if (count > aliases_.nodes_left)
      fail(token.start, text::cat("aliases expand to more than ", options_.max_alias_nodes, " nodes"));
    aliases_.nodes_left -= count;
    scanner_.pop();
    return deep_copy(arena_, *found->second);
  }

  Node* parse_content(bool is_block, bool is_indentless, bool may_be_empty, const Mark& start) {
    switch (type()) {
      case TokenType::kBlockEntry:
        if (is_indentless) return parse_indentless_sequence();
        break;
      case TokenType::kScalar: return parse_scalar();
      case TokenType::kFlowSequenceStart: return parse_flow_sequence();
      case TokenType::kFlowMappingStart: return parse_flow_mapping();
      case TokenType::kBlockSequenceStart:
        if (is_block) return parse_block_sequence();
        break;
      case TokenType::kBlockMappingStart:
        if (is_block) return parse_block_mapping();
        break;
      default: break;
    }
    if (may_be_empty) return empty_scalar(start);
    fail(scanner_.peek().start, is_block ? "expected a value" : "expected a value inside the brackets");
  }

  Node* parse_scalar() {
    const Token& token = scanner_.peek();
    Node* node = make(Kind::kScalar, Tag::kString, token.style);
    node->value = token.value;
    if (!node->is_quoted()) node->tag = node->value == "<<" ? Tag::kMerge : resolve_tag(node->value, options_.typing);
    if (places_ != nullptr) {
      arena_.charge(sizeof(Places::Scalar));
      places_->scalars.push_back(
          {node, token.start.offset, token.start.offset, token.end.offset, token.start.line, token.indent}
      );
    }
    scanner_.pop();
    return node;
  }

  Node* parse_indentless_sequence() {
    Node* node = make(Kind::kSequence, Tag::kSequence);
    while (type() == TokenType::kBlockEntry) {
      const Mark mark = scanner_.peek().end;
      scanner_.pop();
      switch (type()) {
        case TokenType::kBlockEntry:
        case TokenType::kKey:
        case TokenType::kValue:
        case TokenType::kBlockEnd: add(node, empty_scalar(mark)); break;
        default: add(node, parse_node(true, false));
      }
    }
    return node;
  }

  Node* parse_block_sequence() {
    Node* node = make(Kind::kSequence, Tag::kSequence);
    scanner_.pop();
    while (type() == TokenType::kBlockEntry) {
      const Mark mark = scanner_.peek().end;
      scanner_.pop();
      if (type() == TokenType::kBlockEntry || type() == TokenType::kBlockEnd) {
        add(node, empty_scalar(mark));
      } else {
        add(node, parse_node(true, false));
      }
    }
    if (type() != TokenType::kBlockEnd) fail(scanner_.peek().start, "expected a list item (- ...) or less indentation");
    scanner_.pop();
    return node;
  }

  Node* parse_block_mapping() {
    Node* node = make(Kind::kMapping, Tag::kMapping);
    scanner_.pop();
    for (;;) {
      Node* key = nullptr;
      if (type() == TokenType::kKey) {
        const Mark mark = scanner_.peek().end;
        scanner_.pop();
        switch (type()) {
          case TokenType::kKey:
          case TokenType::kValue:
          case TokenType::kBlockEnd: key = empty_scalar(mark); break;
          default: key = parse_node(true, true);
        }
      } else if (type() == TokenType::kBlockEnd) {
        scanner_.pop();
        break;
      } else {
        fail(scanner_.peek().start, "expected a key or less indentation");
      }
      Node* value = nullptr;
      if (type() == TokenType::kValue) {
        const Mark mark = scanner_.peek().end;
        scanner_.pop();
        switch (type()) {
          case TokenType::kKey:
          case TokenType::kValue:
          case TokenType::kBlockEnd: value = empty_scalar(mark); break;
          default: value = parse_node(true, true);
        }
      } else {
        value = empty_scalar(scanner_.peek().start);
      }
      add(node, key);
      add(node, value);
    }
    finish_mapping(*node);
    return node;
  }

  Node* parse_flow_sequence() {
    Node* node = make(Kind::kSequence, Tag::kSequence, Style::kFlow);
    scanner_.pop();
    for (bool is_first = true; type() != TokenType::kFlowSequenceEnd; is_first = false) {
      if (!is_first) {
        if (type() != TokenType::kFlowEntry) fail(scanner_.peek().start, "expected , or ]");
        scanner_.pop();
        if (type() == TokenType::kFlowSequenceEnd) break;
      }
      if (type() == TokenType::kKey) {
        add(node, parse_flow_pair());
      } else {
        add(node, parse_node(false, false));
      }
    }
    scanner_.pop();
    return node;
  }

  /// "[a: b]": one pair as an item.
  Node* parse_flow_pair() {
    Node* node = make(Kind::kMapping, Tag::kMapping, Style::kFlow);
    const Mark start = scanner_.peek().start;
    scanner_.pop();
    add(node, parse_flow_part({TokenType::kValue, TokenType::kFlowEntry, TokenType::kFlowSequenceEnd}));
    if (type() == TokenType::kValue) {
      scanner_.pop();
      add(node, parse_flow_part({TokenType::kFlowEntry, TokenType::kFlowSequenceEnd}));
    } else {
      add(node, empty_scalar(scanner_.peek().start));
    }
    set_place(*node, start);
    return node;
  }

  Node* parse_flow_part(std::initializer_list<TokenType> ends) {
    if (std::find(ends.begin(), ends.end(), type()) != ends.end()) return empty_scalar(scanner_.peek().start);
    return parse_node(false, false);
  }

  Node* parse_flow_mapping() {
    Node* node = make(Kind::kMapping, Tag::kMapping, Style::kFlow);
    scanner_.pop();
    for (bool is_first = true; type() != TokenType::kFlowMappingEnd; is_first = false) {
      if (!is_first) {
        if (type() != TokenType::kFlowEntry) fail(scanner_.peek().start, "expected , or }");
        scanner_.pop();
        if (type() == TokenType::kFlowMappingEnd) break;
      }
      if (type() == TokenType::kKey) {
        scanner_.pop();
        add(node, parse_flow_part({TokenType::kValue, TokenType::kFlowEntry, TokenType::kFlowMappingEnd}));
        if (type() == TokenType::kValue) {
          scanner_.pop();
          add(node, parse_flow_part({TokenType::kFlowEntry, TokenType::kFlowMappingEnd}));
        } else {
          add(node, empty_scalar(scanner_.peek().start));
        }
      } else {
        add(node, parse_node(false, false));
        add(node, empty_scalar(scanner_.peek().start));
      }
    }
    scanner_.pop();
    finish_mapping(*node);
    return node;
  }

  /// Checks keys for duplicates, then replaces "<<" by the pairs that it stands for.
  void finish_mapping(Node& node) {
    if (places_ != nullptr) return;
    // Version 2 of Go's package merges where "<<" stands: what came before it is overwritten.
    if (options_.words == Words::kGo && options_.duplicates == DuplicateKeys::kLastWins) return merge_in_order(node);
    check_duplicates(node);
    std::optional<std::size_t> merge;
    for (std::size_t i = 0; i < node.content.size(); i += 2) {
      if (!node.content[i]->is_scalar() || node.content[i]->tag != Tag::kMerge) continue;
      if (merge) fail(mark_of(*node.content[i]), "a mapping can have one << only");
      merge = i;
    }
    if (!merge) return;

    const Node* key = node.content[*merge];
    const Node* source = node.content[*merge + 1];
    node.content.erase(*merge, 2);
    // The mapping's own keys win, then the first source that has the key.
    std::unordered_set<std::string_view> own;
    for (std::size_t i = 0; i < node.content.size(); i += 2) own.insert(node.content[i]->value);
    const auto take = [&](const Node& from) {
      if (!from.is_mapping()) fail(mark_of(*key), "<< takes a mapping or a list of mappings");
      for (std::size_t i = 0; i + 1 < from.content.size(); i += 2) {
        if (!own.insert(from.content[i]->value).second) continue;
        add(&node, deep_copy(arena_, *from.content[i]));
        add(&node, deep_copy(arena_, *from.content[i + 1]));
      }
    };
    if (source->is_sequence()) {
      for (const Node* from : source->content) take(*from);
    } else {
      take(*source);
    }
  }

  static bool is_merge_key(const Node& key) { return key.is_scalar() && key.tag == Tag::kMerge; }

  void merge_in_order(Node& node) {
    bool has_merge = false;
    for (std::size_t i = 0; i < node.content.size(); i += 2) has_merge = has_merge || is_merge_key(*node.content[i]);
    if (!has_merge) return keep_last_of_equal_keys(node);
    const NodeList written = node.content;
    node.content = {};
    const auto take = [&](const Node& key, const Node& from) {
      if (!from.is_mapping()) fail(mark_of(key), "<< takes a mapping or a list of mappings");
      for (auto* part : from.content) add(&node, deep_copy(arena_, *part));
    };
    for (std::size_t i = 0; i + 1 < written.size(); i += 2) {
      const Node& source = *written[i + 1];
      if (!is_merge_key(*written[i])) {
        add(&node, written[i]);
        add(&node, written[i + 1]);
      } else if (source.is_sequence()) {
        // The first of several counts, so it comes last.
        for (std::size_t k = source.content.size(); k-- > 0;) take(*written[i], *source.content[k]);
      } else {
        take(*written[i], source);
      }
    }
    keep_last_of_equal_keys(node);
  }

  Mark mark_of(const Node& node) const {
    Mark mark;
    mark.line = node.line == 0 ? 0 : node.line - static_cast<std::uint32_t>(options_.first_line);
    mark.column = node.column == 0 ? 0 : node.column - 1;
    return mark;
  }

  void check_duplicates(Node& node) {
    if (options_.duplicates == DuplicateKeys::kKeep) return;
    const auto pair = find_equal_keys(node);
    if (!pair) return;
    if (options_.duplicates == DuplicateKeys::kLastWins) return keep_last_of_equal_keys(node);
    const auto [first, second] = *pair;
    fail(
        mark_of(*node.content[second]),
        text::cat(
            "the key ",
            text::quoted(node.content[second]->value),
            " stands here a second time; the first is on line ",
            node.content[first]->line
        )
    );
  }

  Arena& arena_;
  Scanner scanner_;
  const ParseOptions& options_;
  Places* places_;
  std::size_t depth_ = 0;
  AliasBudget own_aliases_;
  AliasBudget& aliases_;
  std::map<std::string, Node*> anchors_;
  std::vector<std::string> open_anchors_;
  std::map<std::string, std::string> tag_handles_;
  bool is_at_start_ = true;
};

}  // namespace

Result<Node*> parse_first(std::string_view text, Arena& arena, const ParseOptions& options) {
  if (auto error = check_text(text, options)) return std::move(*error);
  Parser parser{arena.keep(text), arena, options};
  try {
    return parser.next_document(options.words == Words::kGo);
  } catch (const SyntaxError& error) {
    return to_error(error, options, parser.reached());
  }
}

Result<std::vector<Node*>> parse_all(std::string_view text, Arena& arena, const ParseOptions& options) {
  if (auto error = check_text(text, options)) return std::move(*error);
  Parser parser{arena.keep(text), arena, options};
  try {
    std::vector<Node*> nodes;
    while (Node* node = parser.next_document()) nodes.push_back(node);
    return nodes;
  } catch (const SyntaxError& error) {
    return to_error(error, options, parser.reached());
  }
}

Result<std::vector<Node*>> parse_with_places(
    std::string_view text, Arena& arena, const ParseOptions& options, Places& places
) {
  if (auto error = check_text(text, options)) return std::move(*error);
  try {
    Parser parser{text, arena, options, &places};
    std::vector<Node*> nodes;
    while (Node* node = parser.next_document()) nodes.push_back(node);
    return nodes;
  } catch (const SyntaxError& error) {
    return to_error(error, options);
  }
}

namespace {

/// Whether the node of a scalar says the tag: "!!int".
bool is_scalar_tag(const Token& token) {
  return token.value == "!!" && std::ranges::any_of(kTagNames, [&token](const auto& name) {
           return name.first == token.suffix && name.second >= Tag::kString && name.second <= Tag::kTimestamp;
         });
}

}  // namespace

bool has_more_than_values(std::string_view text) {
  Arena arena;
  Scanner scanner{text, arena};
  try {
    for (;; scanner.pop()) {
      switch (scanner.peek().type) {
        case TokenType::kAnchor:
        case TokenType::kAlias:
        case TokenType::kDirective: return true;
        case TokenType::kTag:
          if (!is_scalar_tag(scanner.peek())) return true;
          break;
        case TokenType::kStreamEnd: return scanner.has_comments();
        default:
          if (scanner.has_comments()) return true;
      }
    }
  } catch (const SyntaxError&) {
    return true;
  }
}

std::string place(std::string_view source, const Node& node) {
  if (node.line == 0) return std::string{source};
  return text::cat(source, source.empty() ? "line " : ":", node.line, ":", node.column);
}

}  // namespace weir::yaml
