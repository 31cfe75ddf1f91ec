#include "controllers/kustomize/variables.hpp"

#include <algorithm>
#include <exception>
#include <functional>

#include "pkg/async/errors.hpp"
#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/runtime/outcome.hpp"
#include "pkg/template/quote.hpp"

namespace weir::kustomize_controller {

namespace reason = api::kustomize::reason;
using runtime::ReasonedError;

namespace {

/// Shorter ones would blot out half of every message.
constexpr std::size_t kShortestSecret = 4;

/// The length of the longest of the values that the text begins with; 0 for none.
std::size_t longest_at(const std::set<std::string, std::less<>>& values, std::string_view text) {
  // Only what sorts right before the text can be a beginning of it, or share as much with it as one can.
  while (!text.empty()) {
    auto at = values.upper_bound(text);
    if (at == values.begin()) return 0;
    const std::string_view value = *--at;
    const auto differs = std::ranges::mismatch(value, text).in1;
    if (differs == value.end()) return value.size();
    text = text.substr(0, static_cast<std::size_t>(differs - value.begin()));
  }
  return 0;
}

std::string flat(std::string value) {
  std::erase(value, '\n');
  return value;
}

/// Whether what stands at a place of a message stands there alone.
bool is_alone(std::string_view text, std::size_t at, std::size_t size) {
  const auto before = text.substr(0, at), after = text.substr(at + size);
  return (before.ends_with('"') && after.starts_with('"')) || (before.ends_with("value: ") && after.starts_with(':'));
}

}  // namespace

asio::awaitable<std::optional<Variables>> read_variables(
    kube::Client& client, const api::kustomize::Kustomization& object, SecretTexts& secrets
) {
  const auto& post_build = object.spec.post_build;
  if (!post_build) co_return std::nullopt;
  Variables variables;
  for (const auto& reference : post_build->substitute_from) {
    const bool is_secret = reference.kind == "Secret";
    const auto resource = is_secret ? kube::core::secrets() : kube::core::config_maps();
    const kube::ObjectKey key{object.metadata.namespace_, reference.name};
    std::optional<kube::Object> found;
    std::exception_ptr failure;
    try {
      found = co_await client.get(resource, key);
    } catch (const kube::ApiError&) {
      failure = std::current_exception();
    }
    if (failure) {
      throw ReasonedError{
          reason::kBuildFailed,
          text::cat("substitute from '", reference.kind, "/", reference.name, "' error: ", async::describe(failure))};
    }
    if (!found) {
      if (reference.optional) continue;
      throw ReasonedError{
          reason::kBuildFailed,
          text::cat(
              "substitute from '",
              reference.kind,
              "/",
              reference.name,
              "' error: ",
              resource.plural,
              " ",
              text::quoted(reference.name),
              " not found"
          )};
    }
    const auto* data = found->document().find("data");
    if (data == nullptr || !data->is_object()) continue;
    for (const auto& member : data->as_object()) {
      const std::string raw{member.value.text().value_or("")};
      if (!is_secret) {
        variables.set(member.key, flat(raw));
        secrets.names.erase(member.key);
        continue;
      }
      auto decoded = base64::decode(raw);
      if (decoded.has_error()) {
        throw ReasonedError{
            reason::kBuildFailed,
            text::cat(
                "substitute from 'Secret/",
                reference.name,
                "' error: the key ",
                text::quoted(member.key),
                " is no base64"
            )};
      }
      auto value = flat(std::move(*decoded));
      secrets.values.insert(value);
      secrets.names.insert(member.key);
      variables.set(member.key, std::move(value));
    }
  }
  for (const auto& [name, value] : post_build->substitute) {
    variables.set(name, flat(value));
    secrets.names.erase(name);
  }
  for (const auto& [name, value] : variables) {
    if (auto valid = check_variable_name(name); valid.has_error()) {
      throw ReasonedError{reason::kBuildFailed, valid.error().text()};
    }
  }
  if (variables.empty() && post_build->substitute_strategy != "Always") co_return std::nullopt;
  co_return variables;
}

std::string masked(std::string_view text, const std::set<std::string>& values) {
  constexpr std::string_view kMask = "***";
  std::set<std::string, std::less<>> forms;
  std::size_t longest = 0;
  for (const auto& value : values) {
    const std::string quoted = templates::quote(value);
    forms.insert(value);
    forms.insert(quoted.substr(1, quoted.size() - 2));
    longest = std::max(longest, quoted.size());
  }
  std::string out;
  std::size_t hidden_until = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t size = longest_at(forms, text.substr(at, longest));
    if (size > 0 && (size >= kShortestSecret || is_alone(text, at, size))) {
      if (at >= hidden_until) out += kMask;
      hidden_until = std::max(hidden_until, at + size);
    }
    if (at >= hidden_until) out += text[at];
  }
  return out;
}

}  // namespace weir::kustomize_controller
