#include "pkg/helm/repository/index.hpp"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/helm/chart/metadata.hpp"
#include "pkg/helm/values/read_yaml.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/json/pieces.hpp"
#include "pkg/json/value.hpp"
#include "pkg/semver/version.hpp"
#include "pkg/template/quote.hpp"
#include "pkg/yaml/pieces.hpp"

namespace weir::helm {
namespace {

using json::Value;
using json::Visit;

constexpr std::string_view kDecoding = "error unmarshaling JSON: while decoding JSON: ";

/// Private to this file: how a problem leaves the walk.
struct Unreadable {
  std::string message;
};

class Reader final : public json::PieceVisitor {
 public:
  Reader(
      const std::set<std::string, std::less<>>& wanted, std::string_view source, const IndexLimits& limits, bool is_json
  )
      : wanted_{wanted}, source_{source}, limits_{limits}, is_json_{is_json} {}

  Visit key(std::size_t depth, std::string_view key, std::size_t line) override {
    line_ = line;
    if (depth > 1) return Visit::kPass;
    if (depth == 0) {
      // Go's decoder does not look at the case of fields.
      const std::string field = text::lower(key);
      place_ = field == "entries" ? Place::kEntries : field == "apiversion" ? Place::kApiVersion : Place::kOther;
      if (place_ == Place::kOther) return Visit::kPass;
      check_first(field);
      return place_ == Place::kEntries ? Visit::kEnterObject : Visit::kTake;
    }
    place_ = Place::kChart;
    check_first(text::cat("entries.", key));
    if (wanted_.find(key) == wanted_.end()) return Visit::kPass;
    chart_ = key;
    index_.charts[chart_].clear();
    return Visit::kEnterArray;
  }

  void take(std::size_t depth, std::string_view text, std::size_t line) override {
    line_ = line;
    if (depth == 1) return take_version(text);
    const auto value = read(text);
    switch (place_) {
      case Place::kApiVersion:
        if (value.is_null()) return;
        if (value.is_object() || value.is_array()) refuse(value, "IndexFile.apiVersion of type string");
        api_version_ = text;
        return;
      case Place::kEntries:
        if (!value.is_null()) refuse(value, "IndexFile.entries of type map[string]repo.ChartVersions");
        return;
      default:
        if (value.is_null()) return;
        throw Unreadable{text::cat(kDecoding, go_unmarshal_error(value, "repo.IndexFile"))};
    }
  }

  ChartIndex finish() {
    if (api_version_.empty()) throw Unreadable{"no API version specified"};
    for (auto& [name, versions] : index_.charts) sort(versions);
    return std::move(index_);
  }

 private:
  enum class Place { kOther, kApiVersion, kEntries, kChart };

  [[noreturn]] static void refuse(const Value& value, std::string_view field) {
    const std::string whole = go_unmarshal_error(value, "");
    const std::string_view ending = " into Go value of type ";
    throw Unreadable{
        text::cat(kDecoding, std::string_view{whole}.substr(0, whole.find(ending)), " into Go struct field ", field)};
  }

  static void take_text(const Value& value, std::string_view field, std::string& out) {
    if (value.is_null()) return;
    if (value.is_object() || value.is_array()) refuse(value, text::cat("ChartVersion.", field, " of type string"));
    if (value.is_string()) out = value.as_string();
    if (value.is_bool()) out = value.as_bool() ? "true" : "false";
    if (value.is_number()) out = value.as_number().text;
  }

  /// In JSON the last of equal keys counts, as for Go's decoder.
  void check_first(std::string key) {
    const std::string name = key.substr(key.find('.') + 1);
    if (!seen_.insert(std::move(key)).second && !is_json_)
      throw Unreadable{text::cat(
          "error converting YAML to JSON: yaml: unmarshal errors:\n  line ",
          line_,
          ": key ",
          templates::quote(name),
          " already set in map"
      )};
  }

  Value read(std::string_view text) {
    if (text.size() > limits_.entry_bytes)
      throw Unreadable{text::cat("an entry has more than ", limits_.entry_bytes, " bytes")};
    YamlLimits limits;
    limits.max_bytes = limits_.entry_bytes + 1;
    limits.max_memory_bytes = 64 * limits_.entry_bytes;
    limits.first_line = line_;
    limits.refuses_equal_keys = true;
    auto value = is_json_ ? json::parse(text) : read_yaml_as_written(text, limits);
    if (!value) throw Unreadable{value.error().text()};
    return *std::move(value);
  }

