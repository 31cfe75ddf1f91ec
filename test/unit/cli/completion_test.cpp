#include <gmock/gmock.h>

#include "controllers/cli/completion_command.hpp"
#include "test/unit/cli/some_controllers.hpp"

namespace weir::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> complete(std::vector<std::string_view> words) {
  constexpr std::string_view kPrograms[] = {"box-controller", "all"};
  const auto names = [](const Given& given) {
    return std::vector<std::string>{given.words.front() + "-one", given.words.front() + "-two"};
  };
  return completions(words, some_controllers(), kPrograms, names);
}

TEST(Completion, TheFirstWordIsACommand) {
  EXPECT_THAT(complete({"c"}), ElementsAre("check", "crds", "completion"));
  EXPECT_THAT(complete({""}), Contains("box-controller"));
}

TEST(Completion, AfterGetComesAKindThenAName) {
  EXPECT_THAT(complete({"get", "lid"}), ElementsAre("lids", "lidrings"));
  EXPECT_THAT(complete({"get", ""}), Contains("all"));
  EXPECT_THAT(complete({"get", "bx", ""}), ElementsAre("bx-one", "bx-two"));
  EXPECT_THAT(complete({"get", "-n", "shop", "bx", "bx-t"}), ElementsAre("bx-two"));
  EXPECT_THAT(complete({"get", "bx", "web", ""}), IsEmpty());
}

TEST(Completion, FlagsAndTheirValues) {
  EXPECT_THAT(complete({"get", "--out"}), ElementsAre("--output"));
  EXPECT_THAT(complete({"get", "bx", "-o", ""}), ElementsAre("json", "yaml"));
  EXPECT_THAT(complete({"get", "bx", "--namespace", ""}), IsEmpty());
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
