#include "pkg/template/parse_cost.hpp"

#include <algorithm>

namespace weir::templates {

std::size_t parse_cost(std::string_view text) {
  constexpr std::size_t kOfAction = 100;
  constexpr std::size_t kOfText = 2;
  std::size_t cost = 0;
  while (!text.empty()) {
    const std::size_t begin = std::min(text.find("{{"), text.size());
    cost += begin * kOfText;
    text.remove_prefix(begin);
    const std::size_t end = std::min(text.find("}}"), text.size());
    cost += end * kOfAction;
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return cost;
}

}  // namespace weir::templates
