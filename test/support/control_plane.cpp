#include "test/support/control_plane.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pkg/json/codec.hpp"
#include "pkg/json/value.hpp"

namespace weir::test {
namespace {

constexpr int kStartSeconds = 120;
const std::string kStarter = std::string{WEIR_SOURCE_DIR} + "/test/controlplane/controlplane.py";

std::vector<char*> argv_of(const std::vector<std::string>& words) {
  std::vector<char*> out;
  for (const auto& word : words) out.push_back(const_cast<char*>(word.c_str()));
  out.push_back(nullptr);
  return out;
}

/// Runs a program to its end. @returns exit status and what it printed on both streams
std::pair<int, std::string> run_program(const std::vector<std::string>& words) {
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) throw std::runtime_error{std::strerror(errno)};
  const auto argv = argv_of(words);
  const pid_t child = fork();
  if (child == 0) {
    dup2(pipe_ends[1], STDOUT_FILENO);
    dup2(pipe_ends[1], STDERR_FILENO);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  close(pipe_ends[1]);
  std::string text;
  char piece[4096];
  while (true) {
    const ssize_t count = read(pipe_ends[0], piece, sizeof piece);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(piece, static_cast<std::size_t>(count));
  }
  close(pipe_ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, std::move(text)};
}

}  // namespace

ControlPlane::ControlPlane(std::vector<std::string> arguments) {
  std::vector<std::string> words{"/usr/bin/python3", kStarter, "run"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const auto argv = argv_of(words);
  int to_child[2], from_child[2];
  if (pipe2(to_child, O_CLOEXEC) != 0 || pipe2(from_child, O_CLOEXEC) != 0) {
    throw std::runtime_error{std::strerror(errno)};
  }
  child_ = fork();
  if (child_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(to_child[0], STDIN_FILENO);
    dup2(from_child[1], STDOUT_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(to_child[0]);
  close(from_child[1]);
  input_ = to_child[1];
  output_ = from_child[0];
  try {
    const auto line = read_line(kStartSeconds);
    auto ready = json::parse(line);
    if (ready.has_error() || ready->text_at({"event"}) != "ready") {
      throw std::runtime_error{"the control plane did not start: " + line};
    }
    kubeconfig_ = ready->text_at({"kubeconfig"});
    folder_ = ready->text_at({"dir"});
    kubectl_ = ready->text_at({"kubectl"});
  } catch (...) {
    end();
    throw;
  }
}

ControlPlane::~ControlPlane() { end(); }

void ControlPlane::end() {
  if (input_ >= 0) close(std::exchange(input_, -1));
  if (child_ > 0) {
    int status = 0;
    while (waitpid(child_, &status, 0) < 0 && errno == EINTR) {
    }
    child_ = -1;
  }
  if (output_ >= 0) close(std::exchange(output_, -1));
}

const std::string& ControlPlane::unavailable() {
  static const std::string reason = [] {
    const auto [status, text] =
        run_program({"/usr/bin/python3", std::string{WEIR_SOURCE_DIR} + "/test/controlplane/build", "--missing"});
    if (status != 0) return "test/controlplane/build --missing failed: " + text;
    const auto missing = text.substr(0, text.find_last_not_of('\n') + 1);
    return missing.empty() ? std::string{} : "no control plane, missing " + missing + ": run `make controlplane`";
  }();
  return reason;
}

ControlPlane& ControlPlane::shared() {
  static ControlPlane plane{{"--crds", std::string{WEIR_SOURCE_DIR} + "/crds"}};
  return plane;
}

std::string ControlPlane::kubeconfig_of(const std::string& user) const { return folder_ + "/" + user + ".kubeconfig"; }

void ControlPlane::stop_apiserver() {
  kill(child_, SIGUSR2);
  expect_event("apiserver-stopped");
}

void ControlPlane::start_apiserver() {
  kill(child_, SIGUSR1);
  expect_event("apiserver-ready");
}

void ControlPlane::expect_event(const std::string& name) {
  const auto line = read_line(kStartSeconds);
  const auto event = json::parse(line);
  if (event.has_error() || event->text_at({"event"}) != name) {
    throw std::runtime_error{"expected " + name + " from the control plane, got " + line};
  }
}

std::string ControlPlane::kubectl(const std::vector<std::string>& arguments) const {
  std::vector<std::string> words{kubectl_, "--kubeconfig", kubeconfig_, "--cache-dir", folder_ + "/kubectl-cache"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto [status, text] = run_program(words);
  if (status != 0) throw std::runtime_error{"kubectl: " + text};
  return std::move(text);
}

std::string ControlPlane::read_line(int seconds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{seconds};
  while (true) {
    if (const auto end = buffer_.find('\n'); end != std::string::npos) {
      auto line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd waiting{output_, POLLIN, 0};
    if (left.count() <= 0) throw std::runtime_error{"the control plane does not answer"};
    if (poll(&waiting, 1, static_cast<int>(left.count())) < 0 && errno != EINTR) {
      throw std::runtime_error{std::strerror(errno)};
    }
    if (waiting.revents == 0) continue;
    char piece[4096];
    const ssize_t count = read(output_, piece, sizeof piece);
    if (count == 0) throw std::runtime_error{"the control plane ended; its words are on stderr"};
    if (count > 0) buffer_.append(piece, static_cast<std::size_t>(count));
  }
}

}  // namespace weir::test
