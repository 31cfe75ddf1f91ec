#include "pkg/access/options.hpp"

#include "pkg/base/text.hpp"
#include "pkg/runtime/manager.hpp"

namespace weir::access {

void LoginFlags::add_to(runtime::Flags& flags, std::string_view what) {
  flags.add("token-cache-max-size", &max_size, text::cat(what, " to keep; 0 keeps none"));
  flags.add("token-cache-max-duration", &max_duration, "longest time for which such a login is kept");
}

Result<void> LoginFlags::validate() const {
  if (max_size < 0) return InputError{"--token-cache-max-size", "expected 0 or more"};
  return {};
}

cloud::LoginOptions LoginFlags::options(std::string_view controller) const {
  cloud::LoginOptions out;
  out.cache_size = static_cast<std::size_t>(max_size);
  out.longest = max_duration.milliseconds();
  out.user_agent = text::cat(controller, "/", runtime::version());
  return out;
}

void GitFlags::add_to(runtime::Flags& flags) {
  flags.add("ssh-kex-algos", &ssh_kex_algos, "SSH key exchange algorithms, in order of preference");
  flags.add("ssh-hostkey-algos", &ssh_hostkey_algos, "SSH host key algorithms, in order of preference");
}

git::ClientOptions GitFlags::options() const {
  git::ClientOptions out;
  out.user_agent = text::cat("git/weir-", runtime::version());
  out.ssh_kex_algorithms = ssh_kex_algos;
  out.ssh_hostkey_algorithms = ssh_hostkey_algos;
  return out;
}

}  // namespace weir::access
