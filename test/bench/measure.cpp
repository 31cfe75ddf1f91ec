// Runs a command and prints its wall seconds, CPU seconds and peak RSS in KiB on standard error. A process starts with
// the peak of the one that started it, so a small one has to.
#include <cstdio>

#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const double began = now();
  const pid_t process = fork();
  if (process == 0) {
    execvp(argv[1], argv + 1);
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  if (process < 0 || wait4(process, &status, 0, &usage) != process) return 126;
  std::fprintf(
      stderr, "\n%.6f %.6f %ld\n", now() - began, seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss
  );
  return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}
