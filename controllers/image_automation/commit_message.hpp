#pragma once

#include <string>
#include <vector>

#include "api/image/v1/image_update_automation.hpp"
#include "controllers/image_automation/setters.hpp"
#include "pkg/base/result.hpp"

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

/// The message of commits: spec.git.commit.messageTemplate, ready to render.  Threads: any, const.
class CommitMessage {
 public:
  /// @returns an error at spec.git.commit.messageTemplate
  static Result<CommitMessage> parse(const api::image::GitCommit& commit);
  /// @returns an error that names the place in the template
  Result<std::string> render(const CommitData& data) const;

 private:
  CommitMessage() = default;
};

}  // namespace weir::image_automation
