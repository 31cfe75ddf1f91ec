#include "pkg/json/pieces.hpp"

#include <string>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::json {
namespace {

/// Private to this file: how a problem leaves the walk.
struct Broken {
  std::size_t at;
  std::string_view message;
};

class Walk {
 public:
  Walk(std::string_view text, PieceVisitor& visitor) : text_{text}, visitor_{visitor} {}

  void run() {
    if (next() == '{') {
      object(0);
    } else {
      take(0);
    }
  }

 private:
  [[noreturn]] void fail(std::string_view message) const { throw Broken{at_, message}; }

  /// The next byte that is no blank; it stays. '\0' at the end.
  char next() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') ++line_;
      if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return c;
      ++at_;
    }
    return '\0';
  }
  void expect(char wanted, std::string_view message) {
    if (next() != wanted) fail(message);
    ++at_;
  }

  void skip_string() {
    ++at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    if (at_ >= text_.size()) fail("the text ends inside a string");
    ++at_;
  }

  void skip_value() {
    std::size_t depth = 0;
    do {
      switch (next()) {
        case '\0': fail("the text ends inside a value");
        case '"': skip_string(); break;
        case '{':
        case '[':
          ++depth;
          ++at_;
          break;
        case '}':
        case ']':
          if (depth == 0) fail("expected a value");
          --depth;
          ++at_;
          break;
        case ',':
        case ':':
          if (depth == 0) fail("expected a value");
          ++at_;
          break;
        default:
          while (at_ < text_.size() && std::string_view{" \t\r\n,:{}[]\""}.find(text_[at_]) == std::string_view::npos)
            ++at_;
      }
    } while (depth > 0);
  }

  void take(std::size_t depth) {
    next();
    const std::size_t start = at_, line = line_;
    skip_value();
    visitor_.take(depth, text_.substr(start, at_ - start), line);
  }

  std::string key() {
    if (next() != '"') fail("expected a key");
    const std::size_t start = at_;
    skip_string();
    const auto read = parse(text_.substr(start, at_ - start));
    if (!read) {
      at_ = start;
      fail("the key is no string");
    }
    return read->as_string();
  }

  /// Whether another item follows; the comma or the end is behind us then.
  bool goes_on(char end) {
    const char c = next();
    if (c != ',' && c != end) fail("expected a comma or the end of the brackets");
    ++at_;
    return c == ',';
  }

  void object(std::size_t depth) {
    ++at_;
    if (next() == '}') {
      ++at_;
      return;
    }
    do {
      const std::string name = key();
      expect(':', "expected a colon");
      value(depth, visitor_.key(depth, name, line_));
    } while (goes_on('}'));
  }

  void value(std::size_t depth, Visit visit) {
    const char first = next();
    if (visit == Visit::kPass) {
      skip_value();
    } else if (visit == Visit::kEnterObject && first == '{' && depth < kDeepest) {
      object(depth + 1);
    } else if (visit == Visit::kEnterArray && first == '[') {
      ++at_;
      if (next() == ']') {
        ++at_;
        return;
      }
      do take(depth);
      while (goes_on(']'));
    } else {
      take(depth);
    }
  }

  static constexpr std::size_t kDeepest = 100;

  std::string_view text_;
  PieceVisitor& visitor_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

Result<void> visit_pieces(std::string_view text, PieceVisitor& visitor) {
  try {
    Walk{text, visitor}.run();
  } catch (const Broken& broken) {
    return InputError{text::cat("byte ", broken.at), std::string{broken.message}};
  }
  return {};
}

}  // namespace weir::json
