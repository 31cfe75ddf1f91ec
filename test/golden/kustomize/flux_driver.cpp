// Answers the requests of flux/main.go with weir's own code: one JSON document a line, in and out.
#include <algorithm>
#include <iostream>
#include <string>

#include "controllers/kustomize/build_objects.hpp"
#include "controllers/kustomize/substitute.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/json/describe.hpp"

namespace weir::kustomize_controller {
namespace {

json::Value failed(const InputError& error) { return json::Value::object({{"error", error.text()}}); }

Variables variables_of(const json::Value* given) {
  Variables out;
  if (given == nullptr) return out;
  for (const auto& member : given->as_object()) {
    std::string value{member.value.text().value_or("")};
    std::erase(value, '\n');
    out.set(member.key, std::move(value));
  }
  return out;
}

json::Value substituted(const json::Value& request, bool is_strict) {
  const Variables variables = variables_of(request.find("substitute"));
  SubstitutionPass pass{variables, is_strict};
  auto out = substitute_object(*request.find("object"), pass);
  if (!out) return failed(out.error());
  return json::Value::object({{"objects", json::Value::array({std::move(*out)})}});
}

json::Value built(const json::Value& request, bool is_strict) {
  BuildRequest build;
  build.root = request.text_at({"root"});
  auto object = json::decode<api::kustomize::Kustomization>(json::View{*request.find("kustomization")});
  if (!object) return failed(object.error());
  build.object = std::move(*object);
  if (build.object.spec.post_build) {
    build.variables = variables_of(request.find_path({"kustomization", "spec", "postBuild", "substitute"}));
    if (build.variables->empty() && build.object.spec.post_build->substitute_strategy != "Always")
      build.variables.reset();
  }
  build.strict_substitution = is_strict;
  build.label_group = "owner.example.org";
  if (!has_path(build.root, build.object.spec.path)) return failed({"spec.path", "there is no such folder"});
  auto out = build_objects(build);
  if (!out) return failed(out.error());
  auto objects = json::Value::array();
  for (const auto& one : out->objects) objects.push_back(one.tree().value()->document());
  return json::Value::object({{"objects", std::move(objects)}});
}

}  // namespace
}  // namespace weir::kustomize_controller

int main() {
  using namespace weir;
  for (std::string line; std::getline(std::cin, line);) {
    const auto request = json::parse(line);
    if (!request) {
      std::cerr << request.error().text() << "\n";
      return 2;
    }
    const auto* strict = request->find("strict");
    const bool is_strict = strict != nullptr && strict->is_bool() && strict->as_bool();
    const auto answer = request->find("object") != nullptr ? kustomize_controller::substituted(*request, is_strict)
                                                           : kustomize_controller::built(*request, is_strict);
    std::cout << json::write(answer) << std::endl;
  }
}
