#include "controllers/cli/schema_loader.hpp"

#include "pkg/base/text.hpp"
#include "pkg/helm/chart/disk_folder.hpp"
#include "pkg/http/url.hpp"
#include "pkg/json/codec.hpp"

namespace weir::cli {
namespace {

constexpr std::uint64_t kLongestSchema = 16u << 20;
constexpr std::string_view kFile = "file://";

}  // namespace

Result<json::Value> SchemaLoader::load(const std::string& url) {
  Result<std::string> text = std::string{};
  if (url.starts_with(kFile)) {
    const auto path = http::percent_decode(std::string_view{url}.substr(kFile.size()));
    if (!path) return path.error();
    text = helm::DiskFolder{kLongestSchema}.read(*path);
  } else {
    text = fetcher_.fetch_file(url);
  }
  if (!text) return text.error();
  return json::parse(*text);
}

}  // namespace weir::cli
