#include "pkg/runtime/process_stats.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

namespace weir::runtime {
namespace {

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto total = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return total(usage.ru_utime) + total(usage.ru_stime);
}

/// Unix time of the machine's start.
double boot_time() {
  std::ifstream stat{"/proc/stat"};
  std::string word;
  double value = 0;
  while (stat >> word) {
    if (word == "btime" && stat >> value) return value;
  }
  return 0;
}

/// Field `number` of /proc/self/stat, counted from 1 as proc(5) does; at least 3, which follows the program's name.
double stat_field(int number) {
  std::ifstream file{"/proc/self/stat"};
  std::string line;
  std::getline(file, line);
  const auto end_of_name = line.rfind(')');
  if (end_of_name == std::string::npos) return 0;
  std::istringstream rest{line.substr(end_of_name + 1)};
  std::string word;
  for (int field = 3; rest >> word; ++field) {
    if (field == number) return std::stod(word);
  }
  return 0;
}

double open_files() {
  std::error_code failure;
  double count = 0;
  for (std::filesystem::directory_iterator at{"/proc/self/fd", failure}, end; !failure && at != end;
       at.increment(failure))
    ++count;
  return count > 0 ? count - 1 : 0;  // one of them is the folder just read
}

double max_files() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur) : 0;
}

}  // namespace

ProcessStats read_process_stats() {
  constexpr int kThreads = 20, kStartTime = 22, kVirtualBytes = 23, kResidentPages = 24;
  ProcessStats stats;
  stats.cpu_seconds = cpu_seconds();
  stats.resident_bytes = stat_field(kResidentPages) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  stats.virtual_bytes = stat_field(kVirtualBytes);
  stats.start_time = boot_time() + stat_field(kStartTime) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  stats.open_files = open_files();
  stats.max_files = max_files();
  stats.threads = stat_field(kThreads);
  return stats;
}

}  // namespace weir::runtime
