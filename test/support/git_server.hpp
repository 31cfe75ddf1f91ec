#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/http/transport.hpp"
#include "test/support/scratch_folder.hpp"

namespace weir::test {

/// A Git server without a network: smart HTTP over one bare repository. Whoever fetches speaks version 2 and gets the
/// whole of a commit, without its history; whoever pushes speaks version 0.  Threads: reactor.
class GitServer final : public http::Transport {
 public:
  using Files = std::map<std::string, std::string>;

  GitServer();
  ~GitServer() override;

  // What people do, without a request.
  /// Commits: these are the files of the branch from now on, which is made when missing. @returns the commit, in hex
  std::string commit(const std::string& branch, const Files& files, const std::string& message = "change");
  void tag(const std::string& name, const std::string& commit);
  void remove_branch(const std::string& branch);

  /// Empty: there is no such branch.
  std::string head(const std::string& branch) const;
  Files files(const std::string& branch) const { return files_of(head(branch)); }
  Files files_of(const std::string& commit) const;
  /// The commits of a branch, the newest first.
  std::vector<std::string> history(const std::string& branch) const;
  /// The message of the newest commit.
  std::string message(const std::string& branch) const;

  /// The commits that were pushed, in hex, in their order.
  const std::vector<std::string>& pushed() const { return pushed_; }
  /// What was asked for: "GET /apps.git/info/refs?service=git-upload-pack".
  const std::vector<std::string>& asked() const { return asked_; }

  /// From now on it is for whoever knows the password.
  void demand(const std::string& username, const std::string& password);
  /// Nobody answers.
  void set_down(bool is_down) { is_down_ = is_down; }
  /// A hook refuses pushes in these words; empty: it does not.
  void refuse_pushes(std::string words) { refusal_ = std::move(words); }
  /// Happens once, when a push has been sent.
  void before_push(std::function<void()> action) { before_push_ = std::move(action); }

  asio::awaitable<http::Response> send(http::Request request, const http::CallOptions&) override;
  asio::awaitable<http::StreamedResponse> open(http::Request request, const http::CallOptions&) override;
  const std::string& identity() const override { return identity_; }

 private:
  http::Response answer(const http::Request& request);
  std::string advertise(std::string_view service) const;
  std::string list(const std::vector<std::string_view>& lines) const;
  std::string give_pack(const std::vector<std::string_view>& lines) const;
  std::string take_push(std::string_view body);
  /// @returns why not; empty: it is there now
  std::string update(std::string_view name, std::string_view from, std::string_view to);
  /// Object names in hex by the references' full names.
  const std::map<std::string, std::string>& references() const;

  struct State;
  const std::string identity_;
  ScratchFolder folder_;
  std::unique_ptr<State> state_;
  std::string authorization_;
  bool is_down_ = false;
  std::string refusal_;
  std::function<void()> before_push_;
  std::vector<std::string> pushed_;
  std::vector<std::string> asked_;
};

}  // namespace weir::test
