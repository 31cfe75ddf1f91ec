#include "pkg/ssa/content_hash.hpp"

#include "pkg/base/digest.hpp"

namespace weir::ssa {

ContentHash ContentHash::of(std::string_view text) {
  ContentHash out;
  out.bytes_ = sha256(text);
  return out;
}

}  // namespace weir::ssa
