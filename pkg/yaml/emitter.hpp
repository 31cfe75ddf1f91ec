#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/yaml/node.hpp"

namespace weir::yaml {

/// Which of Go's printers (go.yaml.in/yaml/v2 and v3). Version 2 breaks plain and quoted texts at blanks beyond column
/// 80; version 3 never does, and lets tabs stand in blocks.
enum class Dialect { kVersion2, kVersion3 };

/// Writes block-style YAML piece by piece: indentation, indicators and scalars in the style that fits them.
/// Source of the layout rules: libyaml's emitter, whose output Go's yaml packages keep.
/// Threads: one at a time.
class Emitter {
 public:
  /// @param indents_sequences  also below a key, as version 3 does unless it is told not to
  Emitter(std::string& out, Dialect dialect, bool indents_sequences = false)
      : out_{out},
        fold_column_{dialect == Dialect::kVersion2 ? 80 : 0},
        allows_tabs_{dialect == Dialect::kVersion3},
        indents_sequences_{indents_sequences} {}

  void begin_mapping();
  /// Between the pairs: before each key. A key too long for one line gets "? ".
  void key(std::string_view text, Style style);
  void end_mapping();
  void empty_mapping();
  void begin_sequence();
  void item();
  void end_sequence();
  void empty_sequence();
  void scalar(std::string_view text, Style style);
  /// Before a scalar: "!!int".
  void tag(std::string_view name);
  /// Brackets or braces around what follows, for `is_first` and later items of which flow_next() is called.
  void begin_flow(char open);
  void flow_next(bool is_first);
  void flow_key(std::string_view text, Style style);
  void end_flow(char close);
  void finish();

 private:
  struct Analysis {
    bool is_multiline = false;
    bool is_plain_allowed = true;
    bool is_single_quoted_allowed = true;
    bool is_block_allowed = true;
  };
  Analysis analyze(std::string_view text) const;
  void put(char c);
  void put_break();
  void write_indent();
  void indicator(std::string_view text, bool needs_blank, bool keeps_indention);
  void write_scalar(std::string_view text, Style style, bool is_key);
  void write_plain(std::string_view text, bool may_break);
  void write_single_quoted(std::string_view text, bool may_break);
  void write_double_quoted(std::string_view text, bool may_break);
  void write_literal(std::string_view text);
  void write_folded(std::string_view text);
  void write_block_header(char kind, std::string_view text);
  void push_indent(bool is_indentless);
  void pop_indent();
  void copy_character(std::string_view text, std::size_t& i);

  std::string& out_;
  int fold_column_;   // 0: texts are never broken
  bool allows_tabs_;  // in blocks
  bool indents_sequences_;
  int column_ = 0;
  int indent_ = -1;
  std::vector<int> indents_;
  bool is_after_blank_ = true;
  bool is_at_indention_ = true;
  bool is_in_mapping_ = false;
  int flow_level_ = 0;
};

/// True when the text may stand unquoted, as far as its characters go: it may still read as a number.
bool can_be_plain(std::string_view text, bool is_in_flow);

/// True when the printer of Go (go.yaml.in/yaml/v3) keeps a text that is to be a block one, tabs and all. Else it puts
/// it into double quotes, which change nothing.
bool stays_block(std::string_view text);

/// What a text becomes when it is printed as a folded block (">") and read again. Lines that are indented further get
/// an empty line before them: kustomize prints every document once on its way and so changes such texts.
std::string reread_folded(std::string_view text);

}  // namespace weir::yaml
