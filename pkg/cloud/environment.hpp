#pragma once

#include <optional>
#include <string>

namespace weir::cloud {

/// Where a cloud's settings are found: the variables and files that its platform puts into a pod.  Threads: any.
class Environment {
 public:
  virtual ~Environment() = default;
  /// Empty: not set.
  virtual std::string variable(const std::string& name) const = 0;
  /// The whole file; nullopt when it cannot be read or is larger than 1 MiB. Token files change, so they are read anew.
  virtual std::optional<std::string> file(const std::string& path) const = 0;
};

/// That of the process.
class ProcessEnvironment final : public Environment {
 public:
  std::string variable(const std::string& name) const override;
  std::optional<std::string> file(const std::string& path) const override;
};

}  // namespace weir::cloud
