#include "pkg/yaml/source.hpp"

#include <algorithm>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/yaml/places.hpp"

namespace weir::yaml {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_space(char c) { return is_blank(c) || c == '\n' || c == '\r'; }

class SourceReader {
 public:
  SourceReader(std::string_view text, const Places& places, Source& source, Arena& arena, std::size_t first_line)
      : text_{text}, places_{places}, source_{source}, arena_{arena}, first_line_{first_line} {
    for (const Places::Comment& comment : places.comments)
      source_.comments.push_back(
          {text.substr(comment.offset, comment.end - comment.offset),
           comment.offset,
           static_cast<std::uint32_t>(comment.line + first_line),
           is_first_on_line(comment.offset)}
      );
  }

  void read_document(const Node& root) {
    pointer_.clear();
    visit(root, false, false);
    ++document_;
  }

 private:
  /// Walks a tree in the order of the text, which is the order of places_.scalars.
  void visit(const Node& node, bool is_item, bool is_in_flow) {
    const bool is_flow = is_in_flow || node.style == Style::kFlow;
    const std::size_t length = pointer_.size();
    switch (node.kind) {
      case Kind::kScalar:
        if (is_next(node)) add(node, is_item, is_in_flow);
        break;
      case Kind::kSequence:
        for (std::size_t i = 0; i < node.content.size(); ++i) {
          pointer_ += text::cat("/", i);
          visit(*node.content[i], true, is_flow);
          pointer_.resize(length);
        }
        break;
      case Kind::kMapping:
        for (std::size_t i = 0; i + 1 < node.content.size(); i += 2) {
          skip(*node.content[i]);
          pointer_ += '/';
          append_token(node.content[i]->value);
          visit(*node.content[i + 1], false, is_flow);
          pointer_.resize(length);
        }
        break;
      case Kind::kNone: break;
    }
  }

  /// A key may be a collection; nothing in it is a value.
  void skip(const Node& key) {
    if (key.is_scalar()) {
      if (is_next(key)) ++next_;
    } else {
      for (const Node* child : key.content) skip(*child);
    }
  }

  /// Absent values have nodes and no place.
  bool is_next(const Node& node) const {
    return next_ < places_.scalars.size() && places_.scalars[next_].node == &node;
  }

  void append_token(std::string_view key) {
    for (const char c : key) {
      if (c == '~') {
        pointer_ += "~0";
      } else if (c == '/') {
        pointer_ += "~1";
      } else {
        pointer_ += c;
      }
    }
  }

  void add(const Node& node, bool is_item, bool is_in_flow) {
    const Places::Scalar& place = places_.scalars[next_++];
    arena_.charge(sizeof(SourceScalar) + pointer_.size());
    SourceScalar scalar;
    scalar.node = &node;
    scalar.document = document_;
    scalar.pointer = pointer_;
    scalar.node_offset = place.node_offset;
    scalar.offset = place.offset;
    scalar.length = end_of(place, node.style) - place.offset;
    scalar.line = static_cast<std::uint32_t>(place.line + first_line_);
    scalar.indent = place.indent;
    scalar.is_in_flow = is_in_flow;
    scalar.line_comment = find_line_comment(place, node.style, is_in_flow);
    find_head_comment(scalar, is_item && !is_in_flow);
    source_.scalars.push_back(std::move(scalar));
  }

  /// The scanner ends a block scalar at the text of the next line; its blanks are not the scalar's.
  std::size_t end_of(const Places::Scalar& place, Style style) const {
    if (style != Style::kLiteral && style != Style::kFolded) return place.end;
    std::size_t end = place.end;
    if (end == text_.size()) return end;
    while (end > place.offset && text_[end - 1] == ' ') --end;
    return end;
  }

  /// The first comment at or behind the offset.
  std::size_t comment_from(std::size_t offset) const {
    const auto found = std::ranges::lower_bound(source_.comments, offset, {}, [](const SourceComment& comment) {
      return comment.offset;
    });
    return static_cast<std::size_t>(found - source_.comments.begin());
  }

  std::size_t find_line_comment(const Places::Scalar& place, Style style, bool is_in_flow) const {
    if (style == Style::kLiteral || style == Style::kFolded) {
      const std::size_t index = comment_from(place.offset);
      const bool is_on_header = index < places_.comments.size() && places_.comments[index].line == place.line;
      return is_on_header ? index : SourceScalar::kNoComment;
    }
    if (place.node_offset != place.offset) {
      const std::size_t index = comment_from(place.node_offset);
      if (index < source_.comments.size() && source_.comments[index].offset < place.offset)
        return index;  // behind a tag or anchor that has a line of its own
    }
    std::size_t i = skip_blanks(place.end);
    if (is_in_flow && i < text_.size() && text_[i] == ',') i = skip_blanks(i + 1);
    const std::size_t index = comment_from(i);
    const bool is_behind = index < source_.comments.size() && source_.comments[index].offset == i;
    return is_behind ? index : SourceScalar::kNoComment;
  }

