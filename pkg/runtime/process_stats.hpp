#pragma once

namespace weir::runtime {

/// What the kernel says of this process; 0 for what it does not.  Source: proc(5), getrusage(2).
struct ProcessStats {
  double cpu_seconds = 0;  ///< user and system
  double resident_bytes = 0;
  double virtual_bytes = 0;
  double start_time = 0;  ///< Unix time, seconds
  double open_files = 0;
  double max_files = 0;
  double threads = 0;
};

ProcessStats read_process_stats();

}  // namespace weir::runtime
