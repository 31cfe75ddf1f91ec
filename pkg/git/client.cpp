#include "pkg/git/client.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "pkg/async/blocking_pool.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/git/commit_builder.hpp"
#include "pkg/git/large_works.hpp"
#include "pkg/git/repository.hpp"
#include "pkg/git/store_sink.hpp"
#include "pkg/git/submodule_lookup.hpp"
#include "pkg/git/wire/fetch.hpp"
#include "pkg/git/wire/greeting.hpp"
#include "pkg/git/wire/http_service.hpp"
#include "pkg/git/wire/ls_refs.hpp"
#include "pkg/git/wire/receive_pack.hpp"
#include "pkg/git/wire/ssh_service.hpp"
#include "pkg/http/client.hpp"

namespace weir::git {

namespace {

constexpr std::string_view kUploadPack = "git-upload-pack";
constexpr std::string_view kReceivePack = "git-receive-pack";
constexpr std::size_t kMostRemembered = 10'000;  // servers whose version is known, and the like
constexpr Milliseconds kLastWords{2'000};        // for the transport's own timeout to speak first: it names the phase

/// What was learnt about a server over one kind of connection; so a look at it is one request
/// instead of two.
struct Known {
  wire::Greeting greeting;
  std::string base;
};

/// An open service with what the server said about itself. The constructor is written out on purpose:
/// docs/coroutines.md, "Types with a constructor of their own".
struct Session {
  Session() {}

  std::unique_ptr<wire::Service> service;
  wire::HttpService* http = nullptr;           // the same, when it is one
  std::shared_ptr<http::Transport> transport;  // keeps its connections
  std::string key;                             // of what is known about the server
  wire::Greeting greeting;
  bool is_remembered = false;  // the greeting is from an earlier time, so it may be wrong
};

/// For a server that may list its references though nobody asked.
class NoRefs final : public RefSink {
 public:
  void start() override {}
  void take(const RemoteRef&) override {}
};

/// What all branches and tags point to.
class HeadIds final : public RefSink {
 public:
  void start() override { ids_.clear(); }
  void take(const RemoteRef& ref) override {
    if (ref.name.starts_with("refs/heads/") || ref.name.starts_with("refs/tags/")) ids_.push_back(ref.object);
  }
  /// Each once.
  std::vector<ObjectId> finish() {
    std::sort(ids_.begin(), ids_.end());
    ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
    return std::move(ids_);
  }

 private:
  std::vector<ObjectId> ids_;
};

/// Where the references are that a push is to set.
class PushedRefs final : public RefSink {
 public:
  explicit PushedRefs(const std::vector<PushTarget>& wanted) {
    for (const auto& target : wanted) there_[target.name];
  }
  void start() override {
    for (auto& [name, id] : there_) id = ObjectId{};
  }
  void take(const RemoteRef& ref) override {
    const auto found = there_.find(ref.name);
    if (found != there_.end()) found->second = ref.object;
  }
  /// All zeros when the server has none of that name.
  ObjectId at(const std::string& name) const { return there_.at(name); }

 private:
  std::map<std::string, ObjectId> there_;
};

/// What is in the store before a fetch.
struct StoreState {
  bool has_commit = false;
  bool is_fresh = false;  // there is nothing in it
  std::vector<ObjectId> tips;
};

}  // namespace

struct Client::State {
  State(Parts parts_, ClientOptions options_) : parts{parts_}, options{std::move(options_)}, large_works{parts_.io} {}

