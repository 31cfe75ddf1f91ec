#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/image/v1/image_update_automation.hpp"
#include "controllers/image_automation/setters.hpp"
#include "pkg/base/result.hpp"
#include "pkg/template/template.hpp"

namespace weir::image_automation {

/// What setters did to one file.
struct FileEdit {
  std::string path;
  std::vector<Change> changes;
};

/// What a commit message may speak of.
struct CommitData {
  const std::string& namespace_;  ///< of the automation
  const std::string& name;
  const std::vector<FileEdit>& edits;
  const Policies& policies;
};

/// The message of commits: spec.git.commit.messageTemplate, ready to render. A template sees .AutomationObject,
/// .Changed (v1), .Changed.ImageResult (v1beta2), .Updated (v1beta1) and .Values.  Threads: any, const. Source: Flux,
/// "ImageUpdateAutomation: Message template".
class CommitMessage {
 public:
  /// @returns an error at spec.git.commit.messageTemplate
  static Result<CommitMessage> parse(const api::image::GitCommit& commit);
  /// @returns an error that names the place in the template
  Result<std::string> render(const CommitData& data) const;

 private:
  CommitMessage() = default;

  std::optional<templates::Template> template_;  // nullopt: the default text
  std::map<std::string, std::string> values_;
};

}  // namespace weir::image_automation
