#include "pkg/git/commit_signer.hpp"

#include "pkg/base/text.hpp"

namespace weir::git {

Result<CommitSigner> parse_signing_secret(
    const std::map<std::string, std::string>& data, SigningKeyType type
) {
  const bool is_ssh = type == SigningKeyType::kSsh;
  const std::string key_name = is_ssh ? "identity" : "git.asc";
  const auto value = [&](const std::string& name) {
    const auto at = data.find(name);
    return SecretString{at == data.end() ? std::string{} : at->second};
  };
  const SecretString key = value(key_name);
  if (key.empty()) return InputError{key_name, "required for signing commits"};
  if (is_ssh) return make_ssh_signer(key, value("password"));
  return make_openpgp_signer(key, value("passphrase"));
}

}  // namespace weir::git
