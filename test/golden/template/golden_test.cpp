// Every template of cases.txt gives what Go gives: expected.txt, made by generate.go.
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/template/template.hpp"

namespace weir::templates {
namespace {

struct Case {
  std::size_t line = 0;
  std::string text;
  Value data;
  MissingKey missing_key = MissingKey::kNoValue;
};

std::vector<std::string> lines_of(const std::string& name) {
  std::ifstream file{WEIR_SOURCE_DIR "/test/golden/template/" + name};
  std::vector<std::string> out;
  for (std::string line; std::getline(file, line);) out.push_back(line);
  return out;
}

std::vector<Case> read_cases() {
  std::vector<Case> out;
  Case next;
  for (const auto& line : lines_of("cases.txt")) {
    ++next.line;
    if (line.empty() || line.starts_with("# ")) continue;
    if (line.starts_with("data ")) {
      next.data = from_json(json::parse(line.substr(5)).value());
      if (next.data.kind() == Kind::kNil) next.data = Value{};
    } else if (line.starts_with("missingkey ")) {
      next.missing_key = line.ends_with("zero")    ? MissingKey::kZero
                         : line.ends_with("error") ? MissingKey::kError
                                                   : MissingKey::kNoValue;
    } else {
      next.text = text::replace_all(line, "⏎", "\n");
      out.push_back(next);
    }
  }
  return out;
}

/// "text ..." or "error ..." as expected.txt has it.
std::string result_of(const Case& from) {
  Options options;
  options.missing_key = from.missing_key;
  const auto parsed = Template::parse("t", from.text, std::move(options));
  const auto rendered = parsed ? parsed->render(from.data) : Result<std::string>{parsed.error()};
  if (!rendered) return "error " + json::write(rendered.error().text());
  return "text " + json::write(*rendered);
}

/// The same text however JSON escapes it.
std::string plain(const std::string& line) {
  const auto [kind, text] = text::cut(line, " ");
  return text::cat(kind, ": ", json::parse(text).value().as_string());
}

TEST(TemplateGolden, EveryTemplateGivesWhatGoGives) {
  const auto cases = read_cases();
  const auto expected = lines_of("expected.txt");
  ASSERT_EQ(cases.size(), expected.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(plain(result_of(cases[i])), plain(expected[i])) << "cases.txt:" << cases[i].line << ": " << cases[i].text;
  }
}

}  // namespace
}  // namespace weir::templates
