#include "pkg/yaml/pieces.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/yaml/arena.hpp"
#include "pkg/yaml/problem.hpp"
#include "pkg/yaml/scanner.hpp"

namespace weir::yaml {
namespace {

using json::Visit;

class Walk {
 public:
  Walk(std::string_view text, json::PieceVisitor& visitor, const ParseOptions& options)
      : text_{text}, scanner_{text, arena_}, visitor_{visitor}, options_{options} {}

  const Mark& reached() const { return scanner_.mark(); }

  void run() {
    while (type() == TokenType::kDocumentEnd || type() == TokenType::kDirective) scanner_.pop();
    if (type() == TokenType::kDocumentStart) scanner_.pop();
    switch (type()) {
      case TokenType::kStreamEnd:
      case TokenType::kDocumentStart:
      case TokenType::kDocumentEnd: return;
      default: value(0, true, Visit::kEnterObject);
    }
  }

 private:
  [[noreturn]] void fail(std::string message) { throw SyntaxError{scanner_.peek().start, std::move(message)}; }
  TokenType type() { return scanner_.peek().type; }
  bool is_one_of(std::initializer_list<TokenType> types) {
    const auto found = type();
    for (const auto each : types)
      if (each == found) return true;
    return false;
  }

  void skip_properties() {
    while (is_one_of({TokenType::kAnchor, TokenType::kTag})) scanner_.pop();
  }

  void skip_collection() {
    std::size_t depth = 0;
    do {
      switch (type()) {
        case TokenType::kBlockSequenceStart:
        case TokenType::kBlockMappingStart:
        case TokenType::kFlowSequenceStart:
        case TokenType::kFlowMappingStart:
          if (++depth > options_.max_depth) fail(text::cat("nested deeper than ", options_.max_depth, " levels"));
          break;
        case TokenType::kBlockEnd:
        case TokenType::kFlowSequenceEnd:
        case TokenType::kFlowMappingEnd: --depth; break;
        case TokenType::kStreamEnd:
        case TokenType::kDocumentStart:
        case TokenType::kDocumentEnd:
        case TokenType::kDirective: fail("expected a value");
        default: break;
      }
      scanner_.pop();
    } while (depth > 0);
  }

  /// Ends before the token that follows the value.
  void skip_value() {
    const bool has_properties = is_one_of({TokenType::kAnchor, TokenType::kTag});
    skip_properties();
    switch (type()) {
      case TokenType::kAlias:
      case TokenType::kScalar: scanner_.pop(); return;
      case TokenType::kBlockEntry:
        while (type() == TokenType::kBlockEntry) {
          scanner_.pop();
          if (!is_entry_empty()) skip_value();
        }
        return;
      case TokenType::kBlockSequenceStart:
      case TokenType::kBlockMappingStart:
      case TokenType::kFlowSequenceStart:
      case TokenType::kFlowMappingStart: skip_collection(); return;
      default:
        if (!has_properties) fail("expected a value");
    }
  }

  bool is_entry_empty() {
    return is_one_of({TokenType::kBlockEntry, TokenType::kKey, TokenType::kValue, TokenType::kBlockEnd});
  }
  bool is_flow_part_empty() {
    return is_one_of({TokenType::kFlowEntry, TokenType::kFlowMappingEnd, TokenType::kFlowSequenceEnd});
  }

  void take(std::size_t depth) {
    const Mark start = scanner_.peek().start;
    skip_value();
    const std::size_t end = std::max(start.offset, scanner_.peek().start.offset);
    const auto piece = text_.substr(start.offset, end - start.offset);
    const std::size_t line = start.line + options_.first_line;
    // Lines that follow have their indentation, so the first one gets it again.
    piece_.assign(start.column, ' ');
    piece_ += piece;
    visitor_.take(depth, piece_, line);
  }

