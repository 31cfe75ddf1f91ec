// Lines of --set in all their kinds, one a line: the values stay a table with sorted keys.
#include <cstdint>
#include <string_view>

#include "pkg/base/text.hpp"
#include "pkg/helm/values/set_line.hpp"
#include "pkg/helm/values/tables.hpp"
#include "test/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir;
  using helm::SetKind;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  for (const auto kind : {SetKind::kTyped, SetKind::kText, SetKind::kJson, SetKind::kFile, SetKind::kLiteral}) {
    auto values = json::Value::object();
    int lines = 0;
    for (const auto line : text::split(text, '\n')) {
      if (++lines > 8) break;
      const auto applied =
          helm::apply_set_line(line, kind, values, [](const std::string& path) -> Result<std::string> { return path; });
      require(applied || !applied.error().message.empty());
      require(values.is_object());
      for (const auto& member : values.as_object())
        require(!member.key.empty() && helm::find_key(values, member.key) == &member.value);
    }
  }
  return 0;
}
