#include "pkg/jsonschema/validator.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/jsonschema/canonical.hpp"
#include "pkg/jsonschema/url.hpp"
#include "pkg/jsonschema/words.hpp"
#include "pkg/template/quote.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::jsonschema {

using json::Member;
using json::Value;

namespace {

using Causes = std::vector<Violation>;

constexpr std::size_t kFewItems = 20;  ///< that are compared in pairs
/// The way from the top to a schema.
struct Scope {
  const Schema* schema = nullptr;
  std::string_view keyword;  ///< of a reference
  std::size_t value_id = 0;  ///< equal for schemas that are applied to the same value
  const Scope* parent = nullptr;
};

/// What no schema has looked at yet; nullopt: nobody asks.
struct Unevaluated {
  std::optional<std::set<std::string_view>> properties;
  std::optional<std::set<std::size_t>> items;

  bool is_empty() const { return (!properties || properties->empty()) && (!items || items->empty()); }
  /// Keeps what the other has not looked at either.
  void keep(const Unevaluated& other) {
    if (properties)
      std::erase_if(*properties, [&](auto name) { return !other.properties || !other.properties->contains(name); });
    if (items) std::erase_if(*items, [&](auto index) { return !other.items || !other.items->contains(index); });
  }
};

}  // namespace

/// One schema applied to one value.
class Visit {
 public:
  Visit(
      Application& application,
      const Schema& schema,
      const Value& value,
      std::vector<std::string>& location,
      const Scope& scope,
      bool is_quiet,
      bool is_tracked_above
  )
      : app_{application}, schema_{schema}, value_{value}, location_{location}, scope_{scope}, is_quiet_{is_quiet} {
    if (value.is_object() && !schema.all_properties_evaluated &&
        (is_tracked_above || schema.unevaluated_properties != nullptr)) {
      unevaluated_.properties.emplace();
      for (const auto& member : value.as_object()) unevaluated_.properties->insert(member.key);
    }
    if (value.is_array() && !schema.all_items_evaluated && (is_tracked_above || schema.unevaluated_items != nullptr) &&
        schema.items_evaluated < value.size()) {
      unevaluated_.items.emplace();
      for (std::size_t i = schema.items_evaluated; i < value.size(); ++i) unevaluated_.items->insert(i);
    }
  }

  const Unevaluated& unevaluated() const { return unevaluated_; }

  std::optional<Violation> run() {
    app_.charge(1);
    if (schema_.boolean) {
      if (*schema_.boolean) return std::nullopt;
      return violation("false schema");
    }
    if (auto cycle = find_cycle()) return cycle;
    if (auto first = check_whole()) return first;
    if (schema_.ref != nullptr) {
      auto failed = apply_reference(*schema_.ref, "$ref");
      if (schema_.draft < 2019) return failed;
      add(std::move(failed));
    }
    switch (value_.kind()) {
      case Value::Kind::kObject: visit_object(); break;
      case Value::Kind::kArray: visit_array(); break;
      case Value::Kind::kString: visit_text(value_.as_string()); break;
      case Value::Kind::kNumber: visit_number(); break;
      default: break;
    }
    if (violations_.empty() || !is_quiet_) {
      if (schema_.draft >= 2019) apply_dynamic_references();
      apply_conditions();
      if (schema_.draft >= 2019) visit_unevaluated();
    }
    if (violations_.empty()) return std::nullopt;
    if (violations_.size() == 1) return std::move(violations_.front());
    Violation group = violation("validation failed");
    group.kind = Violation::Kind::kGroup;
    group.causes = std::move(violations_);
    return group;
  }

