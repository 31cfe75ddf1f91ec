#pragma once

#include <string>

#include "controllers/cli/chart_fetcher.hpp"
#include "pkg/jsonschema/jsonschema.hpp"

namespace weir::cli {

/// Gets what schemas of charts refer to, as Helm does: http and https addresses, files of this machine.
/// Threads: one.
class SchemaLoader final : public jsonschema::DocumentLoader {
 public:
  explicit SchemaLoader(ChartFetcher& fetcher) : fetcher_{fetcher} {}

  Result<json::Value> load(const std::string& url) override;

 private:
  ChartFetcher& fetcher_;
};

}  // namespace weir::cli
