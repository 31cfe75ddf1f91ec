#include "pkg/kube/client.hpp"

#include <set>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/kube/event_recorder.hpp"
#include "pkg/kube/rest_mapper.hpp"
#include "test/contract/kube/kube_contract.hpp"

namespace weir::kube {
namespace {

class KubeClient : public KubeContract {};

const Resource kConfigMaps = core::config_maps();

TEST_F(KubeClient, CreatesReadsChangesAndDeletes) {
  EXPECT_EQ(get("a"), std::nullopt);
  const auto created = create(kConfigMaps, config_map("a", "1"));
  EXPECT_FALSE(created.uid().empty());
  EXPECT_EQ(get("a")->document().text_at({"data", "value"}), "1");

  const auto patch = json::Value::object({{"data", json::Value::object({{"value", "2"}})}});
  const PatchOptions options;
  run(client_->merge_patch(kConfigMaps, key("a"), patch, options));
  EXPECT_EQ(get("a")->document().text_at({"data", "value"}), "2");

  const auto operations =
      json::Value::array({json::Value::object({{"op", "replace"}, {"path", "/data/value"}, {"value", "3"}})});
  run(client_->json_patch(kConfigMaps, key("a"), operations, options));
  EXPECT_EQ(get("a")->document().text_at({"data", "value"}), "3");

  const DeleteOptions now;
  EXPECT_TRUE(run(client_->remove(kConfigMaps, key("a"), now)));
  EXPECT_EQ(get("a"), std::nullopt);
  EXPECT_FALSE(run(client_->remove(kConfigMaps, key("a"), now)));
}

TEST_F(KubeClient, SaysWhatTheServerRefuses) {
  create(kConfigMaps, config_map("a", "1"));
  const auto again = refused(client_->create(kConfigMaps, config_map("a", "2")));
  EXPECT_TRUE(again.is_already_exists());

  auto stale = *get("a");
  const auto fresh = run(client_->update(kConfigMaps, stale));
  auto changed = stale;
  changed.document().find("data")->set("value", "9");
  run(client_->update(kConfigMaps, changed));
  changed.document().find("data")->set("value", "10");
  EXPECT_TRUE(refused(client_->update(kConfigMaps, changed)).is_conflict());

  const auto wrong_name = refused(client_->create(kConfigMaps, config_map("Not_A_Name", "1")));
  EXPECT_TRUE(wrong_name.is_invalid());
  EXPECT_EQ(wrong_name.reason(), "Invalid");
  EXPECT_THAT(std::string{wrong_name.what()}, testing::HasSubstr("Not_A_Name"));
}

TEST_F(KubeClient, DeletesOnlyWhatThePreconditionsName) {
  const auto created = create(kConfigMaps, config_map("a", "1"));
  DeleteOptions other_object;
  other_object.uid = "00000000-0000-0000-0000-000000000000";
  EXPECT_TRUE(refused(client_->remove(kConfigMaps, key("a"), other_object)).is_conflict());
  DeleteOptions old_state;
  old_state.resource_version = "1";
  EXPECT_TRUE(refused(client_->remove(kConfigMaps, key("a"), old_state)).is_conflict());
  DeleteOptions right;
  right.uid = created.uid();
  right.resource_version = created.resource_version();
  EXPECT_TRUE(run(client_->remove(kConfigMaps, key("a"), right)));
}

TEST_F(KubeClient, ListsPageByPage) {
  std::set<std::string> wanted;
  for (int i = 0; i < 12; ++i) {
    wanted.insert("m" + std::to_string(i));
    create(kConfigMaps, config_map("m" + std::to_string(i), "x"));
  }
  ListOptions options;
  options.namespace_ = namespace_;
  options.limit = 5;
  std::set<std::string> seen;
  int pages = 0;
  do {
    const auto page = run(client_->list(kConfigMaps, options));
    EXPECT_LE(page.items.size(), 5u);
    EXPECT_FALSE(page.resource_version.empty());
    for (const auto& item : page.items) seen.emplace(item.text_at({"metadata", "name"}));
    options.continue_token = page.continue_token;
    ++pages;
  } while (!options.continue_token.empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(seen, wanted);
}

TEST_F(KubeClient, ListsBySelectorAndMetadataOnly) {
  auto labelled = config_map("a", "1");
  labelled.metadata().set("labels", json::Value::object({{"app", "x"}}));
  create(kConfigMaps, labelled);
  create(kConfigMaps, config_map("b", "1"));
  ListOptions options;
  options.namespace_ = namespace_;
  options.label_selector = "app=x";
  options.detail = Detail::kMetadata;
  const auto page = run(client_->list(kConfigMaps, options));
  ASSERT_EQ(page.items.size(), 1u);
  EXPECT_EQ(page.items[0].text_at({"metadata", "name"}), "a");
  EXPECT_EQ(page.items[0].find("data"), nullptr);
}

TEST_F(KubeClient, AppliesAndTellsCreationFromChange) {
  ApplyOptions options;
  options.field_manager = "one";
  EXPECT_TRUE(run(client_->apply(kConfigMaps, config_map("a", "1"), options)).created);
  const auto again = run(client_->apply(kConfigMaps, config_map("a", "1"), options));
  EXPECT_FALSE(again.created);
  const auto version = std::string{again.object.resource_version()};
  EXPECT_EQ(get("a")->resource_version(), version);  // nothing new, nothing written

  options.dry_run = true;
  const auto tried = run(client_->apply(kConfigMaps, config_map("a", "2"), options));
  EXPECT_EQ(tried.object.document().text_at({"data", "value"}), "2");
  EXPECT_EQ(get("a")->document().text_at({"data", "value"}), "1");
}

TEST_F(KubeClient, AppliesAgainstAnotherManagerOnlyByForce) {
  ApplyOptions one;
  one.field_manager = "one";
  run(client_->apply(kConfigMaps, config_map("a", "1"), one));
  ApplyOptions two;
  two.field_manager = "two";
  two.force = false;
  const auto conflict = refused(client_->apply(kConfigMaps, config_map("a", "2"), two));
  EXPECT_TRUE(conflict.is_conflict());
  EXPECT_THAT(std::string{conflict.what()}, testing::HasSubstr("one"));
  two.force = true;
  run(client_->apply(kConfigMaps, config_map("a", "2"), two));
  EXPECT_EQ(get("a")->document().text_at({"data", "value"}), "2");
}

TEST_F(KubeClient, ActsAsSomebodyElse) {
  Identity nobody;
  nobody.user_agent = "kube-contract/1";
  nobody.impersonate_user = "system:serviceaccount:" + namespace_ + ":nobody";
  auto other = client_->as(nobody);
  const auto error = refused(other.get(kConfigMaps, key("a")));
  EXPECT_TRUE(error.is_forbidden());
  EXPECT_THAT(std::string{error.what()}, testing::HasSubstr(nobody.impersonate_user));
}

TEST_F(KubeClient, MapsKindsAndLearnsNewOnes) {
  RestMapper mapper{*client_, clock_};
  const auto deployment = run(mapper.find("apps/v1", "Deployment"));
  ASSERT_TRUE(deployment);
  EXPECT_EQ(deployment->plural, "deployments");
  EXPECT_TRUE(deployment->namespaced);
  EXPECT_FALSE(run(mapper.find("v1", "Namespace"))->namespaced);
  EXPECT_EQ(run(mapper.find("apps/v1", "Nothing")), std::nullopt);
  EXPECT_EQ(run(mapper.find("made.up/v1", "Nothing")), std::nullopt);

  const std::string group = namespace_ + ".example.com";
  const auto document = json::parse(R"({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
      "metadata": {"name": "boxes.GROUP"}, "spec": {"group": "GROUP", "scope": "Cluster",
      "names": {"kind": "Box", "listKind": "BoxList", "plural": "boxes", "singular": "box"},
      "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema":
      {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]}})");
  auto text = json::write(*document);
  for (auto at = text.find("GROUP"); at != std::string::npos; at = text.find("GROUP")) text.replace(at, 5, group);
  const auto crds = *run(mapper.find("apiextensions.k8s.io/v1", "CustomResourceDefinition"));
  create(crds, Object{*json::parse(text)});
  std::optional<Resource> box;
  for (int i = 0; i < 100 && !box; ++i) {
    run(async::sleep_for(Milliseconds{50}));
    box = run(mapper.find(group + "/v1", "Box"));
  }
  ASSERT_TRUE(box);
  EXPECT_FALSE(box->namespaced);

  // What the server says of an object that is not there, and of a path that it does not know.
  const Resource crates{box->group, box->version, "Box", "crates", false};
  const PatchOptions options;
  const auto nothing = json::Value::object();
  const ObjectKey key_of_none{"", "none"};
  EXPECT_FALSE(refused(client_->merge_patch(*box, key_of_none, nothing, options)).is_unserved());
  EXPECT_TRUE(refused(client_->merge_patch(crates, key_of_none, nothing, options)).is_unserved());
  auto other_version = *box;
  other_version.version = "v2";
  EXPECT_TRUE(refused(client_->merge_patch(other_version, key_of_none, nothing, options)).is_unserved());
  auto other_scope = *box;
  other_scope.namespaced = true;
  EXPECT_TRUE(refused(client_->merge_patch(other_scope, key("none"), nothing, options)).is_unserved());
}

TEST_F(KubeClient, WatchesFromAVersionAndEndsInGoodOrder) {
  const auto first = create(kConfigMaps, config_map("a", "1"));
  WatchOptions options;
  options.namespace_ = namespace_;
  options.resource_version = first.resource_version();
  options.server_timeout = Milliseconds{2000};
  std::optional<WatchStream> stream;
  run(async::detail::keep(client_->watch(kConfigMaps, options), stream));
  create(kConfigMaps, config_map("b", "1"));
  const auto events = run(stream->next());
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].type, WatchEvent::Type::kAdded);
  EXPECT_EQ(events[0].object.text_at({"metadata", "name"}), "b");
  api_->end_watches();
  while (true) {  // bookmarks at most, then the end
    const auto more = run(stream->next());
    if (more.empty()) break;
    for (const auto& event : more) EXPECT_EQ(event.type, WatchEvent::Type::kBookmark);
  }
}

