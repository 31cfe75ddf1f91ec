#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace weir {

/// A token, key or password. It has no stream operator, does not convert to text and is no `text::cat` piece, so it
/// cannot reach a log, an event or a condition by accident.  Threads: value.
class SecretString {
 public:
  SecretString() = default;
  explicit SecretString(std::string value) : value_{std::move(value)} {}

  /// The secret itself; only for handing it to whoever needs it on the wire.
  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

  friend bool operator==(const SecretString&, const SecretString&) = default;

 private:
  std::string value_;
};

}  // namespace weir