  Session open(const Remote& remote, std::string_view service_name = kUploadPack) {
    Session session;
    if (remote.url.is_ssh()) {
      wire::SshOptions ssh;
      ssh.kex_algorithms = options.ssh_kex_algorithms;
      ssh.hostkey_algorithms = options.ssh_hostkey_algorithms;
      ssh.timeout = remote.timeout;
      session.service = wire::make_ssh_service(
          parts.executor,
          parts.io,
          remote.url,
          remote.credentials,
          remote.proxy,
          std::string{service_name},
          std::move(ssh)
      );
      return session;
    }
    http::ConnectionOptions connection;
    connection.ca_pem = remote.credentials.ca_pem;
    connection.client_cert_pem = remote.credentials.client_cert_pem;
    connection.client_key_pem = remote.credentials.client_key_pem;
    connection.proxy = remote.proxy;
    session.transport = parts.http.get(connection);
    // Another object's proxy or authority must not decide where this one's clone comes from.
    session.key = text::cat(remote.url.text(), ' ', session.transport->identity());
    std::string base;
    const auto found = known.find(session.key);
    if (found != known.end() && service_name == kUploadPack) {
      base = found->second.base;
      session.greeting = found->second.greeting;
      session.is_remembered = true;
    }
    auto service = std::make_unique<wire::HttpService>(
        *session.transport,
        remote.url,
        base,
        remote.credentials,
        std::string{service_name},
        options.user_agent,
        remote.timeout
    );
    session.http = service.get();
    session.service = std::move(service);
    return session;
  }

  asio::awaitable<void> greet(Session& session, RefSink& sink) {
    auto* reader = co_await session.service->greet();
    session.greeting = co_await wire::read_greeting(*reader, sink);
    session.greeting.require_sha1();
    session.is_remembered = false;
    if (!session.http) co_return;
    co_await session.service->finish();
    // The greeting of an older server is its reference list: nothing worth remembering.
    if (session.greeting.version != 2) {
      known.erase(session.key);
      co_return;
    }
    if (known.size() >= kMostRemembered) known.clear();
    Known entry;
    entry.greeting = session.greeting;
    entry.base = session.http->base();
    known.insert_or_assign(session.key, std::move(entry));
  }

  asio::awaitable<void> list(Session& session, const Remote& remote, std::vector<std::string> prefixes, RefSink& sink) {
    if (session.is_remembered) {
      std::exception_ptr failure;
      try {
        co_await wire::ls_refs(*session.service, session.greeting, prefixes, options.user_agent, sink);
        co_return;
      } catch (const GitError& error) {
        if (error.kind() == GitFailure::kAuthentication) throw;
        failure = std::current_exception();
      }
      // The server may have moved or changed its version: ask it anew who it is.
      known.erase(session.key);
      session = open(remote);
    }
    if (session.greeting.version == 0 && session.greeting.capabilities.empty()) co_await greet(session, sink);
    if (session.greeting.version != 2) co_return;
    co_await wire::ls_refs(*session.service, session.greeting, std::move(prefixes), options.user_agent, sink);
  }

  asio::awaitable<Resolution> resolve(Remote remote, Reference reference) {
    auto session = open(remote);
    Chooser chooser{reference, no_commits};
    co_await list(session, remote, ref_prefixes(reference), chooser);
    auto chosen = chooser.choose(remote.url.text());
    if (!chosen) {
      // Nothing found: because there is nothing at all?
      const std::vector<std::string> all;
      if (session.greeting.version == 2) co_await list(session, remote, all, chooser);
      if (!chooser.has_seen_any()) throw GitError{GitFailure::kEmptyRepository, "git repository is empty"};
    }
    co_await session.service->finish();
    if (!chosen) throw GitError{GitFailure::kNoSuchReference, chosen.error().text()};
    co_return std::move(*chosen);
  }

  asio::awaitable<FetchReport> fetch(Remote remote, std::string store, Resolution resolution) {
    StoreState before;
    try {
      before = co_await look_at(store, resolution);
    } catch (const GitError& error) {
      if (error.kind() == GitFailure::kNotACommit) remember_no_commit(resolution);
      throw;
    }
    FetchReport report;
    if (before.has_commit) {
      report.was_known = true;
      co_return report;
    }
    try {
      co_await fetch_commit(store, remote, resolution, before.tips, report);
      co_await compact(store);
      co_return report;
    } catch (const GitError& error) {
      if (error.kind() == GitFailure::kNotACommit) remember_no_commit(resolution);
      if (error.kind() != GitFailure::kStorage || before.is_fresh) throw;
    }
    // The store is damaged: start from nothing.
    auto clear = [store](std::stop_token) { std::filesystem::remove_all(store); };
    co_await parts.io.run(std::move(clear));
    const std::vector<ObjectId> nothing;
    co_await fetch_commit(store, remote, resolution, nothing, report);
    co_return report;
  }

