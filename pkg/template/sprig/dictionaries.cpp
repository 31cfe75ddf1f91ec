#include "pkg/base/text.hpp"
#include "pkg/template/nil_map.hpp"
#include "pkg/template/print.hpp"
#include "pkg/template/sprig/groups.hpp"

namespace weir::templates::sprig {
namespace {

bool is_there(const Value& value) { return value.has_value() && value.kind() != Kind::kNil; }

void check_depth(int depth) {
  if (depth > kMaxValueDepth) throw CallError{"a value is nested too deep"};
}

Value dictionary(Call& call, Rest<Value> values) {
  Value out = Value::map();
  for (std::size_t i = 0; i < values.size(); i += 2) {
    call.budget().spend(1);
    out.as_map().set(text_of(values[i], call.budget()), i + 1 < values.size() ? values[i + 1] : Value{""});
  }
  return out;
}

Value set(Call& call, Dict dict, const std::string& key, const Value& value) {
  if (dict.is_nil() || is_nil_map(dict.value())) throw CallError{"assignment to entry in nil map"};
  call.will_change(dict.value());
  dict.value().as_map().set(key, value);
  return dict.value();
}

Value unset(Call&, Dict dict, const std::string& key) {
  if (!dict.is_nil()) dict.value().as_map().entries.erase(Value{key});
  return dict.value();
}

Value keys(Call& call, Rest<Dict> dicts) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < dicts.size(); ++i) {
    const Dict dict = dicts[i];
    if (dict.is_nil()) continue;
    call.budget().spend(dict.map()->entries.size());
    for (const auto& entry : dict.map()->entries) out.push_back(entry.first.as_string());
  }
  return Value::texts(std::move(out));
}

Value values(Call& call, Dict dict) {
  Value::Items out;
  if (dict.is_nil()) return Value::list({});
  call.budget().spend(dict.map()->entries.size());
  for (const auto& entry : dict.map()->entries) out.push_back(entry.second);
  return Value::list(std::move(out));
}

Value pick(Call&, Dict dict, Rest<std::string> wanted) {
  Value out = Value::map();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (const Value* value = dict.find(wanted[i])) out.as_map().set(wanted[i], *value);
  }
  return out;
}

Value omit(Call& call, Dict dict, Rest<std::string> unwanted) {
  Value out = Value::map();
  if (dict.is_nil()) return out;
  call.budget().spend(dict.map()->entries.size());
  out.as_map().entries = dict.map()->entries;
  for (std::size_t i = 0; i < unwanted.size(); ++i) out.as_map().entries.erase(Value{unwanted[i]});
  return out;
}

Value pluck(Call& call, const std::string& key, Rest<Dict> dicts) {
  Value::Items out;
  for (std::size_t i = 0; i < dicts.size(); ++i) {
    call.budget().spend(1);
    const Dict dict = dicts[i];
    if (const Value* value = dict.find(key)) out.push_back(*value);
  }
  return Value::list(std::move(out));
}

/// dig "a" "b" DEFAULT DICT
Value dig(Call&, Rest<Value> arguments) {
  if (arguments.size() < 3) throw CallError{"dig needs at least three arguments"};
  const auto convert = [](const Value& value, std::string_view wanted, bool is_good) {
    if (is_good) return;
    const std::string type = is_there(value) ? value.type() : "nil";
    throw CallError{text::cat("interface conversion: interface {} is ", type, ", not ", wanted)};
  };
  const std::size_t count = arguments.size() - 2;
  Value place = arguments[count + 1];
  const auto check_dict = [&] {
    convert(
        place, "map[string]interface {}", place.kind() == Kind::kMap && place.as_map().is_dict() && !place.named_type()
    );
  };
  check_dict();
  for (std::size_t i = 0; i < count; ++i) convert(arguments[i], "string", arguments[i].is_string());
  for (std::size_t i = 0; i < count; ++i) {
    check_dict();
    const Value* next = place.as_map().find(arguments[i].as_string());
    if (!next) return arguments[count];
    const Value found = *next;
    place = found;
  }
  return place;
}

