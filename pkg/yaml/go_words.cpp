#include "pkg/yaml/go_words.hpp"

#include <string_view>

#include "pkg/base/text.hpp"

namespace weir::yaml {
namespace {

enum class From { kScanner, kParser, kElsewhere };

struct Words {
  std::string_view ours;  ///< how our message begins
  std::string_view go;
  From from;
};

constexpr Words kWords[] = {
    {"a block scalar cannot stand inside", "found character that cannot start any token", From::kScanner},
    {"a tab cannot indent; use spaces", "found character that cannot start any token", From::kScanner},
    {"a tab cannot indent a plain value", "found a tab character that violates indentation", From::kScanner},
    {"a tab cannot indent a block scalar",
     "found a tab character where an indentation space is expected",
     From::kScanner},
    {"a plain value cannot begin", "found character that cannot start any token", From::kScanner},
    {"a list item cannot stand here", "block sequence entries are not allowed in this context", From::kScanner},
    {"a mapping key cannot stand here", "mapping keys are not allowed in this context", From::kScanner},
    {"a mapping value cannot stand here", "mapping values are not allowed in this context", From::kScanner},
    {"expected \"key: value\"", "could not find expected ':'", From::kScanner},
    {"expected the directive", "found unknown directive name", From::kScanner},
    {"expected a name of letters", "did not find expected alphabetic or numeric character", From::kScanner},
    {"expected > at the end of the tag", "did not find the expected '>'", From::kScanner},
    {"expected a blank after the tag", "did not find expected whitespace or line break", From::kScanner},
    {"expected two hexadecimal digits", "did not find URI escaped octet", From::kScanner},
    {"the indentation of a block scalar cannot be 0", "found an indentation indicator equal to 0", From::kScanner},
    {"expected a line break after", "did not find expected comment or line break", From::kScanner},
    {"the quoted text is not closed before", "found unexpected document indicator", From::kScanner},
    {"the quoted text is not closed", "found unexpected end of stream", From::kScanner},
    {"unknown escape in quoted text", "found unknown escape character", From::kScanner},
    {"expected hexadecimal digits after", "did not find expected hexdecimal number", From::kScanner},
    {"the escape names no Unicode", "found invalid Unicode character escape code", From::kScanner},
    {"expected a value", "did not find expected node content", From::kParser},
    {"expected a list item", "did not find expected '-' indicator", From::kParser},
    {"expected a key or less", "did not find expected key", From::kParser},
    {"expected , or ]", "did not find expected ',' or ']'", From::kParser},
    {"expected , or }", "did not find expected ',' or '}'", From::kParser},
    {"expected --- after", "did not find expected <document start>", From::kParser},
    {"expected the end of the document", "did not find expected <document start>", From::kParser},
    {"expected a document before", "did not find expected node content", From::kParser},
    {"the tag handle", "found undefined tag handle", From::kParser},
    {"<< takes", "map merge requires map or sequence of maps as the value", From::kElsewhere},
    {"control characters", "control characters are not allowed", From::kElsewhere},
    {"the text is not UTF-8", "invalid leading UTF-8 octet", From::kElsewhere},
};

constexpr std::string_view kKey = "the key ";

}  // namespace

std::string go_words(const SyntaxError& error, const Mark& reached) {
  for (const auto& words : kWords) {
    if (!error.message.starts_with(words.ours)) continue;
    const auto line = words.from == From::kScanner ? reached.line : error.mark.line;
    if (words.from == From::kElsewhere || line == 0) return text::cat("yaml: ", words.go);
    return text::cat("yaml: line ", words.from == From::kScanner ? line + 1 : line, ": ", words.go);
  }
  const auto anchor = [&error](std::string_view before, std::string_view after) {
    const std::string_view message = error.message;
    if (!message.starts_with(before) || !message.ends_with(after)) return std::string_view{};
    return message.substr(before.size(), message.size() - before.size() - after.size());
  };
  if (const auto name = anchor("the anchor ", " is not defined"); !name.empty())
    return text::cat("yaml: unknown anchor '", name, "' referenced");
  if (const auto name = anchor("the anchor ", " contains itself"); !name.empty())
    return text::cat("yaml: anchor '", name, "' value contains itself");
  // The key is in quotes already, in those that Go uses for what keys are made of.
  const std::string_view message = error.message;
  if (const auto end = message.find(" stands here a second time"); message.starts_with(kKey) && end != message.npos)
    return text::cat(
        "yaml: unmarshal errors:\n  line ",
        error.mark.line + 1,
        ": key ",
        message.substr(kKey.size(), end - kKey.size()),
        " already set in map"
    );
  return text::cat("yaml: line ", error.mark.line + 1, ": ", error.message);
}

}  // namespace weir::yaml
