#include "pkg/yaml/node.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <type_traits>

namespace weir::yaml {

static_assert(std::is_trivially_destructible_v<Node>, "the arena runs no destructors");

Node* Arena::make() { return new (allocate(sizeof(Node), alignof(Node))) Node{}; }

Node* Arena::make(const Node& node) { return new (allocate(sizeof(Node), alignof(Node))) Node{node}; }

std::string_view Arena::keep(std::string_view text) {
  if (text.empty()) return {};
  auto* const bytes = static_cast<char*>(allocate(text.size(), 1));
  std::memcpy(bytes, text.data(), text.size());
  return {bytes, text.size()};
}

Node** Arena::make_list(std::size_t count) {
  return static_cast<Node**>(allocate(count * sizeof(Node*), alignof(Node*)));
}

void NodeList::reserve(Arena& arena, std::size_t count) {
  if (count <= capacity_) return;
  Node** const grown = arena.make_list(count);
  std::copy(begin(), end(), grown);
  items_ = grown;
  capacity_ = static_cast<std::uint32_t>(count);
}

void NodeList::push_back(Arena& arena, Node* node) {
  if (size_ == capacity_) reserve(arena, capacity_ == 0 ? 4 : std::size_t{2} * capacity_);
  items_[size_++] = node;
}

void NodeList::erase(std::size_t first, std::size_t count) {
  std::copy(begin() + first + count, end(), begin() + first);
  size_ -= static_cast<std::uint32_t>(count);
}

Node* Node::find(std::string_view key) const {
  if (kind != Kind::kMapping) return nullptr;
  for (std::size_t i = 0; i + 1 < content.size(); i += 2)
    if (content[i]->value == key) return content[i + 1];
  return nullptr;
}

const Node* Node::find_path(std::initializer_list<std::string_view> path) const {
  const Node* node = this;
  for (const auto key : path) {
    node = node->find(key);
    if (node == nullptr) return nullptr;
  }
  return node;
}

std::string_view Node::text_at(std::string_view key) const {
  const Node* node = find(key);
  return node == nullptr || !node->is_scalar() ? std::string_view{} : node->value;
}

void Node::append(Arena& arena, std::string_view key, Node* item) {
  content.push_back(arena, make_scalar(arena, key));
  content.push_back(arena, item);
}

bool Node::erase(std::string_view key) {
  if (kind != Kind::kMapping) return false;
  for (std::size_t i = 0; i + 1 < content.size(); i += 2) {
    if (content[i]->value != key) continue;
    content.erase(i, 2);
    return true;
  }
  return false;
}

Node* make_scalar(Arena& arena, std::string_view text, Style style) {
  Node* node = arena.make();
  node->kind = Kind::kScalar;
  node->style = style;
  node->value = arena.keep(text);
  return node;
}

Node* make_string(Arena& arena, std::string_view text) {
  Node* node = make_scalar(arena, text);
  node->tag = Tag::kString;
  if (text.find('\n') != text.npos) node->style = Style::kLiteral;
  return node;
}

Node* make_mapping(Arena& arena) {
  Node* node = arena.make();
  node->kind = Kind::kMapping;
  return node;
}

Node* make_sequence(Arena& arena) {
  Node* node = arena.make();
  node->kind = Kind::kSequence;
  return node;
}

Node* deep_copy(Arena& arena, const Node& node) {
  arena.charge(node.value.size());  // whoever prints both has the text twice
  Node* copy = arena.make(node);
  copy->content = NodeList{};
  copy->content.reserve(arena, node.content.size());
  for (const Node* child : node.content) copy->content.push_back(arena, deep_copy(arena, *child));
  return copy;
}

bool is_equal(const Node& left, const Node& right) {
  if (left.kind != right.kind || left.tag != right.tag || left.style != right.style || left.value != right.value ||
      left.content.size() != right.content.size())
    return false;
  for (std::size_t i = 0; i < left.content.size(); ++i)
    if (!is_equal(*left.content[i], *right.content[i])) return false;
  return true;
}

}  // namespace weir::yaml