 private:
  Violation violation(std::string text) const {
    if (is_quiet_) return {};
    return {location_, Violation::Kind::kPlain, std::move(text), {}};
  }
  void add(std::string text) { violations_.push_back(violation(std::move(text))); }
  void add(std::optional<Violation> failed) {
    if (failed) violations_.push_back(std::move(*failed));
  }
  void add(Causes causes, std::string text) {
    Violation failed = violation(std::move(text));
    if (!is_quiet_) failed.causes = std::move(causes);
    violations_.push_back(std::move(failed));
  }
  bool is_over() const { return is_quiet_ && !violations_.empty(); }
  /// Applies another schema to the same value.
  std::optional<Violation> apply(const Schema& schema, std::string_view keyword = {}, bool is_quiet = false) {
    const Scope scope{&schema, keyword, scope_.value_id, &scope_};
    Visit visit{app_, schema, value_, location_, scope, is_quiet_ || is_quiet, !unevaluated_.is_empty()};
    auto failed = nested(visit);
    if (!failed) unevaluated_.keep(visit.unevaluated());
    return failed;
  }

  /// Applies a schema to a part of the value.
  std::optional<Violation> apply_below(const Schema& schema, const Value& part, std::string token) {
    location_.push_back(std::move(token));
    const Scope scope{&schema, {}, scope_.value_id + 1, &scope_};
    Visit visit{app_, schema, part, location_, scope, is_quiet_, false};
    auto failed = nested(visit);
    location_.pop_back();
    return failed;
  }

  std::optional<Violation> nested(Visit& visit) {
    if (++app_.depth_ > app_.limits_.depth)
      throw LimitReached{text::cat("the schema applies to itself more than ", app_.limits_.depth, " levels deep")};
    auto failed = visit.run();
    --app_.depth_;
    return failed;
  }

  std::optional<Violation> apply_reference(const Schema& schema, std::string_view keyword) {
    auto failed = apply(schema, keyword);
    if (!failed || is_quiet_) return failed;
    Violation reference = violation("validation failed");
    reference.kind = Violation::Kind::kReference;
    if (failed->kind == Violation::Kind::kGroup) {
      reference.causes = std::move(failed->causes);
    } else {
      reference.causes.push_back(std::move(*failed));
    }
    return reference;
  }

  std::optional<Violation> find_cycle() const {
    for (const Scope* above = scope_.parent; above != nullptr && above->value_id == scope_.value_id;
         above = above->parent)
      if (above->schema == scope_.schema)
        return violation(text::cat(
            "both ",
            place_of(scope_),
            " and ",
            place_of(*above),
            " resolve to ",
            templates::quote(schema_.location()),
            " causing reference cycle"
        ));
    return std::nullopt;
  }

  /// The way to a schema in keywords.
  static std::string place_of(const Scope& scope) {
    std::string place;
    for (const Scope* at = &scope; at->parent != nullptr; at = at->parent) {
      const std::string own = at->schema->location();
      const std::string above = at->parent->schema->location();
      place = at->keyword.empty() ? (own.size() >= above.size() ? own.substr(above.size()) : own) + place
                                  : text::cat("/", escape_pointer(at->keyword), place);
    }
    return place;
  }

  /// What ends the visit when it fails.
  std::optional<Violation> check_whole() {
    const unsigned type = type_of(value_);
    if (schema_.types != 0) {
      const auto is_integer = [this] {
        const auto number = Decimal::parse(value_.as_number().text);
        return number && number->is_integer();
      };
      const bool is_matched =
          (schema_.types & type) != 0 || ((schema_.types & kInteger) != 0 && type == kNumber && is_integer());
      if (!is_matched) return violation(text::cat("got ", type_name(value_), ", want ", type_names(schema_.types)));
    }
    if (schema_.constant != nullptr && !is_equal(value_, *schema_.constant)) {
      const bool is_shown = !schema_.constant->is_array() && !schema_.constant->is_object();
      return violation(is_shown ? text::cat("value must be ", shown(*schema_.constant)) : "'const' failed");
    }
    if (schema_.enumeration != nullptr) {
      const bool is_one =
          std::any_of(schema_.enumeration->begin(), schema_.enumeration->end(), [this](const Value& item) {
            return is_equal(value_, item);
          });
      if (!is_one) return violation(enumeration_text());
    }
    if (schema_.format != nullptr && value_.is_string()) {
      app_.charge(value_.as_string().size() / 64);
      if (const auto problem = schema_.format->check(value_.as_string()))
        return violation(
            text::cat(single_quoted(value_.as_string()), " is not valid ", schema_.format->name, ": ", *problem)
        );
    }
    return std::nullopt;
  }

