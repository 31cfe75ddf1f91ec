#include "pkg/json/describe.hpp"

namespace weir::json::detail {

void decode_field(const View& view, bool& out) {
  if (!view.value().is_bool()) throw DecodeFailure{view.wrong_kind("a boolean")};
  out = view.value().as_bool();
}

void decode_field(const View& view, std::string& out) {
  if (!view.value().is_string()) throw DecodeFailure{view.wrong_kind("a string")};
  out = view.value().as_string();
}

void decode_field(const View& view, std::int64_t& out) {
  const auto number = view.value().integer();
  if (!number) throw DecodeFailure{view.wrong_kind("an integer")};
  out = *number;
}

void decode_field(const View& view, Duration& out) {
  std::string text;
  decode_field(view, text);
  auto duration = parse_duration(text);
  if (duration.has_error()) throw DecodeFailure{view.error(duration.error().message)};
  out = *duration;
}

void decode_field(const View& view, Value& out) { out = view.value(); }

}  // namespace weir::json::detail
