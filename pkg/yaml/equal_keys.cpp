#include "pkg/yaml/equal_keys.hpp"

#include <map>
#include <string_view>

namespace weir::yaml {

void keep_last_of_equal_keys(Node& node) {
  std::map<std::pair<Kind, std::string_view>, std::size_t> places;
  std::size_t size = 0;
  for (std::size_t i = 0; i < node.content.size(); i += 2) {
    Node* const key = node.content[i];
    Node* const value = node.content[i + 1];
    const auto [known, is_new] = places.emplace(std::pair{key->kind, key->value}, size);
    node.content[known->second + 1] = value;
    if (!is_new) continue;
    node.content[size] = key;
    size += 2;
  }
  node.content.erase(size, node.content.size() - size);
}

std::optional<std::pair<std::size_t, std::size_t>> find_equal_keys(const Node& node) {
  const auto is_same_key = [&node](std::size_t left, std::size_t right) {
    return node.content[left]->kind == node.content[right]->kind &&
           node.content[left]->value == node.content[right]->value;
  };
  const std::size_t size = node.content.size();
  if (size <= 24) {
    for (std::size_t i = 2; i < size; i += 2)
      for (std::size_t j = 0; j < i; j += 2)
        if (is_same_key(i, j)) return std::pair{j, i};
    return std::nullopt;
  }
  std::map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < size; i += 2) {
    const auto [found, is_new] = seen.emplace(node.content[i]->value, i);
    if (!is_new && is_same_key(found->second, i)) return std::pair{found->second, i};
  }
  return std::nullopt;
}

}  // namespace weir::yaml