  std::string enumeration_text() const {
    if (is_quiet_) return {};
    std::string list;
    for (const auto& item : *schema_.enumeration) {
      if (item.is_array() || item.is_object()) return "'enum' failed";
      text::append(list, list.empty() ? "" : ", ", shown(item));
    }
    return text::cat("value must be ", schema_.enumeration->size() == 1 ? "" : "one of ", list);
  }

  /// As the library compares: a number equals a text that says the same number, but not the other way round.
  bool is_equal(const Value& left, const Value& right) {
    app_.charge(1);
    if (left.is_number()) {
      const auto said = right.text();
      if (!right.is_number() && !said) return false;
      const auto one = Decimal::parse(left.as_number().text);
      const auto other = Decimal::parse(said ? *said : std::string_view{right.as_number().text});
      return one && other && *one == *other;
    }
    if (left.kind() != right.kind()) return false;
    if (left.is_array()) {
      if (left.size() != right.size()) return false;
      for (std::size_t i = 0; i < left.size(); ++i)
        if (!is_equal(left.as_array()[i], right.as_array()[i])) return false;
      return true;
    }
    if (!left.is_object()) {
      if (left.is_string()) app_.charge(left.as_string().size() / 64);
      return left == right;
    }
    if (left.size() != right.size()) return false;
    const auto one = sorted_members(left), other = sorted_members(right);
    for (std::size_t i = 0; i < one.size(); ++i)
      if (one[i]->key != other[i]->key || !is_equal(one[i]->value, other[i]->value)) return false;
    return true;
  }

  void visit_object() {
    members_ = sorted_members(value_);
    const auto size = static_cast<std::int64_t>(members_.size());
    app_.charge(members_.size());
    if (schema_.min_properties && size < *schema_.min_properties)
      add(text::cat("minProperties: got ", english(size), ", want ", english(*schema_.min_properties)));
    if (schema_.max_properties && size > *schema_.max_properties)
      add(text::cat("maxProperties: got ", english(size), ", want ", english(*schema_.max_properties)));
    if (const auto missing = missing_of(schema_.required); !missing.empty())
      add(text::cat(missing.size() == 1 ? "missing property " : "missing properties ", single_quoted_list(missing)));
    if (is_over()) return;
    for (const auto& dependency : schema_.dependencies) {
      if (!has(dependency.name)) continue;
      if (dependency.schema != nullptr) {
        add(apply(*dependency.schema));
      } else {
        require(dependency);
      }
    }
    visit_properties();
    if (schema_.draft == 4) return;
    if (schema_.property_names != nullptr) visit_property_names();
    if (schema_.draft == 6) return;
    for (const auto& [name, schema] : schema_.dependent_schemas)
      if (has(name)) add(apply(*schema));
    for (const auto& dependency : schema_.dependent_required)
      if (has(dependency.name)) require(dependency);
  }

  bool has(std::string_view name) const {
    const auto found =
        std::lower_bound(members_.begin(), members_.end(), name, [](auto* member, std::string_view wanted) {
          return member->key < wanted;
        });
    return found != members_.end() && (*found)->key == name;
  }

  std::vector<std::string> missing_of(const std::vector<std::string>& required) const {
    std::vector<std::string> missing;
    for (const auto& name : required)
      if (!has(name)) missing.push_back(name);
    return missing;
  }

  void require(const Schema::DependentList& dependency) {
    const auto missing = missing_of(dependency.required);
    if (!missing.empty())
      add(text::cat(
          "properties ", single_quoted_list(missing), " required, if ", single_quoted(dependency.name), " exists"
      ));
  }

