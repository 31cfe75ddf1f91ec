#include "pkg/git/repository.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pkg/base/text.hpp"
#include "pkg/git/large_works.hpp"
#include "pkg/git/object_memory.hpp"
#include "pkg/git/repository_state.hpp"

namespace weir::git {

namespace {

namespace fs = std::filesystem;

constexpr ssize_t kLargestCache = 64 << 20;      // of read objects, over all stores
constexpr std::size_t kLargestText = 4u << 20;   // of a commit or tag
constexpr std::size_t kLargestTree = 32u << 20;  // of one folder
constexpr unsigned kDeepestFolder = 256;
constexpr std::size_t kLargestCompaction = 256u << 20;  // one piece: the list of all objects
constexpr std::int64_t kCompactionWindow = 32 << 20;    // bytes held while a pack is rewritten
constexpr std::int64_t kLargestCompacted = 1 << 20;     // what is larger is copied as it is

/// libgit2's own initialiser, once a process: no configuration of the machine is read, no owner is
/// asked about, and objects are not hashed again at each read (the indexer has hashed them; zlib's
/// checksum still finds a bad disk).
void initialise() {
  static const bool done = [] {
    limit_object_memory();
    git_libgit2_init();
    for (const int level :
         {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_PROGRAMDATA})
      git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
    git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, kLargestCache);
    return true;
  }();
  static_cast<void>(done);
}

Signature signature(const git_signature& from) {
  Signature out;
  out.name = from.name ? from.name : "";
  out.email = from.email ? from.email : "";
  out.when = WallTime{std::chrono::seconds{from.when.time}};
  return out;
}

TreeEntryKind kind_of(git_filemode_t mode) {
  switch (mode) {
    case GIT_FILEMODE_TREE: return TreeEntryKind::kFolder;
    case GIT_FILEMODE_BLOB_EXECUTABLE: return TreeEntryKind::kExecutable;
    case GIT_FILEMODE_LINK: return TreeEntryKind::kLink;
    case GIT_FILEMODE_COMMIT: return TreeEntryKind::kSubmodule;
    default: return TreeEntryKind::kFile;
  }
}

/// What libgit2 says of the machine and not of a store ends in the system's own words.
bool is_out_of_room(std::string_view why) {
  constexpr int kReasons[] = {EMFILE, ENFILE, ENOMEM, ENOSPC, EDQUOT, EROFS, EACCES, EIO};
  return std::any_of(std::begin(kReasons), std::end(kReasons), [&](int reason) {
    return why.ends_with(std::generic_category().message(reason));
  });
}

/// A tag's signature stands at the end of its text. Source: git-tag(1) and gitformat-signature(5).
std::optional<SignedText> split_signed_tag(std::string_view raw) {
  for (const std::string_view mark :
       {"-----BEGIN PGP SIGNATURE-----",
        "-----BEGIN PGP MESSAGE-----",
        "-----BEGIN SSH SIGNATURE-----",
        "-----BEGIN SIGNED MESSAGE-----"}) {
    std::size_t position = 0;
    std::size_t found = std::string_view::npos;
    while ((position = raw.find(mark, position)) != std::string_view::npos) {
      if (position > 0 && raw[position - 1] == '\n') found = position;
      position += mark.size();
    }
    if (found == std::string_view::npos) continue;
    SignedText out;
    out.text = std::string{raw.substr(0, found)};
    out.signature = std::string{raw.substr(found)};
    return out;
  }
  return std::nullopt;
}

}  // namespace

std::string Commit::subject() const { return message.substr(0, message.find('\n')); }

void throw_storage_error(std::string_view what) {
  const auto bytes = take_refused_bytes();
  if (bytes > 0 && bytes <= object_memory_limit()) throw TrialTooSmall{};
  if (bytes > 0)
    throw GitError{
        GitFailure::kTooLarge,
        text::cat(what, ": an object of ", bytes, " bytes is larger than the limit of ", object_memory_limit())};
  const git_error* error = git_error_last();
  const std::string_view why = error && error->message ? error->message : "unknown error";
  throw GitError{is_out_of_room(why) ? GitFailure::kDisk : GitFailure::kStorage, text::cat(what, ": ", why)};
}

git_oid to_oid(const ObjectId& id) {
  git_oid out;
  git_oid_fromraw(&out, id.bytes());
  return out;
}

ObjectId to_object_id(const git_oid& id) { return ObjectId::from_bytes(id.id); }

std::pair<std::size_t, git_object_t> Repository::State::header(const ObjectId& id) const {
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  const git_oid name = to_oid(id);
  check(git_odb_read_header(&size, &type, odb.get(), &name), text::cat("read object ", id.hex()));
  return {size, type};
}

