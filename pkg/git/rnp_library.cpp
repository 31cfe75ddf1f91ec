#include "pkg/git/rnp_library.hpp"

#include <new>
#include <string>

#include <dlfcn.h>
#include <rnp/rnp_err.h>

#include "pkg/base/text.hpp"
#include "pkg/git/errors.hpp"

namespace weir::git {
namespace {

constexpr const char* kName = "librnp.so.0";

template <class Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  if (function == nullptr) throw GitError{GitFailure::kStorage, text::cat(kName, " has no function ", name)};
}

RnpLibrary open_library() {
  void* library = ::dlopen(kName, RTLD_NOW | RTLD_LOCAL);  // stays open
  if (library == nullptr) {
    throw GitError{GitFailure::kStorage, text::cat("OpenPGP signatures need librnp: ", ::dlerror())};
  }
  RnpLibrary out;
  find(library, "rnp_buffer_destroy", out.buffer_destroy);
  find(library, "rnp_ffi_create", out.ffi_create);
  find(library, "rnp_ffi_destroy", out.ffi_destroy);
  find(library, "rnp_ffi_set_log_fd", out.ffi_set_log_fd);
  find(library, "rnp_identifier_iterator_create", out.identifier_iterator_create);
  find(library, "rnp_identifier_iterator_destroy", out.identifier_iterator_destroy);
  find(library, "rnp_identifier_iterator_next", out.identifier_iterator_next);
  find(library, "rnp_import_keys", out.import_keys);
  find(library, "rnp_input_destroy", out.input_destroy);
  find(library, "rnp_input_from_memory", out.input_from_memory);
  find(library, "rnp_key_allows_usage", out.key_allows_usage);
  find(library, "rnp_key_get_alg", out.key_get_alg);
  find(library, "rnp_key_get_bits", out.key_get_bits);
  find(library, "rnp_key_get_creation", out.key_get_creation);
  find(library, "rnp_key_get_default_key", out.key_get_default_key);
  find(library, "rnp_key_get_expiration", out.key_get_expiration);
  find(library, "rnp_key_get_primary_grip", out.key_get_primary_grip);
  find(library, "rnp_key_handle_destroy", out.key_handle_destroy);
  find(library, "rnp_key_have_secret", out.key_have_secret);
  find(library, "rnp_key_is_expired", out.key_is_expired);
  find(library, "rnp_key_is_primary", out.key_is_primary);
  find(library, "rnp_key_is_protected", out.key_is_protected);
  find(library, "rnp_key_is_revoked", out.key_is_revoked);
  find(library, "rnp_key_unlock", out.key_unlock);
  find(library, "rnp_locate_key", out.locate_key);
  find(library, "rnp_op_sign_add_signature", out.op_sign_add_signature);
  find(library, "rnp_op_sign_destroy", out.op_sign_destroy);
  find(library, "rnp_op_sign_detached_create", out.op_sign_detached_create);
  find(library, "rnp_op_sign_execute", out.op_sign_execute);
  find(library, "rnp_op_sign_set_armor", out.op_sign_set_armor);
  find(library, "rnp_op_sign_set_hash", out.op_sign_set_hash);
  find(library, "rnp_op_verify_destroy", out.op_verify_destroy);
  find(library, "rnp_op_verify_detached_create", out.op_verify_detached_create);
  find(library, "rnp_op_verify_execute", out.op_verify_execute);
  find(library, "rnp_op_verify_get_signature_at", out.op_verify_get_signature_at);
  find(library, "rnp_op_verify_get_signature_count", out.op_verify_get_signature_count);
  find(library, "rnp_op_verify_signature_get_handle", out.op_verify_signature_get_handle);
  find(library, "rnp_op_verify_signature_get_key", out.op_verify_signature_get_key);
  find(library, "rnp_op_verify_signature_get_status", out.op_verify_signature_get_status);
  find(library, "rnp_output_destroy", out.output_destroy);
  find(library, "rnp_output_memory_get_buf", out.output_memory_get_buf);
  find(library, "rnp_output_to_memory", out.output_to_memory);
  find(library, "rnp_result_to_string", out.result_to_string);
  find(library, "rnp_signature_get_keyid", out.signature_get_keyid);
  find(library, "rnp_signature_handle_destroy", out.signature_handle_destroy);
  return out;
}

}  // namespace

const RnpLibrary& rnp() {
  static const RnpLibrary kLibrary = open_library();
  return kLibrary;
}

OwnedRnp<rnp_input_st> rnp_input_of(std::string_view bytes) {
  rnp_input_t input = nullptr;
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  if (rnp().input_from_memory(&input, data, bytes.size(), false) != RNP_SUCCESS) throw std::bad_alloc{};
  return OwnedRnp<rnp_input_st>{input};
}

}  // namespace weir::git
