#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "test/support/required.hpp"

namespace weir::test {

/// A real API server with etcd on loopback, started by test/controlplane/controlplane.py and gone
/// with this process. Ready in about two seconds, so a test binary shares one: see `shared`.
/// Threads: one at a time.
class ControlPlane {
 public:
  /// @param arguments  further ones for the starter: "--user=NAME", "--controller-manager", ...
  /// @throws std::runtime_error when it does not start
  explicit ControlPlane(std::vector<std::string> arguments = {});
  ~ControlPlane();
  ControlPlane(const ControlPlane&) = delete;
  ControlPlane& operator=(const ControlPlane&) = delete;

  /// Why there can be none here (its binaries are missing); empty when there can.
  static const std::string& unavailable();
  /// The one of this test binary, with our CRDs; started by the first call, ended with the process.
  static ControlPlane& shared();

  const std::string& kubeconfig() const { return kubeconfig_; }
  const std::string& folder() const { return folder_; }
  /// One request a line, level Metadata. Source: Kubernetes, "Auditing".
  std::string audit_log() const { return folder_ + "/audit.log"; }
  /// The kubeconfig of an identity given with --user.
  std::string kubeconfig_of(const std::string& user) const;

  /// kill -9 of the API server; etcd keeps what was written.
  void stop_apiserver();
  /// Starts it on its old port and waits until it is ready; one that runs is killed first.
  void start_apiserver();

  /// Runs kubectl as admin. @returns what it printed @throws std::runtime_error with its complaint
  std::string kubectl(const std::vector<std::string>& arguments) const;

 private:
  std::string read_line(int seconds);
  void expect_event(const std::string& name);
  void end();

  pid_t child_ = -1;
  int input_ = -1;   // closing it ends the starter
  int output_ = -1;  // a line of JSON for each event
  std::string buffer_;
  std::string kubeconfig_;
  std::string folder_;
  std::string kubectl_;
};

}  // namespace weir::test

/// First line of a fixture's SetUp: without a control plane the test is skipped, or fails where CI
/// demands one.
#define WEIR_NEEDS_CONTROL_PLANE() WEIR_SKIP_UNLESS_REQUIRED(::weir::test::ControlPlane::unavailable())
