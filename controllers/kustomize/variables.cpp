#include "controllers/kustomize/variables.hpp"

#include <exception>

#include "pkg/async/errors.hpp"
#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/runtime/outcome.hpp"

namespace weir::kustomize_controller {

namespace reason = api::kustomize::reason;
using runtime::ReasonedError;

asio::awaitable<std::optional<Variables>> read_variables(
    kube::Client& client, const api::kustomize::Kustomization& object
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
      variables[member.key] = std::move(*decoded);
    }
  }
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

}  // namespace weir::kustomize_controller
