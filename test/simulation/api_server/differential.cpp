#include "test/simulation/api_server/differential.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "test/simulation/api_server/random_objects.hpp"
#include "test/simulation/api_server/sample_objects.hpp"

namespace weir::test {
namespace {

using json::Value;

constexpr int kSteps = 40;

struct Place {
  const char* kind;
  const char* collection;  // with NS
  bool has_status;
};
constexpr Place kPlaces[] = {
    {"ConfigMap", "/api/v1/namespaces/NS/configmaps", false},
    {"Secret", "/api/v1/namespaces/NS/secrets", false},
    {"Service", "/api/v1/namespaces/NS/services", true},
    {"Deployment", "/apis/apps/v1/namespaces/NS/deployments", true},
    {"Box", "/apis/sim.example.com/v1/namespaces/NS/boxes", true},
    {"Crate", "/apis/sim.example.com/v1/namespaces/NS/crates", false},
};

http::Request request_to(std::string method, std::string target, const Value* body, const char* type) {
  http::Request out{std::move(method), http::Url::parse("http://api").value()};
  out.url.target = std::move(target);
  out.headers.set("User-Agent", "differential/1");
  out.headers.set("Accept", "application/json");
  if (body == nullptr) return out;
  out.headers.set("Content-Type", type);
  out.body = json::write(*body);
  return out;
}

/// Without what two servers cannot have in common.
void make_comparable(Value& value, std::string_view key) {
  if (value.is_object()) {
    value.erase("creationTimestamp");
    for (const auto* part :
         {"uid",
          "resourceVersion",
          "deletionTimestamp",
          "time",
          "nodePort",
          "batch.kubernetes.io/controller-uid",
          "controller-uid",
          "healthCheckNodePort",
          "lastTransitionTime"}) {
      if (key == "ownerReferences") break;
      if (auto* there = value.find(part); there != nullptr && (there->is_string() || there->is_number()))
        *there = Value{"some"};
    }
    if (auto* address = value.find("clusterIP");
        address != nullptr && address->text() != "None" && address->is_string()) {
      *address = Value{"some"};
    }
    if (auto* all = value.find("clusterIPs"); all != nullptr && all->is_array()) *all = Value{"some"};
    for (auto& member : value.as_object()) make_comparable(member.value, member.key);
    return;
  }
  if (!value.is_array()) return;
  for (auto& item : value.as_array()) make_comparable(item, key);
  if (key != "managedFields" && key != "causes") return;
  std::ranges::stable_sort(value.as_array(), std::ranges::less{}, [](Value item) {
    json::sort_keys(item);
    return json::write(item);
  });
  // A check that is made twice tells its finding twice.
  const auto twice = std::unique(value.as_array().begin(), value.as_array().end());
  value.as_array().erase(twice, value.as_array().end());
}

/// A patch that is refused is told with the whole object.
void hide_object(std::string& message) {
  constexpr std::string_view kPatch = "Invalid value: \"{";
  const auto begin = message.find(kPatch);
  const auto end = message.rfind("}\": ");
  if (begin != std::string::npos && end != std::string::npos && end > begin)
    message.replace(begin + kPatch.size(), end - begin - kPatch.size(), "...");
}

void hide_objects(Value& answer) {
  if (answer.text_at({"kind"}) != "Status") return;
  // Which of several misfits is found first hangs on the order of Go's maps.
  const auto said = std::string{answer.text_at({"message"})};
  if (said.find("field not declared in schema") != std::string::npos) {
    answer.set("message", said.substr(0, said.find("): ")));
  }
  if (auto* message = answer.find("message"); message != nullptr && message->is_string())
    hide_object(message->as_string());
  // Nor is there an order in what is wrong with a custom resource.
  if (const auto list = said.find(" is invalid: ["); list != std::string::npos)
    answer.set("message", said.substr(0, list));
  auto* details = answer.find("details");
  auto* causes = details == nullptr ? nullptr : details->find("causes");
  if (causes == nullptr) return;
  for (auto& cause : causes->as_array()) hide_object(cause["message"].as_string());
}

void differences(const Value* left, const Value* right, const std::string& at, std::vector<std::string>& out) {
  const auto shown = [](const Value* value) { return value == nullptr ? std::string{"nothing"} : json::write(*value); };
  if (left != nullptr && right != nullptr && *left == *right) return;
  if (left != nullptr && right != nullptr && left->is_object() && right->is_object()) {
    for (const auto& member : left->as_object()) {
      differences(&member.value, right->find(member.key), text::cat(at, ".", member.key), out);
    }
    for (const auto& member : right->as_object()) {
      if (!left->contains(member.key)) differences(nullptr, &member.value, text::cat(at, ".", member.key), out);
    }
    return;
  }
  if (left != nullptr && right != nullptr && left->is_array() && right->is_array() && left->size() == right->size()) {
    for (std::size_t i = 0; i < left->size(); ++i) {
      differences(&left->as_array()[i], &right->as_array()[i], text::cat(at, "[", i, "]"), out);
    }
    return;
  }
  out.push_back(text::cat("  ", at, ": ", shown(left), " but ", shown(right)));
}

}  // namespace

/// What one of the servers said last of an object.
struct Differential::Side {
  Ask* ask;
  std::map<std::string, Value> live;        // by path
  std::map<std::string, std::string> gone;  // uids of objects that are no longer there
};

class Differential::Sequence {
 public:
  Sequence(Differential& owner, std::uint64_t seed)
      : owner_{owner},
        draw_{seed},
        namespace_{text::cat("sim-", seed)},
        left_{&owner.left_, {}, {}},
        right_{&owner.right_, {}, {}} {}

