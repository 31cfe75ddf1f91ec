#include "pkg/kustomize/strategic_merge.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/kustomize/context.hpp"
#include "pkg/kustomize/failure.hpp"

namespace weir::kustomize {
namespace {

constexpr std::string_view kDirectiveKey = "$patch";

enum class Directive { kMerge, kReplace, kDelete };

using Texts = std::vector<std::string_view>;

/// What a merge gives for one place; no node removes it.
struct Merged {
  Node* node = nullptr;
  bool is_kept_null = false;  ///< a null that was written on purpose and stays
};

bool is_empty_map(const Node* node) { return yaml::is_missing(node) || (node->is_mapping() && node->content.empty()); }

/// The first element whose keys have these values; with no key, the scalar of this value.
Node* find_element(const Node& list, const Texts& keys, const Texts& values) {
  if (keys.empty() || keys.front().empty()) {
    const std::string_view wanted = values.empty() ? std::string_view{} : values.front();
    for (Node* item : list.content)
      if (item->value == wanted) return item;
    return nullptr;
  }
  if (keys.size() != values.size()) return nullptr;
  for (Node* item : list.content) {
    if (!item->is_mapping()) continue;
    bool is_match = true;
    for (std::size_t i = 0; i < keys.size() && is_match; ++i) {
      const Node* field = item->find(keys[i]);
      is_match = field != nullptr && field->value == values[i];
    }
    if (is_match) return item;
  }
  return nullptr;
}

/// Replaces every element that matches, removes it when there is none to put, appends when nothing matched. Empty
/// elements go on the way.
void set_element(Arena& arena, Node& list, Node* element, Texts keys, const Texts& values) {
  if (keys.empty()) keys.emplace_back();
  const bool seeks_mapping = !keys.front().empty() && !values.empty() && !values.front().empty();
  NodeList kept;
  bool is_found = false;
  for (Node* item : list.content) {
    if (is_empty_map(item)) continue;
    if (!item->is_mapping() && seeks_mapping) {
      kept.push_back(arena, item);
      continue;
    }
    bool is_match = true;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (i >= values.size()) continue;  // as the key before it
      if (keys[i].empty()) {
        expect_kind(item, Kind::kScalar);
        is_match = item->value == values[i];
      } else {
        const Node* field = lookup(item, keys[i]);
        is_match = field != nullptr && (values[i].empty() || field->value == values[i]);
      }
      if (!is_match) break;
    }
    if (values.empty()) is_match = false;
    if (!is_match) {
      if (!values.empty()) kept.push_back(arena, item);
      continue;
    }
    is_found = true;
    if (element != nullptr) kept.push_back(arena, element);
  }
  list.content = kept;
  if (yaml::is_missing(element)) return;
  if (!is_found) list.content.push_back(arena, element);
}

/// Reads the directive of a patch and takes it out. A patch without one merges.
Directive take_directive(Arena& arena, Node* patch) {
  if (patch == nullptr) return Directive::kMerge;
  if (patch->is_mapping()) {
    const Node* value = patch->find(kDirectiveKey);
    if (value == nullptr) return Directive::kMerge;
    const std::string_view word = value->value;
    if (word != "delete" && word != "replace" && word != "merge")
      fail("", text::cat("$patch: expected delete, replace or merge, got ", text::quoted(word)));
    patch->erase(kDirectiveKey);
    return word == "delete" ? Directive::kDelete : word == "replace" ? Directive::kReplace : Directive::kMerge;
  }
  if (patch->is_sequence()) {
    const Node* holder = nullptr;
    for (const Node* item : patch->content)
      if (item->is_mapping() && item->find(kDirectiveKey) != nullptr) {
        holder = item;
        break;
      }
    // An element with more than the directive is directed itself.
    if (holder == nullptr || holder->content.size() > 2) return Directive::kMerge;
    const std::string_view word = holder->find(kDirectiveKey)->value;
    if (word != "delete" && word != "replace" && word != "merge")
      fail("", text::cat("$patch: expected delete, replace or merge, got ", text::quoted(word)));
    set_element(arena, *patch, nullptr, {kDirectiveKey}, {word});
    return word == "delete" ? Directive::kDelete : word == "replace" ? Directive::kReplace : Directive::kMerge;
  }
  fail("", "the patch is a scalar where the resource has an object or a list");
}

class Merge {
 public:
  explicit Merge(Context& context) : context_{context}, arena_{context.arena()} {}

