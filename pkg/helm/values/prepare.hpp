#pragma once

#include <string>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/helm/chart/chart.hpp"
#include "pkg/helm/values/tables.hpp"

namespace weir::jsonschema {
class DocumentLoader;
}

namespace weir::helm {

/// A chart ready for rendering with its values.
struct Prepared {
  ChartPtr chart;  ///< disabled dependencies gone, the others under their aliases, imports in `values` of the charts
  json::Value values;  ///< what the chart at the top sees as .Values; those of a dependency stand under its name
  Warnings warnings;   ///< in the words of Helm's log
};

struct PrepareOptions {
  bool is_schema_skipped = false;
  /// For `$ref` of schemas to http(s) and file; nullptr: they cannot be loaded, and a schema that needs one fails.
  /// Lives as long as the call.
  jsonschema::DocumentLoader* loader = nullptr;
};

/// Everything between loading and rendering: dependencies checked, enabled and named, values imported and coalesced,
/// schemas validated, in Helm's order.
/// @param user_values  a table with sorted members, what the user gave (merge_user_values)
/// @returns an error in Helm's words: "an error occurred while checking for chart dependencies. …", "type mismatch on
/// sub: …",
///          "values don't meet the specifications of the schema(s) in the following chart(s):\nname:\n- at '/a': …"
/// Threads: any, pure. Cost: linear in the size of all values and the number of charts, times the depth of nesting.
Result<Prepared> prepare(const Chart& chart, const json::Value& user_values, const PrepareOptions& options = {});

/// @returns an error for a library: "library charts are not installable"
Result<void> check_installable(const Chart& chart);

/// @param version  how messages show it ("v1.33.0-eks-1")
/// @param plain    what is compared: without a vendor's suffix ("v1.33.0")
/// @returns an error "chart requires kubeVersion: >=1.40.0 which is incompatible with Kubernetes v1.33.0"
Result<void> check_kube_version(const Chart& chart, std::string_view version, std::string_view plain);

}  // namespace weir::helm
