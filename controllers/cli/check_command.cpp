#include "controllers/cli/check_command.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string>
#include <vector>

#include "controllers/cli/embedded_crds.hpp"
#include "controllers/cli/permissions.hpp"
#include "controllers/cli/session.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kube/api_error.hpp"
#include "pkg/runtime/manager.hpp"
#include "pkg/ssa/health.hpp"
#include "pkg/yaml/documents.hpp"

namespace weir::cli {
namespace {

constexpr std::string_view kUsage =
    "check [--pre] [flags]\n"
    "\n"
    "Looks whether the cluster has what Weir needs: its version, the CRDs, the controllers and what RBAC allows them "
    "and\n"
    "you. CRDs and controllers that are on their way are waited for. --pre: what is needed before an installation.\n"
    "Exit status 1 when something is missing.\n";

constexpr int kOldestMinor = 33;  ///< The contract tests run on the oldest and the newest.
constexpr int kNewestMinor = 36;
constexpr std::string_view kPartOf = "app.kubernetes.io/part-of=flux";
/// Source: flux check.
constexpr std::string_view kDefaultTimeout = "5m";
constexpr Milliseconds kPoll{1'000};

/// What the check found, printed as it goes.
class Report {
 public:
  explicit Report(const Terminal& terminal) : terminal_{terminal} {}
  void section(std::string_view title) { terminal_.out << "► " << title << "\n"; }
  void good(std::string_view line) { print(Colour::kGreen, "✔", line); }
  void warning(std::string_view line) { print(Colour::kYellow, "!", line); }
  void bad(std::string_view line) {
    print(Colour::kRed, "✗", line);
    status_ = kRefused;
  }
  int status() const { return status_; }

 private:
  void print(Colour colour, std::string_view mark, std::string_view line) {
    terminal_.out << terminal_.paint(colour, mark) << " " << line << "\n" << std::flush;
  }
  const Terminal& terminal_;
  int status_ = 0;
};

int leading_number(std::string_view text) {
  int out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

asio::awaitable<void> check_server(Session& session, Report& report) {
  const auto version = co_await session.client().get_path("/version");
  const std::string shown = text::cat("Kubernetes ", version.text_at({"gitVersion"}), " at ", session.server());
  const int major = leading_number(version.text_at({"major"}));
  const int minor = leading_number(version.text_at({"minor"}));
  const std::string supported = text::cat("1.", kOldestMinor, " to 1.", kNewestMinor);
  if (major != 1 || minor < kOldestMinor) {
    report.bad(text::cat(shown, ", supported are ", supported));
  } else if (minor > kNewestMinor) {
    report.warning(text::cat(shown, ", tested are ", supported));
  } else {
    report.good(shown);
  }
}

std::string_view condition_status(const kube::Object& object, std::string_view type) {
  const auto* conditions = object.document().find_path({"status", "conditions"});
  if (conditions == nullptr || !conditions->is_array()) return "";
  for (const auto& condition : conditions->as_array()) {
    if (condition.text_at({"type"}) == type) return condition.text_at({"status"});
  }
  return "";
}

/// "v1 v1beta2": the versions of a CRD that are served.
std::string served_versions(const kube::Object& definition) {
  std::vector<std::string> out;
  const auto* versions = definition.document().find_path({"spec", "versions"});
  if (versions == nullptr || !versions->is_array()) return "";
  for (const auto& version : versions->as_array()) {
    if (const auto* served = version.find("served"); served != nullptr && *served == json::Value{true}) {
      out.emplace_back(version.text_at({"name"}));
    }
  }
  return text::join(out, " ");
}

/// Pauses before the next look. @returns false when the time is over
asio::awaitable<bool> may_look_again(TimePoint deadline) {
  const auto left = std::chrono::duration_cast<Milliseconds>(deadline - std::chrono::steady_clock::now());
  if (left.count() <= 0) co_return false;
  co_await async::sleep_for(std::min(left, kPoll));
  co_return true;
}

asio::awaitable<void> check_crds(Session& session, Report& report, TimePoint deadline) {
  const kube::Resource resource{
      "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false};
  for (const auto& file : embedded_crds()) {
    const auto documents = yaml::parse_documents(file.text, std::string{file.name});
    const kube::Object ours{documents.value().front().value};
    const kube::ObjectKey key = ours.key();
    auto live = co_await session.client().get(resource, key);
    while (live && condition_status(*live, "Established") != "True") {
      const bool again = co_await may_look_again(deadline);
      if (!again) break;
      live = co_await session.client().get(resource, key);
    }
    if (!live) {
      report.bad(text::cat(key.name, ": missing, `weir crds apply` brings it"));
      continue;
    }
    const std::string shown = text::cat(key.name, " ", served_versions(*live));
    const auto label = live->label("app.kubernetes.io/version").value_or("unknown");
    if (condition_status(*live, "Established") != "True") {
      report.bad(text::cat(shown, ": not served yet"));
    } else if (label != ours.label("app.kubernetes.io/version")) {
      report.warning(text::cat(shown, ": of ", label, ", `weir crds apply` brings v", runtime::version()));
    } else {
      report.good(shown);
    }
  }
}

std::string join(const std::vector<Permission>& permissions) {
  std::vector<std::string> out;
  for (const auto& permission : permissions) out.push_back(permission.text());
  return text::join(out, ", ");
}

using Controllers = std::span<const runtime::ControllerFacts>;

asio::awaitable<void> check_user(Session& session, Report& report, Controllers known, bool pre) {
  const auto needs = pre ? needs_of_installer() : needs_of_viewer(known);
  const auto missing = co_await missing_permissions(session, "", needs);
  const std::string_view what = pre ? "install Weir" : "look at Weir's objects";
  if (missing.empty()) {
    report.good(text::cat("you may ", what));
  } else if (pre) {
    report.bad(text::cat("you may not ", what, ": ", join(missing)));
  } else {
    report.warning(text::cat("you may not ", what, ": ", join(missing)));
  }
}

/// "source-controller, ...": what a Deployment runs, by the names of its containers' commands.
std::vector<std::string> controllers_of(const json::Value& deployment, Controllers known) {
  const std::string name{deployment.text_at({"metadata", "name"})};
  if (std::ranges::find(known, name, &runtime::ControllerFacts::name) != known.end()) return {name};
  std::vector<std::string> out;
  const auto* parts = deployment.find_path({"metadata", "annotations", "weir.dev/controllers"});
  if (parts != nullptr && parts->is_string()) {
    for (const auto part : text::split(parts->as_string(), ',')) out.emplace_back(part);
  }
  return out;
}

std::int64_t number_at(const json::Value& object, std::initializer_list<std::string_view> path) {
  const auto* value = object.find_path(path);
  return value == nullptr ? 0 : value->integer().value_or(0);
}

asio::awaitable<void> check_account(
    Session& session, Report& report, Controllers known, std::string controller, std::string account
) {
  const auto needs = needs_of(known, controller);
  const std::string user = text::cat("system:serviceaccount:", session.namespace_(), ":", account);
  std::vector<Permission> missing;
  bool may_ask = true;
  try {
    missing = co_await missing_permissions(session, user, needs);
  } catch (const kube::ApiError& error) {
    if (!error.is_forbidden()) throw;
    may_ask = false;
  }
  if (!may_ask) {
    report.warning(
        text::cat(controller, ": you may not ask what it may do (create subjectaccessreviews.authorization.k8s.io)")
    );
  } else if (!missing.empty()) {
    report.bad(text::cat(controller, ": ", user, " may not ", join(missing)));
  }
}

asio::awaitable<std::string> lease_holder(Session& session, std::string controller) {
  const auto resource = kube::core::leases();
  const kube::ObjectKey key{session.namespace_(), text::cat(controller, "-leader-election")};
  std::string holder;
  try {
    const auto lease = co_await session.client().get(resource, key);
    if (lease) holder = lease->document().text_at({"spec", "holderIdentity"});
  } catch (const kube::ApiError&) {
    // only an extra: whoever may not read leases still sees the rest
  }
  co_return holder;
}

ssa::Health health_of(const json::Value& deployment) {
  kube::Object object{deployment};
  object.document().set("apiVersion", "apps/v1");  // items of a list do not say it
  object.document().set("kind", "Deployment");
  return ssa::compute_health(object);
}

/// The Deployments once none of them is on its way any more, or when the time is over: pods take some seconds after an
/// upgrade, and after the death of a leader.
asio::awaitable<std::vector<json::Value>> settled_deployments(Session& session, TimePoint deadline) {
  const kube::Resource resource{"apps", "v1", "Deployment", "deployments", true};
  kube::ListOptions options;
  options.namespace_ = session.namespace_();
  options.label_selector = kPartOf;
  for (;;) {
    auto page = co_await session.client().list(resource, options);
    const bool settled = std::ranges::all_of(page.items, [](const json::Value& deployment) {
      const auto status = health_of(deployment).status;
      return status == ssa::HealthStatus::kCurrent || status == ssa::HealthStatus::kFailed;
    });
    if (settled) co_return std::move(page.items);
    const bool again = co_await may_look_again(deadline);
    if (!again) co_return std::move(page.items);
  }
}

asio::awaitable<void> check_controllers(Session& session, Report& report, Controllers known, TimePoint deadline) {
  const auto deployments = co_await settled_deployments(session, deadline);
  if (deployments.empty()) {
    report.bad(text::cat("no controller in namespace ", session.namespace_(), " (Deployments labelled ", kPartOf, ")"));
    co_return;
  }
  for (const auto& deployment : deployments) {
    const std::string name{deployment.text_at({"metadata", "name"})};
    const auto wanted = number_at(deployment, {"spec", "replicas"});
    const auto ready = number_at(deployment, {"status", "readyReplicas"});
    const auto* containers = deployment.find_path({"spec", "template", "spec", "containers"});
    std::string image;
    if (containers != nullptr && containers->is_array() && !containers->empty()) {
      image = containers->as_array().front().text_at({"image"});
    }
    const auto parts = controllers_of(deployment, known);
    std::string shown = text::cat(name, " ", image, ": ", ready, " of ", wanted, " ready");
    const std::string holder = co_await lease_holder(session, parts.empty() ? name : parts.front());
    if (!holder.empty()) text::append(shown, ", led by ", holder);
    const auto health = health_of(deployment);
    if (wanted == 0) {
      report.warning(text::cat(shown, ": scaled to nothing"));
    } else if (health.status != ssa::HealthStatus::kCurrent) {
      report.bad(health.message.empty() ? shown : text::cat(shown, ": ", health.message));
    } else {
      report.good(shown);
    }
    std::string account{deployment.text_at({"spec", "template", "spec", "serviceAccountName"})};
    if (account.empty()) account = "default";
    for (const auto& part : parts) co_await check_account(session, report, known, part, account);
  }
}

asio::awaitable<int> check(
    Session& session, Controllers known, bool pre, Milliseconds timeout, const Terminal& terminal
) {
  Report report{terminal};
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  report.section("cluster");
  co_await check_server(session, report);
  report.section("permissions");
  co_await check_user(session, report, known, pre);
  if (!pre) {
    report.section("custom resource definitions");
    co_await check_crds(session, report, deadline);
    report.section("controllers");
    co_await check_controllers(session, report, known, deadline);
  }
  co_return report.status();
}

int run(Controllers known, const Given& given, const Terminal& terminal) {
  if (!given.words.empty()) {
    return refuse_usage("check", text::cat("unexpected argument ", text::quoted(given.words.front())), terminal);
  }
  const auto timeout = parse_duration(given.value("timeout", kDefaultTimeout));
  if (timeout.has_error() || timeout->length.count() < 0) {
    return refuse_usage(
        "check",
        text::cat("--timeout: expected a duration like 5m, got ", text::quoted(given.value("timeout"))),
        terminal
    );
  }
  Session session{given};
  const auto work = [&] { return check(session, known, given.has("pre"), timeout->milliseconds(), terminal); };
  return session.run(work);
}

}  // namespace

Command check_command(std::span<const runtime::ControllerFacts> controllers) {
  Command command{"check", "look whether a cluster has what Weir needs", std::string{kUsage}, {}, {}, {}};
  command.run = [controllers](const Given& given, const Terminal& terminal) {
    return run(controllers, given, terminal);
  };
  command.flags = with_session_flags(
      {{"pre", '\0', "", "only what an installation needs"},
       {"timeout", '\0', "DURATION", "how long to wait for CRDs and controllers that are on their way (5m)"}}
  );
  return command;
}

}  // namespace weir::cli