  void value(std::size_t depth, bool is_top, Visit visit) {
    if (visit == Visit::kPass) return skip_value();
    const std::size_t inside = is_top ? depth : depth + 1;
    if (inside > options_.max_depth) fail(text::cat("nested deeper than ", options_.max_depth, " levels"));
    const auto found = type();
    if (visit == Visit::kEnterObject) {
      if (found == TokenType::kBlockMappingStart) return block_mapping(inside);
      if (found == TokenType::kFlowMappingStart) return flow_mapping(inside);
    } else if (visit == Visit::kEnterArray) {
      if (found == TokenType::kBlockEntry) return block_items(depth);
      if (found == TokenType::kFlowSequenceStart) return flow_items(depth);
      if (found == TokenType::kBlockSequenceStart) {
        scanner_.pop();
        block_items(depth);
        if (type() != TokenType::kBlockEnd) fail("expected a list item (- ...) or less indentation");
        scanner_.pop();
        return;
      }
    }
    take(depth);
  }

  void block_items(std::size_t depth) {
    while (type() == TokenType::kBlockEntry) {
      const Mark mark = scanner_.peek().start;
      scanner_.pop();
      if (is_entry_empty()) {
        visitor_.take(depth, "", mark.line + options_.first_line);
      } else {
        take(depth);
      }
    }
  }

  void flow_items(std::size_t depth) {
    scanner_.pop();
    while (type() != TokenType::kFlowSequenceEnd) {
      if (type() == TokenType::kKey) fail("expected , or ]");  // "[a: b]"
      take(depth);
      if (type() == TokenType::kFlowEntry) {
        scanner_.pop();
      } else if (type() != TokenType::kFlowSequenceEnd) {
        fail("expected , or ]");
      }
    }
    scanner_.pop();
  }

  /// The key at hand, and what to do with its value.
  Visit key(std::size_t depth) {
    if (type() != TokenType::kScalar) {
      skip_value();
      return Visit::kPass;
    }
    const std::string name{scanner_.peek().value};
    const std::size_t line = scanner_.peek().start.line + options_.first_line;
    scanner_.pop();
    return visitor_.key(depth, name, line);
  }

  void block_mapping(std::size_t depth) {
    scanner_.pop();
    while (type() != TokenType::kBlockEnd) {
      Visit visit = Visit::kPass;
      if (type() == TokenType::kKey) {
        scanner_.pop();
        if (!is_entry_empty()) visit = key(depth);
      } else if (type() != TokenType::kValue) {
        fail("expected a key or less indentation");
      }
      if (type() != TokenType::kValue) continue;
      scanner_.pop();
      if (is_one_of({TokenType::kKey, TokenType::kValue, TokenType::kBlockEnd})) {
        if (visit != Visit::kPass) visitor_.take(depth, "", scanner_.peek().start.line + options_.first_line);
      } else {
        value(depth, false, visit);
      }
    }
    scanner_.pop();
  }

  void flow_mapping(std::size_t depth) {
    scanner_.pop();
    while (type() != TokenType::kFlowMappingEnd) {
      if (type() == TokenType::kKey) {
        scanner_.pop();
        Visit visit = Visit::kPass;
        if (type() != TokenType::kValue && !is_flow_part_empty()) visit = key(depth);
        if (type() == TokenType::kValue) {
          scanner_.pop();
          if (!is_flow_part_empty()) {
            value(depth, false, visit);
          } else if (visit != Visit::kPass) {
            visitor_.take(depth, "", scanner_.peek().start.line + options_.first_line);
          }
        }
      } else {
        skip_value();
      }
      if (type() == TokenType::kFlowEntry) {
        scanner_.pop();
      } else if (type() != TokenType::kFlowMappingEnd) {
        fail("expected , or }");
      }
    }
    scanner_.pop();
  }

  std::string_view text_;
  Arena arena_;
  Scanner scanner_;
  json::PieceVisitor& visitor_;
  const ParseOptions& options_;
  std::string piece_;
};

}  // namespace

Result<void> visit_pieces(std::string_view text, json::PieceVisitor& visitor, const ParseOptions& options) {
  if (auto error = check_text(text, options)) return std::move(*error);
  Walk walk{text, visitor, options};
  try {
    walk.run();
  } catch (const SyntaxError& error) {
    return to_error(error, options, walk.reached());
  }
  return {};
}

}  // namespace weir::yaml
