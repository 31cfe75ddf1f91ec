#include "pkg/kustomize/variables.hpp"

#include <charconv>
#include <functional>
#include <optional>
#include <set>

#include "pkg/base/text.hpp"
#include "pkg/kustomize/context.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/kustomize/lookup.hpp"
#include "pkg/yaml/scalar.hpp"

namespace weir::kustomize {
namespace {

/// A value that takes the place of $(NAME): its text, and its type and text when it stands alone.
struct Value {
  std::string text;
  Tag tag = Tag::kString;
  std::string text_alone = {};
};

std::string describe(const Variable& variable) { return text::cat("variable ", text::quoted(variable.name)); }

/// nullopt for a mapping or a list, which cannot be put anywhere.
std::optional<Value> to_value(const Node& node, const Variable& variable) {
  if (!node.is_scalar()) return std::nullopt;
  switch (node.tag) {
    case Tag::kInt: {
      std::int64_t number = 0;
      std::string_view digits = node.value;
      if (digits.starts_with('+')) digits.remove_prefix(1);
      const auto [rest, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
      if (failure != std::errc{} || rest != digits.data() + digits.size())
        fail(variable.place, text::cat(describe(variable), ": expected a decimal number at ", variable.field_path));
      return Value{std::to_string(number), Tag::kInt};
    }
    case Tag::kFloat: {
      const yaml::Scalar scalar = yaml::resolve(node.value, yaml::Typing::kCore);
      const auto* real = std::get_if<double>(&scalar.value);
      if (real == nullptr) return Value{std::string{node.value}, Tag::kFloat};
      return Value{yaml::yaml_number(*real), Tag::kFloat, yaml::json_number(*real)};
    }
    case Tag::kBool: return Value{text::lower(node.value), Tag::kBool};
    default: return Value{std::string{node.value}, Tag::kString};
  }
}

class Replacer {
 public:
  explicit Replacer(const std::map<std::string, std::optional<Value>, std::less<>>& values) : values_{values} {}

  void set(Arena& arena, Node& node) {
    if (yaml::is_missing(&node)) return;
    switch (node.kind) {
      case Kind::kScalar:
        if (node.is_string()) replace(arena, node);
        return;
      case Kind::kMapping:
        for (std::size_t i = 0; i + 1 < node.content.size(); i += 2) {
          if (!node.content[i]->is_string())
            fail("", text::cat("expected keys that are text, found ", text::quoted(node.content[i]->value)));
          if (node.content[i + 1]->is_string()) replace(arena, *node.content[i + 1]);
        }
        return;
      case Kind::kSequence:
        for (Node* item : node.content) {
          if (!item->is_string()) fail("", "expected a list of texts");
          replace(arena, *item);
        }
        return;
      case Kind::kNone: return;
    }
  }

  const std::set<std::string>& used() const { return used_; }

 private:
  void replace(Arena& arena, Node& node) {
    const Value value = expand(arena, node.value);
    node.value = arena.keep(value.text_alone.empty() ? value.text : value.text_alone);
    node.tag = value.tag;
    node.style = Style::kPlain;
    node.is_tagged = false;
  }

  Value expand(Arena& arena, std::string_view input) {
    std::string out;
    std::size_t copied = 0;
    for (std::size_t i = 0; i + 1 < input.size(); ++i) {
      if (input[i] != '$') continue;
      out += input.substr(copied, i - copied);
      const char next = input[i + 1];
      if (next == '$') {
        out += '$';
        ++i;
      } else if (next == '(') {
        const auto close = input.find(')', i + 2);
        if (close == input.npos) {
          out += "$(";
          ++i;
        } else {
          const auto name = input.substr(i + 2, close - i - 2);
          const Value mapped = value_of(name);
          if (i == 0 && close + 1 == input.size()) return mapped;
          arena.charge(mapped.text.size());
          out += mapped.text;
          i = close;
        }
      } else {
        out += '$';
        out += next;
        ++i;
      }
      copied = i + 1;
    }
    out += input.substr(std::min(copied, input.size()));
    return {std::move(out), Tag::kString};
  }

  Value value_of(std::string_view name) {
    const auto found = values_.find(name);
    if (found == values_.end() || !found->second) return {text::cat("$(", name, ")"), Tag::kString};
    used_.emplace(name);
    return *found->second;
  }

  const std::map<std::string, std::optional<Value>, std::less<>>& values_;
  std::set<std::string> used_;
};

}  // namespace

void Variables::add(const Variable& variable) {
  const auto [found, is_new] = variables_.emplace(variable.name, variable);
  if (!is_new) fail(variable.place, text::cat(describe(variable), " is already there, from ", found->second.place));
}

void Variables::add(const std::vector<Variable>& variables, ResourceSet& resources) {
  for (const Variable& variable : variables) {
    const ResourceId wanted{
        {variable.group, variable.version, variable.kind}, variable.object_name, variable.object_space, false};
    std::vector<Resource*> matched;
    for (Resource* resource : resources.find_by_any_name(variable.object_name)) {
      if (resource->is_deleted()) continue;
      const auto is_meant = [&](const ResourceId& id) {
        if (id.name != wanted.name || id.gvk != wanted.gvk) return false;
        return wanted.space.empty() || is_same_space(wanted, id);
      };
      bool is_match = is_meant(resource->id());
      for (const auto& id : resource->previous_ids()) is_match = is_match || is_meant(id);
      if (is_match) matched.push_back(resource);
    }
    if (matched.size() > 1)
      fail(
          variable.place,
          text::cat(
              describe(variable),
              ": ",
              matched.size(),
              " resources could give its value: ",
              describe_both(*matched[0], *matched[1])
          )
      );
    if (matched.size() == 1) matched.front()->variable_names().push_back(variable.name);
  }
  for (const Variable& variable : variables) add(variable);
}

void Variables::add_all(Variables&& other) {
  for (const auto& [name, variable] : other.variables_) add(variable);
}

void Variables::resolve(ResourceSet& resources, const FieldSpecs& places, Context& context) const {
  if (variables_.empty()) return;
  std::map<std::string, std::optional<Value>, std::less<>> values;
  for (const auto& [name, variable] : variables_) {
    const Resource* holder = nullptr;
    for (const auto& resource : resources.all()) {
      for (const auto& known : resource->variable_names())
        if (known == name && holder == nullptr) holder = resource.get();
    }
    if (holder == nullptr) fail(variable.place, text::cat(describe(variable), ": its object is not in the build"));
    const Node* node = find_value(holder->root(), variable.field_path);
    if (node == nullptr)
      fail(
          variable.place,
          text::cat(
              describe(variable), ": ", holder->kind(), " ", holder->name(), " has no field ", variable.field_path
          )
      );
    values.emplace(name, to_value(*node, variable));
  }

  Replacer replacer{values};
  SpecIndex index{places};
  for (const auto& resource : resources.all())
    for (const ParsedSpec* spec : index.for_kind(resource->api_version(), resource->kind())) {
      try {
        for_each_field(resource->arena(), resource->root(), *spec, {}, [&](Node& node) {
          replacer.set(resource->arena(), node);
        });
      } catch (Failure& failure) {
        fail(
            resource->place(),
            text::cat("variables in ", resource->kind(), " ", resource->name(), ": ", failure.message)
        );
      }
    }
  for (const auto& [name, variable] : variables_)
    if (!replacer.used().contains(name))
      context.warn(text::cat(variable.place, ": ", describe(variable), " is never used"));
}

}  // namespace weir::kustomize
