#include "pkg/json/patch.hpp"

#include "pkg/base/text.hpp"
#include "pkg/json/pointer.hpp"

namespace weir::json {
namespace {

/// Private to this file: how a failing operation reaches apply_patch().
struct Refused {
  std::string field;
  std::string message;
};

Pointer read_pointer(const Value& operation, std::string_view field) {
  const auto* text = operation.find(field);
  if (text == nullptr || !text->is_string()) {
    throw Refused{std::string{field}, "expected a JSON pointer"};
  }
  auto pointer = Pointer::parse(text->as_string());
  if (pointer.has_error()) throw Refused{std::string{field}, pointer.error().message};
  return std::move(*pointer);
}

const Value& read_value(const Value& operation) {
  const auto* value = operation.find("value");
  if (value == nullptr) throw Refused{"value", "required"};
  return *value;
}

[[noreturn]] void missing(const Pointer& pointer, std::string_view field) {
  throw Refused{std::string{field}, text::cat("there is nothing at ", text::quoted(pointer.text()))};
}

Value& parent_of(Value& document, const Pointer& pointer, std::string_view field) {
  auto tokens = pointer.tokens();
  tokens.pop_back();
  auto* parent = Pointer{std::move(tokens)}.find(document);
  if (parent == nullptr) missing(pointer, field);
  return *parent;
}

void add(Value& document, const Pointer& pointer, Value value) {
  if (pointer.empty()) {
    document = std::move(value);
    return;
  }
  auto& parent = parent_of(document, pointer, "path");
  const auto& token = pointer.tokens().back();
  if (parent.is_object()) {
    parent.set(token, std::move(value));
  } else if (parent.is_array()) {
    auto& elements = parent.as_array();
    const auto index = token == "-" ? std::optional{elements.size()} : array_index(token, elements.size() + 1);
    if (!index) {
      throw Refused{"path", text::cat(text::quoted(pointer.text()), " is outside of a list of ", elements.size())};
    }
    elements.insert(elements.begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
  } else {
    missing(pointer, "path");
  }
}

Value take(Value& document, const Pointer& pointer, std::string_view field) {
  auto* place = pointer.find(document);
  if (place == nullptr) missing(pointer, field);
  Value taken = std::move(*place);
  if (pointer.empty()) {
    document = Value{};
    return taken;
  }
  auto& parent = parent_of(document, pointer, field);
  const auto& token = pointer.tokens().back();
  if (parent.is_object()) {
    parent.erase(token);
  } else {
    auto& elements = parent.as_array();
    const auto index = array_index(token, elements.size());
    elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(*index));
  }
  return taken;
}

void apply_operation(Value& document, const Value& operation) {
  const auto* name = operation.find("op");
  if (name == nullptr || !name->is_string()) throw Refused{"op", "expected a string"};
  const auto& op = name->as_string();
  const Pointer path = read_pointer(operation, "path");
  if (op == "add") {
    add(document, path, read_value(operation));
  } else if (op == "remove") {
    take(document, path, "path");
  } else if (op == "replace") {
    const auto& value = read_value(operation);
    auto* place = path.find(document);
    if (place == nullptr) missing(path, "path");
    *place = value;
  } else if (op == "move") {
    const Pointer from = read_pointer(operation, "from");
    add(document, path, take(document, from, "from"));
  } else if (op == "copy") {
    const Pointer from = read_pointer(operation, "from");
    const auto* source = from.find(document);
    if (source == nullptr) missing(from, "from");
    add(document, path, *source);
  } else if (op == "test") {
    const auto& value = read_value(operation);
    const auto* place = path.find(document);
    if (place == nullptr ? !value.is_null() : !(*place == value)) {
      throw Refused{"value", text::cat("test failed at ", text::quoted(path.text()))};
    }
  } else {
    throw Refused{"op", text::cat("expected one of add, remove, replace, move, copy, test, got ", text::quoted(op))};
  }
}

}  // namespace

Result<Value> apply_patch(Value document, const Value& patch) {
  if (!patch.is_array()) {
    return InputError{"", text::cat("expected a list of operations, got ", describe_kind(patch.kind()))};
  }
  for (std::size_t i = 0; i < patch.size(); ++i) {
    try {
      apply_operation(document, patch.as_array()[i]);
    } catch (const Refused& refused) {
      return InputError{text::cat("[", i, "].", refused.field), refused.message};
    }
  }
  return document;
}

}  // namespace weir::json
