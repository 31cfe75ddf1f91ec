// What the program calls of libgit2 and libssh, without linking them: each library is opened when the first of its
// functions is called. The two bring thirteen others along, and most commands, and all controllers but three, call
// neither. Their loading took four milliseconds and five MiB of every process.
//
// A function here is a jump through a slot. At first the slot leads to a piece of code that saves the arguments, has
// the function found by its name, and jumps there; from then on it leads to the function itself. Only for x86-64:
// others link the libraries (cmake/weir_dependencies.cmake). A function that is missing below is an undefined reference
// when weir is linked.
#include <atomic>
#include <cstdio>
#include <cstdlib>

#include <dlfcn.h>

namespace {

struct Slot {
  std::atomic<void*> target;
  const char* name;
};
static_assert(sizeof(std::atomic<void*>) == sizeof(void*));

[[noreturn]] void give_up(const char* why) {
  // As the loader does, which would not have started the program.
  std::fprintf(stderr, "weir: error while loading shared libraries: %s\n", why);
  std::_Exit(127);
}

void* find(const char* library, Slot* slot) {
  void* handle = ::dlopen(library, RTLD_NOW | RTLD_LOCAL);  // stays open
  if (handle == nullptr) give_up(::dlerror());
  void* function = ::dlsym(handle, slot->name);
  if (function == nullptr) give_up(::dlerror());
  slot->target.store(function, std::memory_order_release);
  return function;
}

}  // namespace

extern "C" {
__attribute__((used, visibility("hidden"))) void* weir_find_in_libgit2(Slot* slot) {
  return find("libgit2.so.1.5", slot);
}
__attribute__((used, visibility("hidden"))) void* weir_find_in_libssh(Slot* slot) { return find("libssh.so.4", slot); }
}

