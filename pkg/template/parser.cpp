#include "pkg/template/parser.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/template/lexer.hpp"
#include "pkg/template/number_node.hpp"
#include "pkg/template/quote.hpp"

namespace weir::templates {
namespace {

/// Blocks and parentheses inside each other; each costs some stack here and when it is rendered.
constexpr int kMaxNesting = 300;

struct ParseError {
  std::size_t line;
  std::string message;
};

/// What an action turned out to be, when it is no node of its own.
enum class ListEnd { kNone, kEnd, kElse };

class Parser {
 public:
  Parser(std::shared_ptr<Source> source, const FindFunction& find_function)
      : source_{std::move(source)}, find_function_{find_function}, lexer_{source_->text, options(find_function)} {}

  Trees run();

 private:
  static LexerOptions options(const FindFunction& find_function) {
    return {!find_function("break"), !find_function("continue")};
  }

  /// What is known while one template is parsed; a definition starts afresh.
  struct Scope {
    std::vector<std::string_view> variables{"$"};
    int range_depth = 0;
    std::size_t action_line = 0;  ///< of the action being parsed; 0: none
  };

  class Nesting {
   public:
    explicit Nesting(Parser& parser) : parser_{parser} {
      if (++parser_.nesting_ > kMaxNesting)
        parser_.fail(text::cat("actions or parentheses are nested more than ", kMaxNesting, " deep"));
    }
    ~Nesting() { --parser_.nesting_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    Parser& parser_;
  };

  /// A list that grows while others grow and go behind it: its items end up in one piece of the source's memory.
  template <class Item>
  class Pending {
   public:
    explicit Pending(std::vector<Item>& all) : all_{all}, first_{all.size()} {}
    ~Pending() { all_.resize(first_); }
    Pending(const Pending&) = delete;
    Pending& operator=(const Pending&) = delete;
    void add(Item item) { all_.push_back(item); }
    std::size_t size() const { return all_.size() - first_; }
    std::span<const Item> items() const { return std::span<const Item>{all_}.subspan(first_); }

   private:
    std::vector<Item>& all_;
    std::size_t first_;
  };
  using Nodes = Pending<const Node*>;
  using Words = Pending<std::string_view>;

  Token next() {
    if (at_ == tokens_.size()) lexer_.read(tokens_);
    if (at_ == tokens_.size()) return tokens_.back();
    const Token& token = tokens_[at_++];
    if (at_ > fetched_) {
      fetched_ = at_;
      last_line_ = token.line;
    }
    return token;
  }
  TokenKind peek_kind() {
    if (at_ < fetched_) return tokens_[at_].kind;
    return peek().kind;
  }
  TokenKind peek_non_space_kind() {
    while (true) {
      const TokenKind kind = peek_kind();
      if (kind != TokenKind::kSpace) return kind;
      ++at_;
    }
  }
  /// Nothing steps back further than into the action that begins now.
  void forget_tokens() {
    constexpr std::size_t kEnough = 32;
    if (at_ < kEnough) return;
    const std::size_t count = at_ - 1;  // the last one stays: it may be that of the end
    tokens_.erase(tokens_.begin(), tokens_.begin() + static_cast<std::ptrdiff_t>(count));
    fetched_ -= count;
    at_ -= count;
  }
  Token peek() {
    const std::size_t before = at_;
    const Token token = next();
    at_ = before;
    return token;
  }
  Token next_non_space() {
    while (true) {
      const Token token = next();
      if (token.kind != TokenKind::kSpace) return token;
    }
  }
  /// Skips blanks too.
  Token peek_non_space() {
    peek_non_space_kind();
    return peek();
  }

  [[noreturn]] void fail(std::string message) { throw ParseError{last_line_, std::move(message)}; }
  [[noreturn]] void unexpected(const Token& token, std::string_view context);
  Token expect(TokenKind kind, std::string_view context) {
    const Token token = next_non_space();
    if (token.kind != kind) unexpected(token, context);
    return token;
  }

