#include "controllers/cli/chart_arguments.hpp"

#include <iostream>
#include <iterator>

#include "controllers/cli/chart_verification.hpp"
#include "pkg/base/text.hpp"
#include "pkg/helm/chart/disk_folder.hpp"
#include "pkg/template/quote.hpp"
#include "pkg/template/template.hpp"

namespace weir::cli {
namespace {

constexpr std::size_t kLongestStandardInput = 64U << 20U;

/// What servers over http have; anything else is a path, as for Helm.
Result<std::string> read_file(const std::string& path, ChartFetcher& fetcher) {
  if (path.starts_with("http://") || path.starts_with("https://")) return fetcher.fetch_file(path);
  return helm::DiskFolder{}.read(path);
}

Result<std::string> read_standard_input() {
  std::string out{std::istreambuf_iterator<char>{std::cin}, {}};
  if (out.size() > kLongestStandardInput) return InputError{"", "standard input has more than 64 MiB"};
  return out;
}

}  // namespace

std::vector<Flag> values_flags() {
  return {
      {"values", 'f', "FILE", "values in a YAML file, - is standard input; may be given several times"},
      {"set", '\0', "KEY=VALUE", "set a value, several are parted by commas: a.b[0]=1,c=text"},
      {"set-string", '\0', "KEY=VALUE", "set a text"},
      {"set-file", '\0', "KEY=FILE", "set the content of a file"},
      {"set-json", '\0', "KEY=JSON", "set JSON, or a whole object: {\"a\": 1}"},
      {"set-literal", '\0', "KEY=TEXT", "set a text as it stands, commas and all"},
  };
}

std::vector<std::string> all_values(const Given& given, std::string_view flag) {
  std::vector<std::string> out;
  for (const auto& setting : given.settings) {
    if (setting.name == flag) out.push_back(setting.value);
  }
  return out;
}

std::vector<std::string> all_words(const Given& given, std::string_view flag) {
  std::vector<std::string> out;
  for (const auto& value : all_values(given, flag)) {
    for (const auto word : text::split(value, ',')) out.emplace_back(word);
  }
  return out;
}

Result<helm::UserValues> user_values(const Given& given, ChartFetcher& fetcher) {
  helm::UserValues out;
  for (const auto& path : all_words(given, "values")) {
    auto read = path == "-" ? read_standard_input() : read_file(path, fetcher);
    if (!read) return InputError{"", read.error().message};
    out.files.push_back({path, *std::move(read)});
  }
  out.set_json = all_values(given, "set-json");
  out.set = all_values(given, "set");
  out.set_string = all_values(given, "set-string");
  out.set_file = all_values(given, "set-file");
  out.set_literal = all_values(given, "set-literal");
  return out;
}

std::function<Result<std::string>(const std::string&)> set_file_reader(ChartFetcher& fetcher) {
  return [&fetcher](const std::string& path) { return read_file(path, fetcher); };
}

Result<LocatedChart> locate_chart(const ChartWanted& wanted, ChartFetcher& fetcher) {
  const std::string& path = wanted.chart;
  if (wanted.repository.empty()) {
    const bool is_there = helm::DiskFolder{}.look(path).type != helm::Folder::Type::kNone;
    if (is_there) {
      if (wanted.wants_provenance) {
        if (const auto verified = verify_chart_file(path, wanted.keyring); !verified) return verified.error();
      }
      return LocatedChart{path, std::nullopt};
    }
    if (path.starts_with('.') || path.starts_with('/'))
      return InputError{"", text::cat("path ", templates::quote(path), " not found")};
    if (wanted.is_local() && path.find('/') == path.npos)
      return InputError{
          "",
          text::cat(
              "non-absolute URLs should be in form of repo_name/path_to_chart, got: ",
              path,
              "\n\nthere is no such path: give --repo URL for a chart of that name"
          )};
  }
  auto archive = fetcher.fetch(wanted);
  if (!archive) return archive.error();
  if (wanted.wants_provenance) {
    const auto verified = verify_chart(archive->archive, archive->file_name, archive->provenance, wanted.keyring);
    if (!verified) return verified.error();
  }
  return LocatedChart{path, std::move(archive->archive)};
}

Result<helm::ChartPtr> load_chart(const LocatedChart& located, std::vector<std::string>& log) {
  if (located.archive) return helm::load_archive(*located.archive, located.name, {}, &log);
  return helm::load_path(helm::DiskFolder{}, located.name, {}, &log);
}

Result<helm::ChartPtr> load_chart(const ChartWanted& wanted, ChartFetcher& fetcher, std::vector<std::string>& log) {
  const auto located = locate_chart(wanted, fetcher);
  if (!located) return located.error();
  return load_chart(*located, log);
}

Result<std::string> name_of_template(
    const std::string& text, const std::shared_ptr<const templates::Functions>& functions
) {
  templates::Options options;
  options.shared_functions = functions;
  const auto parsed = templates::Template::parse("name-template", text, std::move(options));
  if (!parsed) return parsed.error();
  return parsed->render({});
}

Result<void> check_refused(const Given& given, const std::vector<RefusedFlag>& refused) {
  for (const auto& each : refused) {
    if (given.has(each.flag.name))
      return InputError{text::cat("--", each.flag.name), text::cat("not served: ", each.reason)};
  }
  return {};
}

}  // namespace weir::cli