  void visit_properties() {
    std::vector<std::string> additional;
    for (const Member* member : members_) {
      if (is_over()) return;
      if (!visit_property(*member, additional)) continue;
      if (unevaluated_.properties) unevaluated_.properties->erase(member->key);
    }
    if (!additional.empty()) add(text::cat("additional properties ", single_quoted_list(additional), " not allowed"));
  }

  /// @returns whether a keyword has looked at it
  bool visit_property(const Member& member, std::vector<std::string>& additional) {
    bool is_evaluated = false;
    const auto found = std::lower_bound(
        schema_.properties.begin(),
        schema_.properties.end(),
        member.key,
        [](const auto& property, const std::string& key) { return property.first < key; }
    );
    if (found != schema_.properties.end() && found->first == member.key) {
      is_evaluated = true;
      add(apply_below(*found->second, member.value, member.key));
    }
    for (const auto& property : schema_.pattern_properties) {
      app_.charge(1 + member.key.size() / 64);
      if (!property.regex.is_found_in(member.key)) continue;
      is_evaluated = true;
      add(apply_below(*property.schema, member.value, member.key));
    }
    if (is_evaluated || !schema_.additional_properties.is_there()) return is_evaluated;
    if (schema_.additional_properties.schema != nullptr) {
      add(apply_below(*schema_.additional_properties.schema, member.value, member.key));
    } else if (!*schema_.additional_properties.allowed) {
      additional.push_back(member.key);
    }
    return true;
  }

  void visit_property_names() {
    for (const Member* member : members_) {
      // A name is validated as a value of its own, at the top.
      std::vector<std::string> top;
      const Value name{member->key};
      const Scope scope{schema_.property_names, {}, 0, nullptr};
      Visit visit{app_, *schema_.property_names, name, top, scope, is_quiet_, false};
      auto failed = nested(visit);
      if (!failed) continue;
      Causes causes;
      if (failed->kind == Violation::Kind::kGroup) {
        causes = std::move(failed->causes);
      } else {
        causes.push_back(std::move(*failed));
      }
      add(std::move(causes), text::cat("invalid propertyName ", single_quoted(member->key)));
      violations_.back().location.clear();
    }
  }

  void visit_array() {
    const auto& items = value_.as_array();
    const auto size = static_cast<std::int64_t>(items.size());
    if (schema_.min_items && size < *schema_.min_items)
      add(text::cat("minItems: got ", english(size), ", want ", english(*schema_.min_items)));
    if (schema_.max_items && size > *schema_.max_items)
      add(text::cat("maxItems: got ", english(size), ", want ", english(*schema_.max_items)));
    if (schema_.unique_items) check_unique(items);
    // Messages count the items behind a list from 0 again.
    const std::size_t listed = std::min(schema_.item_list.size(), items.size());
    for (std::size_t i = 0; i < listed; ++i) add(apply_below(*schema_.item_list[i], items[i], std::to_string(i)));
    if (schema_.items != nullptr)
      for (std::size_t i = listed; i < items.size(); ++i)
        add(apply_below(*schema_.items, items[i], std::to_string(i - listed)));
    if (schema_.additional_items.schema != nullptr) {
      for (std::size_t i = listed; i < items.size(); ++i)
        add(apply_below(*schema_.additional_items.schema, items[i], std::to_string(i - listed)));
    } else if (schema_.additional_items.allowed == false && listed != items.size()) {
      add(text::cat(
          "last ", english(static_cast<std::int64_t>(items.size() - listed)), " additionalItem(s) not allowed"
      ));
    }
    if (schema_.contains != nullptr) check_contains(items);
  }

  void check_unique(const Value::Array& items) {
    const auto found = items.size() <= kFewItems ? find_equal_pair(items) : find_equal_texts(items);
    if (!found) return;
    const auto [first, second] = *found;
    add(text::cat(
        "items at ",
        english(static_cast<std::int64_t>(first)),
        " and ",
        english(static_cast<std::int64_t>(second)),
        " are equal"
    ));
  }

