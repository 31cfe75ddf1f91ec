#include "test/support/git_server.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <utility>

#include <git2.h>
#include <git2/sys/mempack.h>

#include "pkg/base/base64.hpp"
#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/git/wire/pkt_line.hpp"
#include "test/support/scripted_api.hpp"

namespace weir::test {
namespace {

using git::wire::kDelimiter;
using git::wire::kFlush;
using git::wire::packet;

constexpr std::string_view kHeads = "refs/heads/";

void check(int result) {
  if (result >= 0) return;
  const auto* error = git_error_last();
  throw std::runtime_error{text::cat("git server: ", error != nullptr ? error->message : "failed")};
}

struct Free {
  void operator()(git_repository* it) const { git_repository_free(it); }
  void operator()(git_index* it) const { git_index_free(it); }
  void operator()(git_tree* it) const { git_tree_free(it); }
  void operator()(git_blob* it) const { git_blob_free(it); }
  void operator()(git_commit* it) const { git_commit_free(it); }
  void operator()(git_signature* it) const { git_signature_free(it); }
  void operator()(git_reference* it) const { git_reference_free(it); }
  void operator()(git_odb* it) const { git_odb_free(it); }
  void operator()(git_odb_writepack* it) const { it->free(it); }
  void operator()(git_odb_object* it) const { git_odb_object_free(it); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

/// Calls what gives an object through its first argument.
template <class T, class... Expected, class... Given>
Owned<T> make(int (*function)(T**, Expected...), Given... arguments) {
  T* out = nullptr;
  check(function(&out, arguments...));
  return Owned<T>{out};
}

git_oid oid_of(std::string_view hex) {
  git_oid out;
  check(git_oid_fromstrn(&out, hex.data(), hex.size()));
  return out;
}

std::string hex_of(const git_oid& id) {
  std::string out(GIT_OID_HEXSZ, '\0');
  git_oid_fmt(out.data(), &id);
  return out;
}

/// The packets of a request up to its flush; delimiters are left out. What follows stays in `body`.
std::vector<std::string_view> take_lines(std::string_view& body) {
  std::vector<std::string_view> out;
  for (;;) {
    std::size_t length = 0;
    const bool is_number =
        body.size() >= 4 && std::from_chars(body.data(), body.data() + 4, length, 16).ec == std::errc{};
    if (!is_number || length > body.size()) throw std::runtime_error{"git server: a request that is cut short"};
    const std::size_t whole = length < 4 ? 4 : length;
    if (length >= 4) out.push_back(text::trim(body.substr(4, length - 4)));
    body.remove_prefix(whole);
    if (length == 0) return out;
  }
}

std::string big_endian(std::size_t number) {
  std::string out;
  for (const unsigned shift : {24u, 16u, 8u, 0u}) out.push_back(static_cast<char>(number >> shift & 0xffu));
  return out;
}

/// The bytes, in the data band.
std::string in_bands(std::string_view bytes) {
  constexpr std::size_t kMost = 60'000;
  std::string out;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kMost, bytes.size()))) {
    out += packet(text::cat('\1', bytes.substr(0, kMost)));
  }
  return out + std::string{kFlush};
}

/// A zlib stream that is not compressed: nobody pays for the bytes here.
std::string stored(std::string_view bytes) {
  constexpr std::size_t kMost = 65'535;
  constexpr std::uint32_t kModulus = 65'521;
  std::string out{"\x78\x01"};
  std::uint32_t low = 1;
  std::uint32_t high = 0;
  for (const char byte : bytes) {
    low = (low + static_cast<unsigned char>(byte)) % kModulus;
    high = (high + low) % kModulus;
  }
  do {
    const auto size = std::min(kMost, bytes.size());
    out.push_back(size == bytes.size() ? '\1' : '\0');
    for (const auto number : {size, ~size}) {
      out.push_back(static_cast<char>(number & 0xffu));
      out.push_back(static_cast<char>(number >> 8u & 0xffu));
    }
    out += bytes.substr(0, size);
    bytes.remove_prefix(size);
  } while (!bytes.empty());
  return out + big_endian(high << 16u | low);
}

/// One entry of a pack. Source: gitformat-pack.
void append_entry(std::string& pack, git_odb* objects, const git_oid& id) {
  const auto object = make<git_odb_object>(git_odb_read, objects, &id);
  const std::string_view bytes{
      static_cast<const char*>(git_odb_object_data(object.get())), git_odb_object_size(object.get())};
  auto size = bytes.size();
  auto byte = static_cast<unsigned>(git_odb_object_type(object.get())) << 4u | (size & 0xfu);
  for (size >>= 4u; size > 0; size >>= 7u) {
    pack.push_back(static_cast<char>(byte | 0x80u));
    byte = size & 0x7fu;
  }
  pack.push_back(static_cast<char>(byte));
  pack += stored(bytes);
}

int collect(const char* root, const git_tree_entry* entry, void* into) {
  if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB) return 0;
  auto& ids = *static_cast<std::map<std::string, git_oid>*>(into);
  ids.emplace(text::cat(root, git_tree_entry_name(entry)), *git_tree_entry_id(entry));
  return 0;
}

