#pragma once

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "pkg/json/codec.hpp"
#include "pkg/jsonschema/jsonschema.hpp"

namespace weir::jsonschema {

/// "" for a valid value, else the message without its first line.
inline std::string validated(std::string_view schema, std::string_view value, const Options& options = {}) {
  const auto parsed_schema = json::parse(schema), parsed_value = json::parse(value);
  EXPECT_TRUE(parsed_schema && parsed_value) << schema << value;
  const auto valid = Validator{}.validate(*parsed_value, *parsed_schema, options);
  if (valid) return "";
  static constexpr std::string_view kFirst = "jsonschema validation failed with 'file:///values.schema.json#'\n";
  const std::string& message = valid.error().message;
  return message.starts_with(kFirst) ? message.substr(kFirst.size()) : message;
}

}  // namespace weir::jsonschema
