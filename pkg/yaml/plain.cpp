#include "pkg/yaml/plain.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <unordered_set>
#include <utility>
#include <vector>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "pkg/base/text.hpp"

namespace weir::yaml {
namespace {

/// Private to this file: leaves yaml-cpp's parser with an error.
struct Refused {
  InputError error;
};

std::string place_of(std::string_view source, std::size_t line, std::size_t column) {
  return text::cat(source, source.empty() ? "line " : ":", line, ":", column);
}

/// What yaml-cpp would let pass, or misread: the byte 4 ends its input, a zero makes it guess another encoding.
std::optional<InputError> check_bytes(std::string_view text, std::string_view source) {
  std::size_t line = 1;
  std::size_t line_start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\n') {
      ++line;
      line_start = i + 1;
    } else if ((byte < 0x20 && byte != '\t' && byte != '\r') || byte == 0x7F) {
      return InputError{place_of(source, line, i - line_start + 1), "control characters are not allowed here"};
    }
  }
  if (text::valid_utf8(text) != text) return InputError{std::string{source}, "the text is not UTF-8"};
  return std::nullopt;
}

/// Builds the value from the parser's events, each of which is held against the limits before anything grows.
class Builder final : public YAML::EventHandler {
 public:
  Builder(std::string_view source, const PlainLimits& limits) : source_{source}, limits_{limits} {}