  /// Each sample is created, changed, applied by somebody else and deleted. What differs stops nothing.
  std::vector<std::string> run_samples() {
    make_namespace();
    for (const auto& sample : sample_objects()) {
      const auto object = json::parse(sample.object).value();
      const auto change = json::parse(sample.change).value();
      const auto path = text::cat(here(sample.collection), "/", object.text_at({"metadata", "name"}));
      const char* merge = "application/merge-patch+json";
      const char* apply = "application/apply-patch+yaml";
      both("PATCH", path + "?fieldManager=one&dryRun=All", &object, &object, apply, path);
      both("POST", here(sample.collection), &object, &object, "application/json", path);
      both("PATCH", path + "?fieldManager=two", &change, &change, merge, path);
      both("PATCH", path + "?fieldManager=one&force=true", &object, &object, apply, path);
      both("PATCH", path + "?fieldManager=one&force=true", &object, &object, apply, path);
      both("GET", here(sample.collection), nullptr, nullptr, "", "");
      const auto options = Value::object();
      both("DELETE", path, &options, &options, "application/json", path);
    }
    return std::move(out_);
  }

  std::vector<std::string> run() {
    make_namespace();
    for (int i = 0; i < kSteps && out_.empty(); ++i) step();  // after the first difference the two are two worlds
    if (!out_.empty()) return std::move(out_);
    for (const auto& place : kPlaces) both("GET", here(place.collection), nullptr, nullptr, "", "");
    return std::move(out_);
  }

