#include "controllers/kustomize/variables.hpp"

#include <algorithm>
#include <exception>
#include <set>

#include "pkg/async/errors.hpp"
#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/runtime/outcome.hpp"

namespace weir::kustomize_controller {

namespace reason = api::kustomize::reason;
using runtime::ReasonedError;

namespace {

/// Shorter ones would blot out half of every message and are no secrets.
constexpr std::size_t kShortestSecret = 4;

}  // namespace

asio::awaitable<std::optional<Variables>> read_variables(
    kube::Client& client, const api::kustomize::Kustomization& object, std::vector<std::string>& secret_values
) {
  const auto& post_build = object.spec.post_build;
  if (!post_build) co_return std::nullopt;
  Variables variables;
  std::set<std::string> from_secrets;
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
          text::cat("substitute from '", reference.kind, "/", reference.name, "' error: ", async::describe(failure))
      };
    }
    if (!found) {
      if (reference.optional) continue;
      throw ReasonedError{
          reason::kBuildFailed,
          text::cat(
              "substitute from '", reference.kind, "/", reference.name, "' error: ", resource.plural, " ",
              text::quoted(reference.name), " not found"
          )
      };
    }
    const auto* data = found->document().find("data");
    if (data == nullptr || !data->is_object()) continue;
    for (const auto& member : data->as_object()) {
      const std::string raw{member.value.text().value_or("")};
      if (!is_secret) {
        variables[member.key] = raw;
        continue;
      }
      auto decoded = base64::decode(raw);
      if (decoded.has_error()) {
        throw ReasonedError{
            reason::kBuildFailed,
            text::cat("substitute from 'Secret/", reference.name, "' error: the key ", text::quoted(member.key), " is no base64")
        };
      }
      std::string flat = *decoded;
      std::erase(flat, '\n');
      if (flat.size() >= kShortestSecret) from_secrets.insert(std::move(flat));
      variables[member.key] = std::move(*decoded);
    }
  }
  secret_values.assign(from_secrets.begin(), from_secrets.end());
  std::ranges::stable_sort(secret_values, std::ranges::greater{}, &std::string::size);
  for (const auto& [name, value] : post_build->substitute) variables[name] = value;
  for (auto& [name, value] : variables) {
    if (auto valid = check_variable_name(name); valid.has_error()) {
      throw ReasonedError{reason::kBuildFailed, valid.error().text()};
    }
    std::erase(value, '\n');
  }
  if (variables.empty() && post_build->substitute_strategy != "Always") co_return std::nullopt;
  co_return variables;
}

std::string masked(std::string text, const std::vector<std::string>& secret_values) {
  constexpr std::string_view kMask = "***";
  for (const auto& value : secret_values) {
    for (auto at = text.find(value); at != std::string::npos; at = text.find(value, at + kMask.size())) {
      text.replace(at, value.size(), kMask);
    }
  }
  return text;
}

}  // namespace weir::kustomize_controller