  /// The one document that was not empty.
  json::Value take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& /*mark*/) override { anchors_.clear(); }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    keep(mark, anchor, {});
    add(mark, {}, false);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) refuse(mark, "an anchor cannot stand inside of itself");
    charge(mark, found->second, open_.size());
    add(mark, found->second, false);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& text)
      override {
    check_tag(mark, tag);
    const json::Value value{text};
    keep(mark, anchor, value);
    add(mark, value, tag == kPlainTag && text == "<<");
  }

  void OnSequenceStart(
      const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value /*style*/
  ) override {
    open(mark, tag, anchor, json::Value::array());
  }

  void
  OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value /*style*/)
      override {
    open(mark, tag, anchor, json::Value::object());
  }

  void OnSequenceEnd() override { close(); }

  void OnMapEnd() override {
    merge(open_.back());
    close();
  }

 private:
  static constexpr std::string_view kPlainTag = "?";  // yaml-cpp's word for a scalar without quotes and tag
  static constexpr std::string_view kQuotedTag = "!";

  /// A collection that is being read.
  struct Open {
    json::Value value;
    YAML::Mark mark;
    YAML::anchor_t anchor = YAML::NullAnchor;
    std::optional<std::string> key;        // of a mapping, while its value is awaited
    bool is_merge = false;                 // the key is "<<"
    std::unordered_set<std::string> keys;  // finding one in the value takes a walk
    std::optional<json::Value> merged;     // what stood behind "<<"
  };

  [[noreturn]] void refuse(const YAML::Mark& mark, std::string message) const {
    const auto line = static_cast<std::size_t>(std::max(mark.line, 0)) + 1;
    const auto column = static_cast<std::size_t>(std::max(mark.column, 0)) + 1;
    throw Refused{InputError{place_of(source_, line, column), std::move(message)}};
  }

  void check_tag(const YAML::Mark& mark, std::string_view tag) const {
    if (!tag.empty() && tag != kPlainTag && tag != kQuotedTag) refuse(mark, "tags are not read here");
  }

  void check_depth(const YAML::Mark& mark, std::size_t depth) const {
    if (depth > limits_.max_depth) refuse(mark, text::cat("nested deeper than ", limits_.max_depth, " levels"));
  }

  /// Counts a copy; where an alias stands, it may also bring more levels than are allowed there.
  void charge(const YAML::Mark& mark, const json::Value& value, std::size_t depth) {
    if (value.is_array() || value.is_object()) check_depth(mark, ++depth);
    if (++copied_values_ > limits_.max_copied_values)
      refuse(mark, text::cat("anchors and aliases copy more than ", limits_.max_copied_values, " values"));
    if (value.is_string()) charge_text(mark, value.as_string());
    if (value.is_array()) {
      for (const auto& element : value.as_array()) charge(mark, element, depth);
    }
    if (value.is_object()) {
      for (const auto& member : value.as_object()) {
        charge_text(mark, member.key);
        charge(mark, member.value, depth);
      }
    }
  }

  void charge_text(const YAML::Mark& mark, std::string_view text) {
    copied_bytes_ += text.size();
    if (copied_bytes_ > limits_.max_copied_bytes)
      refuse(mark, text::cat("anchors and aliases copy more than ", limits_.max_copied_bytes, " bytes"));
  }

  void keep(const YAML::Mark& mark, YAML::anchor_t anchor, const json::Value& value) {
    if (anchor == YAML::NullAnchor) return;
    charge(mark, value, open_.size());
    anchors_.insert_or_assign(anchor, value);
  }

  void open(const YAML::Mark& mark, std::string_view tag, YAML::anchor_t anchor, json::Value empty) {
    check_tag(mark, tag);
    check_depth(mark, open_.size() + 1);
    if (!open_.empty() && open_.back().value.is_object() && !open_.back().key) refuse(mark, "a key must be a text");
    auto& added = open_.emplace_back();
    added.value = std::move(empty);
    added.mark = mark;
    added.anchor = anchor;
  }

  void close() {
    auto closed = std::move(open_.back());
    open_.pop_back();
    keep(closed.mark, closed.anchor, closed.value);
    add(closed.mark, std::move(closed.value), false);
  }

  /// Puts a value where the parser stands: the document, an element, a key, or the value of the key before it.
  void add(const YAML::Mark& mark, json::Value value, bool is_merge) {
    if (open_.empty()) {
      if (value.is_null()) return;
      if (!root_.is_null()) refuse(mark, "expected one YAML document");
      root_ = std::move(value);
      return;
    }
    auto& top = open_.back();
    if (top.value.is_array()) {
      top.value.push_back(std::move(value));
    } else if (!top.key) {
      if (!value.is_string()) refuse(mark, "a key must be a text");
      if (is_merge ? top.merged.has_value() : !top.keys.insert(value.as_string()).second)
        refuse(mark, text::cat("the key ", text::quoted(value.as_string()), " stands twice in its mapping"));
      top.key = std::move(value.as_string());
      top.is_merge = is_merge;
    } else if (top.is_merge) {
      check_merged(mark, value);
      top.merged = std::move(value);
      top.key.reset();
    } else {
      top.value.append_unchecked(std::move(*top.key), std::move(value));
      top.key.reset();
    }
  }

  void check_merged(const YAML::Mark& mark, const json::Value& value) const {
    const auto is_object = [](const json::Value& element) { return element.is_object(); };
    if (!value.is_object() && !(value.is_array() && std::ranges::all_of(value.as_array(), is_object)))
      refuse(mark, "<< expects a mapping or a list of mappings");
  }

  /// What stands in the mapping itself comes before what is merged, and the first merged one before the second.
  static void merge(Open& open) {
    if (!open.merged) return;
    const auto add_missing = [&open](json::Value& from) {
      for (auto& member : from.as_object()) {
        if (open.keys.insert(member.key).second) open.value.append_unchecked(member.key, std::move(member.value));
      }
    };
    if (open.merged->is_object()) {
      add_missing(*open.merged);
    } else {
      for (auto& each : open.merged->as_array()) add_missing(each);
    }
  }

  const std::string_view source_;
  const PlainLimits& limits_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, json::Value> anchors_;
  std::size_t copied_values_ = 0;
  std::size_t copied_bytes_ = 0;
  json::Value root_;
};

/// Empty documents are passed over, but not without end: behind a stray bracket yaml-cpp finds one more for ever.
constexpr int kMostDocuments = 16;

}  // namespace

Result<json::Value> read_plain(std::string_view text, std::string_view source, const PlainLimits& limits) {
  if (text.size() > limits.max_bytes)
    return InputError{
        std::string{source}, text::cat("larger than the ", limits.max_bytes, " bytes that are read here")};
  if (auto error = check_bytes(text, source)) return std::move(*error);
  try {
    Builder builder{source, limits};
    std::istringstream stream{std::string{text}};
    YAML::Parser parser{stream};
    for (int documents = 0; parser.HandleNextDocument(builder); ++documents) {
      if (documents == kMostDocuments) return InputError{std::string{source}, "expected one YAML document"};
    }
    return builder.take();
  } catch (Refused& refused) {
    return std::move(refused.error);
  } catch (const YAML::Exception& error) {
    const auto line = static_cast<std::size_t>(std::max(error.mark.line, 0)) + 1;
    const auto column = static_cast<std::size_t>(std::max(error.mark.column, 0)) + 1;
    return InputError{place_of(source, line, column), text::cat("cannot be read as YAML: ", error.msg)};
  }
}

}  // namespace weir::yaml
