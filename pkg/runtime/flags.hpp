#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/duration.hpp"
#include "pkg/base/result.hpp"

namespace weir::runtime {

/// Command-line flags in pflag's syntax, which Flux's manifests and users' overlays write: `--name=value`,
/// `--name value`, `--bool`, `--bool=false`; a list is repeated or comma-separated.  Threads: value.
class Flags {
 public:
  // `target` holds the default and must outlive parse(). `environment` names a variable that gives the default.
  void add(std::string name, std::string* target, std::string help, const char* environment = nullptr);
  void add(std::string name, bool* target, std::string help);
  void add(std::string name, std::int64_t* target, std::string help);
  void add(std::string name, Duration* target, std::string help);
  void add(std::string name, std::vector<std::string>* target, std::string help);
  /// A flag that is understood and has no effect here; takes any value. Used ones are reported by ignored().
  void add_without_effect(std::string name, bool takes_value, std::string why);

  /// @returns an error naming the flag: unknown, without a value, or with a wrong one
  Result<void> parse(std::span<const std::string_view> arguments);

  /// Whether there is a flag of that name (without dashes).
  bool knows(std::string_view name) const;

  /// Of all flags, without dashes, in the order in which they were added.
  std::vector<std::string> names() const;
  /// "--flag: why" for each flag that was given and has no effect.
  const std::vector<std::string>& ignored() const { return ignored_; }
  /// One line a flag: name, default, help.
  std::string help() const;

 private:
  struct Flag {
    std::string name;
    std::string help;
    std::string default_text;
    bool takes_value;
    std::function<Result<void>(std::string_view)> set;
  };
  void add_flag(
      std::string name,
      std::string help,
      std::string default_text,
      bool takes_value,
      std::function<Result<void>(std::string_view)> set
  );

  std::vector<Flag> flags_;
  std::vector<std::string> ignored_;
};

/// `--feature-gates=Name=true,Other=false`.
Result<std::vector<std::pair<std::string, bool>>> parse_feature_gates(const std::vector<std::string>& gates);

}  // namespace weir::runtime