  void definition();
  void add(std::string_view name, NodeList body);
  /// Nodes up to end or else, which is told.
  ListEnd list(NodeList& out);
  ListEnd text_or_action(Nodes& out);
  ListEnd action(Nodes& out);
  const Node* jump(NodeKind kind, const Token& keyword);
  const Node* branch(NodeKind kind);
  const Node* block();
  const Node* template_call();
  std::string_view template_name(const Token& token, std::string_view context);
  const PipelineNode* pipeline(std::string_view context, TokenKind end);
  void declarations(PipelineNode& out, std::string_view context);
  void check(const PipelineNode& pipeline, std::string_view context);
  const CommandNode* command();
  const Node* operand();
  const Node* term();
  template <class Made>
  const Node* path(std::size_t position, std::string_view first);
  const Node* number(const Token& token);
  const Node* string(const Token& token);

  std::shared_ptr<Source> source_;
  const FindFunction& find_function_;
  Lexer lexer_;
  std::vector<Token> tokens_;  // those of the action, read as they are asked for
  std::size_t at_ = 0;
  std::size_t fetched_ = 0;    // tokens seen so far, looked ahead at or taken
  std::size_t last_line_ = 1;  // of the last of them: that of an error
  std::vector<const Node*> pending_nodes_;
  std::vector<const CommandNode*> pending_commands_;
  std::vector<std::string_view> pending_words_;
  int nesting_ = 0;
  Scope scope_;
  Trees trees_;
};

void Parser::unexpected(const Token& token, std::string_view context) {
  if (token.kind != TokenKind::kError) fail(text::cat("unexpected ", token.describe(), " in ", context));
  std::string extra;
  if (scope_.action_line != 0 && scope_.action_line != token.line) {
    const bool names_action = token.text.ends_with(" action");
    extra = text::cat(names_action ? "" : " in action", " started at ", source_->name, ":", scope_.action_line);
  }
  fail(text::cat(token.text, extra));
}

Trees Parser::run() {
  Nodes body{pending_nodes_};
  while (peek_kind() != TokenKind::kEnd) {
    forget_tokens();
    if (peek_kind() == TokenKind::kLeftDelimiter) {
      const std::size_t before = at_;
      next();
      if (next_non_space().kind == TokenKind::kDefine) {
        definition();
        continue;
      }
      at_ = before;
    }
    const ListEnd end = text_or_action(body);
    if (end != ListEnd::kNone) fail(end == ListEnd::kEnd ? "unexpected {{end}}" : "unexpected {{else}}");
  }
  add(source_->name, source_->keep(body.items()));
  return std::move(trees_);
}

void Parser::add(std::string_view name, NodeList body) {
  auto tree = std::make_shared<Tree>();
  tree->name = name;
  tree->source = source_;
  tree->body = body;
  auto& place = trees_[tree->name];
  if (place && !place->is_empty()) {
    if (!tree->is_empty()) fail(text::cat("template: multiple definition of template ", quote(tree->name)));
    return;
  }
  place = std::move(tree);
}

void Parser::definition() {
  constexpr std::string_view kContext = "define clause";
  const Nesting nesting{*this};
  const Scope outer = std::exchange(scope_, {});
  const Token token = next_non_space();
  const std::string_view name = template_name(token, kContext);
  expect(TokenKind::kRightDelimiter, kContext);
  NodeList body;
  if (list(body) != ListEnd::kEnd) fail(text::cat("unexpected {{else}} in ", kContext));
  add(name, body);
  scope_ = outer;
}

ListEnd Parser::list(NodeList& out) {
  const Nesting nesting{*this};
  Nodes nodes{pending_nodes_};
  while (peek_non_space_kind() != TokenKind::kEnd) {
    const ListEnd end = text_or_action(nodes);
    if (end == ListEnd::kNone) continue;
    out = source_->keep(nodes.items());
    return end;
  }
  fail("unexpected EOF");
}

ListEnd Parser::text_or_action(Nodes& out) {
  forget_tokens();
  const Token token = next_non_space();
  if (token.kind == TokenKind::kText) {
    out.add(source_->make<TextNode>(token.position, token.text));
    return ListEnd::kNone;
  }
  if (token.kind != TokenKind::kLeftDelimiter) unexpected(token, "input");
  scope_.action_line = token.line;
  const ListEnd end = action(out);
  scope_.action_line = 0;
  return end;
}

ListEnd Parser::action(Nodes& out) {
  const Token token = peek_non_space();
  const auto add_node = [&](const Node* node) {
    out.add(node);
    return ListEnd::kNone;
  };
  switch (token.kind) {
    case TokenKind::kBlock: next(); return add_node(block());
    case TokenKind::kBreak: next(); return add_node(jump(NodeKind::kBreak, token));
    case TokenKind::kContinue: next(); return add_node(jump(NodeKind::kContinue, token));
    case TokenKind::kIf: next(); return add_node(branch(NodeKind::kIf));
    case TokenKind::kRange: next(); return add_node(branch(NodeKind::kRange));
    case TokenKind::kWith: next(); return add_node(branch(NodeKind::kWith));
    case TokenKind::kTemplate: next(); return add_node(template_call());
    case TokenKind::kEndKeyword:
      next();
      expect(TokenKind::kRightDelimiter, "end");
      return ListEnd::kEnd;
    case TokenKind::kElse: {
      next();
      // "else if" and "else with" leave their second word for branch().
      const auto following = peek_non_space_kind();
      if (following != TokenKind::kIf && following != TokenKind::kWith) expect(TokenKind::kRightDelimiter, "else");
      return ListEnd::kElse;
    }
    default: break;
  }
  return add_node(source_->make<ActionNode>(token.position, pipeline("command", TokenKind::kRightDelimiter)));
}

const Node* Parser::jump(NodeKind kind, const Token& keyword) {
  const std::string name = text::cat("{{", keyword.text, "}}");
  const Token token = next_non_space();
  if (token.kind != TokenKind::kRightDelimiter) unexpected(token, name);
  if (scope_.range_depth == 0) fail(name + " outside {{range}}");
  return source_->make<JumpNode>(kind, keyword.position);
}

const Node* Parser::branch(NodeKind kind) {
  const Nesting nesting{*this};
  const std::string_view context = kind == NodeKind::kIf ? "if" : kind == NodeKind::kRange ? "range" : "with";
  const std::size_t outer_variables = scope_.variables.size();
  const PipelineNode* condition = pipeline(context, TokenKind::kRightDelimiter);
  auto* out = source_->make<BranchNode>(kind, condition->position);
  out->pipeline = condition;
  if (kind == NodeKind::kRange) ++scope_.range_depth;
  const ListEnd end = list(out->body);
  if (kind == NodeKind::kRange) --scope_.range_depth;
  if (end == ListEnd::kElse) {
    out->has_otherwise = true;
    const auto following = peek_kind();
    if ((kind == NodeKind::kIf && following == TokenKind::kIf) ||
        (kind == NodeKind::kWith && following == TokenKind::kWith)) {
      next();
      const Node* const chained = branch(kind);
      out->otherwise = source_->keep(NodeList{&chained, 1});
    } else if (list(out->otherwise) != ListEnd::kEnd) {
      fail("expected end; found {{else}}");
    }
  }
  scope_.variables.resize(outer_variables);
  return out;
}

const Node* Parser::block() {
  constexpr std::string_view kContext = "block clause";
  const Nesting nesting{*this};
  const Token token = next_non_space();
  const std::string_view name = template_name(token, kContext);
  const PipelineNode* argument = pipeline(kContext, TokenKind::kRightDelimiter);
  const Scope outer = std::exchange(scope_, {});
  NodeList body;
  if (list(body) != ListEnd::kEnd) fail(text::cat("unexpected {{else}} in ", kContext));
  add(name, body);
  scope_ = outer;
  return source_->make<TemplateNode>(token.position, name, argument);
}

const Node* Parser::template_call() {
  constexpr std::string_view kContext = "template clause";
  const Token token = next_non_space();
  const std::string_view name = template_name(token, kContext);
  const PipelineNode* argument = nullptr;
  if (peek_non_space_kind() == TokenKind::kRightDelimiter) {
    next();
  } else {
    argument = pipeline(kContext, TokenKind::kRightDelimiter);
  }
  return source_->make<TemplateNode>(token.position, name, argument);
}

std::string_view Parser::template_name(const Token& token, std::string_view context) {
  if (token.kind != TokenKind::kString && token.kind != TokenKind::kRawString) unexpected(token, context);
  const auto name = unquote(token.text);
  if (!name) fail("invalid syntax");
  return source_->keep(std::string_view{*name});
}

void Parser::declarations(PipelineNode& out, std::string_view context) {
  Words names{pending_words_};
  while (peek_non_space_kind() == TokenKind::kVariable) {
    const std::size_t before = at_;
    const Token variable = next();
    const Token following = peek_non_space();
    const bool sets = following.kind == TokenKind::kAssign || following.kind == TokenKind::kDeclare;
    const bool is_comma = following.kind == TokenKind::kChar && following.text == ",";
    if (!sets && !is_comma) {
      at_ = before;  // an operand
      break;
    }
    next();
    names.add(variable.text);
    scope_.variables.push_back(variable.text);
    if (sets) {
      out.is_assignment = following.kind == TokenKind::kAssign;
      break;
    }
    if (context != "range" || names.size() >= 2) fail(text::cat("too many declarations in ", context));
    const auto after = peek_non_space_kind();
    if (after != TokenKind::kVariable && after != TokenKind::kRightDelimiter && after != TokenKind::kRightParen)
      fail("range can only initialize variables");
  }
  out.variables = source_->keep(names.items());
}

const PipelineNode* Parser::pipeline(std::string_view context, TokenKind end) {
  auto* out = source_->make<PipelineNode>(peek_non_space().position);
  declarations(*out, context);
  Pending<const CommandNode*> commands{pending_commands_};
  while (true) {
    const TokenKind kind = peek_non_space_kind();
    if (kind == end) {
      next();
      out->commands = source_->keep(commands.items());
      check(*out, context);
      return out;
    }
    switch (kind) {
      case TokenKind::kBool:
      case TokenKind::kCharConstant:
      case TokenKind::kComplex:
      case TokenKind::kDot:
      case TokenKind::kField:
      case TokenKind::kIdentifier:
      case TokenKind::kNumber:
      case TokenKind::kNil:
      case TokenKind::kRawString:
      case TokenKind::kString:
      case TokenKind::kVariable:
      case TokenKind::kLeftParen: commands.add(command()); break;
      default: unexpected(peek(), context);
    }
  }
}

void Parser::check(const PipelineNode& pipeline, std::string_view context) {
  if (pipeline.commands.empty()) fail(text::cat("missing value for ", context));
  for (std::size_t i = 1; i < pipeline.commands.size(); ++i) {
    switch (pipeline.commands[i]->arguments.front()->kind) {
      case NodeKind::kBool:
      case NodeKind::kDot:
      case NodeKind::kNil:
      case NodeKind::kNumber:
      case NodeKind::kString: fail(text::cat("non executable command in pipeline stage ", i + 1));
      default: break;
    }
  }
}

const CommandNode* Parser::command() {
  auto* out = source_->make<CommandNode>(peek_non_space().position);
  Nodes arguments{pending_nodes_};
  while (true) {
    peek_non_space_kind();
    if (const Node* node = operand()) arguments.add(node);
    const TokenKind kind = peek_kind();
    if (kind == TokenKind::kRightDelimiter || kind == TokenKind::kRightParen) break;
    const Token token = next();
    if (kind == TokenKind::kSpace) continue;
    if (kind != TokenKind::kPipe) unexpected(token, "operand");
    break;
  }
  if (arguments.size() == 0) fail("empty command");
  out->arguments = source_->keep(arguments.items());
  return out;
}

/// A term, and fields of it. Those of the dot and of variables are in the term.
const Node* Parser::operand() {
  const Node* node = term();
  if (!node || peek_kind() != TokenKind::kField) return node;
  const std::size_t position = peek().position;
  switch (node->kind) {
    case NodeKind::kBool:
    case NodeKind::kString:
    case NodeKind::kNumber:
    case NodeKind::kNil:
    case NodeKind::kDot:
      while (peek_kind() == TokenKind::kField) next();
      fail(text::cat("unexpected . after term ", quote(node->text())));
    default: break;
  }
  Words names{pending_words_};
  while (peek_kind() == TokenKind::kField) names.add(next().text.substr(1));
  return source_->make<ChainNode>(position, node, source_->keep(names.items()));
}

/// The names of a field or a variable, and where it stands: at its second name, if it has one.
template <class Made>
const Node* Parser::path(std::size_t position, std::string_view first) {
  Words names{pending_words_};
  names.add(first);
  if (peek_kind() == TokenKind::kField) position = peek().position;
  while (peek_kind() == TokenKind::kField) names.add(next().text.substr(1));
  return source_->make<Made>(position, source_->keep(names.items()));
}

const Node* Parser::term() {
  const std::size_t before = at_;
  const Token token = next_non_space();
  switch (token.kind) {
    case TokenKind::kIdentifier: {
      const auto choice = find_function_(token.text);
      if (!choice) fail(text::cat("function ", quote(token.text), " not defined"));
      return source_->make<IdentifierNode>(token.position, token.text, *choice);
    }
    case TokenKind::kDot: return source_->make<DotNode>(token.position);
    case TokenKind::kNil: return source_->make<NilNode>(token.position);
    case TokenKind::kVariable:
      if (std::ranges::find(scope_.variables, token.text) == scope_.variables.end())
        fail(text::cat("undefined variable ", quote(token.text)));
      return path<VariableNode>(token.position, token.text);
    case TokenKind::kField: return path<FieldNode>(token.position, token.text.substr(1));
    case TokenKind::kBool: return source_->make<BoolNode>(token.position, token.text == "true");
    case TokenKind::kCharConstant:
    case TokenKind::kComplex:
    case TokenKind::kNumber: return number(token);
    case TokenKind::kString:
    case TokenKind::kRawString: return string(token);
    case TokenKind::kLeftParen: {
      const Nesting nesting{*this};
      return pipeline("parenthesized pipeline", TokenKind::kRightParen);
    }
    default: at_ = before; return nullptr;
  }
}

const Node* Parser::string(const Token& token) {
  if (!is_good_literal(token.text)) fail("invalid syntax");
  return source_->make<StringNode>(token.position, token.text, source_.get());
}

const Node* Parser::number(const Token& token) {
  auto* out = source_->make<NumberNode>(token.position, token.text);
  if (auto problem = read_number(*out, token.kind)) fail(std::move(*problem));
  return out;
}

}  // namespace

Result<Trees> parse_templates(
    std::string_view name, std::shared_ptr<const std::string> text, const FindFunction& find_function
) {
  if (text->size() > Source::kLongestText)
    return InputError{text::cat("template: ", name, ":1"), text::cat("longer than ", Source::kLongestText, " bytes")};
  auto source = std::make_shared<Source>(std::string{name}, std::move(text));
  try {
    return Parser{std::move(source), find_function}.run();
  } catch (const ParseError& error) {
    return InputError{text::cat("template: ", name, ":", error.line), error.message};
  }
}

}  // namespace weir::templates
