#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::git {

/// The key that OpenSSH derives from a password for its private keys. Takes about a millisecond a
/// round. Source: OpenBSD, bcrypt_pbkdf(3); D. Mazieres, N. Provos: "A Future-Adaptable Password
/// Scheme". Threads: any.
std::string bcrypt_pbkdf(std::string_view password, std::string_view salt, unsigned rounds, std::size_t size);

}  // namespace weir::git