  void take_version(std::string_view text) {
    const auto value = read(text);
    const auto& chart = chart_;
    if (value.is_null()) {
      skip(text::cat(
          "skipping loading invalid entry for chart ", templates::quote(chart), " from ", source_, ": empty entry"
      ));
      return;
    }
    if (!value.is_object()) refuse(value, "IndexFile.entries of type repo.ChartVersion");
    Metadata metadata;
    if (const auto read = read_metadata(value, metadata); !read) throw Unreadable{read.error().message};
    if (metadata.api_version.empty()) metadata.api_version = "v1";
    if (const auto valid = validate(metadata); !valid) {
      const auto& message = valid.error().message;
      // Some servers leave the alias out.
      if (!message.starts_with("validation: more than one dependency with name or alias")) {
        skip(text::cat(
            "skipping loading invalid entry for chart ",
            templates::quote(chart),
            " ",
            templates::quote(metadata.version),
            " from ",
            source_,
            ": ",
            message
        ));
        return;
      }
    }
    if (kept_++ == limits_.versions)
      throw Unreadable{text::cat("the charts asked for have more than ", limits_.versions, " versions")};
    ChartVersion out;
    out.name = std::move(metadata.name);
    out.version = std::move(metadata.version);
    out.app_version = std::move(metadata.app_version);
    out.is_deprecated = metadata.is_deprecated;
    for (const auto& member : value.as_object()) {
      const std::string field = text::lower(member.key);
      if (field == "created") take_text(member.value, field, out.created);
      if (field == "digest") take_text(member.value, field, out.digest);
      if (field != "urls" || member.value.is_null()) continue;
      if (!member.value.is_array()) refuse(member.value, "ChartVersion.urls of type []string");
      for (const auto& url : member.value.as_array()) take_text(url, field, out.urls.emplace_back());
    }
    index_.charts[chart].push_back(std::move(out));
  }

  void skip(std::string warning) {
    constexpr std::size_t kMostWarnings = 100;
    if (index_.warnings.size() < kMostWarnings) index_.warnings.push_back(std::move(warning));
  }

  static void sort(std::vector<ChartVersion>& versions) {
    struct Sorted {
      semver::Version parsed;
      ChartVersion version;
    };
    std::vector<Sorted> sorted;
    sorted.reserve(versions.size());
    for (auto& version : versions) {
      // validate() has seen that it is one.
      auto parsed = semver::Version::parse_lenient(version.version);
      sorted.push_back({parsed ? *std::move(parsed) : semver::Version{}, std::move(version)});
    }
    std::stable_sort(sorted.begin(), sorted.end(), [](const Sorted& left, const Sorted& right) {
      return left.parsed > right.parsed;
    });
    for (std::size_t i = 0; i < sorted.size(); ++i) versions[i] = std::move(sorted[i].version);
  }

  const std::set<std::string, std::less<>>& wanted_;
  std::string_view source_;
  const IndexLimits& limits_;
  const bool is_json_;
  Place place_ = Place::kOther;
  std::string chart_;
  std::string api_version_;
  std::size_t line_ = 1;
  std::size_t kept_ = 0;
  std::unordered_set<std::string> seen_;
  ChartIndex index_;
};

std::optional<Result<ChartIndex>> read_json_index(
    std::string_view text,
    const std::set<std::string, std::less<>>& charts,
    std::string_view source,
    const IndexLimits& limits
) {
  Reader reader{charts, source, limits, true};
  if (const auto visited = json::visit_pieces(text, reader); !visited) return std::nullopt;
  return reader.finish();
}

}  // namespace

Result<ChartIndex> read_index(
    std::string_view text,
    const std::set<std::string, std::less<>>& charts,
    std::string_view source,
    const IndexLimits& limits
) {
  if (text.empty()) return InputError{"", "empty index.yaml file"};
  if (text.size() > limits.bytes)
    return InputError{"", text::cat("index exceeds the maximum index file size of ", limits.bytes, " bytes")};
  try {
    // What looks like JSON and is none may still be YAML.
    if (text::trim(text).starts_with('{')) {
      if (auto index = read_json_index(text, charts, source, limits)) return *std::move(index);
    }
    Reader reader{charts, source, limits, false};
    yaml::ParseOptions options;
    options.words = yaml::Words::kGo;
    options.typing = yaml::Typing::kYaml11;
    options.max_bytes = limits.bytes;
    const auto visited = yaml::visit_pieces(text, reader, options);
    if (!visited) return InputError{"", text::cat("error converting YAML to JSON: ", visited.error().message)};
    return reader.finish();
  } catch (const Unreadable& unreadable) {
    return InputError{"", unreadable.message};
  }
}

}  // namespace weir::helm
