#include "pkg/template/parser.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/template/lexer.hpp"
#include "pkg/template/numbers.hpp"
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

/// 1e3 is also the integer 1000.
void add_integers(NumberNode& node, double value) {
  if (!node.is_integer && value >= -0x1p63 && value < 0x1p63 && std::trunc(value) == value) {
    node.is_integer = true;
    node.integer = static_cast<std::int64_t>(value);
  }
  if (!node.is_unsigned && value >= 0 && value < 0x1p64 && std::trunc(value) == value) {
    node.is_unsigned = true;
    node.unsigned_integer = static_cast<std::uint64_t>(value);
  }
}

void set_complex(NumberNode& node, std::complex<double> value) {
  node.is_complex = true;
  node.complex = value;
  if (value.imag() != 0) return;
  node.is_real = true;
  node.real = value.real();
  add_integers(node, value.real());
}

/// "1+2i" @returns nullopt when a part is no number
std::optional<std::complex<double>> parse_complex(std::string_view text) {
  std::size_t sign = std::string_view::npos;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    const bool is_exponent = std::string_view{"eEpP"}.find(text[i - 1]) != std::string_view::npos;
    if ((text[i] == '+' || text[i] == '-') && !is_exponent) sign = i;
  }
  if (sign == std::string_view::npos) return std::nullopt;
  const auto real = parse_real(text.substr(0, sign));
  const auto imaginary = parse_real(text.substr(sign, text.size() - sign - 1));
  if (!real || !imaginary) return std::nullopt;
  return std::complex<double>{*real, *imaginary};
}

class Parser {
 public:
  Parser(std::shared_ptr<const Source> source, const FindFunction& find_function)
      : source_{std::move(source)}, find_function_{find_function} {
    LexerOptions options;
    options.break_is_keyword = !find_function("break");
    options.continue_is_keyword = !find_function("continue");
    tokens_ = tokenize(source_->text, options);
  }

  Trees run();

 private:
  /// What is known while one template is parsed; a definition starts afresh.
  struct Scope {
    std::vector<std::string> variables{"$"};
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

  const Token& next() {
    const Token& token = tokens_[std::min(at_, tokens_.size() - 1)];
    if (at_ < tokens_.size()) ++at_;
    fetched_ = std::max(fetched_, at_);
    return token;
  }
  const Token& peek() {
    const std::size_t before = at_;
    const Token& token = next();
    at_ = before;
    return token;
  }
  const Token& next_non_space() {
    while (true) {
      const Token& token = next();
      if (token.kind != TokenKind::kSpace) return token;
    }
  }
  /// Skips blanks too.
  const Token& peek_non_space() {
    while (peek().kind == TokenKind::kSpace) next();
    return peek();
  }

  [[noreturn]] void fail(std::string message) { throw ParseError{tokens_[fetched_ - 1].line, std::move(message)}; }
  [[noreturn]] void unexpected(const Token& token, std::string_view context);
  const Token& expect(TokenKind kind, std::string_view context) {
    const Token& token = next_non_space();
    if (token.kind != kind) unexpected(token, context);
    return token;
  }

  void definition();
  void add(std::string name, NodeList body);
  /// Nodes up to end or else, which is told.
  ListEnd list(NodeList& out);
  ListEnd text_or_action(NodeList& out);
  ListEnd action(NodeList& out);
  NodePtr jump(NodeKind kind, const Token& keyword);
  NodePtr branch(NodeKind kind);
  NodePtr block();
  NodePtr template_call();
  std::string template_name(const Token& token, std::string_view context);
  std::unique_ptr<PipelineNode> pipeline(std::string_view context, TokenKind end);
  void declarations(PipelineNode& out, std::string_view context);
  void check(const PipelineNode& pipeline, std::string_view context);
  std::unique_ptr<CommandNode> command();
  NodePtr operand();
  NodePtr term();
  NodePtr number(const Token& token);
  NodePtr string(const Token& token);