  using Pair = std::pair<std::size_t, std::size_t>;

  std::optional<Pair> find_equal_pair(const Value::Array& items) {
    for (std::size_t i = 1; i < items.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (is_equal(items[i], items[j])) return Pair{j, i};
    return std::nullopt;
  }

  std::optional<Pair> find_equal_texts(const Value::Array& items) {
    std::unordered_map<std::string, std::size_t> seen;
    for (std::size_t i = 0; i < items.size(); ++i) {
      std::string text = canonical(items[i]);
      app_.charge(1 + text.size() / 16);
      const auto [found, is_new] = seen.emplace(std::move(text), i);
      if (!is_new) return Pair{found->second, i};
    }
    return std::nullopt;
  }

  void check_contains(const Value::Array& items) {
    Causes causes;
    std::vector<std::size_t> matched;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (auto failed = apply_below(*schema_.contains, items[i], std::to_string(i))) {
        causes.push_back(std::move(*failed));
        continue;
      }
      matched.push_back(i);
      if (schema_.draft >= 2020 && unevaluated_.items) unevaluated_.items->erase(i);
    }
    const auto count = static_cast<std::int64_t>(matched.size());
    const auto matched_text = [&] {
      return text::cat("matched ", english(count), " items at ", joined_numbers(matched));
    };
    if (schema_.min_contains) {
      if (count < *schema_.min_contains)
        add(std::move(causes),
            text::cat(
                "min ",
                english(*schema_.min_contains),
                " items required to match contains schema, but ",
                matched.empty() ? "none matched" : matched_text()
            ));
    } else if (matched.empty()) {
      add(std::move(causes), "no items match contains schema");
    }
    if (schema_.max_contains && count > *schema_.max_contains)
      add(text::cat(
          "max ", english(*schema_.max_contains), " items required to match contains schema, but ", matched_text()
      ));
  }

  void visit_text(const std::string& text) {
    app_.charge(text.size() / 64);
    if (schema_.min_length || schema_.max_length) {
      const auto length = static_cast<std::int64_t>(templates::unicode::count(text));
      if (schema_.min_length && length < *schema_.min_length)
        add(text::cat("minLength: got ", english(length), ", want ", english(*schema_.min_length)));
      if (schema_.max_length && length > *schema_.max_length)
        add(text::cat("maxLength: got ", english(length), ", want ", english(*schema_.max_length)));
    }
    if (schema_.pattern && !schema_.pattern->regex.is_found_in(text))
      add(text::cat(single_quoted(text), " does not match pattern ", single_quoted(schema_.pattern->text)));
  }

  void visit_number() {
    const auto number = Decimal::parse(value_.as_number().text);
    if (!number) return;
    const auto fail = [&](std::string_view keyword, const Decimal& wanted) {
      add(text::cat(keyword, ": got ", english(*number), ", want ", english(wanted)));
    };
    if (schema_.minimum && *number < *schema_.minimum) fail("minimum", *schema_.minimum);
    if (schema_.maximum && *number > *schema_.maximum) fail("maximum", *schema_.maximum);
    if (schema_.exclusive_minimum && *number <= *schema_.exclusive_minimum)
      fail("exclusiveMinimum", *schema_.exclusive_minimum);
    if (schema_.exclusive_maximum && *number >= *schema_.exclusive_maximum)
      fail("exclusiveMaximum", *schema_.exclusive_maximum);
    if (!schema_.multiple_of) return;
    const auto is_multiple = number->is_multiple_of(*schema_.multiple_of);
    if (!is_multiple) throw LimitReached{"multipleOf: the numbers are too far apart to divide them"};
    if (!*is_multiple) fail("multipleOf", *schema_.multiple_of);
  }

