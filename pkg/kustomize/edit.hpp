#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/yaml/node.hpp"

/// Edits of trees in the way of kustomize's kyaml library, quirks included: a new value takes over the quotes of the
/// old one, a node that was put into two places is one node, a null clears. They decide what is printed in the end.
/// Threads: one at a time a tree. Failures are thrown as Failure.
namespace weir::kustomize {

using yaml::Arena;
using yaml::Kind;
using yaml::Node;
using yaml::NodeList;
using yaml::Style;
using yaml::Tag;

/// Puts `value` under `key`: into the existing node (which keeps its identity and its quotes), or at the end. No value,
/// or a null that is not `kept`, removes the key. @throws Failure when `mapping` is none
void set_field(
    Arena& arena,
    Node& mapping,
    std::string_view key,
    Node* value,
    bool is_kept = false,
    Style key_style = Style::kPlain
);

/// Overwrites a scalar in place, keeping its quotes; nothing when there is no value.
/// @throws Failure when `target` is a mapping or a list
void set_scalar(Node& target, Node* value);

/// The value under `key`: nullptr when `mapping` is absent or null or has no such key.
/// @throws Failure when it is a scalar or a list
Node* lookup(Node* mapping, std::string_view key);

/// As lookup; a missing key is added with an empty node of this kind.
Node* lookup_or_add(Arena& arena, Node& mapping, std::string_view key, Kind kind);

/// @throws Failure unless the node is absent, null or of this kind
void expect_kind(const Node* node, Kind kind);

std::string_view kind_name(Kind kind);

/// The text of a scalar as it stands, "" for a null or an absent node.
std::string_view text_of(const Node* node);

/// The entries of metadata.labels or metadata.annotations, values as they stand, sorted by key.
using TextMap = std::map<std::string_view, std::string_view>;
TextMap metadata_map(const Node& root, std::string_view field);

/// Replaces metadata.<field> by these entries, all texts; none removes the field.
void set_metadata_map(Arena& arena, Node& root, std::string_view field, const TextMap& entries);

/// Sets one annotation, in single quotes when it is new.
void set_annotation(Arena& arena, Node& root, std::string_view key, std::string_view value);

/// metadata.<field> when it is there and not empty.
std::string_view metadata_text(const Node& root, std::string_view field);

/// Sets a field of metadata, or the root's own when `is_root`.
void set_metadata_text(Arena& arena, Node& root, std::string_view field, std::string_view value);

/// Splits at the delimiter except where a backslash stands before it; one leading delimiter is dropped.
std::vector<std::string> split_path(std::string_view path, char delimiter);

/// As split_path, but "[name=a.b]" stays one part, and "[a.b]" is the key a.b.
std::vector<std::string> split_bracketed_path(std::string_view path, char delimiter);

}  // namespace weir::kustomize