  std::shared_ptr<const Source> source_;
  const FindFunction& find_function_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t fetched_ = 0;  // tokens seen so far, looked ahead at or taken: the last one gives the line of an error
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
  fail(token.text + extra);
}

Trees Parser::run() {
  NodeList body;
  while (peek().kind != TokenKind::kEnd) {
    if (peek().kind == TokenKind::kLeftDelimiter) {
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
  add(source_->name, std::move(body));
  return std::move(trees_);
}

void Parser::add(std::string name, NodeList body) {
  auto tree = std::make_shared<Tree>();
  tree->name = name;
  tree->source = source_;
  tree->body = std::move(body);
  auto& place = trees_[name];
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
  const Token& token = next_non_space();
  std::string name = template_name(token, kContext);
  expect(TokenKind::kRightDelimiter, kContext);
  NodeList body;
  if (list(body) != ListEnd::kEnd) fail(text::cat("unexpected {{else}} in ", kContext));
  add(std::move(name), std::move(body));
  scope_ = outer;
}

ListEnd Parser::list(NodeList& out) {
  const Nesting nesting{*this};
  while (peek_non_space().kind != TokenKind::kEnd) {
    const ListEnd end = text_or_action(out);
    if (end != ListEnd::kNone) return end;
  }
  fail("unexpected EOF");
}

ListEnd Parser::text_or_action(NodeList& out) {
  const Token& token = next_non_space();
  if (token.kind == TokenKind::kText) {
    out.push_back(std::make_unique<TextNode>(token.position, token.text));
    return ListEnd::kNone;
  }
  if (token.kind != TokenKind::kLeftDelimiter) unexpected(token, "input");
  scope_.action_line = token.line;
  const ListEnd end = action(out);
  scope_.action_line = 0;
  return end;
}

ListEnd Parser::action(NodeList& out) {
  const Token& token = peek_non_space();
  const auto add_node = [&](NodePtr node) {
    out.push_back(std::move(node));
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
      const auto following = peek_non_space().kind;
      if (following != TokenKind::kIf && following != TokenKind::kWith) expect(TokenKind::kRightDelimiter, "else");
      return ListEnd::kElse;
    }
    default: break;
  }
  return add_node(std::make_unique<ActionNode>(token.position, pipeline("command", TokenKind::kRightDelimiter)));
}

NodePtr Parser::jump(NodeKind kind, const Token& keyword) {
  const std::string name = text::cat("{{", keyword.text, "}}");
  const Token& token = next_non_space();
  if (token.kind != TokenKind::kRightDelimiter) unexpected(token, name);
  if (scope_.range_depth == 0) fail(name + " outside {{range}}");
  return std::make_unique<JumpNode>(kind, keyword.position);
}

NodePtr Parser::branch(NodeKind kind) {
  const Nesting nesting{*this};
  const std::string_view context = kind == NodeKind::kIf ? "if" : kind == NodeKind::kRange ? "range" : "with";
  const std::size_t outer_variables = scope_.variables.size();
  auto condition = pipeline(context, TokenKind::kRightDelimiter);
  auto out = std::make_unique<BranchNode>(kind, condition->position);
  out->pipeline = std::move(condition);
  if (kind == NodeKind::kRange) ++scope_.range_depth;
  const ListEnd end = list(out->body);
  if (kind == NodeKind::kRange) --scope_.range_depth;
  if (end == ListEnd::kElse) {
    out->has_otherwise = true;
    const auto following = peek().kind;
    if ((kind == NodeKind::kIf && following == TokenKind::kIf) ||
        (kind == NodeKind::kWith && following == TokenKind::kWith)) {
      next();
      out->otherwise.push_back(branch(kind));
    } else if (list(out->otherwise) != ListEnd::kEnd) {
      fail("expected end; found {{else}}");
    }
  }
  scope_.variables.resize(outer_variables);
  return out;
}

NodePtr Parser::block() {
  constexpr std::string_view kContext = "block clause";
  const Nesting nesting{*this};
  const Token& token = next_non_space();
  std::string name = template_name(token, kContext);
  auto argument = pipeline(kContext, TokenKind::kRightDelimiter);
  const Scope outer = std::exchange(scope_, {});
  NodeList body;
  if (list(body) != ListEnd::kEnd) fail(text::cat("unexpected {{else}} in ", kContext));
  add(name, std::move(body));
  scope_ = outer;
  return std::make_unique<TemplateNode>(token.position, std::move(name), std::move(argument));
}

NodePtr Parser::template_call() {
  constexpr std::string_view kContext = "template clause";
  const Token& token = next_non_space();
  std::string name = template_name(token, kContext);
  std::unique_ptr<PipelineNode> argument;
  if (peek_non_space().kind == TokenKind::kRightDelimiter) {
    next();
  } else {
    argument = pipeline(kContext, TokenKind::kRightDelimiter);
  }
  return std::make_unique<TemplateNode>(token.position, std::move(name), std::move(argument));
}

std::string Parser::template_name(const Token& token, std::string_view context) {
  if (token.kind != TokenKind::kString && token.kind != TokenKind::kRawString) unexpected(token, context);
  auto name = unquote(token.text);
  if (!name) fail("invalid syntax");
  return std::move(*name);
}

void Parser::declarations(PipelineNode& out, std::string_view context) {
  while (peek_non_space().kind == TokenKind::kVariable) {
    const std::size_t before = at_;
    const Token& variable = next();
    const Token& following = peek_non_space();
    const bool sets = following.kind == TokenKind::kAssign || following.kind == TokenKind::kDeclare;
    const bool is_comma = following.kind == TokenKind::kChar && following.text == ",";
    if (!sets && !is_comma) {
      at_ = before;  // an operand
      return;
    }
    next();
    out.variables.push_back(variable.text);
    scope_.variables.push_back(variable.text);
    if (sets) {
      out.is_assignment = following.kind == TokenKind::kAssign;
      return;
    }
    if (context != "range" || out.variables.size() >= 2) fail(text::cat("too many declarations in ", context));
    const auto after = peek_non_space().kind;
    if (after != TokenKind::kVariable && after != TokenKind::kRightDelimiter && after != TokenKind::kRightParen)
      fail("range can only initialize variables");
  }
}

std::unique_ptr<PipelineNode> Parser::pipeline(std::string_view context, TokenKind end) {
  auto out = std::make_unique<PipelineNode>(peek_non_space().position);
  declarations(*out, context);
  while (true) {
    const Token& token = peek_non_space();
    if (token.kind == end) {
      next();
      check(*out, context);
      return out;
    }
    switch (token.kind) {
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
      case TokenKind::kLeftParen: out->commands.push_back(command()); break;
      default: unexpected(token, context);
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

std::unique_ptr<CommandNode> Parser::command() {
  auto out = std::make_unique<CommandNode>(peek_non_space().position);
  while (true) {
    peek_non_space();
    if (auto node = operand()) out->arguments.push_back(std::move(node));
    const std::size_t before = at_;
    const Token& token = next();
    if (token.kind == TokenKind::kSpace) continue;
    if (token.kind == TokenKind::kRightDelimiter || token.kind == TokenKind::kRightParen) {
      at_ = before;
    } else if (token.kind != TokenKind::kPipe) {
      unexpected(token, "operand");
    }
    break;
  }
  if (out->arguments.empty()) fail("empty command");
  return out;
}

NodePtr Parser::operand() {
  NodePtr node = term();
  if (!node || peek().kind != TokenKind::kField) return node;
  const std::size_t position = peek().position;
  std::vector<std::string> names;
  while (peek().kind == TokenKind::kField) names.push_back(next().text.substr(1));
  const auto joined = [&](const std::vector<std::string>& first) {
    std::vector<std::string> all = first;
    all.insert(all.end(), names.begin(), names.end());
    return all;
  };
  switch (node->kind) {
    case NodeKind::kField: return std::make_unique<FieldNode>(position, joined(static_cast<FieldNode&>(*node).names));
    case NodeKind::kVariable:
      return std::make_unique<VariableNode>(position, joined(static_cast<VariableNode&>(*node).names));
    case NodeKind::kBool:
    case NodeKind::kString:
    case NodeKind::kNumber:
    case NodeKind::kNil:
    case NodeKind::kDot: fail(text::cat("unexpected . after term ", quote(node->text())));
    default: break;
  }
  auto chain = std::make_unique<ChainNode>(position, std::move(node));
  chain->names = std::move(names);
  return chain;
}

NodePtr Parser::term() {
  const std::size_t before = at_;
  const Token& token = next_non_space();
  switch (token.kind) {
    case TokenKind::kIdentifier: {
      const auto choice = find_function_(token.text);
      if (!choice) fail(text::cat("function ", quote(token.text), " not defined"));
      return std::make_unique<IdentifierNode>(token.position, token.text, *choice);
    }
    case TokenKind::kDot: return std::make_unique<DotNode>(token.position);
    case TokenKind::kNil: return std::make_unique<NilNode>(token.position);
    case TokenKind::kVariable:
      if (std::ranges::find(scope_.variables, token.text) == scope_.variables.end())
        fail(text::cat("undefined variable ", quote(token.text)));
      return std::make_unique<VariableNode>(token.position, std::vector<std::string>{token.text});
    case TokenKind::kField:
      return std::make_unique<FieldNode>(token.position, std::vector<std::string>{token.text.substr(1)});
    case TokenKind::kBool: return std::make_unique<BoolNode>(token.position, token.text == "true");
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

NodePtr Parser::string(const Token& token) {
  auto value = unquote(token.text);
  if (!value) fail("invalid syntax");
  return std::make_unique<StringNode>(token.position, token.text, Value{std::move(*value)});
}

NodePtr Parser::number(const Token& token) {
  const std::string& text = token.text;
  auto out = std::make_unique<NumberNode>(token.position, text);
  if (token.kind == TokenKind::kCharConstant) {
    const auto rune = unquote_rune(text);
    if (!rune) fail(text.size() > 3 && text[1] != '\\' ? "malformed character constant: " + text : "invalid syntax");
    out->is_integer = out->is_unsigned = out->is_real = true;
    out->integer = static_cast<std::int64_t>(*rune);
    out->unsigned_integer = *rune;
    out->real = *rune;
    return out;
  }
  if (token.kind == TokenKind::kComplex) {
    const auto value = parse_complex(text);
    if (!value) fail("syntax error scanning complex number");
    set_complex(*out, *value);
    return out;
  }
  if (text.ends_with('i')) {
    if (const auto imaginary = parse_real(std::string_view{text}.substr(0, text.size() - 1))) {
      set_complex(*out, {0, *imaginary});
      return out;
    }
  }
  if (const auto value = parse_unsigned(text, 0); value.is_good()) {
    out->is_unsigned = true;
    out->unsigned_integer = value.value;
  }
  if (const auto value = parse_integer(text, 0); value.is_good()) {
    out->is_integer = true;
    out->integer = value.value;
    out->is_unsigned = out->is_unsigned || value.value == 0;  // -0
  }
  if (out->is_integer || out->is_unsigned) {
    out->is_real = true;
    out->real = out->is_integer ? static_cast<double>(out->integer) : static_cast<double>(out->unsigned_integer);
    return out;
  }
  const auto real = parse_real(text);
  if (!real) fail("illegal number syntax: " + quote(text));
  if (text.find_first_of(".eEpP") == std::string::npos) fail("integer overflow: " + quote(text));
  out->is_real = true;
  out->real = *real;
  add_integers(*out, *real);
  return out;
}

}  // namespace

Result<Trees> parse_templates(std::string_view name, std::string text, const FindFunction& find_function) {
  auto source = std::make_shared<Source>();
  source->name = std::string{name};
  source->text = std::move(text);
  try {
    return Parser{std::move(source), find_function}.run();
  } catch (const ParseError& error) {
    return InputError{text::cat("template: ", name, ":", error.line), error.message};
  }
}

}  // namespace weir::templates
