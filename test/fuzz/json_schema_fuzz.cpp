// A schema on the first line, a value on the second: valid, a violation or a refusal, within the budget; and twice the
// same.
#include <cstdint>
#include <string_view>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/jsonschema/jsonschema.hpp"
#include "test/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto [first, second] = text::cut(text, "\n");
  const auto schema = json::parse(first), value = json::parse(second);
  if (!schema) return 0;
  jsonschema::Options options;
  options.limits.steps = 200'000;
  options.limits.schemas = 5'000;
  options.limits.depth = 300;
  jsonschema::Validator validator;
  const json::Value nothing;
  const auto once = validator.validate(value ? *value : nothing, *schema, options);
  const auto again = validator.validate(value ? *value : nothing, *schema, options);
  require(once.has_value() == again.has_value());
  if (!once) require(once.error().message == again.error().message && !once.error().message.empty());
  return 0;
}
