// What hangs on kubectl: only a real API server can be asked by it.

#include <fstream>

#include "test/contract/kube/real_api.hpp"
#include "test/contract/ssa/ssa_contract.hpp"

namespace weir::ssa {
namespace {

using testing::ElementsAre;

class ApplyOnServer : public SsaContract {};

TEST_F(ApplyOnServer, TakesOverWhatKubectlMade) {
  const std::string file = kube::plane().folder() + "/" + namespace_ + ".yaml";
  std::ofstream{file} << here(config_map_text("a", "kubectl")) << "  more: kubectl\n";
  kube::plane().kubectl({"apply", "-f", file});
  EXPECT_THAT(lines(apply(config_map_text("a", "ours"))), ElementsAre("ConfigMap/a configured"));
  const auto live = get("a");
  EXPECT_EQ(value("a"), "ours");
  EXPECT_EQ(live->document().find_path({"data", "more"}), nullptr);
  EXPECT_EQ(live->annotation("kubectl.kubernetes.io/last-applied-configuration"), std::nullopt);
  let_time_pass();
  EXPECT_THAT(lines(apply(config_map_text("a", "ours"))), ElementsAre("ConfigMap/a unchanged"));
}

}  // namespace
}  // namespace weir::ssa
