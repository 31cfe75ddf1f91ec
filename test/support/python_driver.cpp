#include "test/support/python_driver.hpp"

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace weir::test {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char character : text) {
    if (character == '\n') {
      out += "\\n";
    } else if (character == '\\') {
      out += "\\\\";
    } else {
      out += character;
    }
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char next = text[++i];
    if (next == 'n') {
      out += '\n';
    } else if (next == 't') {
      out += '\t';
    } else if (next == 'r') {
      out += '\r';
    } else {
      out += next;
    }
  }
  return out;
}

}  // namespace

PythonDriver::PythonDriver() {
  std::signal(SIGPIPE, SIG_IGN);
  int to[2];
  int from[2];
  if (::pipe2(to, O_CLOEXEC) != 0 || ::pipe2(from, O_CLOEXEC) != 0) throw std::runtime_error{"no pipes"};
  const std::string script = std::string{WEIR_SOURCE_DIR} + "/test/support/python/driver.py";
  process_ = ::fork();
  if (process_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(to[0], STDIN_FILENO);
    ::dup2(from[1], STDOUT_FILENO);
    ::execlp("python3", "python3", "-u", script.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(to[0]);
  ::close(from[1]);
  to_ = ::fdopen(to[1], "w");
  from_ = ::fdopen(from[0], "r");
}

PythonDriver::~PythonDriver() {
  std::fclose(to_);
  std::fclose(from_);
  ::waitpid(process_, nullptr, 0);
}

std::string PythonDriver::run(std::string_view code) {
  const std::string line = escaped(code) + "\n";
  std::fwrite(line.data(), 1, line.size(), to_);
  std::fflush(to_);
  char* answer = nullptr;
  std::size_t capacity = 0;
  const auto length = ::getline(&answer, &capacity, from_);
  std::string text =
      length > 0 ? std::string(answer, static_cast<std::size_t>(length) - 1) : "error the Python process ended";
  std::free(answer);
  if (text.starts_with("error ")) throw std::runtime_error{unescaped(text.substr(6))};
  return unescaped(text.substr(3));
}

}  // namespace weir::test
