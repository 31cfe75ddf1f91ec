#include "controllers/cli/crds_command.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "controllers/cli/embedded_crds.hpp"
#include "controllers/cli/session.hpp"
#include "pkg/async/errors.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/kube/api_error.hpp"
#include "pkg/yaml/documents.hpp"

namespace weir::cli {
namespace {

constexpr std::string_view kUsage =
    "crds apply|print [flags]\n"
    "\n"
    "apply: brings the CRDs of this release to the cluster by server-side apply, and waits until they are served. "
    "Fields that\n"
    "another manager owns, a Flux installation for one, are taken over; objects stay as they are. One line for each "
    "CRD.\n"
    "print: shows the CRDs as YAML, for those who keep them in Git.\n";

constexpr const char* kFieldManager = "weir";
constexpr Milliseconds kPoll{100};
constexpr Milliseconds kServedWithin{60'000};

kube::Resource crd_resource() {
  return {"apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false};
}

std::vector<kube::Object> definitions() {
  std::vector<kube::Object> out;
  for (const auto& file : embedded_crds()) {
    auto documents = yaml::parse_documents(file.text, std::string{file.name});
    if (documents.has_error()) throw std::logic_error{documents.error().text()};
    for (auto& document : *documents) out.emplace_back(std::move(document.value));
  }
  return out;
}

bool is_established(const kube::Object& definition) {
  const auto* conditions = definition.document().find_path({"status", "conditions"});
  if (conditions == nullptr || !conditions->is_array()) return false;
  for (const auto& condition : conditions->as_array()) {
    if (condition.text_at({"type"}) == "Established") return condition.text_at({"status"}) == "True";
  }
  return false;
}

/// The stored version of the kind that the CRD defines.
kube::Resource defined_resource(const kube::Object& definition) {
  kube::Resource out;
  const auto& document = definition.document();
  out.group = document.text_at({"spec", "group"});
  out.plural = document.text_at({"spec", "names", "plural"});
  if (const auto* versions = document.find_path({"spec", "versions"}); versions != nullptr && versions->is_array()) {
    for (const auto& version : versions->as_array()) {
      if (const auto* stored = version.find("storage"); stored != nullptr && *stored == json::Value{true}) {
        out.version = version.text_at({"name"});
      }
    }
  }
  return out;
}

/// Whether a list is answered: for a moment after the CRD is established the server still says 404, or 429, which the
/// client waits out. A refusal by RBAC is an answer.
asio::awaitable<bool> is_listed(Session& session, const kube::Resource& resource) {
  kube::ListOptions options;
  options.limit = 1;
  try {
    co_await session.client().list(resource, options);
  } catch (const kube::ApiError& error) {
    if (error.is_not_found()) co_return false;
    if (!error.is_forbidden()) throw;
  }
  co_return true;
}

/// Returns when the server serves it; the caller sets the limit.
asio::awaitable<void> until_served(Session& session, const kube::Object& definition) {
  const auto resource = crd_resource();
  const auto defined = defined_resource(definition);
  const kube::ObjectKey key = definition.key();
  for (;;) {
    const auto live = co_await session.client().get(resource, key);
    if (live && is_established(*live)) {
      const bool listed = co_await is_listed(session, defined);
      if (listed) co_return;
    }
    co_await async::sleep_for(kPoll);
  }
}

/// @returns "created", "configured" or "unchanged"
asio::awaitable<std::string_view> apply_one(Session& session, const kube::Object& definition, bool dry_run) {
  const auto resource = crd_resource();
  const kube::ObjectKey key = definition.key();
  const auto before = co_await session.client().get(resource, key, kube::Detail::kMetadata);
  kube::ApplyOptions options;
  options.field_manager = kFieldManager;
  options.force = true;
  options.dry_run = dry_run;
  options.detail = kube::Detail::kMetadata;
  const auto applied = co_await session.client().apply(resource, definition, options);
  if (!dry_run) {
    auto served = until_served(session, definition);
    co_await async::with_timeout(kServedWithin, std::move(served));
  }
  if (!before) co_return "created";
  co_return before->generation() == applied.object.generation() &&
          before->resource_version() == applied.object.resource_version()
      ? "unchanged"
      : "configured";
}

/// Whether the API server answered, though with a refusal.
bool is_answer(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const kube::ApiError&) {
    return true;
  } catch (...) {
    return false;
  }
}

asio::awaitable<int> apply(Session& session, bool dry_run, const Terminal& terminal) {
  int status = 0;
  for (const auto& definition : definitions()) {
    std::exception_ptr failure;
    try {
      const auto did = co_await apply_one(session, definition, dry_run);
      terminal.out << definition.name() << " " << did << (dry_run ? " (dry run)" : "") << "\n" << std::flush;
    } catch (...) {
      failure = std::current_exception();
    }
    if (!failure) continue;
    terminal.err << "weir crds apply: " << definition.name() << ": " << async::describe(failure) << "\n";
    status = kRefused;
    // Whoever cannot be reached for one cannot be reached for the others.
    if (!is_answer(failure)) break;
  }
  co_return status;
}

int print(const Terminal& terminal) {
  for (const auto& file : embedded_crds()) {
    terminal.out << "---\n" << file.text;
    if (!file.text.ends_with('\n')) terminal.out << "\n";
  }
  return 0;
}

int run(const Given& given, const Terminal& terminal) {
  const std::string verb = given.words.empty() ? "" : given.words.front();
  if (given.words.size() != 1 || (verb != "apply" && verb != "print")) {
    return refuse_usage("crds", "expected apply or print", terminal);
  }
  if (verb == "print") return print(terminal);
  Session session{given};
  const auto work = [&] { return apply(session, given.has("dry-run"), terminal); };
  return session.run(work);
}

}  // namespace

Command crds_command() {
  Command command{"crds", "apply or print the CRDs of this release", std::string{kUsage}, {}, {"apply", "print"}, run};
  command.flags = with_session_flags({{"dry-run", '\0', "", "ask the server what would happen, and change nothing"}});
  return command;
}

}  // namespace weir::cli
