// The simulated API server answers what the real one answers. More sequences: api_differential --seeds N --from S.

#include <algorithm>
#include <set>

#include "test/simulation/api_server/differential_servers.hpp"
#include "test/simulation/api_server/schema.hpp"

namespace weir::test {
namespace {

using testing::IsEmpty;

class ApiDifferential : public ::testing::Test {
 protected:
  void SetUp() override {
    WEIR_NEEDS_CONTROL_PLANE();
    servers_ = std::make_unique<DifferentialServers>();
    if (!servers_->is_of_the_same_version()) GTEST_SKIP() << "the API server is of another version";
  }

  std::unique_ptr<DifferentialServers> servers_;
};

TEST_F(ApiDifferential, BothAnswerTheSame) {
  for (const auto& found : servers_->differential().run_samples()) ADD_FAILURE() << found;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    for (const auto& found : servers_->differential().run(seed)) ADD_FAILURE() << "seed " << seed << ": " << found;
  }
}

/// How a list of the published schema is merged, in the words of Type.
struct Merging {
  bool is_set = false;
  std::vector<std::string> keys;
  friend bool operator==(const Merging&, const Merging&) = default;
};
Merging merging_of(const json::Value& property) {
  Merging out;
  const auto how = property.text_at({"x-kubernetes-list-type"});
  const auto strategy = property.text_at({"x-kubernetes-patch-strategy"});
  const auto key = property.text_at({"x-kubernetes-patch-merge-key"});
  const bool is_merged = how.empty() && strategy.find("merge") != std::string_view::npos;
  if (how == "map") {
    for (const auto& one : property.find("x-kubernetes-list-map-keys")->as_array()) out.keys.push_back(one.as_string());
  } else if (is_merged && !key.empty()) {
    out.keys.emplace_back(key);
  }
  out.is_set = how == "set" || (is_merged && key.empty());
  std::ranges::sort(out.keys);
  return out;
}

TEST_F(ApiDifferential, TheTypesAreThoseThatTheServerPublishes) {
  const auto document = servers_->ask_real("/openapi/v2");
  const auto& definitions = *document.find("definitions");
  const auto published = [&](const Type& type) {
    const json::Value* best = nullptr;
    std::size_t most = 0;
    for (const auto& definition : definitions.as_object()) {  // some names are in several groups
      const auto dot = definition.key.rfind('.');
      if (definition.key.substr(dot + 1) != type.name) continue;
      const auto* properties = definition.value.find("properties");
      if (properties == nullptr) continue;
      const auto same = static_cast<std::size_t>(std::ranges::count_if(type.fields, [&](const auto& field) {
        return properties->contains(field.name);
      }));
      if (same > most || (same == most && best != nullptr && properties->size() < best->size())) {
        most = same;
        best = properties;
      }
    }
    return best;
  };
  std::size_t seen = 0;
  for (const auto& type : builtin_types().types()) {
    if (type.name.empty()) continue;
    const auto* properties = published(type);
    ASSERT_NE(properties, nullptr) << type.name;
    std::set<std::string> missing;
    for (const auto& property : properties->as_object()) missing.insert(property.key);
    for (const auto& field : type.fields) {
      missing.erase(field.name);
      const auto* property = properties->find(field.name);
      EXPECT_NE(property, nullptr) << type.name << "." << field.name;
      if (property == nullptr || field.type->shape != Type::Shape::kList) continue;
      EXPECT_EQ((Merging{field.type->is_set, field.type->keys}), merging_of(*property))
          << type.name << "." << field.name;
    }
    missing.erase("apiVersion");
    missing.erase("kind");
    EXPECT_THAT(missing, IsEmpty()) << type.name;
    ++seen;
  }
  EXPECT_GT(seen, 200u);
}

}  // namespace
}  // namespace weir::test