void Repository::State::check_size(const ObjectId& id, std::size_t limit) const {
  const auto size = header(id).first;
  if (size > limit)
    throw GitError{
        GitFailure::kTooLarge, text::cat("object ", id.hex(), " has ", size, " bytes, more than the limit of ", limit)};
}

OwnedGit<git_odb_object> Repository::State::read(const ObjectId& id, git_object_t type) const {
  git_odb_object* raw = nullptr;
  const git_oid name = to_oid(id);
  check(git_odb_read(&raw, odb.get(), &name), text::cat("read object ", id.hex()));
  OwnedGit<git_odb_object> object{raw};
  if (git_odb_object_type(raw) != type)
    throw GitError{GitFailure::kStorage, text::cat("object ", id.hex(), " is not a ", git_object_type2string(type))};
  return object;
}

OwnedGit<git_tree> Repository::State::tree(const ObjectId& id) const {
  const git_oid name = to_oid(id);
  git_tree* raw = nullptr;
  check(git_tree_lookup(&raw, repository.get(), &name), text::cat("read tree ", id.hex()));
  return OwnedGit<git_tree>{raw};
}

std::string Repository::State::pack_folder() const { return text::cat(path, "/objects/pack"); }

std::vector<fs::path> Repository::State::packs() const {
  std::vector<fs::path> out;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator{pack_folder(), ignored}) {
    if (entry.path().extension() == ".pack") out.push_back(entry.path());
  }
  return out;
}

std::vector<fs::path> Repository::State::loose_folders() const {
  std::vector<fs::path> out;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator{text::cat(path, "/objects"), ignored}) {
    const auto name = entry.path().filename().string();
    if (name.size() == 2 && name.find_first_not_of("0123456789abcdef") == std::string::npos)
      out.push_back(entry.path());
  }
  return out;
}

Repository::Repository(std::unique_ptr<State> state) : state_{std::move(state)} {}
Repository::Repository(Repository&&) noexcept = default;
Repository& Repository::operator=(Repository&&) noexcept = default;
Repository::~Repository() = default;

Repository Repository::open(const std::string& path) {
  initialise();
  auto state = std::make_unique<State>();
  state->path = path;
  git_repository* repository = nullptr;
  check(git_repository_open_bare(&repository, path.c_str()), text::cat("open the object store ", path));
  state->repository.reset(repository);
  git_odb* odb = nullptr;
  check(git_repository_odb(&odb, repository), text::cat("open the object store ", path));
  state->odb.reset(odb);
  return Repository{std::move(state)};
}

Repository Repository::open_or_create(const std::string& path) {
  initialise();
  std::error_code ignored;
  if (!fs::exists(fs::path{path} / "HEAD", ignored)) {
    git_repository_init_options options = GIT_REPOSITORY_INIT_OPTIONS_INIT;
    options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_REINIT | GIT_REPOSITORY_INIT_MKPATH;
    options.mode = 0700;
    git_repository* repository = nullptr;
    check(git_repository_init_ext(&repository, path.c_str(), &options), text::cat("make the object store ", path));
    git_repository_free(repository);
  }
  return open(path);
}

bool Repository::has(const ObjectId& id) const {
  const git_oid name = to_oid(id);
  return git_odb_exists(state_->odb.get(), &name) == 1;
}

Commit Repository::read_commit(const ObjectId& id) const {
  state_->check_size(id, kLargestText);
  const git_oid name = to_oid(id);
  git_commit* raw = nullptr;
  check(git_commit_lookup(&raw, state_->repository.get(), &name), text::cat("read commit ", id.hex()));
  const OwnedGit<git_commit> commit{raw};
  Commit out;
  out.id = id;
  out.tree = to_object_id(*git_commit_tree_id(raw));
  for (unsigned i = 0; i < git_commit_parentcount(raw); ++i)
    out.parents.push_back(to_object_id(*git_commit_parent_id(raw, i)));
  out.author = signature(*git_commit_author(raw));
  out.committer = signature(*git_commit_committer(raw));
  out.message = git_commit_message(raw);
  git_buf signature_text = GIT_BUF_INIT;
  git_buf signed_text = GIT_BUF_INIT;
  git_oid mutable_name = name;
  if (git_commit_extract_signature(&signature_text, &signed_text, state_->repository.get(), &mutable_name, nullptr) ==
      0) {
    SignedText found;
    found.text.assign(signed_text.ptr, signed_text.size);
    found.signature.assign(signature_text.ptr, signature_text.size);
    out.signed_text = std::move(found);
  }
  git_buf_dispose(&signature_text);
  git_buf_dispose(&signed_text);
  return out;
}

