#include "controllers/image_automation/commit_message.hpp"

namespace weir::image_automation {
namespace {

constexpr const char* kField = "spec.git.commit.messageTemplate";
/// Source: Flux, the text of an automation without a template.
constexpr const char* kDefaultText = "Update from image update automation";

}  // namespace

Result<CommitMessage> CommitMessage::parse(const api::image::GitCommit& commit) {
  if (!commit.message_template.empty()) return InputError{kField, "is not supported by this version of Weir"};
  return CommitMessage{};
}

Result<std::string> CommitMessage::render(const CommitData&) const { return std::string{kDefaultText}; }

}  // namespace weir::image_automation
