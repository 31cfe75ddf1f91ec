#pragma once

#include "pkg/helm/chart/chart.hpp"
#include "pkg/json/value.hpp"

namespace weir::helm {

/// Chart.yaml as Helm writes it again: in the order in which releases store it, without what is empty.
json::Value metadata_document(const Metadata& metadata);

}  // namespace weir::helm
