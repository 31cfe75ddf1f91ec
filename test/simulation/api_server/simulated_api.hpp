#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pkg/async/event.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/http/transport.hpp"
#include "pkg/json/value.hpp"
#include "pkg/kube/config.hpp"
#include "pkg/kube/resource.hpp"
#include "test/simulation/api_server/faults.hpp"
#include "test/simulation/api_server/field_owners.hpp"

namespace weir::test {

/// What becomes of a request on its way.
struct Fate {
  using Wait = std::function<asio::awaitable<void>()>;

  std::optional<http::Response> answer;  ///< given in place of the server's; nothing is done
  Wait before_it;  ///< awaited before the request reaches the server; when it throws, the request never does
  Wait after_it;  ///< awaited before the answer reaches the client; when it throws, what was asked is done all the same

  static Fate too_many_requests(int retry_after_seconds);
  static Fate server_error(unsigned status);
  static Fate lost_request();
  static Fate lost_answer();
};

/// A write as admission sees it.
struct Review {
  std::string_view operation;  ///< "CREATE", "UPDATE", "DELETE"
  const kube::Resource* resource = nullptr;
  std::string_view namespace_, name, subresource, user;
  bool is_dry_run = false;
  const json::Value* before = nullptr;  ///< nullptr: there is none
  json::Value* object = nullptr;        ///< nullptr for a deletion; to be changed by what mutates alone
};
/// What it returns refuses the write.
using Admission = std::function<std::optional<Refusal>(Review& review)>;

/// What somebody may do; "*" is everything. A namespace of "" is the cluster's scope, and "*" any.
struct Grant {
  std::string user;
  std::string verb = "*";
  std::string group = "*";
  std::string resource = "*";
  std::string namespace_ = "*";
};

/// An API server that holds objects in memory and answers as a kube-apiserver does: discovery, get, list by pages,
/// create, update, merge and JSON patches, server-side apply with managedFields, dry runs, deletion with preconditions
/// and finalizers, watches; defaults, pruning, validation and immutable fields of the built-in kinds in
/// builtin_types.cpp and of definitions with schemas; namespaces that terminate, and definitions that come and go. It
/// passes test/contract/kube and test/contract/ssa with the real one, and is compared with it request by request
/// (test/simulation/api_server/differential). It knows of selectors what our clients send, and converts between
/// versions by their name alone.
///
/// Nothing happens in it by itself: time is the caller's clock, and whatever a cluster's controllers would do is a step
/// that the caller triggers. Every answer comes a turn of the reactor later, so that requests overlap as they do on a
/// network.  Threads: reactor.
class SimulatedApi final : public http::Transport {
 public:
  /// Serves the built-in kinds, and holds the namespace "default".
  explicit SimulatedApi(const Clock& clock);
  ~SimulatedApi() override;

  /// How a client is told to reach it.
  static kube::ClusterConfig cluster();

  /// A kind of which no schema is known: whatever is written to it is kept.
  /// @param has_status  whether status is a subresource, and metadata.generation counts changes of the rest
  void serve(kube::Resource resource, bool has_status = true);

  // Rights. Who does not impersonate anybody may do everything; who is impersonated may do what was granted.
  void allow(std::string user) { grant({std::move(user)}); }
  void grant(Grant grant) { grants_.push_back(std::move(grant)); }
  void revoke(std::string_view user) {
    std::erase_if(grants_, [&](const Grant& grant) { return grant.user == user; });
  }

  // Faults.
  /// Sees a request before it is answered; an answer that it gives is the answer.
  using Hook = std::function<std::optional<http::Response>(const http::Request& request)>;
  void before_each(Hook hook) { hook_ = std::move(hook); }
  /// Decides of each request, watches too, what becomes of it.
  void decide(std::function<Fate(const http::Request& request)> decide) { decide_ = std::move(decide); }
  /// Sees a write before its object is checked, and may change it.
  void mutate(Admission admission) { mutating_.push_back(std::move(admission)); }
  /// Sees a write as it would be stored.
  void validate(Admission admission) { validating_.push_back(std::move(admission)); }
  /// While it is down, connections are refused; going down breaks every watch and forgets history.
  void set_down(bool is_down);

  /// Told after each change of an object.
  void after_each_change(std::function<void()> told) { told_ = std::move(told); }

  // Watches, numbered in the order in which they were opened.
  struct OpenWatch {
    long number;
    std::string path;     ///< of the collection
    std::size_t waiting;  ///< events that have happened and were not read
  };
  std::vector<OpenWatch> watches() const;
  /// While held, what happens reaches no watch.
  void hold_watches(bool held);
  /// The same for one of them.
  void hold_watch(long number, bool held);
  /// Lets so many events through a watch that is held.
  void release(long number, std::size_t events);
  /// Ends every open watch in good order, after what has happened.
  void end_watches();
  /// Ends those whose timeoutSeconds are over.
  void end_due_watches();
  /// Breaks the connection of one of them.
  void break_watch(long number);
  /// Says to every watch that asked for it how far it is.
  void send_bookmarks();
  /// A watch or a continue token from before now is answered with 410 from now on.
  void forget_history() { forgotten_ = version_; }

  // What the cluster's own controllers do, a step at a time.
  /// Deletes what is in namespaces that terminate, and those that are empty. @returns whether anything was left to do
  bool step_namespaces();
  /// Deletes dependants whose owners are gone, and ends deletions that wait for them. @returns the same
  bool step_garbage();
  /// Whether definitions are established, and go with their objects, at once (so at the beginning) or by a step.
  void establish_at_once(bool at_once) { establishes_at_once_ = at_once; }
  bool step_definitions();

