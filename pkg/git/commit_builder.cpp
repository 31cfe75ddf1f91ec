#include "pkg/git/commit_builder.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/git/repository_state.hpp"

namespace weir::git {

namespace {

OwnedGit<git_signature> to_signature(const Signature& from) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(from.when).time_since_epoch().count();
  git_signature* raw = nullptr;
  // Git's format lets a name be empty, and so does the schema; libgit2 takes any it finds, but makes none.
  const std::string name = from.name.empty() ? "?" : from.name;
  check(
      git_signature_new(&raw, name.c_str(), from.email.c_str(), seconds, 0),
      text::cat("use the name ", text::quoted(from.name), " and the address ", text::quoted(from.email))
  );
  if (from.name.empty()) raw->name[0] = '\0';
  return OwnedGit<git_signature>{raw};
}

void check_path(std::string_view path) {
  for (const auto segment : text::split(path, '/')) {
    if (segment.empty() || segment == "." || segment == ".." || text::lower(segment) == ".git")
      throw GitError{GitFailure::kStorage, text::cat("not a path below the repository: ", text::quoted(path))};
  }
}

/// The mode of the file at a path; nullopt when there is none. @throws GitError when it is no file
std::optional<git_filemode_t> mode_at(git_tree* tree, const std::string& path) {
  git_tree_entry* raw = nullptr;
  const int result = git_tree_entry_bypath(&raw, tree, path.c_str());
  if (result == GIT_ENOTFOUND) return std::nullopt;
  check(result, text::cat("look for ", path));
  const OwnedGit<git_tree_entry> entry{raw};
  const auto mode = git_tree_entry_filemode(raw);
  if (mode != GIT_FILEMODE_BLOB && mode != GIT_FILEMODE_BLOB_EXECUTABLE)
    throw GitError{GitFailure::kStorage, text::cat("not a regular file: ", text::quoted(path))};
  return mode;
}

ObjectId write_tree(const Repository::State& state, const ObjectId& base, const std::vector<FileChange>& changes) {
  const auto tree = state.tree(base);
  std::vector<git_tree_update> updates;
  for (const auto& change : changes) {
    check_path(change.path);
    const auto mode = mode_at(tree.get(), change.path);
    git_tree_update update{};
    update.path = change.path.c_str();
    if (change.content) {
      update.action = GIT_TREE_UPDATE_UPSERT;
      update.filemode = mode.value_or(GIT_FILEMODE_BLOB);
      check(
          git_odb_write(&update.id, state.odb.get(), change.content->data(), change.content->size(), GIT_OBJECT_BLOB),
          text::cat("store ", change.path)
      );
    } else {
      if (!mode) continue;  // gone already
      update.action = GIT_TREE_UPDATE_REMOVE;
    }
    updates.push_back(update);
  }
  git_oid out = to_oid(base);
  if (!updates.empty())
    check(
        git_tree_create_updated(&out, state.repository.get(), tree.get(), updates.size(), updates.data()),
        "store the changed folders"
    );
  return to_object_id(out);
}

ObjectId write_commit_object(
    const Repository::State& state,
    const ObjectId& parent,
    const ObjectId& tree_id,
    const CommitText& text,
    const CommitSigner& signer
) {
  const auto author = to_signature(text.author);
  const auto committer = to_signature(text.committer);
  const auto tree = state.tree(tree_id);
  const git_oid parent_name = to_oid(parent);
  git_commit* raw_parent = nullptr;
  check(git_commit_lookup(&raw_parent, state.repository.get(), &parent_name), text::cat("read commit ", parent.hex()));
  const OwnedGit<git_commit> owned_parent{raw_parent};
  const git_commit* parents[] = {raw_parent};
  git_buf buffer = GIT_BUF_INIT;
  check(
      git_commit_create_buffer(
          &buffer,
          state.repository.get(),
          author.get(),
          committer.get(),
          nullptr,
          text.message.c_str(),
          tree.get(),
          1,
          parents
      ),
      "write the commit"
  );
  const std::string raw{buffer.ptr, buffer.size};
  git_buf_dispose(&buffer);
  git_oid out;
  if (signer) {
    std::string signature = signer(raw);
    // The header's lines go on with a blank; git writes no empty one at the end.
    if (signature.ends_with('\n')) signature.pop_back();
    check(
        git_commit_create_with_signature(&out, state.repository.get(), raw.c_str(), signature.c_str(), "gpgsig"),
        "write the signed commit"
    );
  } else {
    check(git_odb_write(&out, state.odb.get(), raw.data(), raw.size(), GIT_OBJECT_COMMIT), "write the commit");
  }
  return to_object_id(out);
}

/// Collects what a tree has and another has not.
class TreeDifference {
 public:
  TreeDifference(const Repository& repository, git_packbuilder* pack) : repository_{repository}, pack_{pack} {}

  void add(const ObjectId& tree, const std::optional<ObjectId>& known) {
    if (tree == known) return;
    insert(tree);
    for (const auto& [folder, before] : add_files(tree, known)) add(folder, before);
  }

  /// Not the folders of the tree that differ, these are returned with what they were before.
  std::vector<std::pair<ObjectId, std::optional<ObjectId>>> add_files(
      const ObjectId& tree, const std::optional<ObjectId>& known
  ) {
    std::vector<std::pair<ObjectId, std::optional<ObjectId>>> folders;
    std::map<std::string, TreeEntry> before;
    if (known) {
      for (auto& entry : repository_.read_tree(*known)) before.emplace(entry.name, entry);
    }
    for (const auto& entry : repository_.read_tree(tree)) {
      const auto old = before.find(entry.name);
      const bool is_known = old != before.end() && old->second.id == entry.id;
      if (is_known || entry.kind == TreeEntryKind::kSubmodule) continue;
      if (entry.kind == TreeEntryKind::kFolder) {
        const bool was_folder = old != before.end() && old->second.kind == TreeEntryKind::kFolder;
        folders.emplace_back(entry.id, was_folder ? std::optional{old->second.id} : std::nullopt);
      } else {
        insert(entry.id);
      }
    }
    return folders;
  }

  void insert(const ObjectId& id) {
    const git_oid name = to_oid(id);
    check(git_packbuilder_insert(pack_, &name, nullptr), "make a pack");
  }

 private:
  const Repository& repository_;
  git_packbuilder* pack_;
};

}  // namespace

std::optional<ObjectId> write_commit(
    Repository& repository,
    const ObjectId& parent,
    const std::vector<FileChange>& changes,
    const CommitText& text,
    const CommitSigner& signer
) {
  const ObjectId before = repository.read_commit(parent).tree;
  const ObjectId after = write_tree(repository.state(), before, changes);
  if (after == before) return std::nullopt;
  return write_commit_object(repository.state(), parent, after, text, signer);
}

std::string make_pack(const Repository& repository, const ObjectId& known, const ObjectId& commit) {
  git_packbuilder* raw = nullptr;
  check(git_packbuilder_new(&raw, repository.state().repository.get()), "make a pack");
  const OwnedGit<git_packbuilder> pack{raw};
  git_packbuilder_set_threads(raw, 1);
  TreeDifference difference{repository, raw};
  if (commit != known) {
    difference.insert(commit);
    difference.add(repository.read_commit(commit).tree, repository.read_commit(known).tree);
  }
  git_buf buffer = GIT_BUF_INIT;
  check(git_packbuilder_write_buf(&buffer, raw), "make a pack");
  std::string out{buffer.ptr, buffer.size};
  git_buf_dispose(&buffer);
  return out;
}

}  // namespace weir::git
