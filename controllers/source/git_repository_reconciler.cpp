#include "controllers/source/git_repository_reconciler.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "controllers/source/artifact_contents.hpp"
#include "controllers/source/git_repository_status.hpp"
#include "controllers/source/source_status.hpp"
#include "pkg/access/secret.hpp"
#include "pkg/async/errors.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/text.hpp"
#include "pkg/git/large_works.hpp"
#include "pkg/git/repository.hpp"
#include "pkg/git/signature.hpp"
#include "pkg/runtime/conditions.hpp"

namespace weir::source {
namespace {

namespace condition = api::source::condition;
namespace reason = api::source::reason;
using runtime::Context;
using runtime::Done;
using runtime::Next;
using runtime::Outcome;
using runtime::ReasonedError;
using runtime::Severity;
using runtime::Stall;
using runtime::Wait;

/// Where every text about the remote starts; users' alerts match on it.
constexpr std::string_view kCheckoutPrefix = "failed to checkout and determine revision: ";
constexpr std::size_t kLongestSubject = 50;
/// Work on the pool that no server's time-out ends.
constexpr Milliseconds kLongestArchiving = std::chrono::minutes{10};
/// Tags of a range that turn out to point to no commit, found out one by one in a pass.
constexpr int kMostSkippedTags = 10;

std::string_view reason_of(const git::GitError& error) {
  switch (error.kind()) {
    case git::GitFailure::kEmptyRepository: return reason::kEmptyGitRepository;
    default: return reason::kGitOperationFailed;
  }
}

/// Awaits something that talks to the remote; its failures get the reason and prefix that users know.
template <class T>
asio::awaitable<T> talking_to_remote(asio::awaitable<T> work) {
  std::exception_ptr failure;
  try {
    co_return co_await std::move(work);
  } catch (const git::GitError& error) {
    failure = std::make_exception_ptr(ReasonedError{
        reason_of(error), text::cat(kCheckoutPrefix, error.what()), error.retry_after()});
  } catch (...) {
    failure = std::current_exception();
    if (!async::is_cancelled(failure)) {
      failure = std::make_exception_ptr(ReasonedError{
          reason::kGitOperationFailed, text::cat(kCheckoutPrefix, async::describe(failure))});
    }
  }
  std::rethrow_exception(failure);
}

/// HEAD, Tag or TagAndHEAD; v1beta2 wrote "head".
struct VerificationMode {
  bool head = false;
  bool tag = false;
};
std::optional<VerificationMode> parse_mode(std::string_view mode) {
  if (mode.empty() || mode == "HEAD" || mode == "head") return VerificationMode{true, false};
  if (mode == "Tag") return VerificationMode{false, true};
  if (mode == "TagAndHEAD") return VerificationMode{true, true};
  return std::nullopt;
}

/// What events say of an artifact.
std::string commit_message(std::string_view subject) {
  return text::cat("stored artifact for commit '", subject.substr(0, kLongestSubject), "'");
}

/// Whether the last pass failed in a way that an event told about.
bool has_failed(const GitRepository& object) {
  const auto& conditions = object.status.conditions;
  return api::is_condition_true(conditions, condition::kFetchFailed) ||
         api::is_condition_true(conditions, condition::kIncludeUnavailable) ||
         api::is_condition_true(conditions, condition::kStorageOperationFailed);
}

bool is_verified(const GitRepository& object) {
  if (!object.spec.verify) return true;
  const auto wanted = parse_mode(object.spec.verify->mode);
  const auto done = parse_mode(object.status.source_verification_mode);
  return !object.status.source_verification_mode.empty() && wanted && done && done->head >= wanted->head &&
         done->tag >= wanted->tag && api::is_condition_true(object.status.conditions, condition::kSourceVerified);
}

}  // namespace

struct GitRepositoryReconciler::Run {
  explicit Run(GitRepository& object_) : object{object_} {}