  // What users do, without a request. A path is that of the API: "/api/v1/namespaces/shop/configmaps/a".
  /// The object as given, status included; one that was there is replaced by another one.
  void put(const std::string& path, json::Value document);
  void edit(const std::string& path, const std::function<void(json::Value& object)>& change);
  void remove(const std::string& path);
  /// nullptr: not there. Good until the object changes.
  const json::Value* find(const std::string& path) const;
  /// Every object of a kind, by path.
  std::map<std::string, const json::Value*> all(const kube::Resource& resource) const;
  /// "PATCH /apis/.../status {...}": what was asked for, dry runs included.
  const std::vector<std::string>& writes() const { return writes_; }
  void keep_writes(bool kept) { keeps_writes_ = kept; }
  long version() const { return version_; }

  /// A request's answer, at once and without what was decided for it.
  http::Response answer(const http::Request& request);

  asio::awaitable<http::Response> send(http::Request request, const http::CallOptions&) override;
  asio::awaitable<http::StreamedResponse> open(http::Request request, const http::CallOptions&) override;
  const std::string& identity() const override { return identity_; }

 private:
  struct Document;
  using DocumentPtr = std::shared_ptr<const Document>;
  struct Collection;
  struct Kind;
  struct Call;
  struct Happened;
  class Watch;
  /// What is about to be stored, and who owns its fields then.
  struct Draft;

  asio::awaitable<Fate> arrive(const http::Request& request) const;
  Call call_of(const http::Request& request) const;
  const Kind* kind_at(std::string_view group, std::string_view version, std::string_view plural) const;
  const Kind& kind_of(const std::string& path) const;
  void authorize(const Call& call, std::string_view verb) const;
  http::Response route(const Call& call, const http::Request& request);
  http::Response discover(const Call& call) const;
  http::Response unknown_path(const Call& call) const;
  http::Response get(const Call& call) const;
  http::Response list(const Call& call) const;
  http::Response create(Call call, const std::string& body);
  http::Response update(const Call& call, const std::string& body);
  http::Response patch(const Call& call, const std::string& body);
  http::Response apply(const Call& call, const std::string& body);
  http::Response remove(const Call& call, const std::string& body);
  http::Response remove_all(const Call& call, const std::string& body);

  /// Brings what a client sent to the form in which the kind is stored.
  enum class Source { kBody, kPatch, kApply };
  /// @param called  what is applied, as messages name it
  void decode(const Call& call, json::Value& object, Source source, std::string_view called = {}) const;
  json::Value read_body(const Call& call, const std::string& body) const;
  json::Value nothing_of(const Call& call) const;
  void note_owner(const Call& call, const json::Value& before, Draft& draft) const;
  http::Response write(const Call& call, const DocumentPtr& before, Draft draft);
  void prepare(const Call& call, const json::Value* before, json::Value& after);
  void prepare_new(const Call& call, json::Value& after);
  void allocate(json::Value& service_spec);
  void allocate_ports(json::Value& service_spec);
  void keep_allocated(const json::Value& before, json::Value& service_spec);
  void prioritize(const Call& call, json::Value& pod_spec) const;
  void check(const Call& call, const json::Value* before, const json::Value& after) const;
  void admit(
      const Call& call,
      const std::vector<Admission>& by,
      std::string_view operation,
      const json::Value* before,
      json::Value* object
  ) const;
  void check_namespace(const Call& call) const;
  http::Response show(const Call& call, const Document& document, unsigned status = 200) const;
  DocumentPtr deleted(const Call& call, const DocumentPtr& before, const json::Value& options);

  /// Stores a change with a new version, or takes away what nothing holds any more, and tells. @returns the object now
  DocumentPtr store(Collection& collection, const std::string& key, const DocumentPtr& before, json::Value after);
  DocumentPtr erase(Collection& collection, const std::string& key);
  void happened(Collection& collection, DocumentPtr before, DocumentPtr after);
  json::Value with_deletion(const Kind& kind, const json::Value& object) const;
  std::string time() const;

  Kind& add_kind(Kind kind);
  void serve_builtin(kube::Resource resource, bool has_status, bool counts_generation);
  Collection& collection_of(const kube::Resource& resource);
  void follow_definition(const json::Value* after);
  void establish(json::Value& definition) const;
  void end_definition(const std::string& key);
  bool is_away(std::string_view group, std::string_view version) const;

  const Clock& clock_;
  const std::string identity_;
  std::vector<std::unique_ptr<Collection>> collections_;
  std::vector<std::unique_ptr<Kind>> kinds_;
  std::map<std::string, Kind*, std::less<>> kinds_by_path_;  // "apps/v1/deployments"
  std::vector<Grant> grants_;
  Hook hook_;
  std::function<Fate(const http::Request& request)> decide_;
  std::vector<Admission> mutating_, validating_;
  std::function<void()> told_;
  std::vector<std::string> writes_;
  bool keeps_writes_ = true;
  bool is_down_ = false;
  bool establishes_at_once_ = true;
  std::vector<Happened> history_;
  std::vector<Watch*> watches_;  // in order
  async::WaitList changed_;
  bool held_ = false;
  long version_ = 100;
  long forgotten_ = 0;
  long uids_ = 0;
  long watch_count_ = 0;
  long addresses_ = 0;
  long ports_ = 0;
};

}  // namespace weir::test
