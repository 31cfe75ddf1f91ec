#pragma once

// Inside pkg/git only: brings libssh, which is opened late. Its functions are called by their names; those here stand
// before them.

#include <libssh/libssh.h>

#include "pkg/git/late_library.hpp"

namespace weir::git {

inline constexpr LateLibrary kLibssh{"libssh.so.4"};

#define WEIR_LATE(NAME) \
  inline const LateFunction<decltype(::NAME)> NAME { kLibssh, #NAME }
WEIR_LATE(ssh_blocking_flush);
WEIR_LATE(ssh_channel_free);
WEIR_LATE(ssh_channel_is_eof);
WEIR_LATE(ssh_channel_new);
WEIR_LATE(ssh_channel_open_session);
WEIR_LATE(ssh_channel_read_nonblocking);
WEIR_LATE(ssh_channel_request_env);
WEIR_LATE(ssh_channel_request_exec);
WEIR_LATE(ssh_channel_write);
WEIR_LATE(ssh_clean_pubkey_hash);
WEIR_LATE(ssh_connect);
WEIR_LATE(ssh_disconnect);
WEIR_LATE(ssh_free);
WEIR_LATE(ssh_get_error);
WEIR_LATE(ssh_get_fingerprint_hash);
WEIR_LATE(ssh_get_poll_flags);
WEIR_LATE(ssh_get_publickey_hash);
WEIR_LATE(ssh_get_server_publickey);
WEIR_LATE(ssh_is_connected);
WEIR_LATE(ssh_key_free);
WEIR_LATE(ssh_key_type);
WEIR_LATE(ssh_key_type_to_char);
WEIR_LATE(ssh_new);
WEIR_LATE(ssh_options_set);
WEIR_LATE(ssh_pki_export_pubkey_base64);
WEIR_LATE(ssh_pki_import_privkey_base64);
WEIR_LATE(ssh_pki_key_ecdsa_name);
WEIR_LATE(ssh_set_blocking);
WEIR_LATE(ssh_string_free_char);
WEIR_LATE(ssh_userauth_publickey);
#undef WEIR_LATE

}  // namespace weir::git