enum class Merging { kKeep, kOverwrite };

/// Adds what `from` has to `into`, dictionaries inside each other together.
void merge_into(Call& call, const Value& target, const Map& from, Merging merging, int depth) {
  check_depth(depth);
  call.will_change(target);
  Map& into = target.as_map();
  const bool overwrites = merging == Merging::kOverwrite;
  const auto entries = from.entries;  // both may be the same map
  for (const auto& [key, value] : entries) {
    call.budget().spend(1);
    const auto at = into.entries.find(key);
    const bool is_new = at == into.entries.end();
    if (!is_there(value)) {
      if (overwrites) into.set(key, value);
      continue;
    }
    if (is_new) {
      into.set(key, value);
      continue;
    }
    const Value old = at->second;
    const bool are_maps = value.kind() == Kind::kMap && old.kind() == Kind::kMap;
    if (are_maps && !is_nil_map(old) && old.as_map().is_dict() && value.as_map().is_dict()) {
      merge_into(call, old, value.as_map(), merging, depth + 1);
    } else if (overwrites || is_empty(old)) {
      into.set(key, value);
    }
  }
}

Value merge(Call& call, Dict target, Rest<Dict> sources, Merging merging) {
  Value out = target.is_nil() || is_nil_map(target.value()) ? Value::map() : target.value();
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const Dict source = sources[i];
    if (!source.is_nil()) merge_into(call, out, *source.map(), merging, 0);
  }
  return out;
}

Value deep_copy(Call& call, const Value& value, int depth) {
  check_depth(depth);
  call.budget().spend(1);
  if (value.kind() == Kind::kList) {
    const List& from = value.as_list();
    if (from.is_nil) return value;
    Value::Items items;
    for (const auto& item : from.items) items.push_back(deep_copy(call, item, depth + 1));
    const Value out = Value::list(std::move(items), from.type);
    return value.named_type() ? out.named(*value.named_type()) : out;
  }
  if (value.kind() == Kind::kMap) {
    const Map& from = value.as_map();
    Value out = Value::map(from.key_type, from.value_type);
    for (const auto& [key, element] : from.entries) out.as_map().set(key, deep_copy(call, element, depth + 1));
    if (value.named_type()) return out.named(*value.named_type());
    return out;
  }
  return value;
}

}  // namespace

void add_dictionaries(Functions& out) {
  out["dict"] = make_function(dictionary);
  out["get"] = make_function([](Call&, Dict dict, const std::string& key) {
    const Value* value = dict.find(key);
    return value ? *value : Value{""};
  });
  out["set"] = make_function(set);
  out["unset"] = make_function(unset);
  out["hasKey"] = make_function([](Call&, Dict dict, const std::string& key) { return dict.find(key) != nullptr; });
  // Sprig gives keys and values in random order; here they are sorted by key.
  out["keys"] = make_function(keys);
  out["values"] = make_function(values);
  out["pick"] = make_function(pick);
  out["omit"] = make_function(omit);
  out["pluck"] = make_function(pluck);
  out["dig"] = make_function(dig);
  add_with_must(out, "merge", make_function([](Call& call, Dict target, Rest<Dict> sources) {
                  return merge(call, target, sources, Merging::kKeep);
                }));
  add_with_must(out, "mergeOverwrite", make_function([](Call& call, Dict target, Rest<Dict> sources) {
                  return merge(call, target, sources, Merging::kOverwrite);
                }));
  add_with_must(out, "deepCopy", make_function([](Call& call, const Value& value) {
                  if (!is_there(value)) throw CallError{"reflect: call of reflect.Value.Type on zero Value"};
                  return deep_copy(call, value, 0);
                }));
}

}  // namespace weir::templates::sprig
