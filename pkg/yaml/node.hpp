#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::yaml {

enum class Kind : std::uint8_t { kNone, kScalar, kSequence, kMapping };

/// What a node says it is. kNone: not said, so the text of a plain scalar decides (see scalar.hpp).
enum class Tag : std::uint8_t {
  kNone,
  kString,
  kInt,
  kFloat,
  kBool,
  kNull,
  kTimestamp,
  kBinary,
  kMerge,
  kSequence,
  kMapping,
  kOther  ///< an application's own tag; the value is text
};

enum class Style : std::uint8_t { kPlain, kSingleQuoted, kDoubleQuoted, kLiteral, kFolded, kFlow };

/// One node of a YAML document, with what decides its type: tag, style and text. Anchors, aliases and merge keys are
/// resolved by the parser, so a tree never shares nodes.  Threads: value.
struct Node {
  Node() = default;

  /// A scalar without tag: its text decides when it is printed, unless `style` quotes it.
  static Node scalar(std::string_view text, Style style = Style::kPlain);
  static Node string(std::string_view text);
  static Node mapping();
  static Node sequence();

  Kind kind = Kind::kNone;
  Tag tag = Tag::kNone;
  Style style = Style::kPlain;
  bool is_tagged = false;    ///< the tag was written in the source
  bool is_kept = false;      ///< an explicit null that a merge must not drop
  std::uint32_t line = 0;    ///< from 1; 0: not from a source
  std::uint32_t column = 0;  ///< from 1
  std::string value;         ///< the text of a scalar, escapes and folding resolved
  std::vector<Node> content; ///< the items of a sequence; key, value, key, value of a mapping

  bool is_scalar() const { return kind == Kind::kScalar; }
  bool is_sequence() const { return kind == Kind::kSequence; }
  bool is_mapping() const { return kind == Kind::kMapping; }
  bool is_null() const { return tag == Tag::kNull; }
  /// Absent: never set, or null.
  bool is_missing() const { return kind == Kind::kNone || tag == Tag::kNull; }
  /// Absent, or a collection without content.
  bool is_empty() const { return is_missing() || (kind != Kind::kScalar && content.empty()); }
  /// A scalar that is text by its tag, or whose tag is open.
  bool is_string() const {
    return kind == Kind::kScalar && (tag == Tag::kString || tag == Tag::kNone);
  }
  bool is_quoted() const { return style >= Style::kSingleQuoted && style <= Style::kFolded; }

  /// The value under `key`, nullptr when this is no mapping or has no such key.
  const Node* find(std::string_view key) const;
  Node* find(std::string_view key);
  /// Walks mappings by key; nullptr when a step is missing.
  const Node* find_path(std::initializer_list<std::string_view> path) const;
  /// Appends the pair without looking for the key. @returns the value as stored
  Node& append(std::string_view key, Node item);
  /// Appends the pair or replaces the value of an existing key. @returns the value as stored
  Node& set(std::string_view key, Node item);
  /// @returns false when there was no such key
  bool erase(std::string_view key);

  /// Same structure, tags, styles and texts; positions do not count.
  friend bool operator==(const Node& left, const Node& right);
};

}  // namespace weir::yaml
