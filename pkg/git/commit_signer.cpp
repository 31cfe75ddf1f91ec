#include "pkg/git/commit_signer.hpp"

#include "pkg/base/text.hpp"

namespace weir::git {

Result<CommitSigner> parse_signing_secret(const SecretMap& data, SigningKeyType type) {
  const bool is_ssh = type == SigningKeyType::kSsh;
  const char* const key_name = is_ssh ? "identity" : "git.asc";
  const SecretString key = data.get(key_name);
  if (key.empty()) return InputError{key_name, "required for signing commits"};
  if (is_ssh) return make_ssh_signer(key, data.get("password"));
  return make_openpgp_signer(key, data.get("passphrase"));
}

}  // namespace weir::git
