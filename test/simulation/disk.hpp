#pragma once

#include <string>

/// The disks of a program that simulates. Linking disk.cpp puts a layer of our own between the whole program (libgit2
/// and the standard library included) and the files below the folders that are mounted: what writes can fail there, the
/// disk can be full, and a loss of power tears what was not synced. The files themselves are real ones.  Threads: one.
namespace weir::simulation {

class Disk {
 public:
  /// Everything below a folder belongs to the volume of that name, until the next world begins.
  void mount(std::string folder, std::string volume);
  void unmount_all();

  /// Whatever would take room fails with ENOSPC.
  void fill(const std::string& volume, bool is_full);
  /// @param thousandths  of all that changes something: fails with EIO
  void fail(const std::string& volume, unsigned thousandths);
  /// Nothing changes any more: whoever had it is dead, and whatever still runs of him reaches nothing.
  void freeze(const std::string& volume, bool is_frozen);
  /// What was written in the last half minute and not synced is, as chance has it, there, cut off, or gone.
  void lose_power(const std::string& volume);
};

Disk& disk();

}  // namespace weir::simulation
