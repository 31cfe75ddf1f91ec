#include "controllers/cli/version_command.hpp"

#include "controllers/cli/output.hpp"
#include "pkg/base/text.hpp"
#include "pkg/runtime/manager.hpp"

namespace weir::cli {
namespace {

int run(const Given& given, const Terminal& terminal) {
  if (!given.words.empty()) {
    return refuse_usage("version", text::cat("unexpected argument ", text::quoted(given.words.front())), terminal);
  }
  const auto format = parse_output(given);
  if (format.has_error()) return refuse_usage("version", format.error().text(), terminal);
  if (*format == Output::kTable) {
    terminal.out << "weir " << runtime::version() << "\n";
  } else {
    print_document(json::Value::object({{"weir", runtime::version()}}), *format, terminal);
  }
  return 0;
}

}  // namespace

Command version_command() {
  return {
      "version",
      "print this program's version",
      "version [-o json|yaml]\n\nPrints the version of this program; `weir check` tells those of the controllers in a "
      "cluster.\n",
      {kOutputFlag},
      {},
      run};
}

}  // namespace weir::cli