  /// Keeps a store of many small packs quick to read.
  asio::awaitable<void> compact(std::string store) {
    auto compact = [&store](std::stop_token stop) {
      auto repository = Repository::open(store);
      if (repository.needs_compaction()) repository.compact(stop);
    };
    try {
      co_await large_works.run(store, std::move(compact));
    } catch (const GitError& error) {
      // What is too large to be rewritten can still be read.
      if (error.kind() != GitFailure::kTooLarge) throw;
    }
  }

  /// An object's type is known by its content, whoever it came from.
  void remember_no_commit(const Resolution& resolution) {
    if (no_commits.size() >= kMostRemembered) no_commits.clear();
    no_commits.insert(resolution.annotated_tag.value_or(resolution.commit));
  }

  /// What is in the store; a store that cannot be read is thrown away, everything in it can be had
  /// again.
  asio::awaitable<StoreState> look_at(std::string store, const Resolution& resolution) {
    auto look = [&store, &resolution](std::stop_token) {
      const auto look_once = [&] {
        StoreState state;
        auto repository = Repository::open_or_create(store);
        state.has_commit = is_what_was_announced(repository, resolution);
        state.is_fresh = repository.pack_count() == 0;
        state.tips = repository.tips();
        if (state.has_commit) repository.set_tip(resolution.commit);
        return state;
      };
      try {
        return look_once();
      } catch (const GitError& error) {
        if (error.kind() != GitFailure::kStorage) throw;
        std::filesystem::remove_all(store);
      }
      return look_once();
    };
    co_return co_await large_works.run(store, std::move(look));
  }

  asio::awaitable<void> fetch_commit(
      std::string store, Remote remote, const Resolution& resolution, std::vector<ObjectId> tips, FetchReport& report
  ) {
    const ObjectId commit = resolution.commit;
    wire::FetchRequest request;
    // The tag alone: its commit comes with it, and a server without version 2 gives nothing that it
    // does not list as a reference's own object.
    request.wants.push_back(resolution.annotated_tag.value_or(commit));
    request.haves = tips;
    request.shallows = std::move(tips);
    try {
      co_await fetch_into_or_again(store, remote, request, resolution, report);
      co_return;
    } catch (const GitError& error) {
      const std::string_view text = error.what();
      const bool is_refused = text.find("not our ref") != std::string_view::npos ||
                              text.find("unadvertised object") != std::string_view::npos;
      if (!resolution.name.empty() || !is_refused) throw;
      // Version 2 gives any commit it has; older servers may give only what a reference points at.
      if (report.version == 2) throw no_such_commit(commit);
    }
    wire::FetchRequest everything;
    everything.wants = co_await heads(remote);
    everything.depth = 0;
    if (everything.wants.empty()) throw no_such_commit(commit);
    co_await fetch_into_or_again(store, remote, std::move(everything), resolution, report);
  }

  static GitError no_such_commit(const ObjectId& commit) {
    return GitError{
        GitFailure::kNoSuchReference,
        text::cat("unable to resolve commit object for '", commit.hex(), "': object not found")};
  }

  asio::awaitable<std::vector<ObjectId>> heads(Remote remote) {
    auto session = open(remote);
    std::vector<std::string> prefixes{"refs/heads/", "refs/tags/"};
    HeadIds ids;
    co_await list(session, remote, std::move(prefixes), ids);
    co_await session.service->finish();
    co_return ids.finish();
  }

  /// A pack that needs much memory is fetched a second time, once a store: what came with it is
  /// gone, and a pack does not say beforehand how large its objects are.
  asio::awaitable<void> fetch_into_or_again(
      std::string store, Remote remote, wire::FetchRequest request, const Resolution& resolution, FetchReport& report
  ) {
    try {
      co_await fetch_into(store, remote, request, resolution, report);
      co_return;
    } catch (const TrialTooSmall&) {
      large_works.remember_large_pack(store);
    }
    co_await fetch_into(store, remote, std::move(request), resolution, report);
  }

