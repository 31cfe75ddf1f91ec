#include "pkg/git_access/remote.hpp"

#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/kube/secret_data.hpp"

namespace weir::git_access {
namespace {

[[noreturn]] void refuse(const kube::ObjectKey& secret, const InputError& error) {
  throw AccessError{text::cat("secret '", secret.text(), "': ", error.text())};
}

asio::awaitable<void> add_secrets(
    kube::Client& client, const api::source::GitRepository& repository, git::Remote& remote
) {
  const auto& spec = repository.spec;
  const auto& namespace_ = repository.metadata.namespace_;
  if (spec.secret_ref) {
    const kube::ObjectKey key{namespace_, spec.secret_ref->name};
    const auto secret = co_await kube::read_secret(client, key);
    auto credentials = git::parse_credentials(secret.data, remote.url.scheme);
    if (credentials.has_error()) refuse(key, credentials.error());
    remote.credentials = std::move(*credentials);
  } else if (remote.url.is_ssh()) {
    throw AccessError{"spec.secretRef: required for an ssh URL (identity and known_hosts)"};
  }
  if (spec.proxy_secret_ref) {
    const kube::ObjectKey key{namespace_, spec.proxy_secret_ref->name};
    const auto secret = co_await kube::read_secret(client, key);
    auto proxy = git::parse_proxy_secret(secret.data);
    if (proxy.has_error()) refuse(key, proxy.error());
    remote.proxy = std::move(*proxy);
  }
}

}  // namespace

asio::awaitable<git::Remote> open_remote(
    kube::Client& client, const api::source::GitRepository& repository, git::Url url
) {
  git::Remote remote;
  remote.url = std::move(url);
  remote.timeout = repository.spec.timeout.milliseconds();
  try {
    co_await add_secrets(client, repository, remote);
  } catch (const kube::SecretUnavailable& error) {
    throw AccessError{error.what()};
  }
  co_return remote;
}

git::Reference reference_of(const api::source::GitRepositoryRef& ref) {
  git::Reference out;
  out.branch = ref.branch;
  out.tag = ref.tag;
  out.semver = ref.semver;
  out.name = ref.name;
  out.commit = ref.commit;
  return out;
}

}  // namespace weir::git_access