TEST_F(KubeClient, SaysThatAVersionIsTooOld) {
  create(kConfigMaps, config_map("a", "1"));
  api_->forget_history();
  WatchOptions options;
  options.namespace_ = namespace_;
  options.resource_version = "1";
  std::optional<WatchStream> stream;
  try {
    run(async::detail::keep(client_->watch(kConfigMaps, options), stream));
    run(stream->next());
    FAIL() << "the API server still knows its first version";
  } catch (const ApiError& error) {
    EXPECT_TRUE(error.is_expired());
  }
}

TEST_F(KubeClient, RecordsEventsAndCountsEqualOnes) {
  const auto object = create(kConfigMaps, config_map("a", "1"));
  async::TaskGroup tasks{reactor_.get_executor(), [](auto, const auto&) { ADD_FAILURE(); }};
  EventRecorder recorder{*client_, "test-controller", tasks, clock_, log::Logger{}};
  Event event;
  event.about = {"v1", "ConfigMap", key("a"), std::string{object.uid()}, std::string{object.resource_version()}};
  event.reason = "Tested";
  event.message = "all is well";
  for (int i = 0; i < 3; ++i) recorder.record(event);
  event.is_warning = true;
  event.message = "all is lost";
  recorder.record(event);
  run(tasks.wait_until_empty());

  ListOptions options;
  options.namespace_ = namespace_;
  options.field_selector = "involvedObject.name=a,reason=Tested";
  const auto page = run(client_->list(core::events(), options));
  std::set<std::string> seen;
  for (const auto& item : page.items) {
    seen.insert(text::cat(
        item.text_at({"type"}),
        " ",
        item.text_at({"message"}),
        " x",
        item.find("count")->as_number().text,
        " by ",
        item.text_at({"source", "component"})
    ));
    EXPECT_EQ(item.text_at({"involvedObject", "uid"}), object.uid());
  }
  EXPECT_THAT(
      seen,
      testing::UnorderedElementsAre(
          "Normal all is well x3 by test-controller", "Warning all is lost x1 by test-controller"
      )
  );
}

}  // namespace
}  // namespace weir::kube