  Merged walk(Node* target, Node* patch, const SchemaType* type) {
    type = type_of(target, patch, type);
    const Node* deciding = !yaml::is_missing(target) ? target : !yaml::is_missing(patch) ? patch : nullptr;
    switch (deciding == nullptr ? Kind::kNone : deciding->kind) {
      case Kind::kMapping: expect_both(target, patch, Kind::kMapping); return walk_mapping(target, patch, type);
      case Kind::kSequence:
        expect_both(target, patch, Kind::kSequence);
        if (type != nullptr && type->is_merged_list) return {walk_list(target, patch, type), false};
        return {patch != nullptr ? patch : target, false};
      case Kind::kScalar: expect_both(target, patch, Kind::kScalar); return {patch != nullptr ? patch : target, false};
      case Kind::kNone: return walk_mapping(target, patch, type);
    }
    return {};
  }

 private:
  static void expect_both(const Node* target, const Node* patch, Kind kind) {
    for (const Node* node : {target, patch}) {
      if (yaml::is_missing(node) || node->kind == kind) continue;
      fail(
          patch != nullptr && patch->line > 0 ? text::cat("line ", patch->line, " of the patch") : std::string{},
          text::cat(
              "the patch has ",
              kind_name(patch == nullptr ? Kind::kNone : patch->kind),
              " where the resource has ",
              kind_name(target == nullptr ? Kind::kNone : target->kind)
          )
      );
    }
  }

  /// An object inside of something unknown is known by its own kind.
  const SchemaType* type_of(const Node* target, const Node* patch, const SchemaType* type) {
    if (type != nullptr) return type;
    for (const Node* node : {target, patch}) {
      if (yaml::is_missing(node) || !node->is_mapping()) continue;
      const Node* version = node->find("apiVersion");
      const Node* kind = node->find("kind");
      if (yaml::is_empty(version) || yaml::is_empty(kind) || version->value.empty() || kind->value.empty()) continue;
      if (const auto* found = context_.find_type(version->value, kind->value)) return found;
    }
    return nullptr;
  }

  /// An empty collection takes the style of what comes into it.
  static void take_style(Node* target, const Node* patch) {
    if (target != nullptr && patch != nullptr && target->kind != Kind::kScalar && target->content.empty())
      target->style = patch->style;
  }

  /// Which node the fields go into; no node removes the place.
  Merged choose_mapping(Node* target, Node* patch) {
    take_style(target, patch);
    if (yaml::is_missing(target)) {
      // A patch that is no object has no directive; it is taken as it is.
      const bool can_direct = patch == nullptr || patch->is_mapping() || patch->is_sequence();
      Directive directive = Directive::kMerge;
      if (can_direct) {
        try {
          directive = take_directive(arena_, patch);
        } catch (const Failure&) {
          directive = Directive::kMerge;  // an unknown word counts for nothing where there is nothing to change
        }
      }
      if (directive == Directive::kDelete) return {};
      if (patch == nullptr && target != nullptr && !target->value.empty()) {
        Node* null = yaml::make_scalar(arena_, target->value);
        null->tag = Tag::kNull;
        return {null, true};
      }
      return {patch, false};
    }
    if (patch != nullptr && patch->is_null()) return {};
    switch (take_directive(arena_, patch)) {
      case Directive::kDelete: return {};
      case Directive::kReplace: return {patch, false};
      case Directive::kMerge: break;
    }
    return {target, false};
  }

  Merged walk_mapping(Node* target, Node* patch, const SchemaType* type) {
    const Merged chosen = choose_mapping(target, patch);
    Node* out = chosen.node;
    if (out == nullptr) return {};
    std::set<std::string_view> names;
    for (const Node* node : {static_cast<const Node*>(out), static_cast<const Node*>(patch)}) {
      if (yaml::is_missing(node) || !node->is_mapping()) continue;
      for (std::size_t i = 0; i + 1 < node->content.size(); i += 2) names.insert(node->content[i]->value);
    }
    for (const std::string_view name : names) {
      Node* field = out->find(name);
      Node* change = patch == nullptr ? nullptr : patch->find(name);
      // What the patch does not speak of stays as it is, but for
      // nulls further down, which merging leaves alone as well.
      const Merged merged = walk(field, change, context_.field_type(type, name));
      const Node* key_holder = merged.node != nullptr && merged.node == change ? patch : out;
      set_field(arena_, *out, name, merged.node, merged.is_kept_null, key_style(*key_holder, name));
    }
    return chosen;
  }

  static Style key_style(const Node& mapping, std::string_view name) {
    for (std::size_t i = 0; mapping.is_mapping() && i + 1 < mapping.content.size(); i += 2)
      if (mapping.content[i]->value == name) return mapping.content[i]->style;
    return Style::kPlain;
  }

  // -- lists that merge ----------------------------------------------------------------------------------------------

  Node* choose_list(Node* target, Node* patch) {
    take_style(target, patch);
    if (yaml::is_missing(target)) return patch;
    if (patch != nullptr && patch->is_null()) return nullptr;
    switch (take_directive(arena_, patch)) {
      case Directive::kDelete: return nullptr;
      case Directive::kReplace: return patch;
      case Directive::kMerge: break;
    }
    return target;
  }

