#include "controllers/cli/explain_command.hpp"

#include "controllers/cli/chart_arguments.hpp"
#include "pkg/base/text.hpp"
#include "pkg/helm/values/explain.hpp"
#include "pkg/helm/values/number.hpp"
#include "pkg/json/codec.hpp"

namespace weir::cli {
namespace {

/// A value on one line; numbers as toJson prints them.
std::string shown(const json::Value& value) {
  if (value.is_number()) return helm::go_json_text(value.as_number());
  return json::write(value);
}

std::string_view word_of(helm::ValueStep::Change change) {
  switch (change) {
    case helm::ValueStep::Change::kSet: return "set";
    case helm::ValueStep::Change::kChanged: return "changed";
    default: return "removed";
  }
}

void print(const helm::ExplainedKey& key, std::ostream& out) {
  out << key.path << (key.is_there ? ": " + shown(key.steps.back().value) : " is gone") << "\n";
  for (const auto& step : key.steps) {
    out << "  " << word_of(step.change);
    if (step.change != helm::ValueStep::Change::kRemoved) out << " to " << shown(step.value);
    out << " by " << step.layer << "\n";
  }
}

/// Whether a key is the one asked for or lies below it.
bool is_within(const std::string& path, const std::string& asked) {
  if (!path.starts_with(asked)) return false;
  return path.size() == asked.size() || path[asked.size()] == '.' || path[asked.size()] == '[';
}

int run(const Given& given, const Terminal& terminal) {
  const auto& words = given.words;
  if (words.size() < 2 || words[0] != "values")
    return refuse_usage("explain", "expected values, a chart and perhaps keys", terminal);
  const auto refuse = [&](const InputError& error) {
    terminal.err << "Error: " << error.text() << "\n";
    return kRefused;
  };
  std::vector<std::string> log;
  ChartFetcher fetcher{access_of(given), terminal.err};
  const auto user = user_values(given, fetcher);
  if (!user) return refuse(user.error());
  const auto chart = load_chart(wanted_chart(given, words[1]), fetcher, log);
  if (!chart) return refuse(chart.error());
  const auto explained = helm::explain_values(**chart, user->layers(), set_file_reader(fetcher));
  if (!explained) return refuse(explained.error());
  for (const auto& key : *explained) {
    bool is_asked = words.size() == 2;
    for (std::size_t i = 2; i < words.size(); ++i) is_asked = is_asked || is_within(key.path, words[i]);
    if (is_asked) print(key, terminal.out);
  }
  terminal.out << std::flush;
  return 0;
}

}  // namespace

Command explain_command() {
  auto flags = values_flags();
  for (const auto& flag : fetch_flags()) flags.push_back(flag);
  return {
      "explain",
      "tell where the values of a Helm chart come from",
      "explain values CHART [KEY...] [flags]\n\nTells for every key, or for those given and what is below them, which "
      "values.yaml, "
      "file or --set set it, changed it\nor removed it, in their order.\n",
      std::move(flags),
      {"values"},
      run};
}

}  // namespace weir::cli
