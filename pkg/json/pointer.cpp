#include "pkg/json/pointer.hpp"

#include <charconv>

#include "pkg/base/text.hpp"

namespace weir::json {

std::optional<std::size_t> array_index(std::string_view token, std::size_t size) {
  if (token.empty() || (token.size() > 1 && token.front() == '0')) return std::nullopt;
  std::size_t index = 0;
  const auto parsed = std::from_chars(token.data(), token.data() + token.size(), index);
  if (parsed.ec != std::errc{} || parsed.ptr != token.data() + token.size() || index >= size) {
    return std::nullopt;
  }
  return index;
}

std::string escape_token(std::string_view token) {
  return text::replace_all(text::replace_all(token, "~", "~0"), "/", "~1");
}

Result<Pointer> Pointer::parse(std::string_view text) {
  if (text.empty()) return Pointer{};
  if (text.front() != '/') {
    return InputError{"", text::cat("expected a JSON pointer that starts with /, got ", text::quoted(text))};
  }
  std::vector<std::string> tokens;
  for (const auto part : text::split(text.substr(1), '/')) {
    std::string token;
    for (std::size_t at = 0; at < part.size(); ++at) {
      if (part[at] != '~') {
        token += part[at];
        continue;
      }
      const char next = at + 1 < part.size() ? part[++at] : '\0';
      if (next != '0' && next != '1') {
        return InputError{"", text::cat("expected ~0 or ~1 after ~ in the JSON pointer ", text::quoted(text))};
      }
      token += next == '0' ? '~' : '/';
    }
    tokens.push_back(std::move(token));
  }
  return Pointer{std::move(tokens)};
}

std::string Pointer::text() const {
  std::string out;
  for (const auto& token : tokens_) text::append(out, "/", escape_token(token));
  return out;
}

const Value* Pointer::find(const Value& document) const {
  const Value* at = &document;
  for (const auto& token : tokens_) {
    if (at->is_array()) {
      const auto index = array_index(token, at->size());
      at = index ? &at->as_array()[*index] : nullptr;
    } else {
      at = at->find(token);
    }
    if (at == nullptr) return nullptr;
  }
  return at;
}

Value* Pointer::find(Value& document) const { return const_cast<Value*>(find(std::as_const(document))); }

}  // namespace weir::json
