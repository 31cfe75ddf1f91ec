#include "controllers/image_automation/image_update_automation_reconciler.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "controllers/image_automation/commit_message.hpp"
#include "controllers/image_automation/image_update_automation_watches.hpp"
#include "controllers/image_automation/push_plan.hpp"
#include "controllers/image_automation/setters.hpp"
#include "pkg/access/git_provider.hpp"
#include "pkg/access/reference.hpp"
#include "pkg/access/secret.hpp"
#include "pkg/async/errors.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/text.hpp"
#include "pkg/git/commit_builder.hpp"
#include "pkg/git/commit_signer.hpp"
#include "pkg/git/large_works.hpp"
#include "pkg/git/repository.hpp"

namespace weir::image_automation {
namespace {

namespace reason = api::image::automation_reason;
using runtime::Context;
using runtime::Done;
using runtime::Failed;
using runtime::Next;
using runtime::Outcome;
using runtime::ReasonedError;
using runtime::Severity;
using runtime::Stall;

// Where texts start; users' alerts match on them.
constexpr std::string_view kSigningPrefix = "failed to configure the signing key: ";
constexpr std::string_view kSourcePrefix = "failed configuring source manager: ";
constexpr std::string_view kCheckoutPrefix = "failed to checkout source: ";
constexpr std::string_view kUpdatePrefix = "failed to update source: ";
constexpr std::string_view kReadyMessage = "repository up-to-date";
/// Of the event that tells about markers and files which cannot be used. Ours.
constexpr std::string_view kInvalidMarker = "InvalidMarker";

/// How often a commit is written anew on top of somebody else's before the pass gives up.
constexpr int kMostReplays = 5;
constexpr Milliseconds kReplayPause{100};
/// Of the files of one commit, held in memory until it is pushed.
constexpr std::size_t kMostEditedBytes = 64u << 20;
/// Work on the pool that no server's time-out ends.
constexpr Milliseconds kLongestEditing = std::chrono::minutes{10};
/// Enough for a person to see what is wrong; a status is no log.
constexpr std::size_t kMostProblems = 20;
constexpr std::size_t kShortHash = 7;

/// A failure of Git's with the reason and prefix that users know. @throws the cancellation, as it is
ReasonedError git_failure(std::string_view prefix, const std::exception_ptr& failure) {
  if (async::is_cancelled(failure)) std::rethrow_exception(failure);
  std::optional<Milliseconds> retry_after;
  try {
    std::rethrow_exception(failure);
  } catch (const git::GitError& error) {
    retry_after = error.retry_after();
  } catch (...) {
  }
  return ReasonedError{reason::kGitOperationFailed, text::cat(prefix, async::describe(failure)), retry_after};
}

/// Awaits something of Git's; its failures become git_failure().
template <class T>
asio::awaitable<T> speaking_of(std::string_view prefix, asio::awaitable<T> work) {
  std::exception_ptr failure;
  try {
    co_return co_await std::move(work);
  } catch (...) {
    failure = std::current_exception();
  }
  throw git_failure(prefix, failure);
}

std::string revision_of(const std::string& branch, const git::ObjectId& commit) {
  return text::cat(branch, "@sha1:", commit.hex());
}

/// What a person must look at, each once, in the order of the files.
std::vector<std::string> describe(const std::vector<Note>& notes) {
  std::vector<std::string> out;
  for (const auto& note : notes) {
    if (out.size() == kMostProblems) {
      out.push_back(text::cat("and ", notes.size() - kMostProblems, " more"));
      break;
    }
    out.push_back(note.message);
  }
  return out;
}

/// Whether nobody else can be meant: the policy would be of this namespace, and there is none of that name.
/// @param others  policies of the namespace, "namespace:name"
bool concerns(const Note& note, std::string_view namespace_, const std::set<std::string, std::less<>>& others) {
  const auto parts = text::split(note.setter, ':');
  return parts.size() >= 2 && parts[0] == namespace_ && !others.contains(text::cat(parts[0], ":", parts[1]));
}

const std::vector<std::string>& problems_of(const api::image::ImageUpdateAutomationStatus& status) {
  static const std::vector<std::string> kNone;
  return status.weir ? status.weir->problems : kNone;
}

std::string ready_message(const std::vector<std::string>& problems) {
  if (problems.empty()) return std::string{kReadyMessage};
  std::string out = text::cat(kReadyMessage, ", but ", problems.front());
  if (problems.size() > 1) text::append(out, " (and ", problems.size() - 1, " more)");
  return out;
}

}  // namespace

struct ImageUpdateAutomationReconciler::Run {
  explicit Run(ImageUpdateAutomation& object_) : object{object_} {}

