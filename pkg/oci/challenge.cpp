#include "pkg/oci/challenge.hpp"

#include "pkg/base/text.hpp"

namespace weir::oci {
namespace {

/// RFC 9110 section 5.6.2.
bool is_token(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_{text} {}

  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  void skip() { ++at_; }
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t') ++at_;
  }
  void skip_separators() {
    while (peek() == ' ' || peek() == '\t' || peek() == ',') ++at_;
  }
  std::string token() {
    const auto from = at_;
    while (!at_end() && is_token(text_[at_])) ++at_;
    return std::string{text_.substr(from, at_ - from)};
  }
  /// A quoted string, or everything up to the next separator.
  std::string value() {
    std::string out;
    if (peek() != '"') {
      while (!at_end() && peek() != ',' && peek() != ' ') out += text_[at_++];
      return out;
    }
    for (++at_; !at_end() && peek() != '"'; ++at_) {
      if (peek() == '\\' && at_ + 1 < text_.size()) ++at_;
      out += text_[at_];
    }
    if (!at_end()) ++at_;
    return out;
  }
  std::size_t position() const { return at_; }
  void go_back(std::size_t position) { at_ = position; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string_view Challenge::parameter(std::string_view name) const {
  const auto at = parameters.find(std::string{name});
  return at == parameters.end() ? std::string_view{} : std::string_view{at->second};
}

std::vector<Challenge> parse_challenges(std::string_view header) {
  std::vector<Challenge> out;
  Reader reader{header};
  while (true) {
    reader.skip_separators();
    if (reader.at_end()) return out;
    const std::string word = reader.token();
    if (word.empty()) {  // neither a scheme nor a parameter
      reader.skip();
      continue;
    }
    const auto after_word = reader.position();
    reader.skip_blanks();
    if (reader.peek() == '=' && !out.empty()) {
      reader.skip();
      reader.skip_blanks();
      out.back().parameters.insert_or_assign(text::lower(word), reader.value());
      continue;
    }
    reader.go_back(after_word);
    Challenge challenge;
    challenge.scheme = text::lower(word);
    out.push_back(std::move(challenge));
  }
}

}  // namespace weir::oci
