#include "pkg/runtime/metric_registry.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "pkg/base/text.hpp"

namespace weir::runtime {
namespace {

/// 16 digits: 0.1 stays 0.1.
constexpr int kDigits = 16;

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char digits[64];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), value, std::chars_format::general, kDigits).ptr;
  return {digits, end};
}

void append_escaped(std::string& out, std::string_view value, std::string_view special) {
  for (const char c : value) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
}

void print_series(
    std::string& out,
    std::string_view name,
    std::string_view suffix,
    const MetricLabels& labels,
    std::string_view bound,
    std::string_view value
) {
  text::append(out, name, suffix);
  char next = '{';
  for (const auto& [label, content] : labels) {
    out += std::exchange(next, ',');
    text::append(out, label, "=\"");
    append_escaped(out, content, "\\\"");
    out += '"';
  }
  if (!bound.empty()) {
    out += std::exchange(next, ',');
    text::append(out, "le=\"", bound, "\"");
  }
  if (next == ',') out += '}';
  text::append(out, " ", value, "\n");
}

template <class Metric>
void print_families(std::string& out, const std::map<std::string, MetricFamily<Metric>>& families, const char* type) {
  for (const auto& [name, family] : families) family.print(out, name, type);
}

}  // namespace

void Counter::print(std::string& out, std::string_view name, const MetricLabels& labels) const {
  print_series(out, name, "", labels, "", number(value_));
}

void Gauge::print(std::string& out, std::string_view name, const MetricLabels& labels) const {
  print_series(out, name, "", labels, "", number(value_));
}

void Histogram::observe(double value) {
  // A bound belongs to the bucket below it.
  const auto at = std::lower_bound(bounds_.begin(), bounds_.end(), value);
  ++counts_[static_cast<std::size_t>(at - bounds_.begin())];
  sum_ += value;
}

void Histogram::print(std::string& out, std::string_view name, const MetricLabels& labels) const {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    count += counts_[i];
    print_series(out, name, "_bucket", labels, i < bounds_.size() ? number(bounds_[i]) : "+Inf", std::to_string(count));
  }
  print_series(out, name, "_sum", labels, "", number(sum_));
  print_series(out, name, "_count", labels, "", std::to_string(count));
}

template <class Metric>
void MetricFamily<Metric>::print(std::string& out, std::string_view name, std::string_view type) const {
  if (series_.empty()) return;
  if (!help_.empty()) {
    text::append(out, "# HELP ", name, " ");
    append_escaped(out, help_, "\\");
    out += '\n';
  }
  text::append(out, "# TYPE ", name, " ", type, "\n");
  for (const auto& [labels, metric] : series_) metric.print(out, name, labels);
}

std::string MetricRegistry::text() const {
  std::string out;
  print_families(out, counters_, "counter");
  print_families(out, gauges_, "gauge");
  print_families(out, histograms_, "histogram");
  return out;
}

}  // namespace weir::runtime