int collect_all(const char*, const git_tree_entry* entry, void* into) {
  if (git_tree_entry_type(entry) != GIT_OBJECT_COMMIT)  // a submodule's is elsewhere
    static_cast<std::set<std::string>*>(into)->insert(hex_of(*git_tree_entry_id(entry)));
  return 0;
}

}  // namespace

struct GitServer::State {
  Owned<git_repository> repository;
  std::map<std::string, std::string> references;  // as they were read; empty: to be read again

  Owned<git_commit> commit(const std::string& hex) const {
    const auto id = oid_of(hex);
    return make<git_commit>(git_commit_lookup, repository.get(), &id);
  }
};

GitServer::GitServer() : state_{std::make_unique<State>()} {
  // For as long as the program lives: it reads the machine's certificates each time.
  static const int kUsers = git_libgit2_init();
  check(kUsers);
  state_->repository = make<git_repository>(git_repository_init, folder_.path().c_str(), 1u);
  // What is committed need not be written to files, but for what is pushed: those are packs.
  const auto objects = make<git_odb>(git_repository_odb, state_->repository.get());
  git_odb_backend* memory = nullptr;
  check(git_mempack_new(&memory));
  constexpr int kBeforeFiles = 999;
  check(git_odb_add_backend(objects.get(), memory, kBeforeFiles));
}

GitServer::~GitServer() = default;