  asio::awaitable<void> fetch_into(
      std::string store, Remote remote, wire::FetchRequest request, const Resolution& resolution, FetchReport& report
  ) {
    auto session = open(remote);
    NoRefs nobody;
    if (!session.is_remembered) co_await greet(session, nobody);
    report.version = session.greeting.version;
    StoreSink sink{parts.io, store, options.max_pack_bytes};
    try {
      co_await wire::fetch(*session.service, session.greeting, std::move(request), options.user_agent, sink);
    } catch (const GitError&) {
      known.erase(session.key);  // it may have changed its version: greet it next time
      throw;
    }
    co_await session.service->finish();
    const bool is_large = large_works.has_large_packs(store);
    async::Limiter::Permit turn;
    if (is_large) turn = co_await large_works.take_turn();
    const bool is_there = co_await sink.finish(resolution, !is_large);
    if (!is_there) throw no_such_commit(resolution.commit);
    report.pack_bytes = sink.received();
    report.requests += session.http ? session.http->requests() : 1;
  }

  asio::awaitable<void> push(Remote remote, PushRequest request) {
    auto session = open(remote, kReceivePack);
    auto* reader = co_await session.service->greet();
    PushedRefs there{request.references};
    session.greeting = co_await wire::read_greeting(*reader, there);
    session.greeting.require_sha1();
    auto updates = updates_of(there, request);
    if (updates.empty()) {
      co_await session.service->finish();
      co_return;
    }
    auto build = [&request](std::stop_token) {
      return make_pack(Repository::open(request.store), request.base, request.commit);
    };
    auto pack = co_await large_works.run(request.store, std::move(build));
    const auto outcomes = co_await wire::push(
        *session.service, session.greeting, std::move(updates), request.options, std::move(pack), options.user_agent
    );
    co_await session.service->finish();
    for (const auto& outcome : outcomes) {
      if (!outcome.refusal.empty()) throw refusal_of(outcome);
    }
  }

  static std::vector<wire::RefUpdate> updates_of(const PushedRefs& refs, const PushRequest& request) {
    std::vector<wire::RefUpdate> out;
    for (const auto& [name, force] : request.references) {
      const ObjectId there = refs.at(name);
      if (there == request.commit) continue;
      if (!there.is_zero() && there != request.base && !force)
        throw GitError{
            GitFailure::kMoved, text::cat("the remote ref ", text::quoted(name), " has moved to ", there.hex())};
      out.emplace_back(name, there, request.commit);
    }
    return out;
  }

  static GitError refusal_of(const wire::RefOutcome& outcome) {
    // Words of git-receive-pack for a reference that someone moved after its greeting.
    bool is_moved = false;
    for (const char* words :
         {"fetch first",
          "non-fast-forward",
          "failed to update ref",
          "cannot lock ref",
          "incorrect old value",
          "reference already exists",
          "failed to lock"})
      is_moved = is_moved || outcome.refusal.find(words) != std::string::npos;
    return GitError{
        is_moved ? GitFailure::kMoved : GitFailure::kRefused,
        text::cat("the server refused to update ", text::quoted(outcome.name), ": ", outcome.refusal)};
  }

  Parts parts;
  ClientOptions options;
  LargeWorks large_works;
  std::map<std::string, Known> known;  // by URL and the identity of the connection
  std::set<ObjectId> no_commits;       // what references pointed to, and is a tree or a file
};

namespace {

/// What every failure of an operation is told with, and how long it may take.
struct Operation {
  Operation(std::string_view doing, const Remote& remote)
      : name{text::cat(doing, " '", remote.url.text(), "'")},
        limit{remote.timeout},
        longest{remote.url.is_ssh() ? limit : limit + kLastWords} {}

