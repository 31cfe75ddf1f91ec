#pragma once

#include <string>

namespace weir::test {

/// A certificate and its private key, both PEM.
struct Certificate {
  std::string certificate_pem;
  std::string key_pem;
};

/// An authority that signs itself.
Certificate make_authority(const std::string& name);

/// @param subject_alt_name  "DNS:example.org", "IP:127.0.0.1", several with commas
/// @param days              how long it is valid from now; negative = expired
Certificate make_leaf(const Certificate& authority, const std::string& subject_alt_name, int days = 1);

}  // namespace weir::test
