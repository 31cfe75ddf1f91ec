#include "pkg/kustomize/json_patch.hpp"

#include <charconv>
#include <optional>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/yaml/documents.hpp"

namespace weir::kustomize {
namespace {

using json::Value;

std::string unescaped(std::string_view token) {
  return text::replace_all(text::replace_all(token, "~1", "/"), "~0", "~");
}

std::optional<std::int64_t> to_index(std::string_view token) {
  if (token.starts_with('+')) token.remove_prefix(1);
  std::int64_t index = 0;
  const auto [rest, failure] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (failure != std::errc{} || rest != token.data() + token.size() || token.empty()) return std::nullopt;
  return index;
}

bool is_same(const Value& left, const Value& right) {
  if (left.kind() != right.kind()) return false;
  switch (left.kind()) {
    case Value::Kind::kNumber: return left.as_number().text == right.as_number().text;
    case Value::Kind::kArray: {
      if (left.size() != right.size()) return false;
      for (std::size_t i = 0; i < left.size(); ++i)
        if (!is_same(left.as_array()[i], right.as_array()[i])) return false;
      return true;
    }
    case Value::Kind::kObject: {
      if (left.size() != right.size()) return false;
      for (const auto& member : left.as_object()) {
        const Value* other = right.find(member.key);
        if (other == nullptr || !is_same(member.value, *other)) return false;
      }
      return true;
    }
    default: return left == right;
  }
}

/// A place inside of the document: the container, and the key or index in it.
struct Place {
  Value* container;
  std::string key;
};

class Patcher {
 public:
  Patcher(Value document, std::string place, yaml::Arena& arena)
      : document_{std::move(document)}, place_{std::move(place)}, arena_{arena} {}

  void apply(const Value& operation) {
    const auto op = operation.text_at({"op"});
    if (op == "add") {
      add(find("path", operation), value_of(operation));
    } else if (op == "remove") {
      remove(find("path", operation));
    } else if (op == "replace") {
      replace(operation);
    } else if (op == "move") {
      const Place from = find("from", operation);
      Value moved = get(from);
      remove(from);
      add(find("path", operation), std::move(moved));
    } else if (op == "copy") {
      const Value& source = get(find("from", operation));
      yaml::charge(arena_, source);
      Value copied = source;
      add(find("path", operation), std::move(copied));
    } else if (op == "test") {
      test(operation);
    } else {
      refuse(text::cat("op: expected add, remove, replace, move, copy or test, got ", text::quoted(op)));
    }
  }

  Value take() { return std::move(document_); }

 private:
  [[noreturn]] void refuse(std::string message) const { fail(place_, std::move(message)); }

  static const Value& value_of(const Value& operation) {
    const Value* value = operation.find("value");
    return value == nullptr ? kNull : *value;
  }

  Place find(std::string_view field, const Value& operation) {
    const Value* text = operation.find(field);
    if (text == nullptr || !text->is_string()) refuse(text::cat(field, ": expected a JSON pointer"));
    const std::string& path = text->as_string();
    const auto tokens = text::split(path, '/');
    if (tokens.size() < 2) refuse(text::cat(field, ": there is nothing at ", text::quoted(path)));
    Value* at = &document_;
    for (std::size_t i = 1; i + 1 < tokens.size(); ++i) {
      at = step(*at, unescaped(tokens[i]));
      if (at == nullptr || (!at->is_object() && !at->is_array()))
        refuse(text::cat(field, ": there is no object or list at ", text::quoted(path)));
    }
    return {at, unescaped(tokens.back())};
  }

  static std::optional<std::size_t> index_in(const Value& array, std::string_view key) {
    const auto index = to_index(key);
    const auto size = static_cast<std::int64_t>(array.size());
    if (!index || *index >= size || *index < -size) return std::nullopt;
    return static_cast<std::size_t>(*index < 0 ? *index + size : *index);
  }

  static Value* step(Value& container, std::string_view key) {
    if (container.is_object()) return container.find(key);
    const auto index = index_in(container, key);
    return index ? &container.as_array()[*index] : nullptr;
  }

  const Value& get(const Place& place) const {
    if (place.container->is_object()) {
      const Value* found = place.container->find(place.key);
      return found == nullptr ? kNull : *found;
    }
    const auto index = index_in(*place.container, place.key);
    if (!index) refuse(text::cat("the list has no element ", text::quoted(place.key)));
    return place.container->as_array()[*index];
  }

  void add(const Place& place, Value value) const {
    if (place.container->is_object()) {
      place.container->set(place.key, std::move(value));
      return;
    }
    auto& elements = place.container->as_array();
    auto at = elements.end();
    if (place.key != "-") {
      const auto index = to_index(place.key);
      const auto size = static_cast<std::int64_t>(elements.size()) + 1;
      if (!index || *index >= size || *index < -size)
        refuse(text::cat("the list of ", elements.size(), " has no place ", text::quoted(place.key)));
      at = elements.begin() + static_cast<std::ptrdiff_t>(*index < 0 ? *index + size : *index);
    }
    elements.insert(at, std::move(value));
  }

  void remove(const Place& place) const {
    if (place.container->is_object()) {
      if (!place.container->erase(place.key)) refuse(text::cat("remove: there is no member ", text::quoted(place.key)));
      return;
    }
    const auto index = index_in(*place.container, place.key);
    if (!index) refuse(text::cat("remove: the list has no element ", text::quoted(place.key)));
    auto& elements = place.container->as_array();
    elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(*index));
  }

  void replace(const Value& operation) {
    if (operation.text_at({"path"}).empty() && operation.find("path") != nullptr) {
      Value value = value_of(operation);
      if (!value.is_object() && !value.is_array()) refuse("replace: expected an object for the whole document");
      document_ = std::move(value);
      return;
    }
    const Place place = find("path", operation);
    if (place.container->is_object()) {
      place.container->set(place.key, value_of(operation));
      return;
    }
    const auto index = index_in(*place.container, place.key);
    if (!index) refuse(text::cat("replace: the list has no element ", text::quoted(place.key)));
    place.container->as_array()[*index] = value_of(operation);
  }

  void test(const Value& operation) {
    const Value& wanted = value_of(operation);
    const bool is_whole = operation.text_at({"path"}).empty() && operation.find("path") != nullptr;
    const Value& found = is_whole ? document_ : get(find("path", operation));
    if (!is_same(found, wanted)) refuse(text::cat("test failed at ", text::quoted(operation.text_at({"path"}))));
  }

  static inline const Value kNull;
  Value document_;
  std::string place_;
  yaml::Arena& arena_;
};

}  // namespace

json::Value apply_json_patch(
    json::Value document, const json::Value& operations, const std::string& place, yaml::Arena& arena
) {
  Value out = std::move(document);
  for (std::size_t i = 0; i < operations.size(); ++i) {
    Patcher patcher{std::move(out), text::cat(place, place.empty() ? "" : " ", "operation ", i), arena};
    patcher.apply(operations.as_array()[i]);
    out = patcher.take();
  }
  return out;
}

}  // namespace weir::kustomize