  std::size_t skip_blanks(std::size_t i) const {
    while (i < text_.size() && is_blank(text_[i])) ++i;
    return i;
  }

  bool is_first_on_line(std::size_t offset) const {
    while (offset > 0 && is_blank(text_[offset - 1])) --offset;
    return offset == 0 || text_[offset - 1] == '\n' || text_[offset - 1] == '\r';
  }

  void find_head_comment(SourceScalar& scalar, bool is_block_item) {
    bool may_pass_dash = is_block_item;
    std::size_t first = comment_from(scalar.node_offset);  // of the comments above, when there are any
    const std::size_t end = first;
    std::size_t below = scalar.node_offset;
    std::size_t token = scalar.node_offset;  // the content right below the comments
    while (first > 0) {
      const SourceComment& comment = source_.comments[first - 1];
      const std::size_t comment_end = comment.offset + comment.text.size();
      const auto gap = text_.substr(comment_end, below - comment_end);
      const std::size_t dash = gap.find('-');
      if (!std::ranges::all_of(gap, [&](char c) { return is_space(c) || c == '-'; })) break;
      if (dash != gap.npos) {
        if (!may_pass_dash || gap.find('-', dash + 1) != gap.npos) break;
        may_pass_dash = false;
        if (first == end) token = comment_end + dash;
      }
      below = comment.offset;
      if (!comment.is_own_line) {
        const auto dash_before = before_blanks(comment.offset);
        if (!is_block_item || dash_before == 0 || text_[dash_before - 1] != '-') break;
        --first;
        if (!may_pass_dash) break;  // that of a list around this one
        may_pass_dash = false;
        below = dash_before - 1;
        continue;
      }
      --first;
    }
    first = end_of_foot(first, end, token);
    if (first == end) return;
    scalar.head_comment = first;
    scalar.head_comment_lines = end - first;
  }

  /// Comments belong to what is above them when an empty line parts them from the rest, or when what is below them
  /// has another indentation and is less indented than what is above.
  std::size_t end_of_foot(std::size_t first, std::size_t end, std::size_t token) const {
    if (first == end) return end;
    const int indent = std::max(places_.comments[first].indent, 0);
    bool may_part = is_right_below_content(first);
    for (std::size_t i = first; i < end; ++i) {
      const int start_column = static_cast<int>(places_.comments[first].column);
      const int next_column = i + 1 < end ? static_cast<int>(places_.comments[i + 1].column) : column_of(token);
      if (may_part && is_before_empty_line(source_.comments[i])) {
        first = i + 1;
        may_part = false;
      } else if (next_column < indent && next_column != start_column) {
        first = i + 1;
      }
    }
    return first;
  }

  int column_of(std::size_t offset) const {
    std::size_t start = offset;
    while (start > 0 && text_[start - 1] != '\n' && text_[start - 1] != '\r') --start;
    return static_cast<int>(offset - start);
  }

  /// Content other than "key:", whose value is still to come.
  bool is_right_below_content(std::size_t index) const {
    std::size_t i = source_.comments[index].offset;
    std::size_t breaks = 0;
    while (i > 0 && is_space(text_[i - 1])) {
      --i;
      if (text_[i] == '\n' || (text_[i] == '\r' && text_[i + 1] != '\n')) ++breaks;
    }
    if (index > 0 && source_.comments[index - 1].offset + source_.comments[index - 1].text.size() == i)
      i = before_blanks(source_.comments[index - 1].offset);
    return i > 0 && breaks == 1 && text_[i - 1] != ':';
  }

  bool is_before_empty_line(const SourceComment& comment) const {
    std::size_t i = comment.offset + comment.text.size();
    if (text_.substr(i).starts_with("\r\n")) ++i;
    i = skip_blanks(i + 1);
    return i < text_.size() && (text_[i] == '\n' || text_[i] == '\r');
  }

  /// The end of what stands before the blanks that end at `offset`.
  std::size_t before_blanks(std::size_t offset) const {
    while (offset > 0 && is_blank(text_[offset - 1])) --offset;
    return offset;
  }

  std::string_view text_;
  const Places& places_;
  Source& source_;
  Arena& arena_;
  std::size_t first_line_;
  std::size_t document_ = 0;
  std::size_t next_ = 0;  // of places_.scalars
  std::string pointer_;
};

}  // namespace

Result<Source> read_source(std::string_view text, Arena& arena, const ParseOptions& options) {
  Places places;
  const auto documents = parse_with_places(text, arena, options, places);
  if (!documents) return documents.error();
  Source source;
  arena.charge(places.comments.size() * sizeof(SourceComment));
  SourceReader reader{text, places, source, arena, options.first_line};
  for (const Node* document : *documents) {
    source.documents.push_back(document);
    reader.read_document(*document);
  }
  return source;
}

}  // namespace weir::yaml
