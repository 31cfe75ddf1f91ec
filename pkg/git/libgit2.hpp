#pragma once

// Inside pkg/git only: brings libgit2, which is opened late. Its functions are called by their names; those here stand
// before them.

#include <git2.h>

#include "pkg/git/late_library.hpp"

namespace weir::git {

inline constexpr LateLibrary kLibgit2{"libgit2.so." LIBGIT2_SOVERSION};

#define WEIR_LATE(NAME) \
  inline const LateFunction<decltype(::NAME)> NAME { kLibgit2, #NAME }
WEIR_LATE(git_buf_dispose);
WEIR_LATE(git_commit_author);
WEIR_LATE(git_commit_committer);
WEIR_LATE(git_commit_create_buffer);
WEIR_LATE(git_commit_create_with_signature);
WEIR_LATE(git_commit_extract_signature);
WEIR_LATE(git_commit_free);
WEIR_LATE(git_commit_lookup);
WEIR_LATE(git_commit_message);
WEIR_LATE(git_commit_parent_id);
WEIR_LATE(git_commit_parentcount);
WEIR_LATE(git_commit_tree_id);
WEIR_LATE(git_config_free);
WEIR_LATE(git_config_set_int64);
WEIR_LATE(git_error_last);
WEIR_LATE(git_error_set_oom);
WEIR_LATE(git_indexer_append);
WEIR_LATE(git_indexer_commit);
WEIR_LATE(git_indexer_free);
WEIR_LATE(git_indexer_new);
WEIR_LATE(git_libgit2_init);
WEIR_LATE(git_libgit2_opts);
WEIR_LATE(git_object_type2string);
WEIR_LATE(git_odb_exists);
WEIR_LATE(git_odb_free);
WEIR_LATE(git_odb_object_data);
WEIR_LATE(git_odb_object_free);
WEIR_LATE(git_odb_object_size);
WEIR_LATE(git_odb_object_type);
WEIR_LATE(git_odb_read);
WEIR_LATE(git_odb_read_header);
WEIR_LATE(git_odb_refresh);
WEIR_LATE(git_odb_write);
WEIR_LATE(git_oid_fromraw);
WEIR_LATE(git_packbuilder_free);
WEIR_LATE(git_packbuilder_insert);
WEIR_LATE(git_packbuilder_name);
WEIR_LATE(git_packbuilder_new);
WEIR_LATE(git_packbuilder_set_threads);
WEIR_LATE(git_packbuilder_write);
WEIR_LATE(git_packbuilder_write_buf);
WEIR_LATE(git_reference_name_to_id);
WEIR_LATE(git_repository_config);
WEIR_LATE(git_repository_free);
WEIR_LATE(git_repository_init_ext);
WEIR_LATE(git_repository_odb);
WEIR_LATE(git_repository_open_bare);
WEIR_LATE(git_repository_set_head_detached);
WEIR_LATE(git_signature_free);
WEIR_LATE(git_signature_new);
WEIR_LATE(git_tag_free);
WEIR_LATE(git_tag_lookup);
WEIR_LATE(git_tag_message);
WEIR_LATE(git_tag_name);
WEIR_LATE(git_tag_tagger);
WEIR_LATE(git_tag_target_id);
WEIR_LATE(git_tree_create_updated);
WEIR_LATE(git_tree_entry_byindex);
WEIR_LATE(git_tree_entry_bypath);
WEIR_LATE(git_tree_entry_filemode);
WEIR_LATE(git_tree_entry_free);
WEIR_LATE(git_tree_entry_id);
WEIR_LATE(git_tree_entry_name);
WEIR_LATE(git_tree_entrycount);
WEIR_LATE(git_tree_free);
WEIR_LATE(git_tree_lookup);
#undef WEIR_LATE

}  // namespace weir::git
