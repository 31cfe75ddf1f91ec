#include "pkg/json/diff.hpp"

#include "pkg/base/text.hpp"
#include "pkg/json/pointer.hpp"

namespace weir::json {
namespace {

void collect(
    const Value& left, const Value& right, const std::string& path, std::vector<std::string>& out
) {
  if (left.is_object() && right.is_object()) {
    for (const auto& member : left.as_object()) {
      const auto inner = text::cat(path, "/", escape_token(member.key));
      const auto* other = right.find(member.key);
      if (other == nullptr) {
        out.push_back(inner);
      } else {
        collect(member.value, *other, inner, out);
      }
    }
    for (const auto& member : right.as_object()) {
      if (!left.contains(member.key)) out.push_back(text::cat(path, "/", escape_token(member.key)));
    }
  } else if (left.is_array() && right.is_array() && left.size() == right.size()) {
    for (std::size_t i = 0; i < left.size(); ++i) {
      collect(left.as_array()[i], right.as_array()[i], text::cat(path, "/", i), out);
    }
  } else if (!(left == right)) {
    out.push_back(path);
  }
}

}  // namespace

std::vector<std::string> differing_paths(const Value& left, const Value& right) {
  std::vector<std::string> out;
  collect(left, right, "", out);
  return out;
}

}  // namespace weir::json