  std::string name;
  Milliseconds limit;
  Milliseconds longest;
};

template <class T>
asio::awaitable<T> within(Operation operation, asio::awaitable<T> work) {
  try {
    co_return co_await async::with_timeout(operation.longest, std::move(work));
  } catch (const async::TimedOut& error) {
    const std::string_view text = error.what();
    const auto phase_end = text.find(": timed out");
    const bool names_phase = phase_end != std::string_view::npos;
    const std::string phase = names_phase ? text::cat(": ", text.substr(0, phase_end)) : "";
    throw async::TimedOut{operation.name + phase, operation.limit};
  } catch (const http::TransportError& error) {
    throw GitError{GitFailure::kUnreachable, text::cat(operation.name, ": ", error.what())};
  } catch (const GitError& error) {
    if (error.kind() == GitFailure::kNoSuchReference || error.kind() == GitFailure::kEmptyRepository) throw;
    throw GitError{error.kind(), text::cat(operation.name, ": ", error.what()), error.retry_after()};
  }
}

}  // namespace

Client::Client(Parts parts, ClientOptions options) : state_{std::make_unique<State>(parts, std::move(options))} {}
Client::~Client() = default;

LargeWorks& Client::large_works() { return state_->large_works; }

asio::awaitable<Resolution> Client::resolve(Remote remote, Reference reference) {
  if (!reference.commit.empty()) {
    auto chosen = Chooser{reference}.choose(remote.url.text());
    if (!chosen) throw GitError{GitFailure::kNoSuchReference, chosen.error().text()};
    co_return std::move(*chosen);
  }
  Operation operation{"unable to list remote for", remote};
  auto work = state_->resolve(std::move(remote), std::move(reference));
  co_return co_await within(std::move(operation), std::move(work));
}

asio::awaitable<void> Client::push(Remote remote, PushRequest request) {
  Operation operation{"unable to push to", remote};
  auto work = state_->push(std::move(remote), std::move(request));
  co_await within(std::move(operation), std::move(work));
}

asio::awaitable<FetchReport> Client::fetch(Remote remote, std::string store, Resolution resolution) {
  Operation operation{"unable to clone", remote};
  auto work = state_->fetch(std::move(remote), std::move(store), std::move(resolution));
  co_return co_await within(std::move(operation), std::move(work));
}

namespace {

constexpr int kDeepestSubmodule = 10;

bool is_same_server(const Url& left, const Url& right) {
  return left.scheme == right.scheme && left.host == right.host && left.port == right.port;
}

}  // namespace

asio::awaitable<std::map<std::string, StoredCommit>> Client::fetch_submodules(
    Remote remote, std::string store, ObjectId commit
) {
  /// A repository whose submodules are still to be looked for.
  struct Level {
    Level(std::string path_, Remote remote_, StoredCommit stored_, int depth_)
        : path{std::move(path_)}, remote{std::move(remote_)}, stored{std::move(stored_)}, depth{depth_} {}
    std::string path;
    Remote remote;
    StoredCommit stored;
    int depth;
  };
  std::map<std::string, StoredCommit> found;
  std::vector<Level> open;
  open.emplace_back("", remote, StoredCommit{store, commit}, 0);
  while (!open.empty()) {
    const Level level = std::move(open.back());
    open.pop_back();
    auto look = [&level](std::stop_token) {
      return wanted_submodules(level.stored.store, level.stored.commit, level.remote.url);
    };
    const auto wanted = co_await state_->large_works.run(level.stored.store, std::move(look));
    for (const auto& submodule : wanted) {
      const std::string path = level.path.empty() ? submodule.path : text::cat(level.path, '/', submodule.path);
      if (level.depth == kDeepestSubmodule || found.size() == kMostSubmodules)
        throw GitError{
            GitFailure::kProtocol, text::cat("too many submodules within submodules at ", text::quoted(path))};
      Remote its = remote;
      its.url = submodule.url;
      if (!its.url.is_ssh() && !is_same_server(its.url, remote.url)) its.credentials = Credentials{};
      Resolution resolution;
      resolution.commit = submodule.commit;
      // Named by content: a submodule that moves in the tree keeps its store.
      const StoredCommit stored{text::cat(store, "/modules/", sha256_hex(its.url.text())), submodule.commit};
      co_await fetch(its, stored.store, resolution);
      found.insert_or_assign(path, stored);
      open.emplace_back(path, its, stored, level.depth + 1);
    }
  }
  co_return found;
}

}  // namespace weir::git
