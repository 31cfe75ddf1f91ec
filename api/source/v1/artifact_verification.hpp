#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/meta/v1/references.hpp"

namespace weir::api::source {

/// Whose keyless signature is believed: regular expressions.
struct OidcIdentityMatch {
  std::string issuer;
  std::string subject;
};
template <class Fields>
void describe(Fields& fields, OidcIdentityMatch& match) {
  fields.required("issuer", match.issuer);
  fields.required("subject", match.subject);
}

/// How an artifact of a registry has to be signed.
struct ArtifactVerification {
  std::string provider{"cosign"};
  std::optional<LocalObjectReference> secret_ref;
  std::vector<OidcIdentityMatch> match_oidc_identity;
};
template <class Fields>
void describe(Fields& fields, ArtifactVerification& verify) {
  fields.defaulted("provider", verify.provider);
  fields.optional("secretRef", verify.secret_ref);
  fields.optional("matchOIDCIdentity", verify.match_oidc_identity);
}

}  // namespace weir::api::source
