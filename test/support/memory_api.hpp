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

namespace weir::test {

/// An API server that holds objects in memory: get, list by pages, create, update, merge and JSON patches,
/// server-side apply (dry runs too), delete, watch, discovery, a status subresource, and the little
/// admission that controllers rely on: namespaces, names, immutable ConfigMaps and Secrets. A definition
/// serves its kinds at once. It passes the parts of test/contract/kube and test/contract/ssa that are
/// built against it, with the real server. It knows no schemas, no defaults, no rights but "everything"
/// and "nothing", one version of each kind, and of selectors what our clients send. Every answer comes a
/// turn of the reactor later, so that requests overlap as they do on a network.  Threads: reactor.
class MemoryApi final : public http::Transport {
 public:
  /// Serves the core kinds, Deployments and definitions, and holds the namespace "default".
  explicit MemoryApi(const Clock& clock);
  ~MemoryApi() override;

  /// How a client is told to reach it.
  static kube::ClusterConfig cluster();

  /// @param has_status  whether status is a subresource, and metadata.generation counts changes of the rest
  void serve(kube::Resource resource, bool has_status = true);
  /// Somebody who may do everything besides ourselves; whoever else is impersonated may do nothing.
  void allow(std::string user) { allowed_.insert(std::move(user)); }

  /// Sees a request before it is answered; an answer that it gives is the answer.
  using Hook = std::function<std::optional<http::Response>(const http::Request& request)>;
  void before_each(Hook hook) { hook_ = std::move(hook); }
  /// Told after each change of an object.
  void after_each_change(std::function<void()> told) { told_ = std::move(told); }

  /// While held, what happens reaches no watch.
  void hold_watches(bool held);
  /// Ends every open watch in good order.
  void end_watches();
  /// Says to every watch how far it is.
  void send_bookmarks();
  /// A watch from before now is answered with 410 from now on.
  void forget_history() { forgotten_ = version_; }

  // What users do, without a request. A path is that of the API: "/api/v1/namespaces/shop/configmaps/a".
  /// The object as given, status included; one that was there is replaced by another one.
  void put(const std::string& path, json::Value document);
  void edit(const std::string& path, const std::function<void(json::Value& object)>& change);
  void remove(const std::string& path);
  /// nullptr: not there.
  const json::Value* find(const std::string& path) const;
  /// Every object of a kind, by path.
  std::map<std::string, const json::Value*> all(const kube::Resource& resource) const;
  /// "PATCH /apis/.../status {...}": what was asked for, dry runs included.
  const std::vector<std::string>& writes() const { return writes_; }

  asio::awaitable<http::Response> send(http::Request request, const http::CallOptions&) override;
  asio::awaitable<http::StreamedResponse> open(http::Request request, const http::CallOptions&) override;
  const std::string& identity() const override { return identity_; }

 private:
  struct Kind {
    kube::Resource resource;
    bool has_status = true;
  };
  struct Stored {
    const Kind* kind;
    json::Value document;
  };
  /// What happened to an object, for watches.
  struct Happened {
    long version;
    const Kind* kind;
    std::optional<json::Value> before;
    std::optional<json::Value> after;
  };
  struct Call;
  class Watch;

  Call call_of(const http::Request& request) const;
  const Kind* kind_of(const std::string& path) const;
  http::Response answer(const http::Request& request);
  http::Response discover(const Call& call) const;
  http::Response get(const Call& call) const;
  http::Response list(const Call& call) const;
  http::Response create(const Call& call, const std::string& body);
  http::Response update(const Call& call, const std::string& body);
  http::Response patch(const Call& call, const std::string& body);
  http::Response apply(const Call& call, const std::string& body);
  http::Response remove(const Call& call, const std::string& body);
  /// What a new object gets of the server.
  json::Value made(const Call& call, json::Value document);
  /// Keeps what a write does not reach, counts, checks and stores. @returns the answer
  http::Response write(const Call& call, json::Value after, bool is_apply);
  std::optional<http::Response> refusal(const Call& call, const json::Value* before, const json::Value& after) const;
  http::Response show(const Call& call, const json::Value& document, unsigned status = 200) const;

  /// What a change makes of versions, generation and finalizers; stored and told. @returns the object as it is now
  json::Value settle(const std::string& path, const Kind& kind, std::optional<json::Value> before, json::Value after);
  void erase(const std::string& path);
  void happened(const Kind& kind, std::optional<json::Value> before, std::optional<json::Value> after);
  void follow_definition(const json::Value* before, const json::Value* after);
  static void begin_deletion(const Kind& kind, json::Value& object, const std::string& time);

  const Clock& clock_;
  const std::string identity_;
  std::vector<std::unique_ptr<Kind>> kinds_;
  std::set<std::string> allowed_;
  Hook hook_;
  std::function<void()> told_;
  std::map<std::string, Stored> objects_;  // by path
  std::vector<std::string> writes_;
  std::vector<Happened> history_;
  std::set<Watch*> watches_;
  async::WaitList changed_;
  bool held_ = false;
  long version_ = 100;
  long forgotten_ = 0;
  int uids_ = 0;
};

}  // namespace weir::test
