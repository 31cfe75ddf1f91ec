#include "controllers/image_reflector/registry.hpp"

#include "pkg/access/secret.hpp"
#include "pkg/base/text.hpp"
#include "pkg/runtime/outcome.hpp"

namespace weir::image_reflector {
namespace {

/// Where every text about credentials starts; users' alerts match on it.
constexpr std::string_view kPrefix = "failed to configure authentication options: ";

}  // namespace

access::RegistrySettings registry_settings(const api::image::ImageRepository& object) {
  const auto& spec = object.spec;
  access::RegistrySettings out;
  out.namespace_ = object.metadata.namespace_;
  out.provider = spec.provider;
  out.insecure = spec.insecure;
  out.service_account = spec.service_account_name;
  if (spec.secret_ref) out.secret = spec.secret_ref->name;
  if (spec.cert_secret_ref) out.cert_secret = spec.cert_secret_ref->name;
  if (spec.proxy_secret_ref) out.proxy_secret = spec.proxy_secret_ref->name;
  return out;
}

asio::awaitable<std::unique_ptr<access::OpenRegistry>> open_registry(
    access::RegistryAccess& registries,
    const api::image::ImageRepository& object,
    const oci::Repository& repository,
    const log::Logger& log
) {
  const auto settings = registry_settings(object);
  try {
    co_return co_await registries.open(settings, repository, log);
  } catch (const access::AccessError& error) {
    throw runtime::ReasonedError{api::image::reason::kAuthenticationFailed, text::cat(kPrefix, error.what())};
  }
}

}  // namespace weir::image_reflector
