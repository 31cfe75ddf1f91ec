#include <gmock/gmock.h>

#include "controllers/cli/completion_command.hpp"

namespace weir::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> complete(std::vector<std::string_view> words) {
  constexpr std::string_view kControllers[] = {"source-controller", "all"};
  const auto names = [](const Given& given) {
    return std::vector<std::string>{given.words.front() + "-one", given.words.front() + "-two"};
  };
  return completions(words, kControllers, names);
}

TEST(Completion, TheFirstWordIsACommand) {
  EXPECT_THAT(complete({"c"}), ElementsAre("check", "crds", "completion"));
  EXPECT_THAT(complete({""}), Contains("source-controller"));
}

TEST(Completion, AfterGetComesAKindThenAName) {
  EXPECT_THAT(complete({"get", "image"}), ElementsAre("imagerepositories", "imagepolicies", "imageupdateautomations"));
  EXPECT_THAT(complete({"get", ""}), Contains("all"));
  EXPECT_THAT(complete({"get", "ks", ""}), ElementsAre("ks-one", "ks-two"));
  EXPECT_THAT(complete({"get", "-n", "shop", "ks", "ks-t"}), ElementsAre("ks-two"));
  EXPECT_THAT(complete({"get", "ks", "web", ""}), IsEmpty());
}

TEST(Completion, FlagsAndTheirValues) {
  EXPECT_THAT(complete({"get", "--out"}), ElementsAre("--output"));
  EXPECT_THAT(complete({"get", "ks", "-o", ""}), ElementsAre("json", "yaml"));
  EXPECT_THAT(complete({"get", "ks", "--namespace", ""}), IsEmpty());
  EXPECT_THAT(complete({"crds", "apply", "--"}), Contains("--dry-run"));
  EXPECT_THAT(complete({"completion", "--"}), Not(Contains("--namespace")));
}

TEST(Completion, WordsOfEachCommand) {
  EXPECT_THAT(complete({"crds", ""}), ElementsAre("apply", "print"));
  EXPECT_THAT(complete({"completion", "z"}), ElementsAre("zsh"));
  EXPECT_THAT(complete({"no-such-command", ""}), IsEmpty());
  EXPECT_THAT(complete({}), IsEmpty());
}

}  // namespace
}  // namespace weir::cli
