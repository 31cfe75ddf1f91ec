#pragma once

#include <string>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/json/value.hpp"

namespace weir::json {

/// A value that knows where it stands in its document, so that errors can point: "spec.ref.branch", "spec.include[2]".
/// Costs nothing until path() is asked for. The value and the parent views must outlive it.
/// Threads: value.
class View {
 public:
  explicit View(const Value& document) : value_{&document} {}
  View(const View& parent, std::string_view key, const Value& value) : value_{&value}, parent_{&parent}, key_{key} {}
  View(const View& parent, std::size_t index, const Value& value) : value_{&value}, parent_{&parent}, index_{index} {}

  const Value& value() const { return *value_; }
  std::string path() const;
  /// An error at this place.
  InputError error(std::string message) const { return InputError{path(), std::move(message)}; }
  /// "expected a string, got a list" at this place.
  InputError wrong_kind(std::string_view expected) const;

 private:
  const Value* value_;
  const View* parent_ = nullptr;
  std::string_view key_;
  std::size_t index_ = 0;
};

}  // namespace weir::json
