#include "controllers/cli/output.hpp"

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/yaml/writer.hpp"

namespace weir::cli {

Result<Output> parse_output(const Given& given) {
  const std::string word = given.value("output");
  if (word.empty()) return Output::kTable;
  if (word == "json") return Output::kJson;
  if (word == "yaml") return Output::kYaml;
  return InputError{"--output", text::cat("expected json or yaml, got ", text::quoted(word))};
}

void print_document(const json::Value& document, Output output, const Terminal& terminal) {
  std::string text = output == Output::kYaml ? yaml::write(document) : json::write_pretty(document);
  if (!text.ends_with('\n')) text += '\n';
  terminal.out << text;
}

}  // namespace weir::cli
