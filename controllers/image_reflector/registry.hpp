#pragma once

#include <memory>

#include "api/image/v1/image_repository.hpp"
#include "pkg/access/registry.hpp"

namespace weir::image_reflector {

/// What an ImageRepository says of its registry.
access::RegistrySettings registry_settings(const api::image::ImageRepository& object);

/// Reads the Secrets afresh. @throws runtime::ReasonedError (AuthenticationFailed) naming the object and what it lacks
asio::awaitable<std::unique_ptr<access::OpenRegistry>> open_registry(
    access::RegistryAccess& registries,
    const api::image::ImageRepository& object,
    const oci::Repository& repository,
    const log::Logger& log
);

}  // namespace weir::image_reflector