  GitRepository& object;
  git::Url url;
  git::Remote remote;
  std::vector<IncludedArtifact> includes;
  bool includes_changed = false;
  git::Resolution resolution;
  std::string subject;  // of the commit
};

const GitRepositoryReconciler::Step GitRepositoryReconciler::kSteps[] = {
    {"spec", &GitRepositoryReconciler::check_spec, condition::kFetchFailed, api::reason::kFailed},
    {"storage",
     &GitRepositoryReconciler::check_storage,
     condition::kStorageOperationFailed,
     reason::kArchiveOperationFailed},
    {"credentials", &GitRepositoryReconciler::load_credentials, condition::kFetchFailed, reason::kAuthenticationFailed},
    {"include", &GitRepositoryReconciler::find_includes, condition::kIncludeUnavailable, reason::kNotFound},
    {"resolve", &GitRepositoryReconciler::resolve_reference, condition::kFetchFailed, reason::kGitOperationFailed},
    {"fetch", &GitRepositoryReconciler::fetch_commit, condition::kFetchFailed, reason::kGitOperationFailed},
    {"verify", &GitRepositoryReconciler::verify_signature, condition::kSourceVerified, reason::kVerificationError},
    {"archive",
     &GitRepositoryReconciler::store_artifact,
     condition::kStorageOperationFailed,
     reason::kArchiveOperationFailed},
};

GitRepositoryReconciler::GitRepositoryReconciler(Parts parts, GitRepositoryOptions options)
    : parts_{parts}, options_{std::move(options)} {}

std::string GitRepositoryReconciler::store_path(const GitRepository& object) const {
  // The uid keeps a repository of the same name but another URL or history apart.
  return text::cat(
      options_.repository_root, "/", object.metadata.namespace_, "/", object.metadata.name, "-", object.metadata.uid
  );
}

asio::awaitable<Outcome> GitRepositoryReconciler::reconcile(Context& context, GitRepository& object) {
  Run run{object};
  co_return co_await runtime::run_steps(*this, kSteps, context, run);
}

asio::awaitable<Outcome> GitRepositoryReconciler::check_spec(Context&, Run& run) {
  if (auto stall = unsupported_field(run.object.spec)) co_return std::move(*stall);
  auto url = git::Url::parse(run.object.spec.url);
  if (url.has_error()) co_return Stall{reason::kUrlInvalid, url.error().text()};
  run.url = std::move(*url);
  if (run.object.spec.verify && !parse_mode(run.object.spec.verify->mode)) {
    co_return Stall{
        reason::kInvalidVerificationMode,
        text::cat(
            "spec.verify.mode: expected HEAD, Tag or TagAndHEAD, got ", text::quoted(run.object.spec.verify->mode)
        )};
  }
  co_return Next{};
}

asio::awaitable<Outcome> GitRepositoryReconciler::check_storage(Context& context, Run& run) {
  auto& artifact = run.object.status.artifact;
  const std::string path = artifact ? artifact->path : "";
  const auto key = kube::key_of(run.object);
  const bool good = co_await parts_.keeper.check(GitRepository::kNames.kind, key, artifact);
  if (good) co_return Next{};
  if (!path.empty()) context.log.info("artifact is not in storage any more, making it again", {{"path", path}});
  unmark_stored(run.object);
  co_return Next{};
}

asio::awaitable<Outcome> GitRepositoryReconciler::load_credentials(Context&, Run& run) {
  try {
    run.remote = co_await parts_.remotes.open(run.object, run.url);
  } catch (const access::AccessError& error) {
    throw ReasonedError{reason::kAuthenticationFailed, error.what()};
  }
  co_return Next{};
}

asio::awaitable<Outcome> GitRepositoryReconciler::find_includes(Context&, Run& run) {
  std::vector<api::Artifact> artifacts;
  for (const auto& include : run.object.spec.include) {
    const auto snapshot = parts_.repositories.get({run.object.metadata.namespace_, include.repository.name});
    if (!snapshot) {
      co_return Wait{
          reason::kNotFound,
          text::cat(
              "could not get resource for include '",
              include.repository.name,
              "': GitRepository ",
              text::quoted(include.repository.name),
              " not found"
          ),
          options_.requeue_dependency};
    }
    if (!snapshot->status.artifact) {
      co_return Wait{
          reason::kNoArtifact,
          text::cat("no artifact available for include '", include.repository.name, "'"),
          options_.requeue_dependency};
    }
    const auto& artifact = *snapshot->status.artifact;
    const kube::ObjectKey included{run.object.metadata.namespace_, include.repository.name};
    const auto file = co_await parts_.keeper.find(GitRepository::kNames.kind, included, artifact);
    if (!file) {
      co_return Wait{
          reason::kNoArtifact,
          text::cat("no artifact available for include '", include.repository.name, "': it is not in storage"),
          options_.requeue_dependency};
    }
    artifacts.push_back(artifact);
    run.includes.push_back(IncludedArtifact{file->string(), include.from_path, include.target()});
  }
  const auto same = [](const api::Artifact& left, const api::Artifact& right) {
    return left.revision == right.revision && left.digest == right.digest;
  };
  run.includes_changed = !std::ranges::equal(artifacts, run.object.status.included_artifacts, same);
  run.object.status.included_artifacts = std::move(artifacts);
  co_return Next{};
}

asio::awaitable<Outcome> GitRepositoryReconciler::resolve_reference(Context& context, Run& run) {
  const auto& ref = run.object.spec.ref;
  const auto reference = ref ? access::reference_of(*ref) : git::Reference{};
  auto resolving = parts_.git.resolve(run.remote, reference);
  run.resolution = co_await talking_to_remote(std::move(resolving));
  const auto& artifact = run.object.status.artifact;
  const bool unchanged = artifact && artifact->revision == run.resolution.revision && has_same_inputs(run.object) &&
                         !run.includes_changed && is_verified(run.object);
  if (!unchanged) co_return Next{};
  context.log.debug("no changes", {{"revision", artifact->revision}});
  co_await tell_recovery(context, run);
  co_return Done{run.object.spec.interval.milliseconds()};
}

/// A new artifact tells by itself that all is well again; without one somebody who was alerted hears it here.
asio::awaitable<void> GitRepositoryReconciler::tell_recovery(Context& context, Run& run) {
  const auto& object = run.object;
  if (!has_failed(object)) co_return;
  if (run.subject.empty()) run.subject = co_await read_subject(run);
  context.events.send(
      Severity::kInfo,
      api::reason::kSucceeded,
      commit_message(run.subject),
      {{"revision", object.status.artifact->revision}, {"digest", object.status.artifact->digest}}
  );
}

/// Empty when the store does not have the commit.
asio::awaitable<std::string> GitRepositoryReconciler::read_subject(Run& run) {
  const std::string store = store_path(run.object);
  const auto commit = run.resolution.commit;
  auto read = [store, commit](std::stop_token) -> std::string {
    try {
      return git::Repository::open(store).read_commit(commit).subject();
    } catch (const git::GitError&) {
      return "";
    }
  };
  co_return co_await parts_.git.large_works().run(store, std::move(read));
}

/// @returns nullopt when the range's highest tag turned out to be none of a commit
asio::awaitable<std::optional<git::FetchReport>> GitRepositoryReconciler::fetch_or_skip(Run& run) {
  const bool may_skip = run.object.spec.ref && !run.object.spec.ref->semver.empty();
  auto fetching = parts_.git.fetch(run.remote, store_path(run.object), run.resolution);
  try {
    co_return co_await std::move(fetching);
  } catch (const git::GitError& error) {
    if (error.kind() != git::GitFailure::kNotACommit || !may_skip) throw;
  }
  co_return std::nullopt;
}

asio::awaitable<Outcome> GitRepositoryReconciler::fetch_commit(Context& context, Run& run) {
  std::optional<git::FetchReport> fetched;
  for (int skipped = 0; !fetched; ++skipped) {
    auto fetching = fetch_or_skip(run);
    fetched = co_await talking_to_remote(std::move(fetching));
    if (fetched) break;
    if (skipped == kMostSkippedTags) {
      throw ReasonedError{
          reason::kGitOperationFailed,
          text::cat(kCheckoutPrefix, "the reference '", run.resolution.name, "' points to no commit")};
    }
    context.log.info("tag skipped, it points to no commit", {{"reference", run.resolution.name}});
    auto outcome = co_await resolve_reference(context, run);
    if (!std::holds_alternative<Next>(outcome)) co_return outcome;
  }
  const auto& report = *fetched;
  parts_.metrics.count(
      "weir_git_fetched_bytes_total",
      "Bytes of packs received from Git servers",
      {},
      static_cast<double>(report.pack_bytes)
  );
  const git::StoredCommit stored{store_path(run.object), run.resolution.commit};
  const auto& sparse = run.object.spec.sparse_checkout;
  auto read = [&stored, &sparse](std::stop_token) {
    git::check_folders(stored, sparse);
    return git::Repository::open(stored.store).read_commit(stored.commit).subject();
  };
  auto reading = parts_.git.large_works().run(stored.store, std::move(read));
  run.subject = co_await talking_to_remote(std::move(reading));
  context.log.info("commit fetched", {{"revision", run.resolution.revision}, {"packBytes", report.pack_bytes}});
  co_return Next{};
}

asio::awaitable<Outcome> GitRepositoryReconciler::verify_signature(Context& context, Run& run) {
  auto& object = run.object;
  if (!object.spec.verify) {
    object.status.source_verification_mode.clear();
    runtime::remove_condition(object.status.conditions, condition::kSourceVerified);
    co_return Next{};
  }
  const auto mode = *parse_mode(object.spec.verify->mode);
  if (mode.tag && !run.resolution.annotated_tag) {
    throw ReasonedError{
        reason::kInvalidTagSignature,
        text::cat(
            "spec.verify.mode ", object.spec.verify->mode, ": ", run.resolution.revision, " is no annotated tag"
        )};
  }
  const kube::ObjectKey secret_key{object.metadata.namespace_, object.spec.verify->secret_ref.name};
  SecretMap secret;
  try {
    secret = (co_await access::read_secret(parts_.client, secret_key)).data;
  } catch (const access::AccessError& error) {
    throw ReasonedError{reason::kAuthenticationFailed, error.what()};
  }
  std::vector<std::string> keys;
  for (const auto& [name, value] : secret) {
    if (name.ends_with(".sshpub")) {
      co_return Stall{
          api::reason::kFieldNotSupported,
          text::cat(
              "spec.verify.secretRef: the key ",
              text::quoted(name),
              " is an SSH key; only OpenPGP keys are supported by this version of Weir"
          )};
    }
    keys.push_back(value.reveal());
  }
  const std::string store = store_path(object);
  const auto resolution = run.resolution;
  struct Reports {
    std::optional<git::SignatureReport> head;
    std::optional<git::SignatureReport> tag;
  };
  const auto now = context.clock.wall_now();
  auto verify = [store, resolution, mode, keys, now](std::stop_token) {
    const auto repository = git::Repository::open(store);
    Reports out;
    if (mode.head) {
      out.head = git::verify_signature(repository.read_commit(resolution.commit).signed_text, keys, now);
    }
    if (mode.tag) {
      out.tag = git::verify_signature(repository.read_tag(*resolution.annotated_tag).signed_text, keys, now);
    }
    return out;
  };
  auto verifying = parts_.git.large_works().run(store, std::move(verify));
  const auto reports = co_await std::move(verifying);
  std::string good;
  if (reports.tag) {
    if (reports.tag->verdict != git::SignatureVerdict::kGood) {
      throw ReasonedError{
          reason::kInvalidTagSignature,
          text::cat("signature verification of tag '", run.resolution.name, "' failed: ", reports.tag->text)};
    }
    good = text::cat("tag '", run.resolution.name, "' with key '", reports.tag->key_id, "'");
  }
  if (reports.head) {
    if (reports.head->verdict != git::SignatureVerdict::kGood) {
      throw ReasonedError{
          reason::kInvalidCommitSignature,
          text::cat(
              "signature verification of commit '", run.resolution.commit.hex(), "' failed: ", reports.head->text
          )};
    }
    if (!good.empty()) good += " and ";
    text::append(good, "commit '", run.resolution.commit.hex(), "' with key '", reports.head->key_id, "'");
  }
  const std::string message = text::cat("verified signature of ", good);
  runtime::set_condition(
      object.status.conditions,
      condition::kSourceVerified,
      "True",
      api::reason::kSucceeded,
      message,
      object.metadata.generation,
      context.clock.wall_now()
  );
  object.status.source_verification_mode = object.spec.verify->mode;
  context.events.send(Severity::kInfo, api::reason::kSucceeded, message);
  co_return Next{};
}

asio::awaitable<Outcome> GitRepositoryReconciler::store_artifact(Context& context, Run& run) {
  auto& object = run.object;
  ArtifactContents contents;
  contents.store = store_path(object);
  contents.commit = run.resolution.commit;
  contents.sparse_folders = object.spec.sparse_checkout;
  contents.ignore = object.spec.ignore;
  contents.includes = run.includes;
  contents.limits = parts_.keeper.limits();
  if (object.spec.recurse_submodules) {
    auto fetching = parts_.git.fetch_submodules(run.remote, contents.store, run.resolution.commit);
    contents.submodules = co_await talking_to_remote(std::move(fetching));
  }
  auto store = parts_.keeper.storing(
      GitRepository::kNames.kind,
      kube::key_of(object),
      text::cat(run.resolution.commit.hex(), ".tar.gz"),
      object.status.artifact,
      [&contents](artifact::ArchiveWriter& writer, std::stop_token stop) { write_contents(contents, writer, stop); }
  );
  auto storing = parts_.git.large_works().run(contents.store, std::move(store));
  const auto stored = co_await async::with_timeout(kLongestArchiving, std::move(storing));

  if (is_news(object.status.artifact, stored, run.resolution.revision)) {
    object.status.artifact = parts_.keeper.describe(stored, run.resolution.revision, context.clock.wall_now());
    context.events.send(
        Severity::kInfo,
        reason::kNewArtifact,
        commit_message(run.subject),
        {{"revision", run.resolution.revision}, {"digest", stored.digest}}
    );
  } else {
    co_await tell_recovery(context, run);
  }
  object.status.observed_ignore = object.spec.ignore;
  object.status.observed_recurse_submodules = object.spec.recurse_submodules;
  object.status.observed_include = object.spec.include;
  object.status.observed_sparse_checkout = object.spec.sparse_checkout;
  context.log.info(
      "artifact stored", {{"revision", run.resolution.revision}, {"digest", stored.digest}, {"size", stored.size_bytes}}
  );
  co_return Done{object.spec.interval.milliseconds()};
}

void GitRepositoryReconciler::mark_done(Context& context, GitRepository& object) {
  mark_stored(object, source::conclusion_rules(), context.clock.wall_now());
}

asio::awaitable<Outcome> GitRepositoryReconciler::finalize(Context& context, GitRepository& object) {
  auto remove = [store = store_path(object)](std::stop_token) { std::filesystem::remove_all(store); };
  co_await parts_.io.run(std::move(remove));
  const auto key = kube::key_of(object);
  const auto removed = co_await parts_.keeper.remove(GitRepository::kNames.kind, key);
  context.log.info("artifacts deleted", {{"files", removed}});
  co_return Done{Milliseconds{0}};
}

}  // namespace weir::source
