#include "pkg/helm/render/messages.hpp"

#include <charconv>
#include <optional>
#include <vector>

#include "pkg/base/text.hpp"

namespace weir::helm {
namespace {

using templates::RenderError;

/// A level as Helm shows it.
struct Block {
  std::string location;
  std::string executed;
  std::string message;
  friend bool operator==(const Block&, const Block&) = default;
};

constexpr std::string_view kTemplate = "template: ";

std::string_view before_next_level(std::string_view message) { return message.substr(0, message.find(" template:")); }

/// NAME: executing "FUNCTION" at <NODE>: MESSAGE
std::optional<Block> executing(std::string_view text) {
  constexpr std::string_view kExecuting = ": executing ";
  constexpr std::string_view kAt = " at <";
  constexpr std::string_view kEnd = ">: ";
  const auto at = text.find(kExecuting);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = text.substr(at + kExecuting.size());
  if (!rest.starts_with('"')) return std::nullopt;
  const auto quote = rest.find('"', 1);
  if (quote == std::string_view::npos) return std::nullopt;
  const auto function = rest.substr(0, quote + 1);
  rest.remove_prefix(quote + 1);
  if (!rest.starts_with(kAt)) return std::nullopt;
  rest.remove_prefix(kAt.size());
  const auto end = rest.find(kEnd);
  if (end == std::string_view::npos) return std::nullopt;
  return Block{
      std::string{text.substr(0, at)},
      text::cat("executing ", function, " at <", rest.substr(0, end), ">:"),
      std::string{before_next_level(rest.substr(end + kEnd.size()))}};
}

/// @param text  of a level and what follows it
std::optional<Block> block_of(std::string_view text) {
  if (!text.starts_with(kTemplate)) return std::nullopt;
  const auto rest = text.substr(kTemplate.size());
  if (rest.starts_with("no template ")) return Block{{}, {}, std::string{text}};
  if (auto out = executing(rest)) return out;
  const auto colon = rest.rfind(": ");
  if (colon == std::string_view::npos) return std::nullopt;
  return Block{std::string{rest.substr(0, colon)}, {}, std::string{before_next_level(rest.substr(colon + 2))}};
}

std::optional<std::string> blocks_of(const RenderError& error) {
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < error.levels.size(); ++i) {
    // Of the levels below only the beginning matters: where it says that one is there.
    const std::string next = i + 1 < error.levels.size() ? error.levels[i + 1].text() : std::string{};
    auto block = block_of(error.levels[i].text() + next);
    if (!block) return std::nullopt;
    if (blocks.empty() || blocks.back() != *block) blocks.push_back(std::move(*block));
  }
  std::string out;
  for (const auto& block : blocks) {
    if (!block.location.empty()) text::append(out, block.location, "\n  ");
    if (!block.executed.empty()) text::append(out, block.executed, "\n    ");
    if (!block.message.empty()) text::append(out, block.message, "\n");
  }
  return std::string{text::trim(out)};
}

/// The message that required and fail have marked; nullopt when there is none.
std::optional<std::string_view> marked(std::string_view text) {
  const auto begin = text.find(kMessageBegin);
  if (begin == std::string_view::npos) return std::nullopt;
  const auto end = text.rfind(kMessageEnd);
  if (end == std::string_view::npos || end < begin + kMessageBegin.size()) return std::nullopt;
  return text.substr(begin + kMessageBegin.size(), end - begin - kMessageBegin.size());
}

std::string execution_words(std::string_view file, const RenderError& error) {
  const std::string all = error.text();
  const auto first = all.find(": ");
  const auto second = first == std::string::npos ? first : all.find(": ", first + 2);
  if (second == std::string::npos) return text::cat("execution error in (", file, "): ", all);
  const std::string_view location = std::string_view{all}.substr(first + 2, second - first - 2);
  if (const auto message = marked(std::string_view{all}.substr(second + 2)))
    return text::cat("execution error at (", location, "): ", *message);
  return blocks_of(error).value_or(all);
}

std::string_view line_of(std::string_view text, std::size_t number) {
  for (; number > 1; --number) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

std::string_view without_return(std::string_view line) {
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

}  // namespace

RenderFailure execution_failure(std::string_view file, const RenderError& error) {
  RenderFailure out;
  out.words = execution_words(file, error);
  for (const auto& level : error.levels) {
    if (!level.place.empty()) out.place = level.place;
  }
  out.source_line = std::string{without_return(error.detail.source)};
  out.value = error.detail.value;
  return out;
}

RenderFailure parse_failure(std::string_view file, std::string_view text, const InputError& error) {
  RenderFailure out;
  const std::string all = error.text();
  const auto first = all.find(": ");
  if (first == std::string::npos) {
    out.words = text::cat("parse error in (", file, "): ", all);
    return out;
  }
  const auto location = std::string_view{all}.substr(first + 2, all.find(": ", first + 2) - first - 2);
  out.words = text::cat("parse error at (", location, "): ", std::string_view{all}.substr(all.rfind(": ") + 2));
  out.place = std::string{location};
  const auto colon = location.rfind(':');
  std::size_t line = 0;
  if (colon != std::string_view::npos) {
    const auto digits = location.substr(colon + 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), line);
  }
  if (line > 0) out.source_line = std::string{without_return(line_of(text, line))};
  return out;
}

}  // namespace weir::helm
