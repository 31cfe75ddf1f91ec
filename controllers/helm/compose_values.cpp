#include "controllers/helm/compose_values.hpp"

#include <string>
#include <utility>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/helm/values/read_yaml.hpp"
#include "pkg/helm/values/set_line.hpp"
#include "pkg/helm/values/tables.hpp"

namespace weir::helm_controller {
namespace {

using json::Value;

using Path = std::vector<std::string>;

Value* at(Value& table, const Path& path) {
  Value* out = &table;
  for (const auto& key : path) {
    out = out->is_object() ? helm::find_key(*out, key) : nullptr;
    if (out == nullptr) return nullptr;
  }
  return out;
}

/// The tables and lists that merging `inline_values` over `result` does not copy, in Go: those that `result` lacks.
void find_shared(const Value& inline_values, const Value& result, Path& here, std::vector<Path>& out) {
  for (const auto& [key, value] : inline_values.as_object()) {
    if (!value.is_object() && !value.is_array()) continue;
    here.push_back(key);
    const Value* other = helm::find_key(result, key);
    if (value.is_object() && other != nullptr && other->is_object()) {
      find_shared(value, *other, here, out);
    } else {
      out.push_back(here);
    }
    here.pop_back();
  }
}

bool is_quoted(std::string_view text, char quote) { return text.starts_with(quote) && text.ends_with(quote); }

std::string_view without_quotes(std::string_view text) {
  const auto first = text.find_first_not_of("'\"");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of("'\"") - first + 1);
}

}  // namespace

ValuesComposer::ValuesComposer(Value inline_values) : inline_{std::move(inline_values)}, result_{Value::object()} {
  helm::normalize_values(inline_);
  if (!inline_.is_object()) inline_ = Value::object();
}

Result<void> ValuesComposer::add(const api::helm::ValuesReference& reference, std::string_view text) {
  if (!reference.target_path.empty()) return set(reference.target_path, text, reference.literal);
  auto values = helm::read_values(text);
  if (!values) return values.error();
  helm::merge_over(result_, std::move(*values));
  return {};
}

Result<void> ValuesComposer::set(std::string_view path, std::string_view text, bool is_literal) {
  std::vector<Path> shared;
  Path here;
  find_shared(inline_, result_, here, shared);
  helm::merge_over(result_, inline_);
  const bool is_text = is_quoted(text, '\'') || is_quoted(text, '"');
  const auto kind = is_literal ? helm::SetKind::kLiteral : is_text ? helm::SetKind::kText : helm::SetKind::kTyped;
  const auto value = is_text && !is_literal ? without_quotes(text) : text;
  if (auto done = helm::apply_set_line(text::cat(path, "=", value), kind, result_); !done) return done;
  for (const auto& place : shared) {
    Value* own = at(inline_, place);
    const Value* changed = at(result_, place);
    // What was put in the place of a table is another object.
    if (changed == nullptr || changed->kind() != own->kind()) continue;
    // So is a list that had to grow; what it held stays the same.
    if (own->is_array() && changed->size() != own->size()) continue;
    *own = *changed;
  }
  return {};
}

Value ValuesComposer::finish() && {
  helm::merge_over(result_, std::move(inline_));
  return std::move(result_);
}

}  // namespace weir::helm_controller