  void apply_dynamic_references() {
    if (const Schema* target = schema_.recursive_ref) {
      if (target->recursive_anchor)
        for (const Scope* above = &scope_; above != nullptr; above = above->parent)
          if (above->schema->resource->recursive_anchor) target = above->schema;
      add(apply_reference(*target, "$recursiveRef"));
    }
    if (const Schema* target = schema_.dynamic_ref) {
      const std::string& anchor = schema_.dynamic_ref_anchor;
      if (!anchor.empty() && target->dynamic_anchor == anchor) {
        for (const Scope* above = &scope_; above != nullptr; above = above->parent) {
          const auto& anchors = above->schema->resource->dynamic_anchors;
          if (const auto found = anchors.find(anchor); found != anchors.end()) target = found->second;
        }
      }
      add(apply_reference(*target, "$dynamicRef"));
    }
  }

  void apply_conditions() {
    if (schema_.not_ != nullptr && !apply(*schema_.not_, {}, true)) add("'not' failed");
    if (!schema_.all_of.empty()) {
      Causes causes;
      for (const Schema* schema : schema_.all_of) {
        auto failed = apply(*schema);
        if (!failed) continue;
        causes.push_back(std::move(*failed));
        if (is_quiet_) break;
      }
      if (!causes.empty()) add(std::move(causes), "'allOf' failed");
    }
    if (!schema_.any_of.empty()) apply_any_of();
    if (!schema_.one_of.empty()) apply_one_of();
    if (schema_.if_ == nullptr) return;
    const Schema* const branch = apply(*schema_.if_, {}, true) ? schema_.else_ : schema_.then;
    if (branch != nullptr) add(apply(*branch));
  }

  void apply_any_of() {
    bool is_matched = false;
    Causes causes;
    for (const Schema* schema : schema_.any_of) {
      if (auto failed = apply(*schema)) {
        causes.push_back(std::move(*failed));
        continue;
      }
      is_matched = true;
      // Who tracks what was evaluated needs all that match.
      if (unevaluated_.is_empty()) break;
    }
    if (!is_matched) add(std::move(causes), "'anyOf' failed");
  }

  void apply_one_of() {
    std::optional<std::size_t> matched;
    Causes causes;
    for (std::size_t i = 0; i < schema_.one_of.size(); ++i) {
      if (auto failed = apply(*schema_.one_of[i], {}, matched.has_value())) {
        if (!matched) causes.push_back(std::move(*failed));
      } else if (!matched) {
        matched = i;
      } else {
        add(text::cat("'oneOf' failed, subschemas ", *matched, ", ", i, " matched"));
        return;
      }
    }
    if (!matched) add(std::move(causes), "'oneOf' failed, none matched");
  }

  void visit_unevaluated() {
    if (schema_.unevaluated_properties != nullptr && unevaluated_.properties) {
      for (const auto name : *unevaluated_.properties)
        if (const Value* const found = value_.find(name))
          add(apply_below(*schema_.unevaluated_properties, *found, std::string{name}));
      unevaluated_.properties.reset();
    }
    if (schema_.unevaluated_items != nullptr && unevaluated_.items) {
      for (const auto index : *unevaluated_.items)
        add(apply_below(*schema_.unevaluated_items, value_.as_array()[index], std::to_string(index)));
      unevaluated_.items.reset();
    }
  }

  Application& app_;
  const Schema& schema_;
  const Value& value_;
  std::vector<std::string>& location_;
  const Scope& scope_;
  const bool is_quiet_;
  Unevaluated unevaluated_;
  Causes violations_;
  std::vector<const Member*> members_;
};

void Application::charge(std::uint64_t steps) {
  steps_ += steps;
  if (steps_ > limits_.steps) throw LimitReached{text::cat("validation takes more than ", limits_.steps, " steps")};
}

std::optional<Violation> Application::run(const Schema& schema, const Value& value) {
  std::vector<std::string> location;
  const Scope scope{&schema, {}, 0, nullptr};
  return Visit{*this, schema, value, location, scope, false, false}.run();
}

}  // namespace weir::jsonschema