// From a slot's code: its address is in r11. The registers that carry arguments are kept, and how many vector registers
// a function with `...` is given, in al.
#define FINDER(LIBRARY)              \
  asm(".text\n"                      \
      ".type weir_enter_" #LIBRARY   \
      ", @function\n"                \
      "weir_enter_" #LIBRARY         \
      ":\n"                          \
      ".cfi_startproc\n"             \
      "push %rbp\n"                  \
      ".cfi_def_cfa_offset 16\n"     \
      ".cfi_offset %rbp, -16\n"      \
      "mov %rsp, %rbp\n"             \
      ".cfi_def_cfa_register %rbp\n" \
      "push %rdi\n"                  \
      "push %rsi\n"                  \
      "push %rdx\n"                  \
      "push %rcx\n"                  \
      "push %r8\n"                   \
      "push %r9\n"                   \
      "push %rax\n"                  \
      "push %r11\n"                  \
      "sub $128, %rsp\n"             \
      "movups %xmm0, (%rsp)\n"       \
      "movups %xmm1, 16(%rsp)\n"     \
      "movups %xmm2, 32(%rsp)\n"     \
      "movups %xmm3, 48(%rsp)\n"     \
      "movups %xmm4, 64(%rsp)\n"     \
      "movups %xmm5, 80(%rsp)\n"     \
      "movups %xmm6, 96(%rsp)\n"     \
      "movups %xmm7, 112(%rsp)\n"    \
      "mov %r11, %rdi\n"             \
      "call weir_find_in_" #LIBRARY  \
      "\n"                           \
      "movups (%rsp), %xmm0\n"       \
      "movups 16(%rsp), %xmm1\n"     \
      "movups 32(%rsp), %xmm2\n"     \
      "movups 48(%rsp), %xmm3\n"     \
      "movups 64(%rsp), %xmm4\n"     \
      "movups 80(%rsp), %xmm5\n"     \
      "movups 96(%rsp), %xmm6\n"     \
      "movups 112(%rsp), %xmm7\n"    \
      "add $128, %rsp\n"             \
      "pop %r11\n"                   \
      "mov %rax, %r11\n"             \
      "pop %rax\n"                   \
      "pop %r9\n"                    \
      "pop %r8\n"                    \
      "pop %rcx\n"                   \
      "pop %rdx\n"                   \
      "pop %rsi\n"                   \
      "pop %rdi\n"                   \
      "pop %rbp\n"                   \
      ".cfi_def_cfa %rsp, 8\n"       \
      "jmp *%r11\n"                  \
      ".cfi_endproc\n"               \
      ".size weir_enter_" #LIBRARY ", . - weir_enter_" #LIBRARY "\n")

#define LATE(LIBRARY, NAME)                \
  asm(".text\n"                            \
      ".globl " #NAME                      \
      "\n"                                 \
      ".hidden " #NAME                     \
      "\n"                                 \
      ".type " #NAME ", @function\n" #NAME \
      ":\n"                                \
      "jmp *weir_slot_" #NAME              \
      "(%rip)\n"                           \
      "1:\n"                               \
      "lea weir_slot_" #NAME               \
      "(%rip), %r11\n"                     \
      "jmp weir_enter_" #LIBRARY           \
      "\n"                                 \
      ".size " #NAME ", . - " #NAME        \
      "\n"                                 \
      ".section .rodata\n"                 \
      "2: .string \"" #NAME                \
      "\"\n"                               \
      ".data\n"                            \
      ".balign 8\n"                        \
      "weir_slot_" #NAME                   \
      ": .quad 1b, 2b\n"                   \
      ".text\n");

FINDER(libgit2);
FINDER(libssh);

// clang-format off
LATE(libgit2, git_buf_dispose)
LATE(libgit2, git_commit_author)
LATE(libgit2, git_commit_committer)
LATE(libgit2, git_commit_create_buffer)
LATE(libgit2, git_commit_create_with_signature)
LATE(libgit2, git_commit_extract_signature)
LATE(libgit2, git_commit_free)
LATE(libgit2, git_commit_lookup)
LATE(libgit2, git_commit_message)
LATE(libgit2, git_commit_parent_id)
LATE(libgit2, git_commit_parentcount)
LATE(libgit2, git_commit_tree_id)
LATE(libgit2, git_config_free)
LATE(libgit2, git_config_set_int64)
LATE(libgit2, git_error_last)
LATE(libgit2, git_error_set_oom)
LATE(libgit2, git_indexer_append)
LATE(libgit2, git_indexer_commit)
LATE(libgit2, git_indexer_free)
LATE(libgit2, git_indexer_new)
LATE(libgit2, git_libgit2_init)
LATE(libgit2, git_libgit2_opts)
LATE(libgit2, git_object_type2string)
LATE(libgit2, git_odb_exists)
LATE(libgit2, git_odb_free)
LATE(libgit2, git_odb_object_data)
LATE(libgit2, git_odb_object_free)
LATE(libgit2, git_odb_object_size)
LATE(libgit2, git_odb_object_type)
LATE(libgit2, git_odb_read)
LATE(libgit2, git_odb_read_header)
LATE(libgit2, git_odb_refresh)
LATE(libgit2, git_odb_write)
LATE(libgit2, git_oid_fromraw)
LATE(libgit2, git_packbuilder_free)
LATE(libgit2, git_packbuilder_insert)
LATE(libgit2, git_packbuilder_name)
LATE(libgit2, git_packbuilder_new)
LATE(libgit2, git_packbuilder_set_threads)
LATE(libgit2, git_packbuilder_write)
LATE(libgit2, git_packbuilder_write_buf)
LATE(libgit2, git_reference_name_to_id)
LATE(libgit2, git_repository_config)
LATE(libgit2, git_repository_free)
LATE(libgit2, git_repository_init_ext)
LATE(libgit2, git_repository_odb)
LATE(libgit2, git_repository_open_bare)
LATE(libgit2, git_repository_set_head_detached)
LATE(libgit2, git_signature_free)
LATE(libgit2, git_signature_new)
LATE(libgit2, git_tag_free)
LATE(libgit2, git_tag_lookup)
LATE(libgit2, git_tag_message)
LATE(libgit2, git_tag_name)
LATE(libgit2, git_tag_tagger)
LATE(libgit2, git_tag_target_id)
LATE(libgit2, git_tree_create_updated)
LATE(libgit2, git_tree_entry_byindex)
LATE(libgit2, git_tree_entry_bypath)
LATE(libgit2, git_tree_entry_filemode)
LATE(libgit2, git_tree_entry_free)
LATE(libgit2, git_tree_entry_id)
LATE(libgit2, git_tree_entry_name)
LATE(libgit2, git_tree_entrycount)
LATE(libgit2, git_tree_free)
LATE(libgit2, git_tree_lookup)
LATE(libssh, ssh_blocking_flush)
LATE(libssh, ssh_channel_free)
LATE(libssh, ssh_channel_is_eof)
LATE(libssh, ssh_channel_new)
LATE(libssh, ssh_channel_open_session)
LATE(libssh, ssh_channel_read_nonblocking)
LATE(libssh, ssh_channel_request_env)
LATE(libssh, ssh_channel_request_exec)
LATE(libssh, ssh_channel_write)
LATE(libssh, ssh_clean_pubkey_hash)
LATE(libssh, ssh_connect)
LATE(libssh, ssh_disconnect)
LATE(libssh, ssh_free)
LATE(libssh, ssh_get_error)
LATE(libssh, ssh_get_fingerprint_hash)
LATE(libssh, ssh_get_poll_flags)
LATE(libssh, ssh_get_publickey_hash)
LATE(libssh, ssh_get_server_publickey)
LATE(libssh, ssh_is_connected)
LATE(libssh, ssh_key_free)
LATE(libssh, ssh_key_type)
LATE(libssh, ssh_key_type_to_char)
LATE(libssh, ssh_new)
LATE(libssh, ssh_options_set)
LATE(libssh, ssh_pki_export_pubkey_base64)
LATE(libssh, ssh_pki_import_privkey_base64)
LATE(libssh, ssh_pki_key_ecdsa_name)
LATE(libssh, ssh_set_blocking)
LATE(libssh, ssh_string_free_char)
LATE(libssh, ssh_userauth_publickey)
// clang-format on
