// Values: what is read is a table with sorted keys, and merged over itself, or with its own nulls kept, it stays what
// it is.
#include <cstdint>
#include <string_view>

#include "pkg/helm/values/read_yaml.hpp"
#include "pkg/helm/values/tables.hpp"
#include "test/fuzz/require.hpp"

namespace {

using namespace weir;

void require_sorted(const json::Value& value) {
  if (value.is_array())
    for (const auto& item : value.as_array()) require_sorted(item);
  if (!value.is_object()) return;
  const auto& members = value.as_object();
  for (std::size_t i = 0; i < members.size(); ++i) {
    require(i == 0 || members[i - 1].key < members[i].key);
    require(helm::find_key(value, members[i].key) == &members[i].value);
    require_sorted(members[i].value);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto values = helm::read_values(text);
  if (!values) {
    require(!values.error().message.empty());
    return 0;
  }
  require(values->is_object());
  require_sorted(*values);
  auto merged = *values;
  helm::merge_over(merged, *values);
  require(merged == *values);
  helm::coalesce_tables(merged, *values, helm::Nulls::kKeep, "", nullptr);
  require(merged == *values);
  const auto plain = helm::without_nulls(*values);
  auto filled = json::Value::object();
  helm::coalesce_tables(filled, *values, helm::Nulls::kDrop, "", nullptr);
  require(filled == plain);
  helm::go_print(*values);
  return 0;
}
