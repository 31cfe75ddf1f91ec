#pragma once

// Inside pkg/git only: brings libgit2.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pkg/git/errors.hpp"
#include "pkg/git/libgit2.hpp"
#include "pkg/git/repository.hpp"

namespace weir::git {

/// @throws GitError kStorage with libgit2's last error; kTooLarge when it was refused memory; kDisk
[[noreturn]] void throw_storage_error(std::string_view what);

/// Throws when a call of libgit2 did not succeed.
inline void check(int result, std::string_view what) {
  if (result < 0) throw_storage_error(what);
}

struct FreeGit {
  void operator()(git_repository* value) const { git_repository_free(value); }
  void operator()(git_odb* value) const { git_odb_free(value); }
  void operator()(git_odb_object* value) const { git_odb_object_free(value); }
  void operator()(git_config* value) const { git_config_free(value); }
  void operator()(git_commit* value) const { git_commit_free(value); }
  void operator()(git_tree* value) const { git_tree_free(value); }
  void operator()(git_tree_entry* value) const { git_tree_entry_free(value); }
  void operator()(git_tag* value) const { git_tag_free(value); }
  void operator()(git_indexer* value) const { git_indexer_free(value); }
  void operator()(git_packbuilder* value) const { git_packbuilder_free(value); }
  void operator()(git_signature* value) const { git_signature_free(value); }
};
template <class T>
using OwnedGit = std::unique_ptr<T, FreeGit>;

git_oid to_oid(const ObjectId& id);
ObjectId to_object_id(const git_oid& id);

/// What a Repository holds.
struct Repository::State {
  OwnedGit<git_odb_object> read(const ObjectId& id, git_object_t type) const;
  OwnedGit<git_tree> tree(const ObjectId& id) const;
  /// Size and type, without unpacking it. @throws GitError kStorage
  std::pair<std::size_t, git_object_t> header(const ObjectId& id) const;
  /// @throws GitError kTooLarge
  void check_size(const ObjectId& id, std::size_t limit) const;
  std::string pack_folder() const;
  std::vector<std::filesystem::path> packs() const;
  std::vector<std::filesystem::path> loose_folders() const;

  std::string path;
  OwnedGit<git_repository> repository;
  OwnedGit<git_odb> odb;
};

}  // namespace weir::git
