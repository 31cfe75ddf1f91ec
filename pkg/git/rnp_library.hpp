#pragma once

// Inside pkg/git only: brings librnp.

#include <memory>
#include <string_view>

#include <rnp/rnp.h>

namespace weir::git {

/// The functions of librnp that we use, by their names there without "rnp_".
struct RnpLibrary {
  decltype(&::rnp_buffer_destroy) buffer_destroy;
  decltype(&::rnp_ffi_create) ffi_create;
  decltype(&::rnp_ffi_destroy) ffi_destroy;
  decltype(&::rnp_ffi_set_log_fd) ffi_set_log_fd;
  decltype(&::rnp_identifier_iterator_create) identifier_iterator_create;
  decltype(&::rnp_identifier_iterator_destroy) identifier_iterator_destroy;
  decltype(&::rnp_identifier_iterator_next) identifier_iterator_next;
  decltype(&::rnp_import_keys) import_keys;
  decltype(&::rnp_input_destroy) input_destroy;
  decltype(&::rnp_input_from_memory) input_from_memory;
  decltype(&::rnp_key_allows_usage) key_allows_usage;
  decltype(&::rnp_key_get_alg) key_get_alg;
  decltype(&::rnp_key_get_bits) key_get_bits;
  decltype(&::rnp_key_get_creation) key_get_creation;
  decltype(&::rnp_key_get_default_key) key_get_default_key;
  decltype(&::rnp_key_get_expiration) key_get_expiration;
  decltype(&::rnp_key_get_primary_grip) key_get_primary_grip;
  decltype(&::rnp_key_handle_destroy) key_handle_destroy;
  decltype(&::rnp_key_have_secret) key_have_secret;
  decltype(&::rnp_key_is_expired) key_is_expired;
  decltype(&::rnp_key_is_primary) key_is_primary;
  decltype(&::rnp_key_is_protected) key_is_protected;
  decltype(&::rnp_key_is_revoked) key_is_revoked;
  decltype(&::rnp_key_unlock) key_unlock;
  decltype(&::rnp_locate_key) locate_key;
  decltype(&::rnp_op_sign_add_signature) op_sign_add_signature;
  decltype(&::rnp_op_sign_destroy) op_sign_destroy;
  decltype(&::rnp_op_sign_detached_create) op_sign_detached_create;
  decltype(&::rnp_op_sign_execute) op_sign_execute;
  decltype(&::rnp_op_sign_set_armor) op_sign_set_armor;
  decltype(&::rnp_op_sign_set_hash) op_sign_set_hash;
  decltype(&::rnp_op_verify_destroy) op_verify_destroy;
  decltype(&::rnp_op_verify_detached_create) op_verify_detached_create;
  decltype(&::rnp_op_verify_execute) op_verify_execute;
  decltype(&::rnp_op_verify_get_signature_at) op_verify_get_signature_at;
  decltype(&::rnp_op_verify_get_signature_count) op_verify_get_signature_count;
  decltype(&::rnp_op_verify_signature_get_handle) op_verify_signature_get_handle;
  decltype(&::rnp_op_verify_signature_get_key) op_verify_signature_get_key;
  decltype(&::rnp_op_verify_signature_get_status) op_verify_signature_get_status;
  decltype(&::rnp_output_destroy) output_destroy;
  decltype(&::rnp_output_memory_get_buf) output_memory_get_buf;
  decltype(&::rnp_output_to_memory) output_to_memory;
  decltype(&::rnp_result_to_string) result_to_string;
  decltype(&::rnp_signature_get_keyid) signature_get_keyid;
  decltype(&::rnp_signature_handle_destroy) signature_handle_destroy;
};

/// librnp, opened when a signature is made or checked for the first time: with the crypto library below it, it would
/// make every start of the program three times as long and its memory four MiB larger.  Threads: any.
/// @throws GitError kStorage when it is not installed or lacks a function
const RnpLibrary& rnp();

struct FreeRnp {
  void operator()(rnp_ffi_st* value) const { rnp().ffi_destroy(value); }
  void operator()(rnp_input_st* value) const { rnp().input_destroy(value); }
  void operator()(rnp_output_st* value) const { rnp().output_destroy(value); }
  void operator()(rnp_op_sign_st* value) const { rnp().op_sign_destroy(value); }
  void operator()(rnp_op_verify_st* value) const { rnp().op_verify_destroy(value); }
  void operator()(rnp_key_handle_st* value) const { rnp().key_handle_destroy(value); }
  void operator()(rnp_signature_handle_st* value) const { rnp().signature_handle_destroy(value); }
  void operator()(rnp_identifier_iterator_st* value) const { rnp().identifier_iterator_destroy(value); }
};
template <class T>
using OwnedRnp = std::unique_ptr<T, FreeRnp>;

/// Reads the bytes where they are: they must outlive it.
OwnedRnp<rnp_input_st> rnp_input_of(std::string_view bytes);

}  // namespace weir::git
