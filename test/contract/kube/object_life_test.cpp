// What a write does to the object itself: versions, generations, status, finalizers, owners of fields; and what of that
// a watch tells.

#include "pkg/json/codec.hpp"
#include "test/contract/kube/kube_contract.hpp"

namespace weir::kube {
namespace {

using testing::ElementsAre;

const Resource kDeployments{"apps", "v1", "Deployment", "deployments", true};

class ObjectLife : public KubeContract {
 protected:
  Object create_deployment() {
    auto document =
        *json::parse(R"({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {
        "replicas": 1, "selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{"name": "web", "image": "example.com/web:1"}]}}}})");
    document["metadata"].set("namespace", namespace_);
    return create(kDeployments, Object{std::move(document)});
  }
  Object patch(const Resource& resource, const std::string& name, const char* change, const char* subresource = "") {
    PatchOptions options;
    options.subresource = subresource;
    options.field_manager = "life";
    const auto parsed = *json::parse(change);
    return run(client_->merge_patch(resource, key(name), parsed, options));
  }
  Object patch_map(const char* change) { return patch(core::config_maps(), "a", change); }
  WatchStream watch(const Object& since, const std::string& labels = "", Detail detail = Detail::kFull) {
    WatchOptions options;
    options.namespace_ = namespace_;
    options.resource_version = since.resource_version();
    options.label_selector = labels;
    options.detail = detail;
    std::optional<WatchStream> stream;
    run(async::detail::keep(client_->watch(core::config_maps(), options), stream));
    return std::move(*stream);
  }
  /// "ADDED a=1 v7": the next so many events.
  std::vector<std::string> hear(WatchStream& stream, std::size_t count) {
    std::vector<std::string> out;
    while (out.size() < count) {
      const auto events = run(stream.next());
      if (events.empty()) break;
      for (const auto& event : events) {
        if (event.type == WatchEvent::Type::kBookmark) continue;
        const auto* type = event.type == WatchEvent::Type::kAdded      ? "ADDED "
                           : event.type == WatchEvent::Type::kModified ? "MODIFIED "
                                                                       : "DELETED ";
        out.push_back(type + std::string{event.object.text_at({"data", "value"})});
      }
    }
    return out;
  }
};

TEST_F(ObjectLife, AStatusIsWrittenByItsSubresourceAloneAndCountsNoGeneration) {
  const auto made = create_deployment();
  EXPECT_EQ(made.generation(), 1);
  const auto both = R"({"spec": {"replicas": 2}, "status": {"replicas": 5}})";
  const auto specified = patch(kDeployments, "web", both);
  EXPECT_EQ(specified.generation(), 2);
  EXPECT_NE(specified.document().text_at({"status"}), "5");
  EXPECT_EQ(specified.document().find_path({"status", "replicas"}), nullptr);
  const auto told = patch(kDeployments, "web", R"({"spec": {"replicas": 7}, "status": {"replicas": 5}})", "status");
  EXPECT_EQ(told.generation(), 2);
  EXPECT_EQ(told.document().find_path({"status", "replicas"})->integer(), 5);
  EXPECT_EQ(told.document().find_path({"spec", "replicas"})->integer(), 2);
  EXPECT_TRUE(is_later_version(told.resource_version(), specified.resource_version()));
  const auto labelled = patch(kDeployments, "web", R"({"metadata": {"labels": {"a": "b"}}})");
  EXPECT_EQ(labelled.generation(), 2);
}

TEST_F(ObjectLife, APatchOfAnOldVersionIsRefusedAndOneThatChangesNothingIsNoWrite) {
  const auto first = create(core::config_maps(), config_map("a", "1"));
  EXPECT_EQ(patch_map(R"({"data": {"value": "1"}})").resource_version(), first.resource_version());
  patch_map(R"({"data": {"value": "2"}})");
  auto change = *json::parse(R"({"data": {"value": "3"}})");
  change["metadata"].set("resourceVersion", first.resource_version());
  const PatchOptions options;
  EXPECT_TRUE(refused(client_->merge_patch(core::config_maps(), key("a"), change, options)).is_conflict());
  EXPECT_EQ(get("a")->document().text_at({"data", "value"}), "2");
}

TEST_F(ObjectLife, WhatHasAFinalizerGoesWithIt) {
  auto held = config_map("a", "1");
  held.metadata().set("finalizers", json::Value::array({"example.com/hold"}));
  const auto made = create(core::config_maps(), held);
  auto stream = watch(made);
  const DeleteOptions options;
  EXPECT_TRUE(run(client_->remove(core::config_maps(), key("a"), options)));
  ASSERT_TRUE(get("a"));
  EXPECT_TRUE(get("a")->is_deleting());
  const auto version = std::string{get("a")->resource_version()};
  EXPECT_TRUE(run(client_->remove(core::config_maps(), key("a"), options)));
  EXPECT_EQ(get("a")->resource_version(), version) << "it is being deleted already";
  patch_map(R"({"metadata": {"finalizers": null}})");
  EXPECT_FALSE(get("a"));
  EXPECT_THAT(hear(stream, 2), ElementsAre("MODIFIED 1", "DELETED 1"));
}

TEST_F(ObjectLife, ADeploymentThatIsBeingDeletedHasANewGeneration) {
  create_deployment();
  patch(kDeployments, "web", R"({"metadata": {"finalizers": ["example.com/hold"]}})");
  const DeleteOptions options;
  run(client_->remove(kDeployments, key("web"), options));
  EXPECT_EQ(run(client_->get(kDeployments, key("web")))->generation(), 2);
  patch(kDeployments, "web", R"({"metadata": {"finalizers": null}})");
}

TEST_F(ObjectLife, AWatchByLabelHearsWhoComesAndWhoGoes) {
  const auto made = create(core::config_maps(), config_map("a", "1"));
  auto stream = watch(made, "app=x");
  patch_map(R"({"data": {"value": "2"}})");
  patch_map(R"({"metadata": {"labels": {"app": "x"}}})");
  patch_map(R"({"data": {"value": "3"}})");
  patch_map(R"({"metadata": {"labels": {"app": "y"}}})");
  EXPECT_THAT(hear(stream, 3), ElementsAre("ADDED 2", "MODIFIED 3", "DELETED 3"));
}

TEST_F(ObjectLife, AWatchOfMetadataCarriesNothingElse) {
  const auto made = create(core::config_maps(), config_map("a", "1"));
  auto stream = watch(made, "", Detail::kMetadata);
  patch_map(R"({"data": {"value": "2"}})");
  const auto events = run(stream.next());
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events[0].object.text_at({"kind"}), "PartialObjectMetadata");
  EXPECT_EQ(events[0].object.text_at({"metadata", "name"}), "a");
  EXPECT_EQ(events[0].object.find("data"), nullptr);
}

TEST_F(ObjectLife, EachOwnerOfFieldsHasAnEntry) {
  auto ours = config_map("a", "1");
  ours.document()["data"].set("both", "x");
  ours.metadata().set("labels", json::Value::object({{"app", "x"}}));
  ours.metadata().set("finalizers", json::Value::array({"example.com/hold"}));
  ApplyOptions options;
  options.field_manager = "us";
  run(client_->apply(core::config_maps(), ours, options));
  patch_map(R"({"data": {"value": "2", "more": "y"}})");
  std::vector<std::string> entries;
  const auto live = get("a");
  for (const auto& entry : live->document().find_path({"metadata", "managedFields"})->as_array()) {
    auto fields = *entry.find("fieldsV1");
    json::sort_keys(fields);
    entries.push_back(
        std::string{entry.text_at({"manager"})} + " " + std::string{entry.text_at({"operation"})} + " " +
        json::write(fields)
    );
  }
  EXPECT_THAT(
      entries,
      testing::UnorderedElementsAre(
          R"(us Apply {"f:data":{"f:both":{}},"f:metadata":{"f:finalizers":{"v:\"example.com/hold\"":{}},"f:labels":{"f:app":{}}}})",
          R"(life Update {"f:data":{"f:more":{},"f:value":{}}})"
      )
  );
  // What nobody says any more goes; what somebody else says stays.
  ours.document()["data"].erase("both");
  ours.document()["data"].erase("value");
  ours.metadata().erase("finalizers");
  run(client_->apply(core::config_maps(), ours, options));
  EXPECT_EQ(*get("a")->document().find("data"), *json::parse(R"({"more": "y", "value": "2"})"));
  EXPECT_EQ(get("a")->document().find_path({"metadata", "finalizers"}), nullptr);
}

TEST_F(ObjectLife, AnItemOfAListBelongsToWhoAddedIt) {
  create_deployment();
  auto ours = *json::parse(R"({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {
      "template": {"spec": {"containers": [{"name": "side", "image": "example.com/side:1", "ports": [{"containerPort": 80}]}]}}}})"
  );
  ours["metadata"].set("namespace", namespace_);
  const Object desired{std::move(ours)};
  ApplyOptions options;
  options.field_manager = "us";
  const auto names = [&] {
    std::vector<std::string> out;
    const auto live = run(client_->get(kDeployments, key("web")));
    for (const auto& container : live->document().find_path({"spec", "template", "spec", "containers"})->as_array()) {
      out.emplace_back(container.text_at({"name"}));
    }
    return out;
  };
  run(client_->apply(kDeployments, desired, options));
  EXPECT_THAT(names(), testing::UnorderedElementsAre("web", "side"));
  auto nothing = *json::parse(R"({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}})");
  nothing["metadata"].set("namespace", namespace_);
  const Object less{std::move(nothing)};
  run(client_->apply(kDeployments, less, options));
  EXPECT_THAT(names(), ElementsAre("web"));
}

}  // namespace
}  // namespace weir::kube