 private:
  void make_namespace() {
    const auto made =
        Value::object({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", Value::object({{"name", namespace_}})}}
        );
    both("POST", "/api/v1/namespaces", &made, &made, "application/json", "");
  }

  std::string here(std::string_view path) const { return text::replace_all(path, "NS", namespace_); }

  void step() {
    const auto& place = kPlaces[draw_.below(std::size(kPlaces))];
    const auto name = std::string{draw_.one_of({"a", "b"})};
    const auto path = text::cat(here(place.collection), "/", name);
    switch (draw_.below(16)) {
      case 0:
      case 1: return create(place, name);
      case 2:
      case 3: return update(path, place, "");
      case 4:
      case 5: return merge(path, place);
      case 6: return change(path);
      case 7:
      case 8: return status(path, place, name);
      case 9: return remove(path);
      case 10: return release(path);
      default: return apply(path, place, name);
    }
  }

  std::string query(bool is_apply) {
    std::string out;
    const auto add = [&](std::string_view word) { text::append(out, out.empty() ? "?" : "&", word); };
    if (is_apply || !draw_.once_in(3)) add(text::cat("fieldManager=", draw_.one_of({"one", "two", "three"})));
    if (is_apply && draw_.once_in(2)) add("force=true");
    if (draw_.once_in(10)) add("dryRun=All");
    if (draw_.once_in(6)) add("fieldValidation=Strict");
    return out;
  }

  void create(const Place& place, const std::string& name) {
    auto object = random_object(draw_, place.kind);
    object["metadata"].set("name", draw_.once_in(25) ? std::string{"Not_A_Name"} : name);
    if (draw_.once_in(30)) object["metadata"].set("namespace", "other");
    both(
        "POST",
        here(place.collection) + query(false),
        &object,
        &object,
        "application/json",
        text::cat(here(place.collection), "/", name)
    );
  }

  void apply(const std::string& path, const Place& place, const std::string& name) {
    auto object = random_object(draw_, place.kind);
    if (draw_.once_in(2)) object["metadata"].set("name", name);
    if (draw_.once_in(40)) object["metadata"].set("name", "else");
    if (draw_.once_in(40)) object.set("apiVersion", "wrong/v1");
    if (draw_.once_in(30)) object["metadata"].set("resourceVersion", "1");
    both("PATCH", path + query(true), &object, &object, "application/apply-patch+yaml", path);
  }

  /// The live object with something of another one in it.
  void update(const std::string& path, const Place& place, const std::string& subresource) {
    const auto other = random_object(draw_, place.kind);
    const auto status = random_status(draw_, place.kind);
    const auto what = draw_.below(6);
    const auto with = [&](const Side& side) {
      const auto at = side.live.find(path);
      if (at == side.live.end()) return other;
      Value object = at->second;
      const auto take = [&](std::string_view part) {
        if (const auto* value = other.find(part)) object.set(part, *value);
      };
      if (what != 1) take("spec");
      if (what != 2) take("data");
      if (what == 3) object["metadata"].erase("resourceVersion");
      if (what == 4) object["metadata"].set("resourceVersion", "1");
      if (const auto* labels = other.find_path({"metadata", "labels"}); labels != nullptr && what > 1) {
        const Value copy = *labels;
        object["metadata"].set("labels", copy);
      }
      if (what == 5) object["metadata"].erase("managedFields");
      if (!subresource.empty() || what == 0) object.set("status", status);
      return object;
    };
    auto left = with(left_);
    auto right = with(right_);
    if (left.find_path({"metadata", "name"}) == nullptr) {
      for (auto* one : {&left, &right}) (*one)["metadata"].set("name", std::string{text::split(path, '/').back()});
    }
    both("PUT", text::cat(path, subresource, query(false)), &left, &right, "application/json", path);
  }

  void merge(const std::string& path, const Place& place) {
    auto object = random_object(draw_, place.kind);
    for (const auto* part : {"apiVersion", "kind"}) object.erase(part);
    if (draw_.once_in(3)) object["metadata"].set("labels", Value{});
    if (draw_.once_in(4)) object["data"].set("a", Value{});
    if (place.has_status && draw_.once_in(4)) object.set("status", random_status(draw_, place.kind));
    if (draw_.once_in(20)) object["metadata"].set("resourceVersion", "1");
    both("PATCH", path + query(false), &object, &object, "application/merge-patch+json", path);
  }

  void change(const std::string& path) {
    auto operations = Value::array();
    const auto add = [&](const char* what, const char* where, Value value) {
      auto one = Value::object({{"op", what}, {"path", where}});
      if (std::string_view{what} != "remove") one.set("value", std::move(value));
      operations.push_back(std::move(one));
    };
    switch (draw_.below(5)) {
      case 0: add("add", "/metadata/labels", Value::object({{"x", draw_.one_of({"a", "b"})}})); break;
      case 1: add("replace", "/metadata/labels/x", draw_.one_of({"a", "b"})); break;
      case 2: add("remove", "/metadata/annotations", {}); break;
      case 3:
        add("test", "/metadata/name", draw_.one_of({"a", "b"}));
        add("add", "/metadata/annotations", Value::object({{"x", "1"}}));
        break;
      default: add("replace", "/spec/replicas", draw_.one_of({1, 2})); break;
    }
    both("PATCH", path + query(false), &operations, &operations, "application/json-patch+json", path);
  }

  void status(const std::string& path, const Place& place, const std::string& name) {
    // A Service may be created by way of its status; it has no addresses then.
    if (std::string_view{place.kind} == "Service" && !left_.live.contains(path)) return;
    if (draw_.once_in(3)) return update(path, place, "/status");
    auto object = Value::object({{"status", random_status(draw_, place.kind)}});
    if (draw_.once_in(3)) object["metadata"]["labels"].set("x", draw_.one_of({"a", "b"}));
    if (draw_.once_in(3)) object["metadata"]["annotations"].set("x", draw_.one_of({"a", "b"}));
    if (draw_.once_in(4)) object["spec"].set("replicas", 1);
    if (draw_.once_in(2)) {
      both("PATCH", path + "/status" + query(false), &object, &object, "application/merge-patch+json", path);
      return;
    }
    const auto sample = random_object(draw_, place.kind);
    for (const auto* part : {"apiVersion", "kind"}) object.set(part, *sample.find(part));
    object["metadata"].set("name", name);
    both("PATCH", path + "/status" + query(true), &object, &object, "application/apply-patch+yaml", path);
  }

  void remove(const std::string& path) {
    const auto what = draw_.below(6);
    const bool is_dry = draw_.once_in(8);
    const auto* policy = draw_.one_of({"Background", "Background", "Foreground", "Orphan"});
    const auto with = [&](const Side& side) {
      auto options = Value::object({{"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"propagationPolicy", policy}});
      if (is_dry) options.set("dryRun", Value::array({"All"}));
      const auto at = side.live.find(path);
      if (what == 1) options["preconditions"].set("uid", "11111111-1111-4111-8111-111111111111");
      if (what == 2) options["preconditions"].set("resourceVersion", "1");
      if (at == side.live.end()) return options;
      if (what == 3) options["preconditions"].set("uid", at->second.text_at({"metadata", "uid"}));
      if (what == 4)
        options["preconditions"].set("resourceVersion", at->second.text_at({"metadata", "resourceVersion"}));
      return options;
    };
    const auto left = with(left_);
    const auto right = with(right_);
    both("DELETE", path + (draw_.once_in(12) ? "?dryRun=All" : ""), &left, &right, "application/json", path);
  }

  void release(const std::string& path) {
    const auto patch = *json::parse(R"({"metadata": {"finalizers": null}})");
    both("PATCH", path + "?fieldManager=release", &patch, &patch, "application/merge-patch+json", path);
  }

  /// Asks both, and tells what they answer otherwise. @param path  of the object that is written; empty: none
  void both(
      const std::string& method,
      const std::string& target,
      const Value* left,
      const Value* right,
      const char* type,
      const std::string& path
  ) {
    owner_.requests_ += 2;
    const auto one = ask(left_, method, target, left, type, path);
    const auto other = ask(right_, method, target, right, type, path);
    std::vector<std::string> found;
    if (one.first != other.first) found.push_back(text::cat("  status ", one.first, " but ", other.first));
    differences(&one.second, &other.second, "", found);
    if (found.empty()) return;
    std::string all =
        text::cat(method, " ", target, " ", type, "\n  ", left == nullptr ? "" : json::write(*left), "\n");
    for (const auto& line : found) text::append(all, line, "\n");
    text::append(
        all, "  the first answered ", json::write(one.second), "\n  the other ", json::write(other.second), "\n"
    );
    out_.push_back(std::move(all));
  }

  std::pair<unsigned, Value> ask(
      Side& side,
      const std::string& method,
      const std::string& target,
      const Value* body,
      const char* type,
      const std::string& path
  ) {
    const auto response = (*side.ask)(request_to(method, target, body, type));
    auto parsed = json::parse(response.body);
    Value answer = parsed.has_error() ? Value::object({{"text", response.body}}) : std::move(*parsed);
    std::string text = json::write(answer);
    for (const auto& [where, object] : side.live) {
      for (const auto* part : {"uid", "resourceVersion"}) {
        const auto known = object.text_at({"metadata", part});
        if (known.size() < 3) continue;
        text = text::replace_all(text, text::cat("(", known, ")"), text::cat("(", part, ")"));
        text = text::replace_all(text, text::cat("meta: ", known), text::cat("meta: ", part));
      }
    }
    Value out = *json::parse(text);
    if (!path.empty()) {
      const auto before = side.live.find(path);
      if (response.status < 300 && method != "DELETE" && answer.text_at({"kind"}) != "Status") {
        const auto version = answer.text_at({"metadata", "resourceVersion"});
        const bool is_same =
            before != side.live.end() && before->second.text_at({"metadata", "resourceVersion"}) == version;
        out.set("changed", !is_same);
      }
      look(side, path);
    }
    hide_objects(out);
    make_comparable(out, "");
    return {response.status, std::move(out)};
  }

  void look(Side& side, const std::string& path) {
    const auto response = (*side.ask)(request_to("GET", path, nullptr, ""));
    auto parsed = json::parse(response.body);
    if (response.status != 200 || parsed.has_error()) {
      side.live.erase(path);
    } else {
      side.live.insert_or_assign(path, std::move(*parsed));
    }
  }

  Differential& owner_;
  Draw draw_;
  const std::string namespace_;
  Side left_, right_;
  std::vector<std::string> out_;
};

Differential::Differential(Ask left, Ask right) : left_{std::move(left)}, right_{std::move(right)} {}

void Differential::begin(const std::function<void()>& wait) {
  for (auto* ask : {&left_, &right_}) {
    for (const auto& definition : {box_definition(), crate_definition()}) {
      const auto made = (*ask)(
          request_to("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", &definition, "application/json")
      );
      if (made.status >= 300 && made.status != 409) throw std::runtime_error{"a definition was refused: " + made.body};
    }
    for (const auto* plural : {"boxes", "crates"}) {
      const auto path = text::cat("/apis/sim.example.com/v1/namespaces/default/", plural);
      while ((*ask)(request_to("GET", path, nullptr, "")).status != 200) wait();
    }
  }
}

std::vector<std::string> Differential::run_samples() { return Sequence{*this, 0}.run_samples(); }

std::vector<std::string> Differential::run(std::uint64_t seed) { return Sequence{*this, seed}.run(); }

}  // namespace weir::test
