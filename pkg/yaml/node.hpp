#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "pkg/yaml/arena.hpp"

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

/// The children of a node: a view of an array in the arena. Copies share the array, as slices do.
class NodeList {
 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Node*& operator[](std::size_t i) { return items_[i]; }
  Node* operator[](std::size_t i) const { return items_[i]; }
  Node** begin() { return items_; }
  Node** end() { return items_ + size_; }
  Node* const* begin() const { return items_; }
  Node* const* end() const { return items_ + size_; }
  Node* back() const { return items_[size_ - 1]; }

  void push_back(Arena& arena, Node* node);
  void reserve(Arena& arena, std::size_t count);
  void erase(std::size_t first, std::size_t count);
  void clear() { size_ = 0; }

 private:
  Node** items_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

/// One node of a YAML document, with what decides its type: tag, style and text. Anchors, aliases and merge keys are
/// resolved by the parser. A plain struct: a copy shares children and text with the original, which live in the arena.
/// Threads: value; a tree is used by one thread at a time.
struct Node {
  Kind kind = Kind::kNone;
  Tag tag = Tag::kNone;
  Style style = Style::kPlain;
  bool is_tagged = false;    ///< the tag was written in the source
  std::uint32_t line = 0;    ///< from 1; 0: not from a source
  std::uint32_t column = 0;  ///< from 1
  std::string_view value;    ///< the text of a scalar, escapes and folding resolved
  NodeList content;          ///< the items of a sequence; key, value, key, value of a mapping

  bool is_scalar() const { return kind == Kind::kScalar; }
  bool is_sequence() const { return kind == Kind::kSequence; }
  bool is_mapping() const { return kind == Kind::kMapping; }
  bool is_null() const { return tag == Tag::kNull; }
  bool is_quoted() const { return style >= Style::kSingleQuoted && style <= Style::kFolded; }
  /// A scalar that is text by its tag, or whose tag is open.
  bool is_string() const { return kind == Kind::kScalar && (tag == Tag::kString || tag == Tag::kNone); }

  /// The value under `key`, nullptr when this is no mapping or has no such key.
  Node* find(std::string_view key) const;
  /// Walks mappings by key; nullptr when a step is missing.
  const Node* find_path(std::initializer_list<std::string_view> path) const;
  /// The text of a scalar under `key`, empty when there is none.
  std::string_view text_at(std::string_view key) const;
  /// Appends the pair without looking for the key.
  void append(Arena& arena, std::string_view key, Node* item);
  /// @returns false when there was no such key
  bool erase(std::string_view key);
};

/// A scalar without tag: its text decides when it is printed, unless `style` quotes it.
Node* make_scalar(Arena& arena, std::string_view text, Style style = Style::kPlain);
/// A scalar tagged as text; a literal block when it has line breaks.
Node* make_string(Arena& arena, std::string_view text);
Node* make_mapping(Arena& arena);
Node* make_sequence(Arena& arena);
/// A copy that shares nothing but texts.
Node* deep_copy(Arena& arena, const Node& node);

/// Absent, or tagged null.
inline bool is_missing(const Node* node) { return node == nullptr || node->tag == Tag::kNull; }
/// Absent, null, never set, or a collection without content.
inline bool is_empty(const Node* node) {
  return is_missing(node) || node->kind == Kind::kNone || (node->kind != Kind::kScalar && node->content.empty());
}

/// Same kinds, tags, styles and texts all the way down; places do not count.
bool is_equal(const Node& left, const Node& right);

}  // namespace weir::yaml
