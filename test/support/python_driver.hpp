#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace weir::test {

/// A Python process with test/support/python at hand; it and what it starts end with this object.
class PythonDriver {
 public:
  PythonDriver();
  ~PythonDriver();
  PythonDriver(const PythonDriver&) = delete;
  PythonDriver& operator=(const PythonDriver&) = delete;

  /// Runs an expression or statements (`folder` is a scratch folder). @returns the expression's
  /// text
  /// @throws std::runtime_error with Python's message
  std::string run(std::string_view code);

 private:
  int process_ = -1;
  std::FILE* to_ = nullptr;
  std::FILE* from_ = nullptr;
};

}  // namespace weir::test
