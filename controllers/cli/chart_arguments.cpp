#include "controllers/cli/chart_arguments.hpp"

#include <iostream>
#include <iterator>

#include "pkg/base/text.hpp"
#include "pkg/helm/chart/disk_folder.hpp"
#include "pkg/template/template.hpp"

namespace weir::cli {
namespace {

constexpr std::size_t kLongestStandardInput = 64U << 20U;

bool is_address(std::string_view path) { return path.find("://") != path.npos; }

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

Result<helm::UserValues> user_values(const Given& given) {
  helm::UserValues out;
  const helm::DiskFolder disk;
  for (const auto& path : all_words(given, "values")) {
    if (is_address(path))
      return InputError{"", text::cat("values at an address are not served, fetch ", text::quoted(path), " first")};
    auto read = path == "-" ? read_standard_input() : disk.read(path);
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

Result<std::string> read_set_file(const std::string& path) {
  if (is_address(path))
    return InputError{"", text::cat("values at an address are not served, fetch ", text::quoted(path), " first")};
  return helm::DiskFolder{}.read(path);
}

Result<helm::ChartPtr> load_chart(const std::string& path, std::vector<std::string>& log) {
  if (is_address(path))
    return InputError{"", text::cat("charts at an address are not served, fetch ", text::quoted(path), " first")};
  return helm::load_path(helm::DiskFolder{}, path, {}, &log);
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