std::string GitServer::commit(const std::string& branch, const Files& files, const std::string& message) {
  auto* repository = state_->repository.get();
  const auto index = make<git_index>(git_index_new);
  for (const auto& [path, content] : files) {
    git_index_entry entry{};
    entry.mode = GIT_FILEMODE_BLOB;
    entry.path = path.c_str();
    check(git_blob_create_from_buffer(&entry.id, repository, content.data(), content.size()));
    check(git_index_add(index.get(), &entry));
  }
  git_oid id;
  check(git_index_write_tree_to(&id, index.get(), repository));
  const auto tree = make<git_tree>(git_tree_lookup, repository, &id);
  const auto author =
      make<git_signature>(git_signature_new, "somebody", "somebody@example.com", git_time_t{1'700'000'000}, 0);
  const std::string before = head(branch);
  Owned<git_commit> parent;
  if (!before.empty()) parent = state_->commit(before);
  const git_commit* parents[] = {parent.get()};
  check(git_commit_create(
      &id,
      repository,
      text::cat(kHeads, branch).c_str(),
      author.get(),
      author.get(),
      nullptr,
      message.c_str(),
      tree.get(),
      parent ? 1 : 0,
      parents
  ));
  state_->references.clear();
  return hex_of(id);
}

void GitServer::tag(const std::string& name, const std::string& commit) {
  const auto id = oid_of(commit);
  make<git_reference>(
      git_reference_create, state_->repository.get(), text::cat("refs/tags/", name).c_str(), &id, 1, nullptr
  );
  state_->references.clear();
}

void GitServer::remove_branch(const std::string& branch) {
  check(git_reference_remove(state_->repository.get(), text::cat(kHeads, branch).c_str()));
  state_->references.clear();
}

const std::map<std::string, std::string>& GitServer::references() const {
  auto& out = state_->references;
  if (!out.empty()) return out;
  git_strarray names{};
  check(git_reference_list(&names, state_->repository.get()));
  for (std::size_t i = 0; i < names.count; ++i) {
    git_oid id;
    if (git_reference_name_to_id(&id, state_->repository.get(), names.strings[i]) == 0)
      out.emplace(names.strings[i], hex_of(id));
  }
  git_strarray_dispose(&names);
  return out;
}

std::string GitServer::head(const std::string& branch) const {
  const auto& all = references();
  const auto at = all.find(text::cat(kHeads, branch));
  return at == all.end() ? "" : at->second;
}

GitServer::Files GitServer::files_of(const std::string& hex) const {
  Files out;
  const auto commit = state_->commit(hex);
  const auto tree = make<git_tree>(git_tree_lookup, state_->repository.get(), git_commit_tree_id(commit.get()));
  std::map<std::string, git_oid> ids;
  check(git_tree_walk(tree.get(), GIT_TREEWALK_PRE, collect, &ids));
  for (const auto& [path, id] : ids) {
    const auto blob = make<git_blob>(git_blob_lookup, state_->repository.get(), &id);
    const auto* bytes = static_cast<const char*>(git_blob_rawcontent(blob.get()));
    out.emplace(path, std::string{bytes, static_cast<std::size_t>(git_blob_rawsize(blob.get()))});
  }
  return out;
}

std::vector<std::string> GitServer::history(const std::string& branch) const {
  std::vector<std::string> out;
  std::string at = head(branch);
  while (!at.empty()) {
    out.push_back(at);
    const auto commit = state_->commit(at);
    const auto* parent = git_commit_parentcount(commit.get()) == 0 ? nullptr : git_commit_parent_id(commit.get(), 0);
    at = parent == nullptr ? "" : hex_of(*parent);
  }
  return out;
}

std::string GitServer::message(const std::string& branch) const {
  return git_commit_message(state_->commit(head(branch)).get());
}

void GitServer::demand(const std::string& username, const std::string& password) {
  authorization_ = text::cat("Basic ", base64::encode(text::cat(username, ":", password)));
}

asio::awaitable<http::Response> GitServer::send(http::Request request, const http::CallOptions&) {
  asked_.push_back(text::cat(request.method, " ", request.url.target));
  if (is_down_) throw http::TransportError{request.url.host, http::Phase::kConnect, "connection refused"};
  co_return answer(request);
}

asio::awaitable<http::StreamedResponse> GitServer::open(http::Request request, const http::CallOptions& options) {
  auto whole = co_await send(std::move(request), options);
  http::StreamedResponse out;
  out.status = whole.status;
  out.headers = std::move(whole.headers);
  out.body = std::make_unique<OnePiece>(std::move(whole.body));
  co_return out;
}

http::Response GitServer::answer(const http::Request& request) {
  http::Response out;
  if (!authorization_.empty() && request.headers.get_or_empty("Authorization") != authorization_) {
    out.status = 401;
    return out;
  }
  out.status = 200;
  const auto [path, query] = text::cut(request.url.target, "?");
  const auto type = [&](std::string_view service, std::string_view what) {
    out.headers.set("Content-Type", text::cat("application/x-", service, "-", what));
  };
  if (path.ends_with("/info/refs")) {
    const auto service = text::cut(query, "=").second;
    type(service, "advertisement");
    out.body = advertise(service);
  } else if (path.ends_with("/git-upload-pack")) {
    type("git-upload-pack", "result");
    std::string_view body = request.body;
    const auto lines = take_lines(body);
    out.body = lines.front() == "command=ls-refs" ? list(lines) : give_pack(lines);
  } else {
    type("git-receive-pack", "result");
    out.body = take_push(request.body);
  }
  return out;
}

std::string GitServer::advertise(std::string_view service) const {
  std::string out = packet(text::cat("# service=", service, "\n")) + std::string{kFlush};
  if (service == "git-upload-pack") {
    for (const auto* line : {"version 2\n", "ls-refs\n", "fetch=shallow\n", "object-format=sha1\n"})
      out += packet(line);
    return out + std::string{kFlush};
  }
  std::string capabilities = text::cat('\0', "report-status side-band-64k ofs-delta push-options object-format=sha1");
  for (const auto& [name, id] : references()) {
    out += packet(text::cat(id, " ", name, capabilities, "\n"));
    capabilities.clear();
  }
  if (!capabilities.empty())
    out += packet(text::cat(std::string(GIT_OID_HEXSZ, '0'), " capabilities^{}", capabilities, "\n"));
  return out + std::string{kFlush};
}

std::string GitServer::list(const std::vector<std::string_view>& lines) const {
  constexpr std::string_view kPrefix = "ref-prefix ";
  std::vector<std::string_view> prefixes;
  for (const auto line : lines) {
    if (line.starts_with(kPrefix)) prefixes.push_back(line.substr(kPrefix.size()));
  }
  std::string out;
  for (const auto& [name, id] : references()) {
    bool is_wanted = prefixes.empty();
    for (const auto prefix : prefixes) is_wanted = is_wanted || name.starts_with(prefix);
    if (is_wanted) out += packet(text::cat(id, " ", name, "\n"));
  }
  return out + std::string{kFlush};
}

std::string GitServer::give_pack(const std::vector<std::string_view>& lines) const {
  constexpr std::string_view kWant = "want ";
  auto* repository = state_->repository.get();
  std::set<std::string> ids;
  std::string out = packet("shallow-info\n");
  for (const auto line : lines) {
    if (!line.starts_with(kWant)) continue;
    const auto hex = line.substr(kWant.size());
    const auto id = oid_of(hex);
    git_commit* found = nullptr;
    if (git_commit_lookup(&found, repository, &id) != 0)
      return packet(text::cat("ERR upload-pack: not our ref ", hex, "\n"));
    const Owned<git_commit> commit{found};
    const auto tree = make<git_tree>(git_tree_lookup, repository, git_commit_tree_id(found));
    check(git_tree_walk(tree.get(), GIT_TREEWALK_PRE, collect_all, &ids));
    ids.insert(hex_of(*git_tree_id(tree.get())));
    ids.emplace(hex);
    out += packet(text::cat("shallow ", hex, "\n"));
  }
  const auto objects = make<git_odb>(git_repository_odb, repository);
  std::string pack = text::cat("PACK", std::string_view{"\0\0\0\2", 4}, big_endian(ids.size()));
  for (const auto& hex : ids) append_entry(pack, objects.get(), oid_of(hex));
  for (const auto byte : oid_of(sha1_hex(pack)).id) pack.push_back(static_cast<char>(byte));
  return out + std::string{kDelimiter} + packet("packfile\n") + in_bands(pack);
}

std::string GitServer::take_push(std::string_view body) {
  if (auto action = std::exchange(before_push_, {})) action();
  const auto commands = take_lines(body);
  if (commands.front().find("push-options") != std::string_view::npos) take_lines(body);
  const auto odb = make<git_odb>(git_repository_odb, state_->repository.get());
  const auto writer = make<git_odb_writepack>(git_odb_write_pack, odb.get(), nullptr, nullptr);
  git_indexer_progress progress{};
  check(writer->append(writer.get(), body.data(), body.size(), &progress));
  check(writer->commit(writer.get(), &progress));
  std::string report = packet("unpack ok\n");
  std::string last;
  for (const auto command : commands) {
    const auto words = text::split(text::cut(command, std::string_view{"\0", 1}).first, ' ');
    const auto refused = update(words[2], words[0], words[1]);
    report +=
        packet(refused.empty() ? text::cat("ok ", words[2], "\n") : text::cat("ng ", words[2], " ", refused, "\n"));
    if (refused.empty()) last = words[1];
  }
  if (!last.empty()) pushed_.push_back(last);
  return in_bands(report + std::string{kFlush});
}

std::string GitServer::update(std::string_view name, std::string_view from, std::string_view to) {
  if (!refusal_.empty()) return refusal_;
  const auto& all = references();
  const auto at = all.find(std::string{name});
  const std::string now = at == all.end() ? std::string(GIT_OID_HEXSZ, '0') : at->second;
  if (now != from) return "fetch first";
  const auto id = oid_of(to);
  make<git_reference>(git_reference_create, state_->repository.get(), std::string{name}.c_str(), &id, 1, nullptr);
  state_->references.clear();
  return "";
}

}  // namespace weir::test
