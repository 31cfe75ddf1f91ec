#include "pkg/ssa/refusal.hpp"

#include <string_view>

#include "pkg/base/text.hpp"

namespace weir::ssa {

bool is_immutable(const kube::ApiError& error) {
  const std::string_view text = error.what();
  return error.is_conflict() || error.is_invalid() || text.find("immutable") != std::string_view::npos;
}

bool is_missing_namespace(const kube::ApiError& error) {
  return error.is_not_found() && std::string_view{error.what()}.starts_with("namespaces ");
}

std::string safe_text(const ObjectId& id, const kube::ApiError& error) {
  const std::string_view text = error.what();
  if (id.kind != "Secret" || !id.group.empty()) return std::string{text};
  const bool quotes_value = text.find("alue") != std::string_view::npos;
  if (!quotes_value) return std::string{text};
  if (text.find("immutable") != std::string_view::npos) return "the Secret is immutable";
  return "the server refuses it; its message may quote secret data and is not shown";
}

std::string dry_run_text(const ObjectId& id, const kube::ApiError& error) {
  const auto text = safe_text(id, error);
  if (error.is_not_found()) return text::cat(id.text(), " not found: ", text);
  const std::string reason = error.reason().empty() ? "" : text::cat(" (", error.reason(), ")");
  return text::cat(id.text(), " dry-run failed", reason, ": ", text);
}

}  // namespace weir::ssa