  Node* walk_list(Node* target, Node* patch, const SchemaType* type) {
    Node* out = choose_list(target, patch);
    if (out == nullptr) return nullptr;
    const Texts& keys = type->keys;
    std::vector<Texts> values;
    // The patch comes first, because what it adds is put before what is there.
    for (const Node* node : {static_cast<const Node*>(patch), static_cast<const Node*>(out)}) {
      if (node == nullptr) continue;
      for (const Node* item : node->content) {
        Texts entry;
        if (keys.empty()) {
          entry.push_back(item->value);
        } else {
          for (const auto key : keys) {
            const Node* field = item->find(key);
            entry.push_back(yaml::is_empty(field) ? std::string_view{} : field->value);
          }
        }
        if (std::ranges::find(values, entry) == values.end()) values.push_back(std::move(entry));
      }
    }
    return merge_elements(
        std::move(values), keys.empty() ? Texts{std::string_view{}} : keys, out, patch, context_.element_type(type)
    );
  }

  /// Keys that no element has do not count; with none left, all do.
  static std::pair<Texts, Texts> used_keys(const std::vector<Texts>& all, const Texts& values, const Texts& keys) {
    std::set<std::string_view> used;
    for (const Texts& entry : all)
      for (std::size_t i = 0; i < entry.size(); ++i)
        if (!entry[i].empty()) used.insert(keys[i]);
    if (used.empty()) return {keys, values};
    std::pair<Texts, Texts> out;
    for (const auto key : keys)
      if (used.contains(key)) out.first.push_back(key);
    for (std::size_t i = 0; i < values.size(); ++i)
      if (!values[i].empty() || used.contains(keys[i])) out.second.push_back(values[i]);
    return out;
  }

  /// Entries that agree where both say something are one: a port without a protocol is the port with one.
  static void join_values(std::vector<Texts>& all) {
    for (std::size_t i = 0; i < all.size(); ++i)
      for (std::size_t j = 0; j < all.size(); ++j) {
        if (all[i].size() != all[j].size()) continue;
        bool has_common = false, is_match = true;
        Texts joined;
        for (std::size_t k = 0; k < all[i].size() && is_match; ++k) {
          const auto left = all[i][k], right = all[j][k];
          has_common = has_common || left == right;
          is_match = left == right || left.empty() || right.empty();
          joined.push_back(left.empty() ? right : left);
        }
        if (!is_match || !has_common) continue;
        all[i] = joined;
        all[j] = joined;
      }
  }

  Node* merge_elements(
      std::vector<Texts> all, const Texts& keys, Node* target, Node* patch, const SchemaType* element_type
  ) {
    Node* added = yaml::make_sequence(arena_);
    if (keys.size() > 1) join_values(all);
    Texts used, values;
    for (const Texts& entry : all) {
      if (entry.empty()) continue;
      std::tie(used, values) = used_keys(all, entry, keys);
      // Within one entry only the keys that it has itself count.
      const auto [own_keys, own_values] = used_keys({values}, values, used);
      const auto element_of = [&](Node* list) -> Node* {
        if (list == nullptr || !list->is_sequence()) return nullptr;
        return find_element(*list, own_keys, own_values);
      };
      const Merged merged = walk(element_of(target), element_of(patch), element_type);
      Node* element = merged.node;
      bool is_gone = false;
      for (std::size_t i = 0; i < used.size(); ++i) {
        if (is_empty_map(element)) {
          set_element(arena_, *target, nullptr, used, values);
          is_gone = true;
        } else if (i < values.size() && !values[i].empty() && element->is_mapping() && element->find(used[i]) == nullptr) {
          set_field(arena_, *element, used[i], yaml::make_scalar(arena_, values[i]));
        }
      }
      if (is_gone) continue;
      set_element(arena_, *added, element, used, values);
    }
    Node* out = all.empty() ? target : append_list(*added, *target, used);
    return yaml::is_missing(out) ? nullptr : out;
  }

  /// Puts the elements of `from` into `into`: over those with the same keys, else at the end.
  Node* append_list(Node& into, const Node& from, const Texts& keys) {
    for (Node* element : from.content) {
      if (keys.empty() || keys.front().empty()) {
        set_element(arena_, into, element, {std::string_view{}}, {element->value});
        continue;
      }
      Texts values;
      for (const auto key : keys) {
        const Node* field = lookup(element, key);
        if (field == nullptr) {
          into.content.push_back(arena_, element);
          continue;
        }
        values.push_back(field->value);
      }
      if (keys.size() > 1) set_element(arena_, into, nullptr, keys, values);
      set_element(arena_, into, element, keys, values);
    }
    return &into;
  }

  Context& context_;
  Arena& arena_;
};

}  // namespace

Node* merge_strategically(Context& context, Node* patch, Node* target) {
  return Merge{context}.walk(target, patch, nullptr).node;
}

}  // namespace weir::kustomize