Tag Repository::read_tag(const ObjectId& id) const {
  state_->check_size(id, kLargestText);
  const git_oid name = to_oid(id);
  git_tag* raw = nullptr;
  check(git_tag_lookup(&raw, state_->repository.get(), &name), text::cat("read tag ", id.hex()));
  const OwnedGit<git_tag> tag{raw};
  Tag out;
  out.id = id;
  out.target = to_object_id(*git_tag_target_id(raw));
  out.name = git_tag_name(raw);
  out.message = git_tag_message(raw) ? git_tag_message(raw) : "";
  if (const git_signature* tagger = git_tag_tagger(raw)) out.tagger = signature(*tagger);
  const auto object = state_->read(id, GIT_OBJECT_TAG);
  out.signed_text = split_signed_tag(std::string_view{
      static_cast<const char*>(git_odb_object_data(object.get())), git_odb_object_size(object.get())});
  return out;
}

Peeled Repository::peel(const ObjectId& id) const {
  constexpr int kDeepestTag = 10;
  ObjectId at = id;
  for (int depth = 0; depth < kDeepestTag; ++depth) {
    if (!has(at)) return Peeled{at, ""};
    const auto type = state_->header(at).second;
    if (type != GIT_OBJECT_TAG) return Peeled{at, git_object_type2string(type)};
    at = read_tag(at).target;
  }
  throw GitError{GitFailure::kProtocol, text::cat("tags point to tags without end, from ", id.hex(), " on")};
}

std::vector<TreeEntry> Repository::read_tree(const ObjectId& id) const {
  state_->check_size(id, kLargestTree);
  const auto tree = state_->tree(id);
  const git_tree* raw = tree.get();
  std::vector<TreeEntry> out;
  const std::size_t count = git_tree_entrycount(raw);
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const git_tree_entry* entry = git_tree_entry_byindex(raw, i);
    TreeEntry item;
    item.name = git_tree_entry_name(entry);
    item.kind = kind_of(git_tree_entry_filemode(entry));
    item.id = to_object_id(*git_tree_entry_id(entry));
    out.push_back(std::move(item));
  }
  return out;
}

std::string Repository::read_blob(const ObjectId& id, std::size_t max_bytes) const {
  state_->check_size(id, max_bytes);
  const auto object = state_->read(id, GIT_OBJECT_BLOB);
  return std::string{static_cast<const char*>(git_odb_object_data(object.get())), git_odb_object_size(object.get())};
}

std::uint64_t Repository::blob_size_bytes(const ObjectId& id) const { return state_->header(id).first; }

std::vector<ObjectId> Repository::tips() const {
  git_oid head;
  if (git_reference_name_to_id(&head, state_->repository.get(), "HEAD") != 0) return {};
  const auto id = to_object_id(head);
  if (!has(id)) return {};
  return {id};
}

void Repository::set_tip(const ObjectId& commit) {
  // Git's own tools then know that the parents are missing on purpose.
  const std::string shallow = text::cat(state_->path, "/shallow");
  {
    std::ofstream out{shallow + ".new", std::ios::trunc};
    out << commit.hex() << '\n';
    out.flush();
    if (!out) throw GitError{GitFailure::kStorage, text::cat("cannot write ", shallow)};
  }
  std::error_code error;
  fs::rename(shallow + ".new", shallow, error);
  if (error) throw GitError{GitFailure::kStorage, text::cat("cannot write ", shallow, ": ", error.message())};
  const git_oid name = to_oid(commit);
  check(git_repository_set_head_detached(state_->repository.get(), &name), text::cat("point HEAD at ", commit.hex()));
}

struct Repository::PackWriter::State {
  explicit State(PackLimits limits_) : limits{limits_} {}

  /// "PACK", version and number of objects, four bytes each. Source: gitformat-pack(5).
  void read_header(std::string_view bytes) {
    constexpr std::size_t kBytes = 12;
    if (header.size() == kBytes) return;
    header += bytes.substr(0, kBytes - header.size());
    if (header.size() < kBytes) return;
    std::uint32_t objects = 0;
    for (std::size_t i = 8; i < kBytes; ++i) objects = (objects << 8U) | static_cast<unsigned char>(header[i]);
    if (objects > limits.objects)
      throw GitError{
          GitFailure::kTooLarge,
          text::cat("the pack has ", objects, " objects, more than the limit of ", limits.objects)};
  }

  /// Asked for at each object: not zero ends the work.
  static int goes_on(const git_indexer_progress*, void* data) {
    return static_cast<State*>(data)->stop.stop_requested() ? GIT_EUSER : 0;
  }

  void check_step(int result) const {
    if (result < 0 && stop.stop_requested()) throw std::runtime_error{"stopped while reading a pack"};
    check(result, "read the pack");
  }

  const PackLimits limits;
  std::string header;
  std::stop_token stop;
  OwnedGit<git_indexer> indexer;
  git_indexer_progress progress{};
};

