#include "pkg/sources/sources.hpp"

#include <algorithm>

namespace weir::sources {

const Sources::Row* Sources::row_of(std::string_view kind) const {
  const auto at = std::ranges::find(rows_, kind, &Row::kind);
  return at == rows_.end() ? nullptr : &*at;
}

std::string Sources::full_name(std::string_view kind) const {
  const auto* row = row_of(kind);
  return row == nullptr ? std::string{kind} : text::cat(kind, ".", row->group);
}

Found Sources::find(std::string_view kind, const kube::ObjectKey& key) const {
  const auto* row = row_of(kind);
  return row == nullptr ? Found{} : row->find(key);
}

}  // namespace weir::sources
