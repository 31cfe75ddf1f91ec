#include "pkg/yaml/node.hpp"

namespace weir::yaml {

Node Node::scalar(std::string_view text, Style style) {
  Node node;
  node.kind = Kind::kScalar;
  node.style = style;
  node.value = text;
  return node;
}

Node Node::string(std::string_view text) {
  Node node = scalar(text);
  node.tag = Tag::kString;
  if (text.find('\n') != text.npos) node.style = Style::kLiteral;
  return node;
}

Node Node::mapping() {
  Node node;
  node.kind = Kind::kMapping;
  return node;
}

Node Node::sequence() {
  Node node;
  node.kind = Kind::kSequence;
  return node;
}

const Node* Node::find(std::string_view key) const {
  if (kind != Kind::kMapping) return nullptr;
  for (std::size_t i = 0; i + 1 < content.size(); i += 2)
    if (content[i].value == key) return &content[i + 1];
  return nullptr;
}

Node* Node::find(std::string_view key) {
  return const_cast<Node*>(static_cast<const Node*>(this)->find(key));
}

const Node* Node::find_path(std::initializer_list<std::string_view> path) const {
  const Node* node = this;
  for (const auto key : path) {
    node = node->find(key);
    if (node == nullptr) return nullptr;
  }
  return node;
}

Node& Node::append(std::string_view key, Node item) {
  content.push_back(scalar(key));
  content.push_back(std::move(item));
  return content.back();
}

Node& Node::set(std::string_view key, Node item) {
  if (Node* found = find(key)) {
    *found = std::move(item);
    return *found;
  }
  return append(key, std::move(item));
}

bool Node::erase(std::string_view key) {
  if (kind != Kind::kMapping) return false;
  for (std::size_t i = 0; i + 1 < content.size(); i += 2) {
    if (content[i].value != key) continue;
    const auto first = content.begin() + static_cast<std::ptrdiff_t>(i);
    content.erase(first, first + 2);
    return true;
  }
  return false;
}

bool operator==(const Node& left, const Node& right) {
  return left.kind == right.kind && left.tag == right.tag && left.style == right.style &&
         left.value == right.value && left.content == right.content;
}

}  // namespace weir::yaml