Repository::PackWriter::PackWriter(Repository& repository, PackLimits limits)
    : state_{std::make_unique<State>(limits)} {
  git_indexer_options options = GIT_INDEXER_OPTIONS_INIT;
  options.progress_cb = State::goes_on;
  options.progress_cb_payload = state_.get();
  git_indexer* indexer = nullptr;
  check(
      git_indexer_new(&indexer, repository.state_->pack_folder().c_str(), 0600, repository.state_->odb.get(), &options),
      "start a pack"
  );
  state_->indexer.reset(indexer);
}

Repository::PackWriter::~PackWriter() = default;

void Repository::PackWriter::write(std::string_view bytes, std::stop_token stop) {
  state_->read_header(bytes);
  state_->stop = std::move(stop);
  const ObjectMemoryLimit limit{state_->limits.object_bytes};
  state_->check_step(git_indexer_append(state_->indexer.get(), bytes.data(), bytes.size(), &state_->progress));
}

void Repository::PackWriter::finish(std::stop_token stop) {
  state_->stop = std::move(stop);
  const ObjectMemoryLimit limit{state_->limits.object_bytes};
  state_->check_step(git_indexer_commit(state_->indexer.get(), &state_->progress));
}

std::size_t Repository::pack_count() const { return state_->packs().size(); }

bool Repository::needs_compaction() const {
  constexpr std::size_t kMostPacks = 64;
  constexpr std::ptrdiff_t kMostLooseInOneFolder = 16;  // of 256, evenly filled: some 4,000
  std::error_code ignored;
  const fs::directory_iterator loose{state_->path + "/objects/17", ignored};
  return pack_count() > kMostPacks || std::distance(begin(loose), end(loose)) > kMostLooseInOneFolder;
}

namespace {

/// Puts a tree and all below it into a pack, each once: a small tree can hold itself a billion
/// times.
class Reachable {
 public:
  Reachable(const Repository& repository, git_packbuilder* pack, std::stop_token stop)
      : repository_{repository}, pack_{pack}, stop_{std::move(stop)} {}

  void add(const ObjectId& id) {
    const git_oid name = to_oid(id);
    check(git_packbuilder_insert(pack_, &name, nullptr), "compact the object store");
  }

  void add_tree(const ObjectId& tree, unsigned depth = 0) {
    if (stop_.stop_requested()) throw std::runtime_error{"stopped while compacting"};
    if (!seen_.insert(tree).second) return;
    if (depth == kDeepestFolder)
      throw GitError{GitFailure::kTooLarge, text::cat("folders are nested more than ", depth, " deep")};
    add(tree);
    // Of what lies in each other only the folders are held.
    for (const auto& folder : add_files(tree)) add_tree(folder, depth + 1);
  }

 private:
  /// @returns the folders of a tree that were not come across before
  std::set<ObjectId> add_files(const ObjectId& tree) {
    std::set<ObjectId> folders;
    for (const auto& entry : repository_.read_tree(tree)) {
      if (entry.kind == TreeEntryKind::kFolder) {
        if (!seen_.contains(entry.id)) folders.insert(entry.id);
      } else if (entry.kind != TreeEntryKind::kSubmodule) {
        add(entry.id);
      }
    }
    return folders;
  }

  const Repository& repository_;
  git_packbuilder* pack_;
  const std::stop_token stop_;
  std::set<ObjectId> seen_;
};

}  // namespace

void Repository::compact(std::stop_token stop) {
  const auto tips_now = tips();
  if (tips_now.empty()) return;
  const auto packs_before = state_->packs();
  const auto loose_before = state_->loose_folders();
  const ObjectMemoryLimit limit{kLargestCompaction};
  git_config* config = nullptr;
  check(git_repository_config(&config, state_->repository.get()), "compact the object store");
  const OwnedGit<git_config> settings{config};
  git_config_set_int64(config, "pack.windowMemory", kCompactionWindow);
  git_config_set_int64(config, "core.bigFileThreshold", kLargestCompacted);
  git_packbuilder* raw = nullptr;
  check(git_packbuilder_new(&raw, state_->repository.get()), "compact the object store");
  const OwnedGit<git_packbuilder> builder{raw};
  git_packbuilder_set_threads(raw, 1);
  Reachable reachable{*this, raw, std::move(stop)};
  reachable.add(tips_now.front());
  reachable.add_tree(read_commit(tips_now.front()).tree);
  check(git_packbuilder_write(raw, nullptr, 0600, nullptr, nullptr), "compact the object store");
  const std::string kept = text::cat("pack-", git_packbuilder_name(raw));
  for (const auto& pack : packs_before) {
    if (pack.stem() == kept) continue;
    std::error_code ignored;
    // The index first: without it Git does not look at the pack.
    fs::remove(fs::path{pack}.replace_extension(".idx"), ignored);
    fs::remove(pack, ignored);
  }
  for (const auto& folder : loose_before) {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }
  git_odb_refresh(state_->odb.get());
}

const std::string& Repository::path() const { return state_->path; }

}  // namespace weir::git