  ImageUpdateAutomation& object;
  std::optional<CommitMessage> message;
  std::shared_ptr<const GitRepository> source;
  PushPlan plan;
  git::Url url;
  std::map<std::string, api::image::ImageRef> selected;  // by the policy's name
  Policies policies;                                     // the same by "namespace:name"
  std::set<std::string, std::less<>> unselected;         // other policies of the namespace, "namespace:name"
  git::Remote remote;
  std::optional<git::SigningKeyType> key_type;  // nullopt: commits are not signed
  git::Resolution checkout;
  std::optional<git::Resolution> branch;  // the push branch, when that is another one and is there
};

/// What is to be committed.
struct ImageUpdateAutomationReconciler::Draft {
  Draft() {}

  git::ObjectId parent;
  std::vector<git::FileChange> files;
  std::vector<FileEdit> edits;
  std::vector<Note> notes;
};

const ImageUpdateAutomationReconciler::Step ImageUpdateAutomationReconciler::kSteps[] = {
    {"spec", &ImageUpdateAutomationReconciler::check_spec, api::condition::kReady, reason::kFailure},
    {"source", &ImageUpdateAutomationReconciler::find_source, api::condition::kReady, reason::kSourceManagerFailed},
    {"policies", &ImageUpdateAutomationReconciler::find_policies, api::condition::kReady, reason::kFailure},
    {"remote", &ImageUpdateAutomationReconciler::open_remote, api::condition::kReady, reason::kSourceManagerFailed},
    {"look", &ImageUpdateAutomationReconciler::look_at_remote, api::condition::kReady, reason::kGitOperationFailed},
    {"update", &ImageUpdateAutomationReconciler::update, api::condition::kReady, reason::kUpdateFailed},
};

ImageUpdateAutomationReconciler::ImageUpdateAutomationReconciler(Parts parts, AutomationOptions options)
    : parts_{parts}, options_{std::move(options)} {}

std::string ImageUpdateAutomationReconciler::store_path(const ImageUpdateAutomation& object) const {
  return text::cat(
      options_.repository_root, "/", object.metadata.namespace_, "/", object.metadata.name, "-", object.metadata.uid
  );
}

asio::awaitable<Outcome> ImageUpdateAutomationReconciler::reconcile(Context& context, ImageUpdateAutomation& object) {
  recall_push(object);
  Run run{object};
  co_return co_await runtime::run_steps(*this, kSteps, context, run);
}

asio::awaitable<Outcome> ImageUpdateAutomationReconciler::check_spec(Context&, Run& run) {
  const auto& spec = run.object.spec;
  if (spec.update.strategy != "Setters") {
    co_return Stall{
        reason::kInvalidUpdateStrategy,
        text::cat("spec.update.strategy: expected Setters, got ", text::quoted(spec.update.strategy))};
  }
  if (spec.policy_selector) {
    if (auto valid = spec.policy_selector->validate(); valid.has_error()) {
      co_return Stall{reason::kInvalidPolicySelector, text::cat("spec.policySelector.", valid.error().text())};
    }
  }
  if (!spec.git) co_return Stall{reason::kInvalidSourceConfiguration, "spec.git: required, with the author of commits"};
  if (const auto& key = spec.git->commit.signing_key; key && key->secret_ref) {
    if (!key->type.empty() && key->type != "gpg" && key->type != "ssh") {
      co_return Stall{
          reason::kInvalidSourceConfiguration,
          text::cat("spec.git.commit.signingKey.type: expected gpg or ssh, got ", text::quoted(key->type))};
    }
    run.key_type = key->type == "ssh" ? git::SigningKeyType::kSsh : git::SigningKeyType::kOpenPgp;
  }
  auto message = CommitMessage::parse(spec.git->commit);
  if (message.has_error()) co_return Stall{api::reason::kInvalidSpec, message.error().text()};
  run.message = std::move(*message);
  co_return Next{};
}

asio::awaitable<Outcome> ImageUpdateAutomationReconciler::find_source(Context&, Run& run) {
  const auto& object = run.object;
  const auto& reference = object.spec.source_ref;
  const auto key = access::referred(object.metadata.namespace_, reference);
  if (options_.no_cross_namespace_refs) {
    auto refusal =
        access::cross_namespace_refusal("cannot access", object.metadata.namespace_, GitRepository::kNames.kind, key);
    if (refusal) co_return Stall{reason::kAccessDenied, std::move(*refusal)};
  }
  if (reference.kind != GitRepository::kNames.kind) {
    co_return Stall{
        reason::kInvalidSourceConfiguration,
        text::cat("spec.sourceRef.kind: expected GitRepository, got ", text::quoted(reference.kind))};
  }
  run.source = parts_.repositories.get(key);
  if (!run.source) {
    const auto problem = parts_.repositories.problem(key);
    co_return Failed{
        reason::kSourceManagerFailed,
        problem.empty()
            ? text::cat(
                  kSourcePrefix,
                  "referenced git repository does not exist: GitRepository ",
                  text::quoted(key.text()),
                  " not found"
              )
            : text::cat(kSourcePrefix, "GitRepository ", text::quoted(key.text()), " cannot be read: ", problem),
        options_.requeue_dependency};
  }
  const auto& source = run.source->spec;
  if (const auto problem = access::provider_problem(source)) {
    co_return Stall{
        reason::kInvalidSourceConfiguration, text::cat("GitRepository ", key.text(), ": ", problem->message)};
  }
  auto url = git::Url::parse(source.url);
  if (url.has_error()) {
    co_return Stall{
        reason::kInvalidSourceConfiguration, text::cat("GitRepository ", key.text(), ": ", url.error().text())};
  }
  run.url = std::move(*url);
  auto plan = make_push_plan(*object.spec.git, source.ref ? &*source.ref : nullptr);
  if (plan.has_error()) co_return Stall{reason::kInvalidSourceConfiguration, plan.error().text()};
  run.plan = std::move(*plan);
  co_return Next{};
}

asio::awaitable<Outcome> ImageUpdateAutomationReconciler::find_policies(Context&, Run& run) {
  const auto& namespace_ = run.object.metadata.namespace_;
  const auto& selector = run.object.spec.policy_selector;
  for (const auto& key : parts_.policies.keys(kByNamespace, namespace_)) {
    const auto policy = parts_.policies.get(key);
    const std::string setter = text::cat(namespace_, ":", key.name);
    const bool is_selected = !selector || selector->fits(policy->metadata.labels);
    if (is_selected && policy->status.latest_ref) {
      run.selected.emplace(key.name, *policy->status.latest_ref);
      run.policies.emplace(setter, *policy->status.latest_ref);
    } else {
      run.unselected.insert(setter);
    }
  }
  co_return Next{};
}

asio::awaitable<Outcome> ImageUpdateAutomationReconciler::open_remote(Context&, Run& run) {
  try {
    run.remote = co_await parts_.remotes.open(*run.source, run.url);
  } catch (const access::AccessError& error) {
    throw ReasonedError{reason::kSourceManagerFailed, text::cat(kSourcePrefix, error.what())};
  }
  co_return Next{};
}

/// Asks the server where the branches are now.
asio::awaitable<void> ImageUpdateAutomationReconciler::resolve_heads(Run& run) {
  auto checkout = parts_.git.resolve(run.remote, run.plan.checkout);
  run.checkout = co_await std::move(checkout);
  run.branch.reset();
  if (!run.plan.switches) co_return;
  git::Reference reference;
  reference.branch = run.plan.branch;
  try {
    auto branch = parts_.git.resolve(run.remote, reference);
    run.branch = co_await std::move(branch);
  } catch (const git::GitError& error) {
    if (error.kind() != git::GitFailure::kNoSuchReference) throw;
  }
}

asio::awaitable<Outcome> ImageUpdateAutomationReconciler::look_at_remote(Context& context, Run& run) {
  auto resolving = resolve_heads(run);
  co_await speaking_of(kCheckoutPrefix, std::move(resolving));
  const auto& object = run.object;
  const auto& status = object.status;
  const std::string branch = run.branch ? run.branch->revision : "";
  const bool unchanged = status.observed_generation == object.metadata.generation &&
                         api::is_condition_true(status.conditions, api::condition::kReady) &&
                         status.observed_policies == run.selected &&
                         status.observed_source_revision == run.checkout.revision && problems_of(status).empty() &&
                         (!run.plan.switches || (status.weir && status.weir->observed_push_revision == branch));
  if (!unchanged) co_return Next{};
  context.log.debug("no change since last reconciliation", {{"revision", run.checkout.revision}});
  co_return Done{object.spec.interval.milliseconds()};
}

/// Fetches what the commit is to stand on and computes the new files.
asio::awaitable<ImageUpdateAutomationReconciler::Draft> ImageUpdateAutomationReconciler::edit_files(Run& run) {
  // An existing push branch is carried on, so that every push is a fast-forward; a forced one starts afresh.
  const auto& base = run.branch && !options_.force_push_branch ? *run.branch : run.checkout;
  const std::string store = store_path(run.object);
  auto fetching = parts_.git.fetch(run.remote, store, base);
  const auto report = co_await speaking_of(kCheckoutPrefix, std::move(fetching));
  parts_.metrics.count(
      "weir_git_fetched_bytes_total",
      "Bytes of packs received from Git servers",
      {},
      static_cast<double>(report.pack_bytes)
  );
  const auto key = kube::key_of(run.object);
  auto& memory = marked_[key];
  if (!memory) memory = std::make_shared<MarkedFiles>();
  const auto marked = memory;
  const std::string root = resolve_update_path(run.object.spec.update.path);
  const auto parent = base.commit;
  auto edit = [marked, store, parent, root, &policies = run.policies](std::stop_token stop) {
    const auto repository = git::Repository::open(store);
    Draft draft;
    draft.parent = parent;
    const auto tree = repository.read_commit(parent).tree;
    std::size_t bytes = 0;
    for (const auto& file : marked->find(repository, tree, root, stop)) {
      if (stop.stop_requested()) throw std::runtime_error{"stopped"};
      auto edited = apply_setters(file.path, repository.read_blob(file.blob), policies);
      std::ranges::move(edited.notes, std::back_inserter(draft.notes));
      if (!edited.changed) continue;
      bytes += edited.content.size();
      if (bytes > git::kOrdinaryObject && is_trial()) throw TrialTooSmall{};
      if (bytes > kMostEditedBytes) {
        throw git::GitError{
            git::GitFailure::kTooLarge,
            text::cat(
                "the files to change have more than ", kMostEditedBytes, " bytes, reached at ", text::quoted(file.path)
            )};
      }
      draft.files.emplace_back(file.path, std::move(edited.content));
      draft.edits.push_back({file.path, std::move(edited.changes)});
    }
    return draft;
  };
  auto editing = parts_.git.large_works().run(store, std::move(edit));
  auto draft = co_await async::with_timeout(kLongestEditing, std::move(editing));
  // A marker may belong to another automation, or to a policy that has not selected anything yet.
  std::erase_if(draft.notes, [&](const Note& note) {
    return note.reason == Note::Reason::kUnknownPolicy && !concerns(note, key.namespace_, run.unselected);
  });
  co_return draft;
}

/// Reads the key afresh, only when there is something to sign.
asio::awaitable<git::CommitSigner> ImageUpdateAutomationReconciler::load_signer(Run& run) {
  if (!run.key_type) co_return git::CommitSigner{};
  const kube::ObjectKey key{run.object.metadata.namespace_, run.object.spec.git->commit.signing_key->secret_ref->name};
  SecretMap data;
  try {
    data = (co_await access::read_secret(parts_.client, key)).data;
  } catch (const access::AccessError& error) {
    throw ReasonedError{reason::kSourceManagerFailed, text::cat(kSigningPrefix, error.what())};
  }
  const auto type = *run.key_type;
  auto parse = [&data, type](std::stop_token) { return git::parse_signing_secret(data, type); };
  auto signer = co_await parts_.io.run(std::move(parse));  // a passphrase costs some milliseconds of hashing
  if (signer.has_error()) {
    throw ReasonedError{
        reason::kSourceManagerFailed, text::cat(kSigningPrefix, "secret '", key.text(), "': ", signer.error().text())};
  }
  co_return std::move(*signer);
}

git::ObjectId ImageUpdateAutomationReconciler::head_of(const Run& run) {
  return run.branch ? run.branch->commit : run.checkout.commit;
}

/// Where the branch is after a push that failed.
asio::awaitable<git::ObjectId> ImageUpdateAutomationReconciler::look_again(Run& run, std::exception_ptr push_failure) {
  if (async::is_cancelled(push_failure)) std::rethrow_exception(push_failure);
  std::exception_ptr failure;
  try {
    co_await resolve_heads(run);
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) co_return head_of(run);
  if (async::is_cancelled(failure)) std::rethrow_exception(failure);
  // That the push failed says more than that nobody can tell what became of it.
  throw git_failure(kUpdatePrefix, push_failure);
}

/// A push is told of by the status of its own pass or, when that could not be written, by the next one's.
void ImageUpdateAutomationReconciler::recall_push(ImageUpdateAutomation& object) {
  const auto at = pushes_.find(kube::key_of(object));
  if (at == pushes_.end()) return;
  const auto& push = at->second;
  auto& status = object.status;
  if (push.uid == object.metadata.uid && push.commit != status.last_push_commit) {
    status.last_push_commit = push.commit;
    status.last_push_time = push.time;
  } else {
    pushes_.erase(at);
  }
}

/// @returns false when somebody else pushed first: look again and write the commit anew
asio::awaitable<bool> ImageUpdateAutomationReconciler::commit_and_push(Context& context, Run& run, Draft& draft) {
  auto& object = run.object;
  const auto& author = object.spec.git->commit.author;
  git::CommitText text;
  text.author = git::Signature{author.name, author.email, context.clock.wall_now()};
  text.committer = text.author;
  auto rendered = run.message->render({object.metadata.namespace_, object.metadata.name, draft.edits, run.policies});
  if (rendered.has_error()) {
    throw ReasonedError{reason::kGitOperationFailed, text::cat(kUpdatePrefix, rendered.error().text())};
  }
  text.message = std::move(*rendered);
  const auto signer = co_await load_signer(run);
  const std::string store = store_path(object);
  auto write = [&store, &draft, &text, &signer](std::stop_token) {
    auto repository = git::Repository::open(store);
    return git::write_commit(repository, draft.parent, draft.files, text, signer);
  };
  auto writing = parts_.git.large_works().run(store, std::move(write));
  const auto commit = co_await speaking_of(kUpdatePrefix, std::move(writing));
  if (!commit) co_return true;

  git::PushRequest request;
  request.store = store;
  request.base = draft.parent;
  request.commit = *commit;
  request.references = run.plan.references;
  request.options = run.plan.options;
  if (run.plan.switches && options_.force_push_branch) request.references.front().force = true;
  std::exception_ptr failure;
  try {
    auto pushing = parts_.git.push(run.remote, std::move(request));
    co_await std::move(pushing);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    const auto before = head_of(run);
    const auto now = co_await look_again(run, failure);
    // Somebody else was first; or the branch is where it was pushed to, and only the answer was lost.
    if (now != *commit && now != before) co_return false;
    if (now != *commit) throw git_failure(kUpdatePrefix, failure);
  }

  auto& status = object.status;
  status.last_push_commit = commit->hex();
  status.last_push_time = to_rfc3339(context.clock.wall_now());
  pushes_.insert_or_assign(
      kube::key_of(object), Push{object.metadata.uid, status.last_push_commit, status.last_push_time}
  );
  if (run.plan.switches) {
    git::Resolution head;
    head.commit = *commit;
    head.revision = revision_of(run.plan.branch, *commit);
    run.branch = std::move(head);
  } else {
    run.checkout.commit = *commit;
    run.checkout.revision = revision_of(run.plan.branch, *commit);
  }
  std::string told =
      text::cat("pushed commit '", commit->hex().substr(0, kShortHash), "' to branch '", run.plan.branch, "'");
  if (object.spec.git->push && !object.spec.git->push->refspec.empty()) {
    text::append(told, " and refspecs '", object.spec.git->push->refspec, "'");
  }
  context.log.info(
      "commit pushed", {{"commit", commit->hex()}, {"branch", run.plan.branch}, {"files", draft.files.size()}}
  );
  context.events.send(Severity::kInfo, api::reason::kSucceeded, text::cat(told, "\n", text.message));
  co_return true;
}

asio::awaitable<Outcome> ImageUpdateAutomationReconciler::update(Context& context, Run& run) {
  auto& status = run.object.status;
  for (int replays = 0;; ++replays) {
    auto draft = co_await edit_files(run);
    bool settled = draft.files.empty();
    if (!settled) settled = co_await commit_and_push(context, run, draft);
    if (!settled) {
      if (replays == kMostReplays) {
        throw ReasonedError{
            reason::kGitOperationFailed,
            text::cat(
                kUpdatePrefix,
                "the branch ",
                text::quoted(run.plan.branch),
                " moved during each of ",
                replays + 1,
                " pushes"
            )};
      }
      context.log.info("somebody else pushed first, writing the commit anew", {{"branch", run.plan.branch}});
      co_await async::sleep_for(kReplayPause);
      continue;
    }
    const auto before = problems_of(status);
    api::image::AutomationMemory memory;
    memory.observed_push_revision = run.branch ? run.branch->revision : "";
    memory.problems = describe(draft.notes);
    if (!memory.problems.empty() && memory.problems != before) {
      context.events.send(Severity::kError, kInvalidMarker, text::join(memory.problems, "\n"));
    }
    status.weir.reset();
    if (!memory.observed_push_revision.empty() || !memory.problems.empty()) status.weir = std::move(memory);
    status.observed_policies = run.selected;
    status.observed_source_revision = run.checkout.revision;
    co_return Done{run.object.spec.interval.milliseconds()};
  }
}

void ImageUpdateAutomationReconciler::mark_done(Context& context, ImageUpdateAutomation& object) {
  const auto now = context.clock.wall_now();
  object.status.last_automation_run_time = to_rfc3339(now);
  const std::string message = ready_message(problems_of(object.status));
  runtime::mark_ready(runtime::parts_of(object), rules_, api::reason::kSucceeded, message, now);
}

asio::awaitable<Outcome> ImageUpdateAutomationReconciler::finalize(Context& context, ImageUpdateAutomation& object) {
  const std::string store = store_path(object);
  auto remove = [store](std::stop_token) { std::filesystem::remove_all(store); };
  co_await parts_.io.run(std::move(remove));
  context.log.info("repository deleted");
  co_return Done{Milliseconds{0}};
}

void ImageUpdateAutomationReconciler::forget(const kube::ObjectKey& key) {
  marked_.erase(key);
  pushes_.erase(key);
}

}  // namespace weir::image_automation
