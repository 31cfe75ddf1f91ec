#include "test/simulation/api_server/schema.hpp"

#include <algorithm>
#include <stdexcept>

#include "pkg/base/text.hpp"

namespace weir::test {

extern const std::string_view kBuiltinTypes;

namespace {

std::optional<Type::Shape> scalar_of(char code) {
  switch (code) {
    case 's': return Type::Shape::kString;
    case 'i': return Type::Shape::kInt32;
    case 'l': return Type::Shape::kInt64;
    case 'f': return Type::Shape::kNumber;
    case 'b': return Type::Shape::kBool;
    case 'x': return Type::Shape::kIntOrString;
    case 'q': return Type::Shape::kQuantity;
    case 't': return Type::Shape::kTime;
    case 'm': return Type::Shape::kMicroTime;
    case 'y': return Type::Shape::kBytes;
    case 'r': return Type::Shape::kAny;
    default: return std::nullopt;
  }
}

}  // namespace

const Field* Type::field(std::string_view member) const {
  const auto at = std::ranges::find_if(fields, [&](const auto& one) { return one.name == member; });
  return at == fields.end() ? nullptr : &*at;
}

const Type* Type::of_member(std::string_view member) const {
  const auto* declared = field(member);
  return declared == nullptr ? element : declared->type;
}

Type& TypeTable::named(std::string_view name) {
  const auto at = std::ranges::find_if(types_, [&](const auto& type) { return type.name == name; });
  if (at != types_.end()) return *at;
  auto& out = add();
  out.name = name;
  out.shape = Type::Shape::kObject;
  return out;
}

const Type* TypeTable::find(std::string_view name) const {
  const auto at = std::ranges::find_if(types_, [&](const auto& type) { return type.name == name; });
  return at == types_.end() ? nullptr : &*at;
}

const Type* TypeTable::of_code(std::string_view code, const std::string& where) {
  const bool is_atomic = code.starts_with('@');
  if (is_atomic) code.remove_prefix(1);
  if (code.empty()) throw std::logic_error{text::cat("no type at ", where)};
  if (code.size() == 1) {
    const auto shape = scalar_of(code.front());
    if (!shape) throw std::logic_error{text::cat("no such type at ", where, ": ", code)};
    auto& out = add();
    out.shape = *shape;
    return &out;
  }
  if (code.front() != '[' && code.front() != '{') return &named(code);
  const auto inner = code.substr(1, code.size() - 2);
  const auto bar = code.front() == '[' ? inner.rfind('|') : std::string_view::npos;
  const bool is_marked = bar != std::string_view::npos && inner.find_first_of("]}", bar) == std::string_view::npos;
  const auto* element = of_code(is_marked ? inner.substr(0, bar) : inner, where);
  auto& out = add();
  out.element = element;
  out.is_atomic = is_atomic;
  if (code.front() == '{') {
    out.shape = Type::Shape::kObject;
    return &out;
  }
  out.shape = Type::Shape::kList;
  out.is_atomic = !is_marked;
  if (is_marked && bar + 1 == inner.size()) out.is_set = true;
  if (is_marked && !out.is_set) {
    for (const auto key : text::split(inner.substr(bar + 1), ',')) out.keys.emplace_back(key);
    std::ranges::sort(out.keys);
  }
  return &out;
}

void TypeTable::read(std::string_view lines) {
  Type* type = nullptr;
  for (const auto line : text::split(lines, '\n')) {
    auto rest = text::trim(line);
    if (rest.empty()) continue;
    if (!line.starts_with(' ')) {
      const auto [head, tail] = text::cut(rest, ":");
      const bool is_atomic = head.starts_with('@');
      const bool is_kind = head.starts_with('#');
      type = &named(is_atomic || is_kind ? head.substr(1) : head);
      type->is_atomic = is_atomic;
      type->is_kind = is_kind;
      if (is_kind) {
        for (const auto name : {"apiVersion", "kind"}) {
          Field field;
          field.name = name;
          field.type = of_code("s", name);
          type->fields.push_back(std::move(field));
        }
      }
      rest = text::trim(tail);
    }
    if (type == nullptr) throw std::logic_error{"a field outside of a type"};
    for (const auto word : text::split(rest, ' ')) {
      if (word.empty()) continue;
      auto [name, code] = text::cut(word, ":");
      Field field;
      field.name = name;
      if (const auto at = code.find('='); at != std::string_view::npos) {
        field.key_default = code.substr(at + 1);
        code = code.substr(0, at);
      }
      field.is_always_written = code.ends_with('!');
      if (field.is_always_written) code.remove_suffix(1);
      field.is_pointer = code.starts_with('*');
      if (field.is_pointer) code.remove_prefix(1);
      const auto* of = of_code(code, text::cat(type->name, ".", name));
      field.type = of;
      type->fields.push_back(std::move(field));
    }
  }
}

const TypeTable& builtin_types() {
  static const auto kTable = [] {
    auto table = std::make_unique<TypeTable>();
    table->read(kBuiltinTypes);
    return table;
  }();
  return *kTable;
}

const Type& any_type() {
  static const Type kAny;
  return kAny;
}

const Type& open_kind_type() {
  static const Type kOpen = [] {
    Type out;
    out.shape = Type::Shape::kObject;
    out.is_kind = true;
    out.keeps_unknown = true;
    out.element = &any_type();
    Field metadata;
    metadata.name = "metadata";
    metadata.type = builtin_types().find("ObjectMeta");
    out.fields.push_back(std::move(metadata));
    return out;
  }();
  return kOpen;
}

}  // namespace weir::test
